"""Header values that were not quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parity.programs.nginx.repair.lines import line_end
from parity.programs.nginx.repair.outline_source import OutlineNode, Source
from parity.programs.nginx.repair.plan import Edit, Proposal, Refused
from parity.programs.nginx.syntax.problem import Problem
from parity.programs.nginx.syntax.spelling import slips

_HEADERS: Final = frozenset({"add_header", "proxy_set_header", "add_trailer", "more_set_headers", "grpc_set_header"})
_GLUED: Final = re.compile(rb"[\w-]+(?=[\"'])")
_PAIR: Final = 2
_VARIABLE: Final = re.compile(rb"\$\{?\w+\}?\Z")
_WORD: Final = re.compile(rb"\w+\Z")
_OBJECT: Final = re.compile(rb"return\s+\d{3}\s+(\{[^';]*\})\s*;")


def unquoted_text(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Quote the text of `auth_basic` or `return` if it contains spaces."""
    node = source.on_line(problem.file or "", problem.line or 0, problem.directive)
    if node is None or node.name not in ("auth_basic", "return") or any(word.quote for word in node.words):
        return
    if node.name == "return" and node.args[:1] and re.fullmatch(rb"30[12378]", node.args[0]):
        return  # an address has no blanks
    if any(b"_" in arg and arg.decode("latin-1") in source.table for arg in node.args):
        return  # a line that ran into the next directive
    first = 2 if node.name == "return" and node.args and re.fullmatch(rb"[2-5]\d\d", node.args[0]) else 1
    text = source.files[node.file][node.words[min(first, len(node.words) - 1)].start : node.words[-1].end]
    if len(node.words) > first + 1 and (first == 2) is (node.name == "return") and not re.search(rb'["\n\\]', text):
        edits = tuple(Edit(node.file, at, at, b'"') for at in (node.words[first].start, node.words[-1].end))
        yield Proposal(edits, "quoted the text", "a text with spaces must be quoted", verify=True)


def unquoted_object(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Quote the JSON in `return 200 {"status":"ok"};`."""
    file = problem.file or ""
    data = source.files.get(file, b"")
    opened = (one for one in source.outline(file).every() if one.line == problem.line and one.kind == "{")
    node = next((one for one in opened if one.name == "return"), None)
    found = _OBJECT.match(data, node.start, line_end(data, node.end)) if node is not None else None
    if found is not None and problem.directive == "return":
        edits = tuple(Edit(file, at, at, b"'") for at in found.span(1))
        yield Proposal(edits, "quoted the text", "a text with braces must be quoted", verify=True)


def header_value(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Quote a header value that contains spaces or semicolons."""
    file, line = problem.file or "", problem.line or 0
    data = source.files.get(file, b"")
    nodes = [node for node in source.outline(file).every() if source.line(file, node.start) == line]
    first = nodes[0] if nodes else None
    if first is None or first.name not in _HEADERS or len(first.words) < 2:
        return
    glued = _GLUED.match(data, first.words[1].start)
    if glued is not None:
        edit = Edit(file, glued.end(), glued.end(), b" ")
        yield Proposal((edit,), "added a space before the quote", "a quote within a word is part of the word")
    elif len(first.words) > 2:
        yield from _quoted(source, first, nodes)


def _refuse_stray_word(node: OutlineNode, words: list[bytes]) -> None:
    """Raise Refused where a word may be no part of the value: a lone `always`, or one behind a variable."""
    place = f"({node.file}:{node.line})"
    if node.words[1].value == b"always":
        raise Refused(f'"{node.name}" {place} has "always" instead of a header name: add the name and the value.')
    if not node.name.startswith("add_") and b"always" in (words[0], words[-1]):
        raise Refused(f'"{node.name}" {place} does not support "always", which only add_header does: remove the word.')
    if len(words) == _PAIR and _VARIABLE.match(words[0]) and _WORD.match(words[1]) and words[1] != b"always":
        stray = words[1].decode()
        raise Refused(f'"{stray}" may be part of the value of "{node.name}" {place}: quote both, or remove the word.')


def _quoted(source: Source, first: OutlineNode, nodes: list[OutlineNode]) -> Iterator[Proposal]:
    """Put quotes around what follows the name of a header on its line."""
    data = source.files[first.file]
    start, end = first.words[2].start, line_end(data, first.start)
    text = data[start:end].rstrip(b" \t")
    if not text.endswith(b";") or first.words[2].quote == b'"':
        return
    if len(first.words) == 4 and first.name.startswith("add_"):
        word = first.words[3]
        if word.value != b"always" and slips(word.value.decode("latin-1"), "always") <= 2:
            edit = Edit(first.file, word.start, word.end, b"always")
            yield Proposal((edit,), 'wrote "always"', 'it is the only parameter after the value of "add_header"')
            return
    value = text[:-1].rstrip(b" \t")
    _refuse_stray_word(first, value.split())
    behind = len(value)
    if value.endswith(b" always") and first.name.startswith("add_"):
        behind -= len(b" always")
        value = value[:behind].rstrip(b" \t;")
    if value.count(b'"') == 1 and value.endswith(b'"'):
        edit = Edit(first.file, start, start, b'"')
        yield Proposal(
            (edit,), "added the opening quote of the header's value", "only the closing quote was there", verify=True
        )
    if value.count(b'"') % 2 or value.count(b"'") % 2:
        return
    quote = b'"' if b'"' not in value else b"'"
    if quote in value or b"#" in value or b"{" in value or b"}" in value:
        raise Refused(
            f'The value of "{first.name}" on line {first.line} of {first.file} must be quoted: escape the quotes in it.'
        )
    if any(node.name in source.table and node is not first for node in nodes):
        return
    if any(b"_" in word and word.decode("latin-1") in source.table for word in value.split()):
        return  # a line that ran into the next one
    edits = (
        Edit(first.file, start, start, quote),
        Edit(first.file, start + len(value), start + max(behind, len(value)), quote),
    )
    why = 'a value with spaces or ";" must be quoted'
    yield Proposal(edits, "quoted the header's value", why, verify=True)
