"""The scalars of YAML: where each ends, what it means, and how a text is written as one.

Source: https://yaml.org/spec/1.1/ with the leniencies of libyaml and of Compose's Go port of it.
"""

from __future__ import annotations

import re
from typing import List, NamedTuple, Optional, Tuple

_WHITE = " \t\r\n"
_GAP = re.compile(r"[ \t\r\n]*")
_SPACES = re.compile(" *")
# A plain scalar's part on one line: `#` ends it behind a space, `:` before one, in brackets also their signs.
_PLAIN_IN_BLOCK = re.compile(r"[^\r\n:#]*(?:(?::(?=[^ \t\r\n])|(?<=[^ \t])#)[^\r\n:#]*)*")
_PLAIN_IN_FLOW = re.compile(r"[^\r\n:#,\[\]{}]*(?:(?::(?=[^ \t\r\n,\[\]{}])|(?<=[^ \t])#)[^\r\n:#,\[\]{}]*)*")
_KEY_SIGN = re.compile(r"[ \t]*:(?=[ \t\r\n]|\Z)")
_DOCUMENT = re.compile(r"(?:---|\.\.\.)(?=[ \t\r\n]|\Z)")
_TO_QUOTE = {
    '"': re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL),
    "'": re.compile(r"'[^']*(?:''[^']*)*'"),
}
_DOCUMENT_IN_QUOTES = re.compile(r"\n(?:---|\.\.\.)(?=[ \t\r\n])")
_FOLD = re.compile(r"[ \t]*\r?\n[ \t\r\n]*")
_IN_DOUBLE = re.compile(
    r"\\(?:(?P<simple>[0abtnvfre \"/\\N_LP\t])|\r?\n(?P<joined>[ \t\r\n]*)"
    r"|x(?P<x>[0-9A-Fa-f]{2})|u(?P<u>[0-9A-Fa-f]{4})|U(?P<U>[0-9A-Fa-f]{8}))"
    r"|(?P<fold>[ \t]*\r?\n[ \t\r\n]*)|(?P<unknown>\\)"
)
_SIMPLE = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_HEADER = re.compile(
    r"(?P<style>[|>])(?:(?P<chomp>[+-])(?P<indent>[1-9])?|(?P<indent2>[1-9])(?P<chomp2>[+-])?)?"
    r"[ \t]*(?P<comment>#[^\r\n]*)?(?=\r?\n|\Z)"
)
_TO_ESCAPE = re.compile('[\\\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]')
_NAMED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


class NotUnderstoodError(Exception):
    """The text is no YAML, or YAML that is not read here. `at` is where, `kind` what is wrong there."""

    def __init__(self, at: int, kind: str, message: str) -> None:
        """Take a message that quotes nothing of the text."""
        super().__init__(message)
        self.at, self.kind = at, kind


class BlockScalar(NamedTuple):
    """A block scalar: style, meaning, the end of its last line with text, and where its header's comment stands."""

    style: str
    value: str
    end: int
    comment: Optional[Tuple[int, int]]


# --- quoted


def read_quoted(text: str, start: int) -> Tuple[str, int]:
    """Return what the quoted scalar at `start` means, and where it ends; raises NotUnderstoodError."""
    quote = text[start]
    match = _TO_QUOTE[quote].match(text, start)
    if match is None:
        raise NotUnderstoodError(start, "unterminated", "found unexpected end of stream within quotes")
    end = match.end()
    inner = text[start + 1 : end - 1]
    if "\n" in inner and _DOCUMENT_IN_QUOTES.search(inner):
        raise NotUnderstoodError(start, "unterminated", "found unexpected document indicator within quotes")
    if quote == "'":
        inner = inner.replace("''", "'")
        return (_FOLD.sub(_folded, inner) if "\n" in inner else inner), end
    if "\\" in inner or "\n" in inner:
        inner = _IN_DOUBLE.sub(lambda escape: _meant(escape, start), inner)
    return inner, end


def _folded(match: "re.Match[str]") -> str:
    return _fold(match.group().count("\n"))


def _fold(breaks: int) -> str:
    """Return what stands between two lines with so many line breaks between them."""
    return "\n" * (breaks - 1) or " "


def _meant(escape: "re.Match[str]", start: int) -> str:
    kind = escape.lastgroup
    if kind == "simple":
        return _SIMPLE[escape.group(kind)]
    if kind == "fold":
        return _folded(escape)
    if kind == "joined":
        return "\n" * escape.group(kind).count("\n")
    code = int(escape.group(kind), 16) if kind in ("x", "u", "U") else -1
    if code < 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        raise NotUnderstoodError(start, "escape", "found unknown escape character")
    return chr(code)


# --- plain


def read_plain_line(text: str, start: int, in_flow: bool) -> Tuple[str, int]:
    """Return what stands of the plain scalar at `start` on its first line, and where that ends."""
    match = (_PLAIN_IN_FLOW if in_flow else _PLAIN_IN_BLOCK).match(text, start)
    value = match.group().rstrip(" \t") if match else ""
    return value, start + len(value)


def read_plain_rest(text: str, end: int, parent: int, in_flow: bool) -> Tuple[str, int]:
    """Return what the plain scalar whose first line ends at `end` goes on with, and where it ends.

    It goes on with lines indented more than `parent`, in brackets with any. Raises NotUnderstoodError.
    """
    pieces: List[str] = []
    while True:
        gap = _GAP.match(text, end)
        position = gap.end() if gap else end
        breaks = text.count("\n", end, position)
        if not breaks or position >= len(text) or text[position] == "#":
            break
        line_start = text.rfind("\n", 0, position) + 1
        if not in_flow and _after_spaces(text, line_start) - line_start <= parent:
            if text.find("\t", line_start, position) >= 0:
                raise NotUnderstoodError(position, "tab", "found a tab character that violates indentation")
            break
        if position == line_start and _DOCUMENT.match(text, position):
            break
        line, line_end = read_plain_line(text, position, in_flow)
        if not line:
            break
        if not in_flow and _KEY_SIGN.match(text, line_end):
            raise NotUnderstoodError(position, "mapping-values", "mapping values are not allowed in this context")
        pieces += [_fold(breaks), line]
        end = line_end
    return "".join(pieces), end


# --- block scalars


def read_block(text: str, start: int, parent: int) -> BlockScalar:
    """Return the block scalar whose header is at `start`; `parent` is its parent's indentation, -1 for none.

    Raises NotUnderstoodError.
    """
    header = _HEADER.match(text, start)
    if header is None:
        raise NotUnderstoodError(start, "block-scalar", "did not find expected comment or line break")
    chomp = header.group("chomp") or header.group("chomp2") or ""
    first = _next_line(text, header.end())
    given = header.group("indent") or header.group("indent2")
    indent = max(parent, 0) + int(given) if given else _indentation(text, first, parent)
    lines, end, closed = _block_lines(text, first, indent)
    blank = 0
    while blank < len(lines) and not lines[-1 - blank]:
        blank += 1
    content = lines[: len(lines) - blank]
    value = "\n".join(content) if header.group("style") == "|" else _fold_block(content)
    if content and chomp != "-" and (closed or blank):
        value += "\n"
    if chomp == "+":
        value += "\n" * blank
    comment = header.span("comment") if header.group("comment") else None
    return BlockScalar("literal" if header.group("style") == "|" else "folded", value, end or header.end(), comment)


def _next_line(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end + 1


def _after_spaces(text: str, position: int) -> int:
    match = _SPACES.match(text, position)
    return match.end() if match else position


def _indentation(text: str, position: int, parent: int) -> int:
    """Return a block scalar's indentation: the deepest of its blank first lines and of the first with text."""
    deepest = 0
    while position < len(text):
        stop = _after_spaces(text, position)
        deepest = max(deepest, stop - position)
        following = text[stop : stop + 1]
        if following not in "\r\n":
            _refuse_tab(following, stop)
            break
        position = _next_line(text, stop)
    return max(deepest, parent + 1, 1)


def _refuse_tab(character: str, position: int) -> None:
    if character == "\t":
        message = "found a tab character where an indentation space is expected"
        raise NotUnderstoodError(position, "tab", message)


def _block_lines(text: str, position: int, indent: int) -> Tuple[List[str], int, bool]:
    """Return a block scalar's lines without indentation, where the last with text ends, and if a line break follows."""
    lines: List[str] = []
    last, closed = 0, False
    while position < len(text):
        stop = text.find("\n", position)
        stop, ended = (len(text), False) if stop < 0 else (stop, True)
        line = text[position:stop]
        line = line[:-1] if line.endswith("\r") else line
        outside = line[:indent].lstrip(" ")
        if outside:
            _refuse_tab(outside[0], position)
            break
        lines.append(line[indent:])
        if lines[-1]:
            last, closed = position + len(line), ended
        position = stop + 1
    return lines, last, closed


def _fold_block(lines: List[str]) -> str:
    pieces: List[str] = []
    previous, blank = "", 0
    for line in lines:
        if not line:
            blank += 1
            continue
        if not previous:
            pieces.append("\n" * blank)
        elif previous[0] in _WHITE or line[0] in _WHITE:
            pieces.append("\n" * (blank + 1))
        else:
            pieces.append("\n" * blank or " ")
        pieces.append(line)
        previous, blank = line, 0
    return "".join(pieces)


# --- writing


def write_quoted(value: str) -> str:
    """Return `value` as a double-quoted scalar on one line, which JSON reads too."""
    return '"%s"' % _TO_ESCAPE.sub(lambda match: _NAMED.get(match.group()) or "\\u%04x" % ord(match.group()), value)
