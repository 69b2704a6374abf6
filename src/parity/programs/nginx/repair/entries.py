"""Lines of map, geo and types blocks, which have their own grammar, and may be repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from parity.programs.nginx.repair.braces import missing_close
from parity.programs.nginx.repair.includes import included_again
from parity.programs.nginx.repair.lines import whole_lines
from parity.programs.nginx.repair.outline_source import OutlineNode, Source
from parity.programs.nginx.repair.plan import Edit, Proposal, Refused
from parity.programs.nginx.repair.statements import ended
from parity.programs.nginx.syntax.problem import Problem
from parity.programs.nginx.syntax.tokens import Word

_EXTENSION: Final = re.compile(r'content type: "([^"]*)", previous content type: "([^"]*)"')
_ENTRIES: Final = frozenset({"map", "geo", "types", "split_clients", "charset_map"})


def entry(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Add the missing `;` of a line in a map, geo or types block, or the block's missing `}`."""
    node = source.on_line(problem.file or "", problem.line or 0)
    data = source.files.get(problem.file or "", b"")
    if node is not None and node.parent is not None and node.parent.name in _ENTRIES:
        for before, word in pairwise(node.words):
            if b"\n" in data[before.end : word.start]:
                yield ended(source, node.file, before.end)
        yield from missing_close(source, node.file)


def same_key(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Remove a key that a map or geo block has twice with the same value; different values need your decision."""
    node = source.on_line(problem.file or "", problem.line or 0)
    if node is None or node.parent is None or node.parent.name not in _ENTRIES:
        raise Refused(f"{problem.cause} {problem.action}")
    key = (problem.argument or node.name).lower()  # nginx makes no difference between small letters and capitals
    same = [one for one in node.parent.children if one.name.lower() == key]
    if len(same) < 2:
        raise Refused(f"{problem.cause} ({node.file}:{node.line}) {problem.action}")
    first, *again = same
    other = next((one for one in again if one.args != first.args), None)
    block = f"the {node.parent.name} block of {node.file}"
    if other is not None:
        raise Refused(
            f'"{key}" has two values in {block}: line {first.line} and line {other.line}: keep the right one.'
        )
    if len(source.sites[node.file]) != 1:
        raise Refused(f'"{key}" is set twice in {block}, which is included in several places: keep one of the two.')
    data = source.files[node.file]
    edits = tuple(Edit(node.file, *whole_lines(data, one.start, one.stop), b"") for one in again)
    what = f'the second "{again[0].name}"' if len(again) == 1 else f'"{again[0].name}" that is repeated'
    yield Proposal(edits, f"removed {what}", f"line {first.line} is identical")
    raise Refused(f'"{key}" is set twice in {block}, and removing the second line would cause another error.')


def repeated_entry(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Remove a MIME type that is already in the list, such as text/html in gzip_types."""
    yield from included_again(source, problem.file or "")
    node = source.on_line(problem.file or "", problem.line or 0)
    wanted = (problem.argument or "").encode()
    kinds = _EXTENSION.search(problem.message)
    if kinds is not None:
        if node is None or kinds[1] != kinds[2]:
            place = f"{problem.file}:{problem.line}"
            raise Refused(
                f'The extension "{problem.argument}" has two types, {kinds[2]} and then {kinds[1]} ({place}), and'
                " nginx uses the second: keep the one that is right."
            )
        yield from _without(source, node, [word for word in node.words[1:] if word.value.lower() == wanted.lower()])
    if node is not None and node.name.endswith("_types"):
        data = source.files[node.file]
        words = [word for word in node.words[1:] if word.value.lower() == wanted.lower()]
        if words and len(node.words) > 2:
            start = words[-1].start
            while data[start - 1 : start] in (b" ", b"\t"):
                start -= 1
            why = f"{problem.argument} is already in the list; text/html is in every list by default"
            yield Proposal((Edit(node.file, start, words[-1].end, b""),), f"removed {problem.argument}", why)
    raise Refused(f"{problem.cause} {problem.action}")


def _without(source: Source, node: OutlineNode, words: list[Word]) -> Iterator[Proposal]:
    """Take an extension out of a line of types{}, and the line with the only one that it has."""
    data = source.files[node.file]
    why = "it already has this type"
    if len(node.words) == 2:
        start, end = whole_lines(data, node.start, node.stop)
    elif words:
        start, end = len(data[: words[-1].start].rstrip(b" \t")), words[-1].end
    else:
        return
    yield Proposal((Edit(node.file, start, end, b""),), "removed the repeated extension", why)
