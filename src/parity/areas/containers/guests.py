"""Services of another environment that are part of production's project, and share a network with its own."""

from __future__ import annotations

from collections.abc import Iterator

from parity.compare.comparison import Comparison, place_of
from parity.compare.match_services import repository
from parity.domain.environment_names import environments_named
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Service, Stack


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield the services of production's stack that another environment's word names, as one difference.

    Each has a twin, a service of production with the same image, so that the word is no part of what the service is.
    """
    for stack in comparison.stacks:
        guests = list(_guests(stack)) if stack.production else []
        if guests:
            pieces = tuple(
                Evidence(stack.environment, f"shares a network with {twin.name}", place_of(guest), guest.name)
                for guest, twin in guests
            )
            words = {
                "services": ", ".join(guest.name for guest, _ in guests),
                "own": ", ".join(dict.fromkeys(twin.name for _, twin in guests)),
            }
            yield Difference("containers.guest", (stack.environment,), "", "", pieces, words)


def _guests(stack: Stack) -> Iterator[tuple[Service, Service]]:
    """Yield each service that is named after another environment, with the first twin whose network it shares."""
    own = environments_named(stack.environment) or {"prod"}
    at_home = [one for one in stack.services.values() if environments_named(one.name) <= own]
    for service in stack.services.values():
        named = environments_named(service.name)
        twins = [one for one in at_home if _are_twins(service, one)] if named and not named & own else []
        yield from ((service, one) for one in twins[:1])


def _are_twins(one: Service, other: Service) -> bool:
    ours, theirs = one.config, other.config
    return (
        ours is not None
        and theirs is not None
        and bool(ours.image)
        and repository(ours.image) == repository(theirs.image)
        and bool(ours.networks.keys() & theirs.networks.keys())
    )
