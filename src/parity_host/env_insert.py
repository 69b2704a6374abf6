"""Keys put into an env file where its template has them: every byte that was there stays, in its order."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from .env_quoting import quoted
from .env_reader import Entry, EnvFile, effective, read_env_file

# What Compose reads as it stands, and every older reader of env files too.
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=-]*")


class _Place(NamedTuple):
    """A key of the template: its paragraph's number, the comment above it, whether it is the paragraph's first."""

    key: str
    paragraph: int
    comment: Tuple[str, ...]
    first: bool


class _Piece(NamedTuple):
    """Lines to put in at an offset; those of a `new` paragraph stand apart from what is before and behind."""

    at: int
    lines: List[str]
    new: bool


class Template:
    """The order of a template's keys, its paragraphs (runs of lines without an empty one) and its comments."""

    def __init__(self, data: bytes) -> None:
        """Read the template; what Compose would refuse in it ends it."""
        parsed = read_env_file(data)
        self.places: Dict[str, _Place] = {}
        self.headings: Dict[int, Tuple[str, ...]] = {}
        self._read(parsed)
        self.order = list(self.places)

    def _read(self, parsed: EnvFile) -> None:
        by_line = {entry.line: entry for entry in parsed.entries}
        lines = parsed.text.split("\n")
        paragraph, number, first = 0, 0, True
        comment: List[str] = []
        heading: Tuple[str, ...] = ()
        commented = {one.line for one in parsed.commented}
        while number < len(lines):
            line, number = lines[number].strip(), number + 1
            entry = by_line.get(number)
            if entry is not None:
                number += parsed.text.count("\n", entry.begin, entry.end)
                if first and heading:
                    self.headings[paragraph] = heading
                    heading = ()
                self.places.setdefault(entry.key, _Place(entry.key, paragraph, tuple(comment), first))
                first, comment = False, []
            elif not line:
                heading = tuple(comment) if first and comment else heading
                paragraph, first, comment = paragraph + 1, True, []
            elif line.startswith("#") and number not in commented:
                comment.append(line)
            else:
                comment = []


def written(key: str, value: str) -> str:
    """Return the line that gives `key` a value, which Compose reads back as it is."""
    return "%s=%s" % (key, value if _PLAIN.fullmatch(value) else quoted(value))


def inserted(content: bytes, template: bytes, values: Mapping[str, str]) -> bytes:
    """Return an env file with `values` put in where `template` has their keys; what it does not have comes last.

    `content` is UTF-8 that Compose reads, and has none of the keys. Raises UnicodeDecodeError for other bytes.
    """
    bom = BOM_UTF8 if content.startswith(BOM_UTF8) else b""
    text = content[len(bom) :].decode("utf-8")
    pieces = _pieces(text, read_env_file(content), Template(template), values)
    end = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    made, position = "", 0
    for piece in sorted(pieces, key=lambda one: one.at):
        made += text[position : piece.at]
        position = piece.at
        made += end if made and not made.endswith("\n") else ""
        made += end if made and piece.new and made.splitlines()[-1].strip() else ""
        made += "".join(line + end for line in piece.lines)
        made += end if piece.new and text[position:].split("\n", 1)[0].strip() else ""
    return bom + (made + text[position:]).encode("utf-8")


def _pieces(text: str, parsed: EnvFile, template: Template, values: Mapping[str, str]) -> List[_Piece]:
    there = effective(parsed)
    wanted = [key for key in template.order if key in values]
    pieces: Dict[Tuple[int, int], _Piece] = {}
    shown = {line.strip() for line in text.split("\n")}
    for key in wanted:
        place = template.places[key]
        line = written(key, values[key])
        own = [] if place.first else list(place.comment)
        kin = [one for one in template.order if template.places[one].paragraph == place.paragraph]
        before, after = _nearest(kin, key, there)
        if before is not None:
            piece = _Piece(_behind(text, before), [*own, line], False)
        elif after is not None:
            piece = _Piece(_above(text, after, template.places[after.key]), [*own, line], False)
        else:
            heading = [one for one in template.headings.get(place.paragraph, ()) if one not in shown]
            lines = ([*heading, ""] if heading else []) + list(place.comment) + [line]
            if any(known[1] == place.paragraph for known in pieces):
                lines = [*place.comment, line]
            at = _paragraph_end(text, _nearest(template.order, key, there)[0])
            piece = _Piece(at, lines, True)
        spot = (piece.at, place.paragraph)
        known = pieces.get(spot)
        pieces[spot] = piece if known is None else known._replace(lines=[*known.lines, *piece.lines])
    rest = [written(key, values[key]) for key in values if key not in template.places]
    last = [_Piece(len(text), rest, False)] if rest else []
    return [*pieces.values(), *last]


def _nearest(keys: Sequence[str], key: str, there: Mapping[str, Entry]) -> Tuple[Optional[Entry], Optional[Entry]]:
    """Return the entries of the nearest of `keys` before and after `key` that are there."""
    at = keys.index(key)
    before = next((there[one] for one in reversed(keys[:at]) if one in there), None)
    return before, next((there[one] for one in keys[at + 1 :] if one in there), None)


def _behind(text: str, entry: Entry) -> int:
    """Return where the line behind an entry begins."""
    end = text.find("\n", entry.end)
    return len(text) if end < 0 else end + 1


def _above(text: str, entry: Entry, place: _Place) -> int:
    """Return where an entry's line begins, or the comment above it that the template has for it alone."""
    at = text.rfind("\n", 0, entry.begin) + 1
    while at and not place.first:
        above = text.rfind("\n", 0, at - 1) + 1
        if text[above:at].strip() not in place.comment:
            break
        at = above
    return at


def _paragraph_end(text: str, entry: Optional[Entry]) -> int:
    """Return where the paragraph ends in which an entry stands: the file's end where there is none."""
    if entry is None:
        return len(text)
    at = _behind(text, entry)
    while at < len(text):
        end = text.find("\n", at)
        if not text[at : len(text) if end < 0 else end].strip():
            return at
        at = len(text) if end < 0 else end + 1
    return at
