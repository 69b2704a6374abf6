"""Faults for which nginx names no line, or only the block's end: they are the owner's, but the place can be told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from parity.programs.nginx.repair.outline_source import Node, Source
from parity.programs.nginx.repair.plan import Proposal, Refused
from parity.programs.nginx.syntax.problem import Problem
from parity.programs.nginx.syntax.scalars import size


def variable_place(source: Source, name: str) -> str:
    """Return ` (file:line)` of the first use of a variable, which nginx names in lower case; empty where none is."""
    used = re.compile(rb"(?i)\$\{?" + re.escape(name.encode()) + rb"(?![A-Za-z0-9_])")
    return _place(next((node for node in _every(source) if any(used.search(arg) for arg in node.args)), None))


def zone(source: Source, problem: Problem) -> Iterator[Proposal]:
    """A zone that nothing declares: what its key and its size should be is the owner's."""
    name = (problem.argument or "").encode()
    names = (name, b"zone=" + name)
    used = next(
        (
            node
            for node in _every(source)
            if any(arg in names or arg.startswith(b"shared:" + name + b":") for arg in node.args)
        ),
        None,
    )
    by = f" It is used by {_title(used)}." if used is not None else ""
    raise Refused(f"{problem.cause}{by} {problem.action}")
    yield


def buffers(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Buffers that do not fit together: nginx names the end of http{}, not the line that was changed."""
    prefix = (problem.directive or "").partition("_")[0]
    names = {f"{prefix}_{rest}" for rest in ("buffer_size", "buffers", "busy_buffers_size")}
    found = [node for node in _every(source) if node.name in names]
    if not found:
        raise Refused(f"{problem.cause} ({problem.file}:{problem.line}) {problem.action}")
    largest = max((size(node.args[-1]) or 0, node.args[-1].decode("latin-1")) for node in found if node.args)
    lines = ""
    if largest[0]:
        lines = f"{prefix}_buffers 4 {largest[1]};\n{prefix}_busy_buffers_size {largest[1]};"
    where = ", ".join(_title(node) for node in found)
    raise Refused(f"{problem.cause} The files set {where}; what is not set there has nginx's default.", lines)
    yield


def _every(source: Source) -> Iterator[Node]:
    for file in source.sites:
        yield from source.outline(file).every()


def _place(node: Node | None) -> str:
    return f" ({node.file}:{node.line})" if node is not None else ""


def _title(node: Node) -> str:
    return f'"{" ".join([node.name, *(arg.decode("utf-8", "replace") for arg in node.args)])}"{_place(node)}'
