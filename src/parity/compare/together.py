"""One fault in many services is one difference: a habit of the whole stack, or one variable that all of them get."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from parity.domain.findings import Difference

# The way of a difference that stands for several: its rule has sentences of their own for it.
SEVERAL = "several"


def together(found: Iterable[Difference], least: Mapping[str, int]) -> Iterator[Difference]:
    """Yield differences, those of one rule, item and environment as one where at least so many services have it.

    `least` has the number by rule; a rule that it does not name is never put together.
    """
    groups: dict[tuple[str, str, tuple[str, ...]], list[Difference]] = {}
    for one in found:
        if one.rule in least:
            groups.setdefault((one.rule, one.item, one.environments), []).append(one)
        else:
            yield one
    for (rule, _, _), group in groups.items():
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
            covers=frozenset().union(*(one.covers for one in group)),
            mentions=frozenset(services).union(*(one.mentions for one in group)),
        )
