"""Settings of a feature that a switch beside them turns off: `S3_ENABLED=false` and `S3_SECRET_KEY`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from parity.compare.comparison import Comparison
from parity.compare.variable import COMPOSE
from parity.compare.variables import Variables
from parity.domain.findings import Difference
from parity.domain.switches import Switches

# What is of no weight for a feature that is off. A safeguard that is off is another matter.
_RULES: Final = frozenset(
    {
        "environment.missing",
        "environment.empty",
        "environment.differs",
        "environment.placeholder",
        "environment.default-password",
        "environment.same-secret",
        "environment.localhost-in-production",
        "environment.names-another-environment",
    }
)
_MISSING: Final = "environment.missing"
_WAY: Final = frozenset({"feature-off"})


def marked(comparison: Comparison, variables: Variables, found: Iterable[Difference]) -> Iterator[Difference]:
    """Yield differences, those of settings of a feature that is off for all services that they name with that way."""
    switches: dict[tuple[str, str], Switches] = {}
    for one in found:
        if one.rule in _RULES and _is_off(comparison, variables, switches, one):
            yield replace(one, ways=_WAY)
        else:
            yield one


def _is_off(
    comparison: Comparison,
    variables: Variables,
    switches: dict[tuple[str, str], Switches],
    difference: Difference,
) -> bool:
    """Return whether the feature is off in each service, in production's environments if any are at fault.

    `switches` are those of the services that were asked for already.
    """
    production = [one for one in difference.environments if comparison.production([one])]
    services = {piece.service for piece in difference.evidence} - {COMPOSE}
    if difference.rule == _MISSING and _is_off_wherever_set(variables, switches, difference):
        return True
    places = [(one, service) for one in production or difference.environments for service in services]
    return bool(places) and all(_switches_of(variables, switches, place).turn_off(difference.item) for place in places)


def _is_off_wherever_set(
    variables: Variables, switches: dict[tuple[str, str], Switches], difference: Difference
) -> bool:
    """Return whether the feature is off in each place that has a missing variable, and on in none that lacks it."""
    places = {(piece.environment, piece.service) for piece in difference.evidence if piece.service != COMPOSE}
    having = {place for place in places if difference.item in variables.of_service(*place)}
    return (
        bool(having)
        and all(_switches_of(variables, switches, place).turn_off(difference.item) for place in having)
        and not any(_switches_of(variables, switches, place).turn_on(difference.item) for place in places - having)
    )


def _switches_of(variables: Variables, switches: dict[tuple[str, str], Switches], place: tuple[str, str]) -> Switches:
    if place not in switches:
        switches[place] = Switches(variables.of_service(*place))
    return switches[place]
