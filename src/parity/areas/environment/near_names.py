"""Two names that are nearly the same, each set in one environment only: a variable that is misspelled somewhere."""

from __future__ import annotations

from collections.abc import Iterator

from parity.compare.comparison import Comparison
from parity.compare.variable import COMPOSE
from parity.compare.variables import Variables, services_named
from parity.domain.findings import Difference, Evidence
from parity.domain.near_names import buckets, near
from parity.domain.values import show


def differences(comparison: Comparison, variables: Variables) -> Iterator[Difference]:
    """Yield each pair of names of which production has one and another environment the other, for one service."""
    for stack in (one for one in comparison.stacks if one.production):
        ours = variables.of(stack.environment)
        for other in (one for one in comparison.stacks if not one.production):
            theirs = variables.of(other.environment)
            for mine, yours in _near(ours.keys() - theirs.keys(), theirs.keys() - ours.keys()):
                services = sorted((ours[mine].values.keys() & theirs[yours].values.keys()) - {COMPOSE})
                if not services:
                    continue
                pieces = [
                    Evidence(e, f"{name}: {show(found.values[s])}", found.places[s], s)
                    for s in services
                    for e, name, found in (
                        (other.environment, yours, theirs[yours]),
                        (stack.environment, mine, ours[mine]),
                    )
                ]
                yield Difference(
                    "environment.near-name",
                    (stack.environment,),
                    "",
                    mine,
                    tuple(pieces),
                    {"services": services_named(services), "other": other.environment, "theirs": yours},
                    covers=frozenset(
                        {
                            f"environment.missing/{mine}@{other.environment}",
                            f"environment.missing/{yours}@{stack.environment}",
                        }
                    ),
                    mentions=frozenset(services),
                )


def _near(ones: set[str], others: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the names of which one may be meant for the other."""
    by_bucket: dict[str, list[str]] = {}
    for name in ones:
        for bucket in buckets(name):
            by_bucket.setdefault(bucket, []).append(name)
    pairs = {(one, other) for other in others for bucket in buckets(other) for one in by_bucket.get(bucket, ())}
    yield from sorted((one, other) for one, other in pairs if near(one, other))
