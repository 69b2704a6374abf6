"""The lost line that opened a block which has no name of its own: `server {`, `http {`, `events {`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parity.programs.nginx.model.tree import inner_context
from parity.programs.nginx.repair.braces import ENTRIES
from parity.programs.nginx.repair.lines import first_on_line, indent, line_end, width
from parity.programs.nginx.repair.outline_source import OutlineNode, Source
from parity.programs.nginx.repair.plan import Edit, Proposal
from parity.programs.nginx.repair.wrap import closed_by, opening_edit
from parity.programs.nginx.syntax.problem import Problem

_BLOCKS: Final = {"main": ("events", "http", "stream", "mail"), "http": ("server",)}


def lost_opening(source: Source, node: OutlineNode, context: str) -> Iterator[Proposal]:
    """Put the line back where what its `}` closes can stand in one kind of block only."""
    outline, data = source.outline(node.file), source.files[node.file]
    if len(outline.stray) != 1 or outline.unclosed or not outline.complete or context not in _BLOCKS:
        return
    nodes, close = outline.nodes, outline.stray[0]
    if node.parent is not None:  # its `}` closes the block around it, and that one's closes nothing
        nodes, close = node.parent.children, node.parent.close or 0
        if not first_on_line(data, close) or width(indent(data, close)) <= width(indent(data, node.parent.start)):
            return
    inside = closed_by(nodes, data, close)
    if node not in inside:
        return
    fitting = [
        name for name in _BLOCKS[context] if all(_fits(source, one, inner_context(name, context)) for one in inside)
    ]
    if fitting == ["server"] and not _another_server(nodes, inside):
        return
    if len(fitting) == 1:
        edit = opening_edit(node.file, data, inside, close, fitting[0].encode())
        line = source.line(node.file, close)
        why = f'its "}}" on line {line} closes nothing, and only "{fitting[0]}" allows everything before it'
        yield Proposal((edit,), f'restored the lost line "{fitting[0]} {{"', why, verify=True, structural=True)


def lost_brace(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Put the `{` of a block back whose lines are deeper than its own, and whose `}` is there."""
    node = source.on_line(problem.file or "", problem.line or 0, problem.directive)
    if node is None or node.kind != ";":
        return
    outline, data = source.outline(node.file), source.files[node.file]
    end = line_end(data, node.start)
    head = [word for word in node.words if word.end <= end]
    if len(head) == len(node.words) or len(outline.stray) != 1 or outline.unclosed or not outline.complete:
        return
    first = node.words[len(head)]
    if width(indent(data, first.start)) > width(indent(data, node.start)) and (
        node.name in ENTRIES or first.value.decode("latin-1") in source.table
    ):
        at = head[-1].end
        name = " ".join(word.value.decode("utf-8", "replace") for word in head)
        why = 'its lines are indented like a block, and the file has one "}" too many'
        yield Proposal((Edit(node.file, at, at, b" {"),), f'added the missing "{{" of "{name}"', why, structural=True)


def _another_server(nodes: list[OutlineNode], inside: list[OutlineNode]) -> bool:
    """Whether it is a server of its own, and not the rest of one before it that a `}` closes too early."""
    names = {one.name for one in inside}
    at = nodes.index(inside[0])
    if inside[0].name not in ("listen", "server_name"):
        return False
    if at == 0 or nodes[at - 1].name != "server":
        return "listen" in names
    return "server_name" in names & {one.name for one in nodes[at - 1].children}


def _fits(source: Source, node: OutlineNode, context: str) -> bool:
    """Whether a directive and all that stands in it may stand in a context."""
    if not source.takes(node, context):
        return False
    inner = inner_context(node.name, context)
    return node.name in ENTRIES or all(_fits(source, child, inner) for child in node.children)
