"""Locations in locations, and locations that stand twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import dropwhile
from typing import Final

from parity.programs.nginx.repair.braces import missing_close
from parity.programs.nginx.repair.includes import included_again
from parity.programs.nginx.repair.lines import (
    first_on_line,
    indent,
    line_end,
    line_start,
    moved,
    newline,
    whole_lines,
    width,
)
from parity.programs.nginx.repair.outline_source import OutlineNode, Source, every, quoted_lines
from parity.programs.nginx.repair.plan import Edit, Proposal, Refused
from parity.programs.nginx.syntax.problem import Problem

_NAMES: Final = {
    "duplicate_location": "location",
    "duplicate_upstream": "upstream",
    "duplicate_log_format": "log_format",
}
_ANYWHERE: Final = ("upstream", "log_format")
BACKUPS: Final = (".bak", ".old", ".orig", "~", ".save", ".dpkg-dist", ".dpkg-old", ".swp", ".backup")


def nesting(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Prefix a nested location with its parent's path; move a named one to the server."""
    file = problem.file or ""
    node = _inner(source, problem)
    if node is None or not node.args:
        raise Refused(f"{problem.cause} The line is not in the collected files.")
    yield from missing_close(source, file)
    outline = source.outline(file)
    if outline.stray or outline.unclosed:
        raise Refused(
            f'"{_title(node)}" ({file}:{node.line}) is nested in another location because a brace is missing,'
            " and the indentation does not show where."
        )
    parent = node.parent
    if parent is None or parent.name != "location" or not parent.args:
        raise Refused(f"{problem.cause} The location around it is in another file.")
    if _beside(node, parent, source.files[file]):
        raise Refused(
            f'"{_title(node)}" ({file}:{node.line}) is in "{_title(parent)}" with the same indentation: a "}}" may'
            " be missing between them, and an extra one may follow."
        )
    inner, outer = node.args[-1], parent.args[-1]
    if inner.startswith(b"@"):
        yield from _named(source, node)
    prefix = len(parent.args) == 1 or parent.args[0] == b"^~"
    if len(node.args) == 1 and prefix and _relative(inner, outer):
        word = node.words[-1]
        new = outer.rstrip(b"/") + inner
        why = "a nested location must have the full path"
        action = (
            f'wrote "location {new.decode("utf-8", "replace")}" for the nested "{inner.decode("utf-8", "replace")}"'
        )
        edit = Edit(file, word.start, word.end, word.quote + new + word.quote)
        yield Proposal((edit,), action, why, verify=True)
    raise Refused(f"{problem.cause} ({file}:{node.line}) {problem.action}")


def _relative(inner: bytes, outer: bytes) -> bool:
    """Whether a path can be meant below another: one that begins like that is whole, and says another place."""
    if not inner.startswith(b"/") or not outer.startswith(b"/"):
        return False
    one, two = inner.split(b"/")[1], outer.split(b"/")[1]
    return not one.startswith(two) and not two.startswith(one)


def _beside(node: OutlineNode, parent: OutlineNode, data: bytes) -> bool:
    """Whether a block is written next to the one that contains it."""
    lines = first_on_line(data, node.start) and first_on_line(data, parent.start)
    return lines and width(indent(data, node.start)) <= width(indent(data, parent.start))


def _inner(source: Source, problem: Problem) -> OutlineNode | None:
    """Return the location that nginx names; on a line with the one around it, the inner one."""
    every = source.outline(problem.file or "").every()
    found = [one for one in every if one.line == problem.line and one.name == "location"]
    named = (problem.argument or "").encode()
    return next((one for one in reversed(found) if one.args[-1:] == [named]), found[0] if found else None)


def _named(source: Source, node: OutlineNode) -> Iterator[Proposal]:
    outer = node
    while outer.parent is not None and outer.parent.name == "location":
        outer = outer.parent
    if node.close is None or all(child is node for child in outer.children):
        name = node.args[-1].decode("utf-8", "replace")
        raise Refused(
            f'"location {name}" ({node.file}:{node.line}) is only allowed in a server. Moving it would leave the'
            " location around it empty: decide what that location should do."
        )
    data = source.files[node.file]
    start, end = whole_lines(data, node.start, node.stop)
    old, new = indent(data, node.start), indent(data, outer.start)
    text = moved(data, line_start(data, node.start), node.stop, old, new, quoted_lines(data, every([node])))
    at = line_end(data, outer.stop - 1)
    edits = (Edit(node.file, start, end, b""), Edit(node.file, at, at, newline(data) + text))
    yield Proposal(edits, "moved the named location to the server", "a named location is only allowed in a server")


def duplicate(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Remove the second of two equal blocks; two that differ need your decision."""
    file = problem.file or ""
    name = _NAMES.get(problem.message_class) or problem.directive
    node = source.on_line(file, problem.line or 0, name)
    if node is None or node.name != name:
        raise Refused(f"{problem.cause} {problem.action}")
    same = _same(source, node)
    first = next((one for one in same if one is not node), None)
    if file.endswith(BACKUPS):
        raise Refused(f"{file} looks like a backup that the include matches: move it out of the folder.")
    yield from included_again(source, file)
    if first is None:
        raise Refused(f"{problem.cause} ({file}:{problem.line}) {problem.action}")
    other = next((one for one in same if _meaning(one) != _meaning(first)), None)
    place = f"{first.file}:{source.line(first.file, first.start)}"
    if _meaning(first) == _meaning(node):
        behind = [one for one in dropwhile(lambda one: one is not node, same) if one is not first]
        again = [one for one in behind if _meaning(one) == _meaning(node) and _goes_with(source, one, node)]
        edits = tuple(Edit(one.file, *whole_lines(source.files[one.file], one.start, one.stop), b"") for one in again)
        what = "the second" if len(edits) == 1 else "what repeats"
        why = f"it is identical to that of {place}"
        yield Proposal(edits, f'removed {what} "{_title(node)}"', why, structural=True)
    if other is None:
        raise Refused(
            f'"{_title(node)}" is set twice ({place} and {file}:{problem.line}), and removing the second one'
            " would cause another error."
        )
    raise Refused(
        f'"{_title(other)}" is in {other.file}:{source.line(other.file, other.start)} and'
        f' "{_title(first)}" in {place}, and the two differ: keep the right one.'
    )


def _goes_with(source: Source, one: OutlineNode, node: OutlineNode) -> bool:
    """Whether a copy goes with another: in another file, it must be known to be read later, and by one block only."""
    later = node.name not in _ANYWHERE and len(source.sites[one.file]) == 1
    return one.file == node.file or later


def _same(source: Source, node: OutlineNode) -> list[OutlineNode]:
    """Return the block and those like it, in the same server or, of upstreams, anywhere."""
    if node.name not in _ANYWHERE:
        sites = source.sites.get(node.file, [])
        block = node.parent or (sites[0].block if sites else None)
        found = list(source.children(block)) if block else _top_level(source)
    else:
        found = [one for file in sorted(source.sites) for one in source.outline(file).every()]
    return [one for one in found if one.name == node.name and (one.args == node.args or _same_thing(one, node))]


def _top_level(source: Source) -> list[OutlineNode]:
    """Return what stands outside of all blocks, in the main file and in those that it includes there."""
    files = [file for file, sites in source.sites.items() if any(site.block is None for site in sites)]
    return [node for file in files for node in source.outline(file).nodes]


def _same_thing(one: OutlineNode, other: OutlineNode) -> bool:
    """Whether two directives that may stand once, or once for a name, are about the same thing."""
    if other.name == "log_format":
        return one.args[:1] == other.args[:1]
    return other.kind == ";"


def _meaning(node: OutlineNode) -> tuple[object, ...]:
    """What a block says, blanks and comments apart."""
    return (node.name, node.kind, *node.args, *(_meaning(child) for child in node.children))


def _title(node: OutlineNode) -> str:
    return " ".join([node.name, *(arg.decode("utf-8", "replace") for arg in node.args)])
