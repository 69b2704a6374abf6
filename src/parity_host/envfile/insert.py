"""Keys put into an env file where its template has them: every byte that was there stays, in its order."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from .quoting import quoted
from .reader import Entry, EnvFile, effective, read_env_file

# What every reader of env files takes as it stands.
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=~-]*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
# What stands for a key until its owner knows the value.
MARK = "# %s=  # Parity: a value is needed here"


class _Place(NamedTuple):
    """Where the template has a key: its paragraph's number, and the comment above it that is its own."""

    paragraph: int
    comment: Tuple[str, ...]


class _Piece(NamedTuple):
    """Lines to put in at an offset; those of a `new` paragraph stand apart from what is before and behind."""

    at: int
    lines: List[str]
    new: bool


class Template:
    """The order of a template's keys, commented ones included, in paragraphs: runs of lines without an empty one.

    `headings` are by paragraph: the comment that it begins with, or a paragraph of comments alone before it.
    """

    def __init__(self, data: bytes) -> None:
        """Read the template; what Compose would refuse in it ends it."""
        parsed = read_env_file(data)
        self.places: Dict[str, _Place] = {}
        self.headings: Dict[int, Tuple[str, ...]] = {}
        keys = {one.line: (one.key, 0) for one in parsed.commented}
        keys.update({one.line: (one.key, parsed.text.count("\n", one.begin, one.end)) for one in parsed.entries})
        lines = parsed.text.split("\n")
        paragraph, number, first = 0, 0, True
        comment: List[str] = []
        alone: Tuple[str, ...] = ()  # the last paragraph that had comments and nothing else
        while number < len(lines):
            line, number = lines[number].strip(), number + 1
            if number in keys:
                key, more = keys[number]
                number += more
                if first:
                    self.headings[paragraph] = (*alone, "") if alone else tuple(comment)
                    comment = comment if alone else []
                self.places.setdefault(key, _Place(paragraph, tuple(comment)))
                first, comment, alone = False, [], ()
            elif not line:
                alone = tuple(comment) if first and comment else alone
                paragraph, first, comment = paragraph + 1, True, []
            else:
                comment = [*comment, line] if line.startswith("#") else []
        self.order = list(self.places)


def inserted(content: bytes, template: bytes, values: Mapping[str, Optional[str]]) -> bytes:
    """Return an env file with `values` put in where `template` has their keys; what it does not have comes last.

    A key whose value is None is marked by a comment, in whose place its value stands later. `content` is UTF-8 that
    Compose reads, and has none of the keys. Raises UnicodeDecodeError for other bytes.
    """
    bom = BOM_UTF8 if content.startswith(BOM_UTF8) else b""
    text = content[len(bom) :].decode("utf-8")
    text, lines_of = _in_marks(text, _lines(read_env_file(content), values))
    pieces = _pieces(text, read_env_file(bom + text.encode("utf-8")), Template(template), lines_of)
    end = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    made, position = "", 0
    for piece in sorted(pieces, key=lambda one: one.at):
        made += text[position : piece.at]
        position = piece.at
        made += end if made and not made.endswith("\n") else ""
        made += end if made and piece.new and made[:-1].rsplit("\n", 1)[-1].strip() else ""
        made += "".join(line + end for line in piece.lines)
        made += end if piece.new and text[position:].split("\n", 1)[0].strip() else ""
    return bom + (made + text[position:]).encode("utf-8")


def written(key: str, value: str) -> str:
    """Return the line that gives `key` a value, which Compose reads back as it is."""
    return "%s=%s" % (key, value if _PLAIN.fullmatch(value) else quoted(value))


def markable(content: bytes, keys: Sequence[str]) -> Set[str]:
    """Return which of the keys a comment can name, and none names yet."""
    named = {one.key for one in read_env_file(content).commented}
    return {key for key in keys if key not in named and _NAME.fullmatch(key)}


def _lines(parsed: EnvFile, values: Mapping[str, Optional[str]]) -> Dict[str, str]:
    exported = "export " if parsed.entries and all(entry.exported for entry in parsed.entries) else ""
    return {key: MARK % key if value is None else exported + written(key, value) for key, value in values.items()}


def _in_marks(text: str, lines_of: Mapping[str, str]) -> Tuple[str, Dict[str, str]]:
    """Return the text with the lines of keys in the place of their marks, and the lines that have no mark there."""
    rest = dict(lines_of)
    for key in lines_of:
        begun = re.search(r"(?m)^%s(?=\r?$)" % re.escape(MARK % key), text)
        if begun:
            text = text[: begun.start()] + rest.pop(key) + text[begun.end() :]
    return text, rest


def _pieces(text: str, parsed: EnvFile, template: Template, lines_of: Mapping[str, str]) -> List[_Piece]:
    there = effective(parsed)
    shown = {line.strip() for line in text.split("\n")}
    pieces: Dict[Tuple[int, int], _Piece] = {}
    for key in [one for one in template.order if one in lines_of]:
        place = template.places[key]
        kin = [one for one in template.order if template.places[one].paragraph == place.paragraph]
        before, after = _nearest(kin, key, there)
        new = before is None and after is None
        if before is not None:
            at = _behind(text, before)
        elif after is not None:
            at = _above(text, after, template.places[after.key].comment)
        else:
            later = [there[one] for one in template.order[template.order.index(key) :] if one in there]
            at = _paragraph_end(text, _nearest(template.order, key, there)[0], later)
        heading = template.headings.get(place.paragraph, ()) if new else ()
        begun = pieces.get((at, place.paragraph), _Piece(at, [] if shown.issuperset(heading) else list(heading), new))
        lines = [*begun.lines, *place.comment, lines_of[key]]
        pieces[at, place.paragraph] = begun._replace(lines=lines)
    rest = [line for key, line in lines_of.items() if key not in template.places]
    return [*pieces.values(), *([_Piece(len(text), rest, True)] if rest else [])]


def _nearest(keys: Sequence[str], key: str, there: Mapping[str, Entry]) -> Tuple[Optional[Entry], Optional[Entry]]:
    """Return the entries of the nearest of `keys` before and after `key` that are there."""
    at = keys.index(key)
    before = next((there[one] for one in reversed(keys[:at]) if one in there), None)
    return before, next((there[one] for one in keys[at + 1 :] if one in there), None)


def _behind(text: str, entry: Entry) -> int:
    """Return where the line behind an entry begins."""
    end = text.find("\n", entry.end)
    return len(text) if end < 0 else end + 1


def _above(text: str, entry: Entry, comment: Sequence[str]) -> int:
    """Return where an entry's line begins, or the comment above it that the template has for it alone."""
    at = text.rfind("\n", 0, entry.begin) + 1
    while at:
        above = text.rfind("\n", 0, at - 1) + 1
        if text[above:at].strip() not in comment:
            break
        at = above
    return at


def _paragraph_end(text: str, entry: Optional[Entry], later: Sequence[Entry]) -> int:
    """Return where the paragraph ends in which an entry stands: the file's end where there is none.

    Where one of the `later` entries stands in it too, the paragraph holds several of the template, and is parted.
    """
    if entry is None:
        return len(text)
    behind = _behind(text, entry)
    end = _next_empty(text, behind)
    return behind if any(behind <= one.begin < end for one in later) else end


def _next_empty(text: str, at: int) -> int:
    """Return where the next empty line begins."""
    while at < len(text):
        end = text.find("\n", at)
        if not text[at : len(text) if end < 0 else end].strip():
            return at
        at = len(text) if end < 0 else end + 1
    return at
