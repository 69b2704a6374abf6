"""Where in a text a secret stands, and how it is replaced there; tokens that are in the text already stay."""

from __future__ import annotations

from typing import Callable, Iterable, Iterator, List, NamedTuple, Optional, Tuple

from .references import literal_parts
from .token import TOKEN

# Each pass leaves less to hide; a text that still changes after so many is made to be a nuisance.
PASSES = 6
LONGEST_LINE = 16_384
MASK = "\0"  # what stands for each character of a token while a text is searched


class Span(NamedTuple):
    """A secret at text[start:end]; `secret` is what is meant by it (unquoted, decoded), None for just that text."""

    start: int
    end: int
    secret: Optional[str] = None


Finder = Callable[[str], Iterable[Span]]
Interval = Tuple[int, int]


def replace(text: str, find: Finder, token: Callable[[str, str], str]) -> str:
    """Return `text` with every span that `find` sees in it replaced by `token(secret, as it stands there)`.

    `find` is asked again until it sees nothing more, so that doing it all twice changes nothing. Tokens are hidden
    from `find` behind characters that no rule takes for a secret's.
    """
    for _ in range(PASSES):
        holes = [match.span() for match in TOKEN.finditer(text)]
        found = list(find(masked(text) if holes else text))
        if not found:
            return text
        pieces: List[str] = []
        done = 0
        for span in _settle(found, holes, text):
            raw = text[span.start : span.end]
            pieces += [text[done : span.start], token(raw if span.secret is None else span.secret, raw)]
            done = span.end
        if not done:
            return text
        text = "".join(pieces) + text[done:]
    return text


def shorten(text: str, token: Callable[[str, str], str]) -> str:
    """Return `text` with what goes beyond LONGEST_LINE characters of a line replaced by one token for all of it.

    Docker itself cuts lines of logs there, and the work for one line must be bounded. Tokens in it are not counted.
    """
    if len(text) <= LONGEST_LINE:
        return text
    lines = text.split("\n")
    for number, line in enumerate(lines):
        cut = _cut(line) if len(line) > LONGEST_LINE else len(line)
        rest = line[cut:]
        if rest and not TOKEN.fullmatch(rest):
            lines[number] = line[:cut] + token(rest, rest)
    return "\n".join(lines)


def _cut(line: str) -> int:
    """Return where LONGEST_LINE characters of `line` end, tokens not counted: at the end of a word if one is near."""
    counted = done = 0
    for match in TOKEN.finditer(line):
        if counted + match.start() - done >= LONGEST_LINE:
            break
        counted += match.start() - done
        done = match.end()
    cut = done + LONGEST_LINE - counted
    if cut >= len(line):
        return len(line)
    space = max(line.rfind(sign, max(done, cut - 4096), cut) for sign in " ,;\"'&")
    return space + 1 if space >= 0 else cut


def masked(text: str) -> str:
    """Return `text` with each character of its tokens replaced by one that no rule takes for a secret's."""
    return TOKEN.sub(lambda match: MASK * len(match.group()), text)


def _settle(found: Iterable[Span], holes: List[Interval], text: str) -> Iterator[Span]:
    """Yield spans in order, none in a hole or over another: of two that overlap, the first and longer one counts."""
    done, hole = 0, 0
    for span in sorted(found, key=lambda s: (s.start, -s.end)):
        start = max(span.start, done)
        if start >= span.end:
            continue
        whole = start == span.start
        while hole < len(holes) and holes[hole][1] <= start:
            hole += 1
        if hole == len(holes) or holes[hole][0] >= span.end:
            if whole or _has_word(text, start, span.end):
                yield span if whole else Span(start, span.end)
        else:
            yield from _around(holes[hole:], start, span.end, text)
        done = max(done, span.end)


def _around(holes: List[Interval], start: int, end: int, text: str) -> Iterator[Span]:
    for hole_start, hole_end in holes:
        if hole_start >= end:
            break
        if _has_word(text, start, hole_start):
            yield Span(start, hole_start)
        start = max(start, hole_end)
    if _has_word(text, start, end):
        yield Span(start, end)


def _has_word(text: str, start: int, end: int) -> bool:
    return any(character.isalnum() for character in text[start:end])


def literal_spans(text: str, start: int, end: int, decode: Optional[Callable[[str], str]] = None) -> Iterator[Span]:
    """Yield the spans of what stands at text[start:end] apart from references, decoded when it has to be."""
    for first, last in literal_parts(text[start:end]):
        raw = text[start + first : start + last]
        yield Span(start + first, start + last, decode(raw) if decode else None)
