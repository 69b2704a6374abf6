"""Variables within one environment: what was not filled in, and what production must not have."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from typing import Final

from parity.areas.environment import in_production, not_passed, placeholders
from parity.areas.environment.outside import unencrypted
from parity.areas.environment.own_places import place_named
from parity.areas.environment.side import Side
from parity.compare.variable import COMPOSE, Variable
from parity.domain.environment_names import environments_named
from parity.domain.fill_in import is_test_key
from parity.domain.findings import Difference

_QUOTES: Final = ('"', "'")
_SHORTEST_QUOTED: Final = 3


def differences(side: Side) -> Iterator[Difference]:
    """Yield what is wrong with each variable."""
    yield from not_passed.differences(side.stack)
    yield from _with_quotes(side)
    if side.stack.production:
        yield from _elsewhere(side)
    for name, variable in sorted(side.variables.items()):
        yield from placeholders.differences(side, name, variable)
        if side.stack.production:
            yield from side.found("environment.test-key-in-production", name, variable, variable.where(is_test_key))
            yield from _unencrypted(side, name, variable)
    if side.stack.production:
        yield from in_production.differences(side)


def _unencrypted(side: Side, name: str, variable: Variable) -> Iterator[Difference]:
    """Yield connections to databases outside of the stack that do without TLS."""
    hosts = {service: unencrypted(name, side.variables, service) for service in variable.values}
    services = [service for service, host in hosts.items() if host and service != COMPOSE]
    if services:
        host = hosts[services[0]]
        yield from side.found("environment.plain-connection-in-production", name, variable, services, host=host)


def _with_quotes(side: Side) -> Iterator[Difference]:
    """Yield values whose quotes reached the program."""
    for name, variable in side.variables.items():
        services = [service for service in variable.where(_quoted) if service != COMPOSE]
        yield from side.found("environment.literal-quotes", name, variable, services)


def _elsewhere(side: Side) -> Iterator[Difference]:
    """Yield what names another environment: an address of it once, under the first of its variables.

    A service that is named after the other environment belongs to it: the host of production runs both.
    """
    own = environments_named(side.stack.environment) or {"prod"}
    told: set[tuple[str, str]] = set()
    for name, variable in sorted(side.variables.items()):
        by_other = variable.grouped(partial(_other_named, own, name))
        for other, having in sorted((other, having) for other, having in by_other.items() if other):
            services = [service for service in having if other not in side.named_after(service)]
            places = {(other, place_named(name, variable.values[service])) for service in services}
            if not places <= told:
                told |= places
                yield from side.found(
                    "environment.names-another-environment",
                    name,
                    variable,
                    services,
                    other=side.names.get(other, other),
                )


def _quoted(value: str) -> bool:
    """Return whether a value's own quotes reached the program, as with `- KEY="value"` in a list of a compose file."""
    inside = value[1:-1]
    return len(value) >= _SHORTEST_QUOTED and value[0] == value[-1] in _QUOTES and value[0] not in inside


def _other_named(own: Collection[str], name: str, value: str) -> str:
    """Return the other environment that a variable names by its value; nothing where it names the own one, or none."""
    named = environments_named(place_named(name, value)) - {"test"}
    return min(named) if named and named.isdisjoint(own) else ""
