"""The cause behind the words: what the files, or a directive's name, show that nginx's message does not say."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Final

from parity.programs.nginx.syntax.directives import came_with, is_foreign, modules_of, table
from parity.programs.nginx.syntax.knowledge import Version, load
from parity.programs.nginx.syntax.problem import Problem
from parity.programs.nginx.syntax.spelling import slips
from parity.programs.nginx.syntax.tokens import Reader, Statement, Unreadable

_MARKUP: Final = frozenset({"unexpected_eof", "unknown_directive", "unexpected_char"})
_UNREADABLE: Final = frozenset({"unexpected_eof", "unexpected_brace", "unexpected_char"})
_ON_ONE_LINE: Final = 1000  # statements: nobody writes more, and generated files need no advice
_SWALLOWS: Final = frozenset({"invalid_arguments", "unexpected_brace", "invalid_parameter", "missing_semicolon"})
_LOOKED_AT: Final = _SWALLOWS | {"unknown_directive", "unexpected_char", "bad_condition", "bad_regex"}
_QUOTING: Final = frozenset({"invalid_arguments", "invalid_parameter", "unexpected_char"})
_CURLY: Final = re.compile(rb"\xe2\x80[\x98\x99\x9c-\x9e]")  # curly quotes
_REPEAT: Final = re.compile(rb"[0-9]+(?:,[0-9]*)?\}")
_HEADERS: Final = frozenset({b"add_header", b"add_trailer"})


def cause_of(problem: Problem, files: Mapping[str, bytes], version: Version) -> str | None:
    """Return the rule id of the cause, where it is another than the words give; None where it is not."""
    data = files.get(posixpath.normpath(problem.file)) if problem.file else None
    if data is None or problem.line is None:
        return None
    if re.match(rb"\s*<(?!<)", data) and problem.message_class in _MARKUP:
        return "foreign_content"
    if b"\0" in data and problem.message_class in _MARKUP:
        return "unknown_directive_encoding"
    if problem.message_class not in _LOOKED_AT:
        return None
    statement = _statement_of(problem, data, problem.line)
    if problem.rule == "unknown_directive":
        return _behind_header(data, statement) or unknown_name(problem.directive or "", version)
    return _written_wrong(problem, data, statement, version) if statement else None


def unknown_name(name: str, version: Version | None = None) -> str | None:
    """Return why nginx may not know a directive: its version or a module; None where it is no directive known here.

    version: None where it is not known; then a directive that came or went with some version is taken for that.
    """
    came = came_with(name)
    if came is not None and (version is None or came > version):
        return "unknown_directive_version"
    if name in load("versions.yml")["gone"] and (version is None or name not in table(version)):
        return "unknown_directive_version"
    return "unknown_directive_module" if is_foreign(name) or modules_of(name) else None


def _written_wrong(problem: Problem, data: bytes, statement: Statement, version: Version) -> str | None:
    """Return what is wrong with how the statement is written: a missing `;`, or quotes that are missing or curly."""
    wording = problem.message_class
    if _breaks_at_brace(data, statement):
        return "unquoted_regex"
    if wording in _SWALLOWS and _swallows(problem, data, statement, version):
        return "missing_semicolon"
    if wording in _QUOTING and _CURLY.search(data[statement.start : statement.end]):
        return "unquoted_value"
    if wording in ("invalid_arguments", "invalid_parameter") and _unquoted_header(statement):
        return "unquoted_value"
    return "invalid_parameter" if problem.rule == "missing_semicolon" and wording == "invalid_parameter" else None


def _breaks_at_brace(data: bytes, statement: Statement) -> bool:
    """Whether the `{` that ends the statement is that of a regular expression (`[0-9]{4}`)."""
    word = statement.words[-1] if statement.words else None
    glued = statement.kind == "{" and word is not None and word.end == statement.end - 1 and not word.quote
    return glued and _REPEAT.match(data, statement.end) is not None


def _swallows(problem: Problem, data: bytes, statement: Statement, version: Version) -> bool:
    """Whether a `;` is missing in the statement: a line within it begins with a directive."""
    known = table(version)
    # an entry of map{} or geo{} begins with any word
    entry = problem.message_class == "invalid_arguments" and not problem.message.startswith("invalid number of arg")
    for before, word in zip(statement.words, statement.words[1:], strict=False):
        begins = entry or (not word.quote and word.value.decode("latin-1") in known)
        if begins and b"\n" in data[before.end : word.start]:
            return True
    # `proxy_pass http://api }`: the brace closes the block with the statement still open
    return statement.kind == "" and data[statement.end : statement.end + 1] == b"}"


def _unquoted_header(statement: Statement) -> bool:
    """Whether the words of a header's value stand there without quotes; a misspelt `always` is none of these."""
    if statement.name not in _HEADERS or len(statement.args) < 3:
        return False
    return len(statement.args) > 3 or slips(statement.args[2].decode("latin-1"), "always") > 2


def _behind_header(data: bytes, statement: Statement | None) -> str | None:
    """Return `unquoted_value` where the unknown directive is what follows the `;` in the value of a header."""
    if statement is None:
        return None
    line = data.rfind(b"\n", 0, statement.start) + 1
    before = data[line : statement.start].split(maxsplit=1)
    return "unquoted_value" if before and before[0] in _HEADERS else None


def _statement_of(problem: Problem, data: bytes, line: int) -> Statement | None:
    """Return the statement that nginx stopped at: it ends on `line`, or is what nginx has of it when it stops there."""
    reader = Reader(data)
    there: list[Statement] = []
    named = (problem.directive or problem.argument or "").encode()
    unreadable = problem.message_class in _UNREADABLE
    try:
        for statement in reader.statements():
            if statement.line > line and there:
                break
            if statement.line >= line and statement.words:
                if named in (statement.name, *statement.args) and not unreadable:
                    return statement
                there.append(statement)
            if len(there) > _ON_ONE_LINE:
                break
    except Unreadable:
        partial = reader.partial()
        if partial is not None and unreadable:
            return partial
        there += [partial] if partial else []
    return there[0] if there else None
