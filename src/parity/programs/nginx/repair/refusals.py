"""Faults that no change of the text is known for, and of which more can be said than nginx does: place and lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from parity.programs.nginx.repair.locations import BACKUPS
from parity.programs.nginx.repair.outline_source import OutlineNode, Source
from parity.programs.nginx.repair.plan import Refused
from parity.programs.nginx.syntax.problem import Problem
from parity.programs.nginx.syntax.scalars import size

Refusal = Callable[[Source, Problem], "Refused | None"]

# What the headers that templates empty are usually set to.
_USUAL: Final = {
    b"host": "$host",
    b"x-real-ip": "$remote_addr",
    b"x-forwarded-for": "$proxy_add_x_forwarded_for",
    b"x-forwarded-proto": "$scheme",
    b"x-forwarded-host": "$host",
    b"upgrade": "$http_upgrade",
}


def variable_place(source: Source, name: str) -> str:
    """Return ` (file:line)` of the first use of a variable, which nginx names in lower case; empty where none is."""
    used = re.compile(rb"(?i)\$\{?" + re.escape(name.encode()) + rb"(?![A-Za-z0-9_])")
    return _place(next((node for node in _every(source) if any(used.search(arg) for arg in node.args)), None))


def zone(source: Source, problem: Problem) -> Refused:
    """A zone that nothing declares: its key and size need your decision."""
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
    return Refused(f"{problem.cause}{by} {problem.action}")


def buffers(source: Source, problem: Problem) -> Refused:
    """Buffers that do not fit together: nginx names the end of http{}, not the line that was changed."""
    prefix = (problem.directive or "").partition("_")[0]
    names = {f"{prefix}_{rest}" for rest in ("buffer_size", "buffers", "busy_buffers_size")}
    found = [node for node in _every(source) if node.name in names]
    if not found:
        return Refused(f"{problem.cause} ({problem.file}:{problem.line}) {problem.action}")
    largest = max((size(node.args[-1]) or 0, node.args[-1].decode("latin-1")) for node in found if node.args)
    lines = ""
    if largest[0]:
        lines = f"{prefix}_buffers 4 {largest[1]};\n{prefix}_busy_buffers_size {largest[1]};"
    where = ", ".join(_title(node) for node in found)
    return Refused(f"{problem.cause} The files set {where}; the others have nginx's default.", lines)


def default_server(source: Source, problem: Problem) -> Refused:
    """Two servers claim to be the default: which of them is needs your decision."""
    place = f"{problem.file}:{problem.line}"
    hint = ""
    if (problem.file or "").endswith(BACKUPS):
        hint = f" {problem.file} looks like a backup that the include matches: move it out of the folder."
    return Refused(f"{problem.argument} has two default servers; the second is {place}. Keep one of them.{hint}")


def emptied_header(source: Source, problem: Problem) -> Refused | None:
    """A header without its value, which a template took for a variable of its own: say what it usually is."""
    node = source.on_line(problem.file or "", problem.line or 0, "proxy_set_header")
    if node is None or len(node.args) != 1 or node.args[0].lower() not in _USUAL:
        return None
    line = f"proxy_set_header {node.args[0].decode()} {_USUAL[node.args[0].lower()]};"
    return Refused(
        f'"proxy_set_header {node.args[0].decode()}" ({node.file}:{node.line}) has no value. envsubst replaces'
        " nginx's own variables with nothing: list the variables that it should replace.",
        line,
    )


def _every(source: Source) -> Iterator[OutlineNode]:
    for file in source.sites:
        yield from source.outline(file).every()


def _place(node: OutlineNode | None) -> str:
    return f" ({node.file}:{node.line})" if node is not None else ""


def _title(node: OutlineNode) -> str:
    return f'"{" ".join([node.name, *(arg.decode("utf-8", "replace") for arg in node.args)])}"{_place(node)}'


# By the rule or the words of the message, as the repairs: they are asked when no repair held.
REFUSALS: Final[dict[str, Refusal]] = {
    "invalid_arguments": emptied_header,
    "duplicate_default_server": default_server,
    "unknown_zone": zone,
    "buffer_sizes": buffers,
}
