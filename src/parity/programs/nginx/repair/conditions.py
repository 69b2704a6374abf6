"""Conditions of `if` that are written as other programs have them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parity.programs.nginx.repair.outline_source import OutlineNode, Source
from parity.programs.nginx.repair.plan import Edit, Proposal, Refused
from parity.programs.nginx.syntax.problem import Problem

_GLUED: Final = re.compile(r"([a-z0-9_]+)(==?|!=|!?~\*?)(?!=)", re.IGNORECASE)
_APART: Final = re.compile(rb"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]")  # what is no parenthesis of an expression
_SIGNS: Final = (b"=", b"!=", b"~", b"~*", b"!~", b"!~*")


def comparison(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Put the condition in parentheses and compare with `=`."""
    file = problem.file or ""
    data = source.files.get(file, b"")
    node = source.on_line(file, problem.line or 0, "if")
    tight = [word for word in node.words if word.value.startswith(b"==") and not word.quote] if node is not None else []
    if node is not None and (problem.argument == "==" or (tight and not tight[0].value.startswith(b"==="))):
        for word in tight:
            edit = Edit(file, word.start, word.start + 2, b"=" if word.value == b"==" else b"= ")
            yield Proposal((edit,), 'replaced "==" with "="', 'nginx compares with "="')
        found = re.compile(rb"==").search(data, node.start, node.end)
        if found:
            edit = Edit(file, found.start(), found.end(), b" = ")
            yield Proposal((edit,), 'replaced "==" with "="', 'nginx compares with "="')
    if node is not None:
        yield from _parentheses(node, data)
    raise Refused(
        f"The condition on line {problem.line} of {file} is invalid: {problem.argument}. Write one"
        " comparison in parentheses, with =, !=, ~, ~*, !~ or !~*, or one of -f, -d, -e and -x."
    )


def _parentheses(node: OutlineNode, data: bytes) -> Iterator[Proposal]:
    """Add the parenthesis that a comparison on one line lacks, or both."""
    words = node.words[1:]
    if node.kind != "{" or len(words) not in (1, 3) or b"\n" in data[words[0].start : words[-1].end]:
        return
    if not words[0].value.lstrip(b"(").startswith(b"$") or (len(words) == 3 and words[1].value not in _SIGNS):
        return
    edits = []
    if not data.startswith(b"(", words[0].start):
        edits.append(Edit(node.file, words[0].start, words[0].start, b"("))
    if not data.endswith(b")", 0, words[-1].end):
        edits.append(Edit(node.file, words[-1].end, words[-1].end, b")"))
    if edits:
        why = 'nginx requires parentheses around the condition of "if"'
        yield Proposal(tuple(edits), "put the condition in parentheses", why)


def unclosed_condition(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Close the condition of `if ($a ~ (b|c) {`: nginx takes the expression's parenthesis for its own."""
    file = problem.file or ""
    node = source.on_line(file, problem.line or 0, "if")
    if node is None or node.kind != "{" or len(node.words) != 4:
        return
    text = _APART.sub(b"", b" ".join(word.value for word in node.words[1:]))
    open_ = text.startswith(b"(") and text.count(b"(") == text.count(b")") + 1
    if open_ and text.endswith(b")") and not text.endswith(b"$)"):  # where it may be the one before the "$"
        edit = Edit(file, node.words[-1].end, node.words[-1].end, b")")
        why = "a parenthesis of the condition is not closed"
        yield Proposal((edit,), "closed the condition", why)


def glued_condition(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Put spaces around the comparison in `if ($host==a)`: else it is read as part of the name."""
    found = _GLUED.match(problem.argument or "")
    if found is None:
        return
    name, sign = found[1].encode(), found[2].encode()
    there = re.compile(rb"(?i)\$" + re.escape(name) + re.escape(sign))
    for file in source.sites:
        for node in source.outline(file).every():
            at = there.search(source.files[file], node.start, node.end) if node.name == "if" else None
            if at is not None:
                edit = Edit(file, at.end() - len(sign), at.end(), b" %b " % (b"=" if sign == b"==" else sign))
                why = "a space is required around the operator, which is one of =, !=, ~, ~*, !~ and !~*"
                yield Proposal((edit,), f'added spaces around the "{found[2]}"', why)
                return
