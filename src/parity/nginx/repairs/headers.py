"""Header values that were not quoted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parity.nginx.problem import Problem
from parity.nginx.repairs.lines import line_end
from parity.nginx.repairs.plan import Edit, Proposal, Refused
from parity.nginx.repairs.source import Source

_HEADERS: Final = frozenset({"add_header", "proxy_set_header", "add_trailer", "more_set_headers", "grpc_set_header"})


def header_value(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Quote the value of a header that its blanks or semicolons break into pieces."""
    file, line = problem.file or "", problem.line or 0
    data = source.files.get(file, b"")
    nodes = [node for node in source.outline(file).every() if source.line(file, node.start) == line]
    first = nodes[0] if nodes else None
    if first is None or first.name not in _HEADERS or len(first.words) < 3:
        return
    start, end = first.words[2].start, line_end(data, first.start)
    text = data[start:end].rstrip(b" \t")
    if not text.endswith(b";") or first.words[2].quote == b'"':
        return
    value = text[:-1].rstrip(b" \t")
    behind = len(value)
    if value.endswith(b" always") and first.name.startswith("add_"):
        behind -= len(b" always")
        value = value[:behind].rstrip(b" \t;")
    if value.count(b'"') == 1 and value.endswith(b'"'):
        edit = Edit(file, start, start, b'"')
        yield Proposal((edit,), "opened the quote of the header's value", "only its end was quoted", verify=True)
    if value.count(b'"') % 2 or value.count(b"'") % 2:
        return
    quote = b'"' if b'"' not in value else b"'"
    if quote in value or b"#" in value or b"{" in value or b"}" in value:
        raise Refused(f'The value of "{first.name}" on line {line} of {file} has to be quoted, and has quotes in it.')
    if any(node.name in source.table and node is not first for node in nodes):
        return
    edits = (Edit(file, start, start, quote), Edit(file, start + len(value), start + max(behind, len(value)), quote))
    why = 'a value with blanks or ";" in it has to be quoted as a whole'
    yield Proposal(edits, "quoted the header's value", why, verify=True)
