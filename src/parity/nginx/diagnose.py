"""The cause behind the words: what the files show about a fault that nginx's message does not say."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Final

from parity.nginx.data import Version
from parity.nginx.problem import Problem
from parity.nginx.reader import EOF, Reader, Statement, Unreadable
from parity.nginx.tables import came_with, foreign, table
from parity.nginx.unknown import matches

_MARKUP: Final = frozenset({"unexpected_eof", "unknown_directive", "unexpected_char"})


def cause_of(problem: Problem, files: Mapping[str, bytes], version: Version) -> str | None:
    """Return the rule id of the cause, where it is another than the words give; None where it is not."""
    data = files.get(posixpath.normpath(problem.file)) if problem.file else None
    if data is None or problem.line is None:
        return None
    if data.lstrip()[:1] == b"<" and problem.message_class in _MARKUP:
        return "foreign_content"
    if problem.rule == "unknown_directive":
        return _unknown(problem.directive or "", version)
    if problem.message_class in ("invalid_arguments", "unexpected_brace", "invalid_parameter", "missing_semicolon"):
        return "missing_semicolon" if swallowed(data, problem.line, version) else None
    return None


def _unknown(name: str, version: Version) -> str | None:
    came = came_with(name)
    if came is not None and came > version:
        return "unknown_directive_version"
    if name not in table(version) and name in table((1, 22)):
        return "unknown_directive_version"
    return "unknown_directive_module" if matches(name, foreign()) else None


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
