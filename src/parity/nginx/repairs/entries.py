"""Lines of map, geo and types blocks, which have a grammar of their own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from parity.nginx.problem import Problem
from parity.nginx.repairs.braces import missing_close
from parity.nginx.repairs.plan import Proposal
from parity.nginx.repairs.source import Source
from parity.nginx.repairs.statements import ended

_ENTRIES: Final = frozenset({"map", "geo", "types", "split_clients", "charset_map"})


def entry(source: Source, problem: Problem) -> Iterator[Proposal]:
    """A line of a map, geo or types block that runs into the next one, or one that its missing `}` put there."""
    node = source.on_line(problem.file or "", problem.line or 0)
    data = source.files.get(problem.file or "", b"")
    if node is not None and node.parent is not None and node.parent.name in _ENTRIES:
        for before, word in pairwise(node.words):
            if b"\n" in data[before.end : word.start]:
                yield ended(source, node.file, before.end)
        yield from missing_close(source, node.file)
