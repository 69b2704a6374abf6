"""Directives that are next to the block that they belong to, or in one that belongs to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parity.programs.nginx.repair.lines import (
    first_on_line,
    indent,
    line_end,
    line_start,
    moved,
    newline,
    next_line,
    unit,
    whole_lines,
    width,
)
from parity.programs.nginx.repair.outline_source import OutlineNode, Source, every, quoted_lines
from parity.programs.nginx.repair.plan import Edit, Proposal, Refused

_EVENTS: Final = "events"


def outside(source: Source, node: OutlineNode, context: str) -> Iterator[Proposal]:
    """Propose the block that a directive of the main file was meant for, where nginx has only one for it."""
    legal = set(source.table.get(node.name, {}))
    if context == "main":
        yield from _into_http(source, node)
    if legal == {"events"}:
        yield from _into_events(source, node)
    if legal == {"main"}:
        yield from _into_main(source, node)


def _into_http(source: Source, node: OutlineNode) -> Iterator[Proposal]:
    """What only http{} takes stands before or behind it in the main file: it goes in, with all that does the same."""
    outline = source.outline(source.main)
    if outline.stray or outline.unclosed or not outline.complete:
        return
    at = _in_main(source, node)
    everything = _lost(source, outline.nodes)
    others = {one.name for one in outline.nodes} & {"stream", "mail"}
    blocks = [one for one in outline.nodes if one.name == "http" and one.kind == "{"]
    if at is None or len(blocks) > 1 or not all(_for_http(source, one, others) for one in everything):
        return
    if not blocks:
        yield from _around(source, outline.nodes)
        return
    http, data = blocks[0], source.files[source.main]
    lost = [one for one in everything if (one.start < http.start) is (at.start < http.start)]
    # deeper than http: it was written within, and a "}" closes http too early
    if any(width(indent(data, one.start)) > width(indent(data, http.start)) for one in lost):
        return
    if http.close is None or not first_on_line(data, http.close) or data[http.end : line_end(data, http.end)].strip():
        return
    step = indent(data, http.children[0].start) if http.children else unit(data)
    edits, texts = [], []
    quoted = quoted_lines(data, every(outline.nodes))
    for first, last in _rows(outline.nodes, lost):
        start, end = _whole(data, first.start, last.stop)
        if not data[start:end].endswith(b"\n"):
            return
        edits.append(Edit(source.main, start, end, b""))
        texts.append(moved(data, start, end, indent(data, first.start), step, quoted))
    into = next_line(data, http.end) if at.start < http.start else line_start(data, http.close)
    edits.append(Edit(source.main, into, into, b"".join(texts)))
    names = ", ".join(f'"{one.name}"' for one in lost)
    yield Proposal(tuple(edits), f"moved {names} into http", "nginx allows them only in http", True, True)


def _in_main(source: Source, node: OutlineNode) -> OutlineNode | None:
    """Return the directive of the main file's top level that brings `node` there: itself, or an include."""
    if node.parent is not None:
        return None
    if node.file == source.main:
        return node
    found = [
        one for one in source.outline(source.main).nodes if one.name == "include" and node.file in source.included(one)
    ]
    return found[0] if len(found) == 1 and len(source.sites.get(node.file, [])) == 1 else None


def _lost(source: Source, nodes: list[OutlineNode]) -> list[OutlineNode]:
    """Return those of the main file's top level that nginx refuses there, includes of such among them."""
    return [
        one
        for one in nodes
        if (one.name != "include" and "main" not in source.table.get(one.name, {"main": None}))
        or any(
            "main" not in source.table.get(inner.name, {"main": None})
            for file in (source.included(one) if one.name == "include" else ())
            for inner in source.outline(file).nodes
        )
    ]


def _for_http(source: Source, node: OutlineNode, blocks: set[str]) -> bool:
    """Whether a directive, or all that it includes, can be meant for http{} and for none of the `blocks` next to it."""
    if node.name == "include":
        return all(
            _for_http(source, one, blocks) for file in source.included(node) for one in source.outline(file).nodes
        )
    legal = source.table.get(node.name, {})
    if "http" not in legal or legal["http"].block is not (node.kind == "{"):
        return False
    others = blocks & set(legal)
    if node.name != "server":
        return not others
    inside = [source.table.get(one.name, {}) for one in source.children(node)]
    elsewhere = all(any(f"{other}/server" in one for other in others) for one in inside)
    return all("http/server" in one for one in inside) and not (others and elsewhere)


def _rows(nodes: list[OutlineNode], lost: list[OutlineNode]) -> list[tuple[OutlineNode, OutlineNode]]:
    """Return the first and last of each row of directives that stand next to each other."""
    rows: list[tuple[OutlineNode, OutlineNode]] = []
    before: OutlineNode | None = None
    wanted = set(map(id, lost))
    for node in nodes:
        if id(node) in wanted:
            begun = rows.pop()[0] if rows and before is rows[-1][1] else node
            rows.append((begun, node))
        before = node
    return rows


def _whole(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the whole lines of a row, with the comments right above it and one behind its end."""
    rest = line_end(data, end)
    start, end = whole_lines(data, start, rest if data[end:rest].lstrip(b" \t").startswith(b"#") else end)
    while start and data[line_start(data, start - 1) : start].lstrip(b" \t").startswith(b"#"):
        start = line_start(data, start - 1)
    return start, end


def _around(source: Source, nodes: list[OutlineNode]) -> Iterator[Proposal]:
    """Servers in a main file that has no http{}: all of them, in one row, go into a new one."""
    lost = _lost(source, nodes)
    rows = _rows(nodes, lost)
    if len(rows) != 1 or not any(one.name == "server" for one in lost) or not any(one.name == _EVENTS for one in nodes):
        return
    data = source.files[source.main]
    start, end = _whole(data, rows[0][0].start, rows[0][1].stop)
    break_ = newline(data)
    if not data[start:end].endswith(b"\n"):
        return
    text = moved(data, start, end, b"", unit(data), quoted_lines(data, every(nodes)))
    edit = Edit(source.main, start, end, b"http {" + break_ + text + b"}" + break_)
    why = "servers belong in http, and the main file has no http block"
    yield Proposal((edit,), 'put "http { }" around the servers', why, verify=True, structural=True)


def _into_events(source: Source, node: OutlineNode) -> Iterator[Proposal]:
    """What only events{} takes stands outside of it: it goes in; where the file has no events{}, around it."""
    outline = source.outline(source.main)
    if node.file != source.main or outline.stray or outline.unclosed or not outline.complete or node.kind != ";":
        return
    data = source.files[source.main]
    start, end = whole_lines(data, node.start, node.stop)
    text, break_ = data[node.start : node.stop], newline(data)
    block = next((one for one in outline.nodes if one.name == _EVENTS and one.kind == "{"), None)
    if block is not None and block.close is not None:
        if any(one.name == node.name for one in block.children):
            raise Refused(
                f'"{node.name}" ({node.file}:{node.line}) belongs in events, which already has one: keep one of them.'
            )
        inner = indent(data, block.children[0].start) if block.children else unit(data)
        if b"\n" in data[block.end : block.close]:
            at = next_line(data, block.end)
            new = Edit(source.main, at, at, inner + text + break_)
        else:
            new = Edit(source.main, block.end, block.close, b" " + text + data[block.end : block.close].rstrip() + b" ")
        yield Proposal(
            (Edit(source.main, start, end, b""), new), f'moved "{node.name}" into events', "nginx allows it only there"
        )
    elif block is None and node.parent is None:
        whole = b"events {" + break_ + unit(data) + text + break_ + b"}"
        edit = Edit(source.main, node.start, node.stop, whole)
        yield Proposal((edit,), 'put "events { }" around it', "nginx allows it only there")


def _into_main(source: Source, node: OutlineNode) -> Iterator[Proposal]:
    """What only the top level takes stands in a block of the main file: it goes before that block."""
    outline = source.outline(source.main)
    if node.file != source.main or outline.stray or outline.unclosed or not outline.complete or node.kind != ";":
        return
    if node.name != "load_module" and any(one.name == node.name for one in outline.nodes):
        raise Refused(
            f'"{node.name}" ({node.file}:{node.line}) belongs at the top level, which has one: keep one of them.'
        )
    outer = node
    while outer.parent is not None:
        outer = outer.parent
    data = source.files[source.main]
    start, end = whole_lines(data, node.start, node.stop)
    at = line_start(data, outer.start if node.name != "load_module" else outline.nodes[0].start)
    edits = (
        Edit(source.main, start, end, b""),
        Edit(source.main, at, at, data[node.start : node.stop] + newline(data)),
    )
    yield Proposal(
        edits, f'moved "{node.name}" out of "{outer.name}"', "nginx allows it only at the top level", verify=True
    )
