"""A missing `;` that nginx says nothing of: the next directive became a further value, such as a name of the server."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from parity.programs.nginx.repair.lines import first_on_line, indent
from parity.programs.nginx.repair.outline_source import OutlineNode, Source
from parity.programs.nginx.repair.plan import Proposal
from parity.programs.nginx.repair.statements import ended
from parity.programs.nginx.syntax.problem import Problem

# What stands in these is no directive, whatever it is called.
_ENTRIES: Final = frozenset({"map", "geo", "types", "split_clients", "charset_map", "match"})


def swallowed_values(source: Source) -> Iterator[Proposal]:
    """Propose the `;` before each line that begins with a directive and is indented as the statement itself.

    A value that goes on in the next line is indented deeper, and seldom called like a directive of that block.
    """
    for file in source.sites:
        for node in source.outline(file).every():
            at = _end(source, node)
            if at is not None:
                one = ended(source, file, at)
                why = "nginx reads the directive of the next line as a value, without an error"
                yield Proposal(one.edits, one.action, why, verify=True)


def lost_to_a_value(source: Source, _problem: Problem) -> Iterator[Proposal]:
    """Restore the directive that nginx misses if it was read as a value of the statement before it."""
    yield from swallowed_values(source)


def _end(source: Source, node: OutlineNode) -> int | None:
    if node.kind != ";" or (node.parent is not None and node.parent.name in _ENTRIES):
        return None
    data = source.files[node.file]
    if b"\n" not in data[node.start : node.end] or not first_on_line(data, node.start):
        return None
    contexts = {source.context(node, site) for site in source.sites[node.file]}
    for number, (before, word) in enumerate(pairwise(node.words), 1):
        if word.quote or b"\n" not in data[before.end : word.start] or not first_on_line(data, word.start):
            continue
        legal = source.table.get(word.value.decode("latin-1"), {})
        rules = [legal[context] for context in contexts if context in legal]
        values = len(node.words) - number - 1
        if values and b"\n" in data[word.end : node.words[number + 1].start]:
            continue
        fits = len(rules) == len(contexts) and all(rule.takes(values) and not rule.block for rule in rules)
        if fits and number > 1 and indent(data, word.start) == indent(data, node.start):
            return before.end
    return None
