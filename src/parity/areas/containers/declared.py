"""What only compose files tell of a service in each environment: where it logs to, whom it reaches, how it is built."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import Final

from parity.areas.containers.datastores import datastore_of
from parity.areas.containers.networks import is_closed
from parity.compare.comparison import Comparison, differs, evidence
from parity.compare.match_services import Match
from parity.domain.environment_names import environments_named
from parity.domain.findings import Difference
from parity.domain.images import full_name
from parity.domain.stack import Declared, Service
from parity.domain.untrusted import mapping, text
from parity.domain.values import show

# What stores data besides the datastores with ports of their own, by the last word of an image's or a service's name.
_STORES: Final = re.compile(r"(?:^|[-_/.])(?:db|database|solr|typesense|minio|weaviate)\Z")
# Drivers that keep logs on the host. Source: https://docs.docker.com/engine/logging/configure/
_ON_THE_HOST: Final = frozenset({"json-file", "local", "journald"})


def differences(comparison: Comparison, match: Match) -> Iterator[Difference]:
    """Yield where production logs elsewhere, cannot reach the outside, or shares an image's name with another build."""
    declared = {e: service.declared for e, service in match.members.items() if service.declared is not None}
    if len(declared) > 1 and comparison.production(declared):
        members = {environment: match.members[environment] for environment in declared}
        yield from _log_drivers(comparison, match, members, declared)
        yield from _way_out(comparison, match, members, declared)
        yield from _builds(comparison, match, members, declared)


def _log_drivers(
    comparison: Comparison, match: Match, members: Mapping[str, Service], declared: Mapping[str, Declared]
) -> Iterator[Difference]:
    drivers = {e: text(mapping(one.raw, "logging"), "driver") or "json-file" for e, one in declared.items()}
    away = {e for e, driver in drivers.items() if driver not in _ON_THE_HOST}
    if comparison.production(away) and differs(drivers):
        words = {"driver": next(drivers[e] for e in drivers if e in away and comparison.production([e]))}
        yield Difference(
            "containers.logging-differs", tuple(drivers), match.name, "", evidence(members, drivers), words
        )


def _way_out(
    comparison: Comparison, match: Match, members: Mapping[str, Service], declared: Mapping[str, Declared]
) -> Iterator[Difference]:
    """Yield a service that reaches the outside in one environment only; a datastore calls nobody."""
    closed = {environment: is_closed(comparison.stack(environment), members[environment]) for environment in declared}
    at_fault = tuple(e for e, one in closed.items() if one)
    if differs(closed) and comparison.production(at_fault) and not any(map(_is_datastore, members.values())):
        shown = {e: "internal networks only" if one else "a network that is not internal" for e, one in closed.items()}
        yield Difference("containers.network-closed", at_fault, match.name, "", evidence(members, shown), {})


def _is_datastore(service: Service) -> bool:
    """Return whether a service stores data and calls nobody: by its image or, where it is built, by its own name."""
    image = service.declared.config.image if service.declared else ""
    name = re.split("[:@]", image.rpartition("/")[2] or service.name)[0].lower()
    return datastore_of(image or service.name) is not None or bool(_STORES.search(name))


def _builds(
    comparison: Comparison, match: Match, members: Mapping[str, Service], declared: Mapping[str, Declared]
) -> Iterator[Difference]:
    """Yield an image of production that another environment builds for itself under the same name and tag."""
    named = {e: text(one.raw, "image") for e, one in declared.items()}
    images = {e: full_name(image) for e, image in named.items() if "/" in image}  # others are pushed nowhere
    recipes = {e: _recipe(one) for e, one in declared.items()}
    for ours, theirs in permutations(images, 2):
        if (
            comparison.production([ours])
            and not comparison.production([theirs])
            and images[ours] == images[theirs]
            and recipes[ours] != recipes[theirs]
            and environments_named(recipes[theirs]) - {"prod"}
        ):
            shown = {e: recipes[e] or "pulled" for e in (theirs, ours)}
            words = {"image": show(text(declared[ours].raw, "image")), "other": theirs}
            where = evidence({e: members[e] for e in shown}, shown)
            yield Difference("containers.build-differs", tuple(shown), match.name, "", where, words)


def _recipe(declared: Declared) -> str:
    """Return the Dockerfile and the target that an image is built with; nothing where it is pulled."""
    build = mapping(declared.raw, "build")
    parts = {"Dockerfile": text(build, "dockerfile"), "target": text(build, "target")}
    said = ", ".join(f"{name} {show(value)}" for name, value in parts.items() if value)
    return (said or "built") if declared.built else ""
