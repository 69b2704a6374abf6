"""Where a `}` is missing or too many: the indentation shows which block it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from parity.programs.nginx.model.tree import inner_context
from parity.programs.nginx.repair.lines import (
    first_on_line,
    indent,
    line_end,
    line_start,
    newline,
    next_line,
    whole_lines,
    width,
)
from parity.programs.nginx.repair.outline_source import Outline, OutlineNode, Source
from parity.programs.nginx.repair.plan import Edit, Proposal, Refused
from parity.programs.nginx.syntax.problem import Problem

# What stands in these could stand nowhere else: at the end of a file, they end there.
ENTRIES: Final = frozenset({"map", "geo", "types", "split_clients", "charset_map", "upstream", "events"})


def missing_close(source: Source, file: str) -> Iterator[Proposal]:
    """Propose the one `}` that a file lacks, where its indentation tells which block was not closed.

    The fault may show in a file that was read within the block: the others are looked at too.
    """
    for one in (file, *(other for other in source.sites if other != file)):
        yield from _missing_in(source, one)


def _missing_in(source: Source, file: str) -> Iterator[Proposal]:
    outline = source.outline(file)
    if not outline.complete or len(outline.unclosed) != 1 or outline.stray:
        return
    data = source.files[file]
    yield from _opened_twice(source, file, outline)
    found, told = _left_open(outline, data), "the indentation shows"
    if found is None:
        found, told = _only_entries(source, outline), "its content shows"
    if found is None:
        found, told = _not_its_own(source, outline), "what follows shows"
    if found is None:
        return
    block, after = found
    break_ = newline(data)
    end = line_end(data, after - 1)
    if data[after:end].strip(b" \t") and not data[after:end].lstrip(b" \t").startswith(b"#"):
        return
    at_end = not data[end:].strip()
    lines = indent(data, block.start) + b"}"
    if b"\n" not in data[block.start : after]:
        edit = Edit(file, after, after, b" }")
    elif at_end and data.endswith(b"\n"):
        edit = Edit(file, len(data), len(data), lines + break_)
    elif at_end:
        edit = Edit(file, len(data), len(data), break_ + lines)
    else:
        edit = Edit(file, end, end, break_ + lines)
    name = " ".join([block.name, *(word.decode("utf-8", "replace") for word in block.args)])
    why = f'exactly one "}}" is missing in the file, and {told} that "{name}" was not closed'
    yield Proposal((edit,), f'added the missing "}}" of "{name}"', why, verify=True, structural=True)


def _opened_twice(source: Source, file: str, outline: Outline) -> Iterator[Proposal]:
    """Remove the second of two identical lines that open a block, if only one of them is closed."""
    data = source.files[file]
    for node in outline.every():
        first = node.children[0] if node.children else None
        if (
            node.kind != "{"
            or first is None
            or not first_on_line(data, node.start)
            or data[node.end : first.start].strip()
        ):
            continue
        start, end = line_start(data, first.start), next_line(data, first.start)
        if data[start:end] == data[line_start(data, node.start) : start] and first.kind == "{":
            why = f"line {source.line(file, first.start)} repeats the line above it, and one block is not closed"
            yield Proposal((Edit(file, start, end, b""),), "removed the repeated line", why, structural=True)


def _left_open(outline: Outline, data: bytes) -> tuple[OutlineNode, int] | None:
    """Return the block that should have been closed earlier, and the offset behind the last thing that is its own."""
    found = [evidence for node in outline.every() if (evidence := _evidence(node, data))]
    if found:
        return min(found, key=lambda one: one[0])[1:]
    block = outline.unclosed[0]
    if any(_flat(node, data) for node in outline.every()):
        return None
    if not block.children or width(indent(data, block.children[0].start)) <= width(indent(data, block.start)):
        return None
    return block, block.children[-1].stop


def _only_entries(source: Source, outline: Outline) -> tuple[OutlineNode, int] | None:
    """Return the last block of a file if all that follows its `{` can be its own only, and the end of that.

    Anything is a key of a map: what is a directive of the block around it as well may have been meant as that.
    """
    block = outline.unclosed[0]
    around = {source.context(block, site) for site in source.sites.get(block.file, [])}
    if block.name not in ENTRIES or block is not outline.nodes[-1] or not block.children:
        return None
    for child in block.children:
        known = any(source.takes(child, context) for context in around)
        if child.kind != ";" or (known and child.name != "include"):
            return None
    return block, block.children[-1].stop


def _not_its_own(source: Source, outline: Outline) -> tuple[OutlineNode, int] | None:
    """Return the one block in which something stands that only the block around it takes, behind what only it takes."""
    found = []
    for node in outline.every():
        sites = source.sites.get(node.file, [])
        if len(sites) != 1 or node.kind != "{":
            continue
        around = source.context(node, sites[0])
        inner = inner_context(node.name, around)
        # A word that is a directive too may be a key: what is not known at all shows that the block still goes on.
        unknown = [one.start for one in node.children if not (source.takes(one, inner) or source.takes(one, around))]
        last = max(unknown, default=-1)
        for before, child in pairwise([node, *node.children]):
            if source.takes(child, inner) or not source.takes(child, around) or child.start < last:
                continue
            if node.name == "events" if before is node else not source.takes(before, around):
                found.append((node, node.end if before is node else before.stop))
    return found[0] if len(found) == 1 else None


def _flat(node: OutlineNode, data: bytes) -> bool:
    """Whether what a block begins with is no deeper than the block: its indentation tells nothing then."""
    first = node.children[0] if node.children else None
    if first is None or not first_on_line(data, first.start) or not first_on_line(data, node.start):
        return False
    return width(indent(data, first.start)) <= width(indent(data, node.start))


def _evidence(node: OutlineNode, data: bytes) -> tuple[int, OutlineNode, int] | None:
    """Return where a block goes on less deep than it may, the block, and the end of what is its own.

    What follows the `{` on its line is the block's own, and says nothing of how deep the block is; its `}` does.
    """
    if node.kind != "{" or not node.children or not first_on_line(data, node.start):
        return None
    own = width(indent(data, node.start))
    below = next((child for child in node.children if first_on_line(data, child.start)), None)
    opens = below is node.children[0]
    if below is None or (opens and width(indent(data, below.start)) <= own):
        return None
    if not opens and node.close is not None and width(indent(data, node.close)) >= own:
        return None
    before = node.children[0]
    for child in node.children:
        if first_on_line(data, child.start) and width(indent(data, child.start)) <= own:
            return child.start, node, before.stop
        before = child
    if node.close is not None and first_on_line(data, node.close) and width(indent(data, node.close)) < own:
        return node.close, node, before.stop
    return None


def unexpected_eof(source: Source, problem: Problem) -> Iterator[Proposal]:
    """A file that ends within a block lacks a `}`."""
    file = problem.file or ""
    yield from missing_close(source, file)
    outline = source.outline(file)
    names = ", ".join(f'"{node.name}" of line {source.line(file, node.start)}' for node in outline.unclosed)
    if names:
        raise Refused(f"{file} ends while {names} is still open, and it is not clear where its closing brace belongs.")
    raise Refused(f"{file} ends within a directive, and it is not clear where the directive should end.")


def surplus_close(source: Source, problem: Problem) -> Iterator[Proposal]:
    """A file that closes one block too many, on a line of its own at its end."""
    file = problem.file or ""
    outline = source.outline(file)
    data = source.files.get(file, b"")
    if (
        len(outline.stray) == 1
        and outline.complete
        and not outline.unclosed
        and not data[outline.stray[0] + 1 :].strip()
    ):
        at = outline.stray[0]
        start, end = whole_lines(data, at, at + 1)
        told = not any(_flat(node, data) for node in outline.every())
        if first_on_line(data, at) and told and not _closed_early(outline, data):
            if not data.endswith(b"\n") and start:
                start -= len(newline(data))
            why = 'the file has one "}" too many, and its last line is only a "}"'
            yield Proposal((Edit(file, start, end, b""),), 'removed the extra "}"', why, structural=True)
    yield from surplus_within(source, file)
    raise Refused(
        f'A "}}" of {file} closes a block that is not open: remove it, or restore the line that opened its block.'
    )


def surplus_within(source: Source, file: str) -> Iterator[Proposal]:
    """A `}` one too many in the middle: deeper than the block that it closes, and right behind another `}`.

    Where directives stand between the two, the line that opened their block may be what was lost.
    """
    outline = source.outline(file)
    data = source.files.get(file, b"")
    if len(outline.stray) != 1 or not outline.complete or outline.unclosed or not first_on_line(data, outline.stray[0]):
        return
    found = [node for node in outline.every() if _closed_deeper(node, data)]
    if len(found) != 1 or found[0].close is None:
        return
    block, at = found[0], found[0].close
    last = block.children[-1]
    if last.close is None or width(indent(data, last.close)) != width(indent(data, at)):
        return
    # everything behind it up to the stray `}` has to be indented as the block's own
    behind = [node for node in outline.nodes if block.start < node.start < outline.stray[0]]
    own = width(indent(data, block.children[0].start))
    if width(indent(data, outline.stray[0])) != width(indent(data, block.start)) or any(
        width(indent(data, node.start)) != own for node in behind
    ):
        return
    start, end = whole_lines(data, at, at + 1)
    name = " ".join([block.name, *(word.decode("utf-8", "replace") for word in block.args)])
    why = f'the file has one "}}" too many, and this one is indented deeper than "{name}", which it closes'
    yield Proposal((Edit(file, start, end, b""),), 'removed the extra "}"', why, verify=True, structural=True)


def _closed_deeper(node: OutlineNode, data: bytes) -> bool:
    if node.close is None or not node.children or not first_on_line(data, node.close):
        return False
    return first_on_line(data, node.start) and width(indent(data, node.close)) > width(indent(data, node.start))


def _closed_early(outline: Outline, data: bytes) -> bool:
    """Whether some block seems to end before what was meant to be in it: a `}` deeper or less deep than its block."""
    for node in outline.every():
        if node.close is None or node.kind != "{" or not first_on_line(data, node.close):
            continue
        if first_on_line(data, node.start) and indent(data, node.close) != indent(data, node.start):
            return True
    return any(indent(data, node.start) for node in outline.nodes)
