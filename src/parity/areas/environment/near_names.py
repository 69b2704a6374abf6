"""Two names that differ by one letter, each set in one environment only: a variable that is misspelled somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parity.areas.environment.variable import COMPOSE
from parity.areas.environment.variables import Variables, services_named
from parity.compare.comparison import Comparison
from parity.domain.findings import Difference, Evidence
from parity.domain.values import show

_SHORTEST: Final = 6


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
    """Yield the names that become the same when a letter of each is left out; never names of different numbers."""
    by_rest: dict[str, list[str]] = {}
    for name in sorted(ones):
        for rest in _rests(name):
            by_rest.setdefault(rest, []).append(name)
    found = {(one, other) for other in others for rest in _rests(other) for one in by_rest.get(rest, ())}
    yield from sorted((one, other) for one, other in found if _may_be_meant(one, other))


def _rests(name: str) -> set[str]:
    return {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))} if len(name) >= _SHORTEST else set()


def _may_be_meant(one: str, other: str) -> bool:
    """Return whether one of two names may be a slip: they differ in letters, and not in a word of one letter."""
    if [letter for letter in one if letter.isdigit()] != [letter for letter in other if letter.isdigit()]:
        return False
    return not any(len(word) == 1 for word in set(one.split("_")) ^ set(other.split("_")))
