"""One fault in many places is one difference: a habit of the stack, a variable that all get, a file not filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from parity.domain.findings import Difference

# The way of a difference that stands for several: its rule has sentences of their own for it.
SEVERAL = "several"


def together(found: Iterable[Difference], least: Mapping[str, int]) -> Iterator[Difference]:
    """Yield differences, those of one rule, item and environment as one where at least so many services have it.

    `least` has the number by rule; a rule that it does not name is never put together. The word `source` keeps apart
    what only looks alike.
    """
    groups: dict[tuple[str, str, tuple[str, ...], str], list[Difference]] = {}
    for one in found:
        if one.rule in least:
            groups.setdefault((one.rule, one.item, one.environments, one.words.get("source", "")), []).append(one)
        else:
            yield one
    for (rule, *_), group in groups.items():
        services = sorted({one.service for one in group})
        if len(services) < least[rule]:
            yield from group
            continue
        yield replace(
            group[0],
            service="",
            evidence=tuple(piece for one in group for piece in one.evidence),
            words={**group[0].words, "services": ", ".join(services), "count": str(len(services))},
            ways=group[0].ways | {SEVERAL},
            facts=frozenset.intersection(*(one.facts for one in group)),
            covers=frozenset().union(*(one.covers for one in group)),
            mentions=frozenset(services).union(*(one.mentions for one in group)),
        )


def items_together(found: Iterable[Difference], least: Mapping[str, int]) -> Iterator[Difference]:
    """Yield differences, those of one rule and environment as one where they are of at least so many items.

    `least` has the number by rule; a rule that it does not name, or with 0, is never put together.
    """
    groups: dict[tuple[str, tuple[str, ...]], list[Difference]] = {}
    for one in found:
        if least.get(one.rule) and one.item:
            groups.setdefault((one.rule, one.environments), []).append(one)
        else:
            yield one
    for (rule, _), group in groups.items():
        if len(group) < least[rule]:
            yield from group
            continue
        pieces = tuple(piece for one in group for piece in one.evidence)
        names = sorted(one.item for one in group)
        services = sorted({piece.service for piece in pieces} - {""})
        yield replace(
            group[0],
            service="",
            item="",
            evidence=pieces,
            words={"names": ", ".join(names), "count": str(len(names)), "services": ", ".join(services)},
            ways=group[0].ways | {SEVERAL},
            facts=frozenset.intersection(*(one.facts for one in group)),
            mentions=frozenset(names).union(*(one.mentions for one in group)),
        )
