"""Files that are read twice."""

from __future__ import annotations

from collections.abc import Iterator

from parity.programs.nginx.repair.lines import whole_lines
from parity.programs.nginx.repair.outline_source import OutlineNode, Source
from parity.programs.nginx.repair.plan import Edit, Proposal, Refused


def included_again(source: Source, file: str) -> Iterator[Proposal]:
    """Remove the second include of a file that one block includes twice.

    Raises Refused where a file is read at several places: what the file has once would be removed from all of them.
    """
    sites = source.sites.get(file, [])
    if len(sites) < 2:
        return
    seen: list[OutlineNode] = []
    again: dict[int, tuple[OutlineNode, list[OutlineNode]]] = {}
    for path in source.sites:
        for node in source.outline(path).every():
            if node.name != "include" or file not in source.included(node):
                continue
            first = next((one for one in seen if one.parent is node.parent and one.file == node.file), None)
            if first is not None and first.args == node.args:
                again.setdefault(id(first), (first, []))[1].append(node)
            seen.append(node)
    for first, nodes in again.values():
        data = source.files[first.file]
        edits = tuple(Edit(one.file, *whole_lines(data, one.start, one.stop), b"") for one in nodes)
        what = "the second include" if len(nodes) == 1 else f"{len(nodes)} more includes of the same file"
        yield Proposal(edits, f"removed {what}", f"line {first.line} already includes it")
    by = ", ".join(f"{node.file}:{node.line}" for node in seen)
    raise Refused(f"{file} is included in several places ({by}); a change to it would affect all of them.")
