"""Bytes that an editor or a web page brought in: marks, special blanks, curly quotes, UTF-16."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parity.programs.nginx.repair.lines import line_end, line_start
from parity.programs.nginx.repair.outline_source import Source
from parity.programs.nginx.repair.plan import Edit, Proposal, Refused
from parity.programs.nginx.syntax.problem import Problem

_MARK: Final = b"\xef\xbb\xbf"
_WIDE: Final = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_BLANKS: Final = tuple(char.encode() for char in "\u00a0\u2002\u2003\u2009\u202f\u3000")
_NOTHING: Final = tuple(char.encode() for char in "\u200b\u200c\u200d\u2060\ufeff")
# The last alternatives are the no-break space of latin-1.
_ODD: Final = re.compile(b"|".join((*_BLANKS, *_NOTHING)) + rb"|(?<![\x80-\xff])\xa0(?![\x80-\xbf])|(?<=\xa0)\xa0")
_CURLY: Final = {char.encode(): b'"' for char in "\u201c\u201d\u201e\u201f"} | {
    char.encode(): b"'" for char in "\u2018\u2019\u201a\u201b"
}


def foreign_bytes(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Remove a byte order mark, no-break spaces and zero-width characters."""
    file = problem.file or ""
    data = source.files.get(file, b"")
    why = "nginx reads these bytes as part of the directive's name"
    yield from _wide(file, data)
    if data.startswith(_MARK) and problem.line is not None:
        yield Proposal((Edit(file, 0, 3, b""),), "removed the byte order mark", why)
    edits = _blanks(source, file, problem.line or 0)
    if edits:
        yield Proposal(tuple(edits), "replaced no-break spaces with plain ones", why)
    raise Refused(f'The name "{problem.directive}" in {file} has invalid bytes: correct the name by hand.')


def odd_blanks(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Make no-break spaces plain ones where nginx took one for a part of a value."""
    edits = _blanks(source, problem.file or "", problem.line or 0)
    if problem.line is None and _ODD.search((problem.argument or "").encode()):
        edits = [edit for file in source.sites for edit in _blanks(source, file, None)]
    if edits:
        why = "nginx reads these bytes as part of the word"
        yield Proposal(tuple(edits), "replaced no-break spaces with plain ones", why)


def _wide(file: str, data: bytes) -> Iterator[Proposal]:
    """Write a file of UTF-16 as UTF-8, with a mark at its beginning or without."""
    found = [(mark, encoding) for mark, encoding in _WIDE if data.startswith(mark)]
    if not found and data and len(data) % 2 == 0:
        # text that is mostly ASCII has a zero in every second byte
        zeros = {encoding: data[start::2].count(0) for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be"))}
        found = [(b"", encoding) for encoding, count in zeros.items() if count * 10 >= len(data) // 2 * 9]
    for mark, encoding in found:
        try:
            text = data[len(mark) :].decode(encoding)
        except UnicodeDecodeError:
            raise Refused(f"{file} starts like UTF-16 but is not valid: save it as UTF-8.") from None
        edit = Edit(file, 0, len(data), text.encode())
        yield Proposal((edit,), "converted the file to UTF-8", "the file is UTF-16, which nginx cannot read")


def _blanks(source: Source, file: str, line: int | None) -> list[Edit]:
    """Return the edits for such characters in the unquoted words of a line's directives; None: those of all lines."""
    data = source.files.get(file, b"")
    edits = []
    for node in source.outline(file).every():
        if line is not None and node.line != line and source.line(file, node.start) != line:
            continue
        for word in node.words:
            if word.quote:
                continue
            for found in _ODD.finditer(data, word.start, word.end):
                good = b"" if found[0] in _NOTHING else b" "
                edits.append(Edit(file, found.start(), found.end(), good))
    return edits


def curly_quotes(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Replace curly quotes with plain ones."""
    file = problem.file or ""
    data = source.files.get(file, b"")
    node = source.on_line(file, problem.line or 0)
    if node is None:
        return
    start, end = line_start(data, node.start), line_end(data, node.end - 1)
    edits = []
    for bad, good in _CURLY.items():
        at = data.find(bad, start, end)
        while at >= 0:
            edits.append(Edit(file, at, at + len(bad), good))
            at = data.find(bad, at + len(bad), end)
    if edits and len(edits) % 2 == 0:
        yield Proposal(tuple(sorted(edits, key=lambda one: one.start)), "replaced curly quotes with straight ones",
                       "nginx only supports straight quotes; curly ones are part of the value")  # fmt: skip
