"""The statement in which a `;` is missing, found by a directive that begins one of its lines."""

from __future__ import annotations

from parity.nginx.data import Version
from parity.nginx.reader import EOF, Reader, Statement, Unreadable
from parity.nginx.tables import table


def swallowed(data: bytes, line: int, version: Version) -> Statement | None:
    """Return the statement ending on `line` if a `;` is missing in it: a line within it begins with a directive."""
    statement = _statement_at(data, line)
    if statement is None:
        return None
    known = table(version)
    for before, word in zip(statement.words, statement.words[1:], strict=False):
        gap = data[before.end : word.start]
        if b"\n" in gap and not word.quote and word.value.decode("latin-1") in known:
            return statement
    # `proxy_pass http://api }`: the brace closes the block with the statement still open
    behind = data[statement.end : statement.end + 1]
    return statement if statement.kind == "" and behind == b"}" else None


def _statement_at(data: bytes, line: int) -> Statement | None:
    """Return the statement that ends on `line`, or what nginx has of it when it stops there."""
    reader = Reader(data)
    try:
        for statement in reader.statements():
            if statement.line >= line and statement.words:
                return statement
            if statement.kind == EOF:
                return None
    except Unreadable:
        return reader.partial()
    return None
