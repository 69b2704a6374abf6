"""The statement in which a `;` is missing, found by a directive that begins one of its lines."""

from __future__ import annotations

from collections.abc import Iterator

from parity.programs.nginx.syntax.directives import table
from parity.programs.nginx.syntax.knowledge import Version
from parity.programs.nginx.syntax.tokens import EOF, Reader, Statement, Unreadable


def swallowed(data: bytes, line: int, version: Version) -> Statement | None:
    """Return the statement ending on `line` if a `;` is missing in it: a line within it begins with a directive."""
    known = table(version)
    for statement in _statements_at(data, line):
        for before, word in zip(statement.words, statement.words[1:], strict=False):
            gap = data[before.end : word.start]
            if b"\n" in gap and not word.quote and word.value.decode("latin-1") in known:
                return statement
        # `proxy_pass http://api }`: the brace closes the block with the statement still open
        if statement.kind == "" and data[statement.end : statement.end + 1] == b"}":
            return statement
    return None


def _statements_at(data: bytes, line: int) -> Iterator[Statement]:
    """Yield the statements that end on `line`, where none does the next one; then what nginx has when it stops."""
    reader = Reader(data)
    found = False
    try:
        for statement in reader.statements():
            if statement.kind == EOF or (found and statement.line > line):
                return
            if statement.line >= line and statement.words:
                found = True
                yield statement
    except Unreadable:
        part = reader.partial()
        if part is not None:
            yield part
