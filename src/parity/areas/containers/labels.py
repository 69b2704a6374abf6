"""Labels that other programs take for configuration: routes of a proxy, updates, schedules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from parity.areas.containers.routers import Types, aligned, guards, joined, middlewares, names_a_host
from parity.compare.comparison import Comparison, evidence
from parity.compare.match_services import Match
from parity.domain.environment_names import without_environment
from parity.domain.findings import Difference
from parity.domain.stack import Service
from parity.domain.values import has_secret, show

# Whose labels configure something. Source: the documentation of each.
_PROXIES: Final = ("traefik.", "caddy")
# What makes backups and runs jobs: without its label nothing is saved, or nothing runs.
_JOBS: Final = (
    "ofelia.", "docker-volume-backup.", "backup.", "restic-compose-backup.", "stack-back.", "cron.", "swarm.cronjob.",
    "chadburn.", "deck-chores.",
)  # fmt: skip
_HELPERS: Final = ("com.centurylinklabs.watchtower.", "diun.", "wud.", "prometheus.", "homepage.", "autoheal")
_READ: Final = (*_PROXIES, *_JOBS, *_HELPERS)
# In a label's name or value: who may come in.
_ACCESS: Final = re.compile(
    r"middlewares|auth|ipallowlist|ipwhitelist|ratelimit|headers|tls|entrypoints", re.IGNORECASE
)
_WITH_TLS: Final = re.compile(r"secure|https|tls|443", re.IGNORECASE)
_LACKS: Final = "production-lacks"
_MANY: Final = 3
_QUOTED: Final = re.compile(r"`[^`]*`|\"[^\"]*\"|'[^']*'")


def differences(comparison: Comparison, match: Match, of_stack: Mapping[str, Types]) -> Iterator[Difference]:
    """Yield each label that configures something and is not alike in all environments that have such labels.

    `of_stack` has what is `defined` in each environment.
    """
    members = match.seen
    found = {environment: _labels(service) for environment, service in members.items() if service.declared}
    if len(found) < 2 or not any(found.values()):
        return
    if not all(map(_of_a_proxy, found.values())):
        # An environment without any has another proxy, or none; jobs and helpers are compared all the same.
        found = {environment: _without_proxy(labels) for environment, labels in found.items()}
    first = next(iter(found))
    found = aligned(found, of_stack)
    defined = {environment: joined(of_stack[environment], of_stack[first]) for environment in found}
    found_here: list[Difference] = []
    for name in sorted(set().union(*found.values())):
        values = {environment: labels.get(name) for environment, labels in found.items()}
        way = _way(comparison, name, values)
        if way:
            lacking = tuple(environment for environment, value in values.items() if value is None)
            shown = {environment: show(value) for environment, value in values.items()}
            access = (
                way not in ("only-production", "secret")
                and name.lower().startswith(_PROXIES)
                and _decides_access(comparison, name, values, defined)
            )
            ways = frozenset({way, *(("access",) if access else ())})
            facts = frozenset({"helper-label"} if name.lower().startswith(_HELPERS) else ())
            found_here.append(
                Difference(
                    "containers.label-differs", lacking or tuple(values), match.name, name, evidence(members, shown),
                    {"names": name}, ways, facts=facts,
                )
            )  # fmt: skip
    yield from _together(found_here)


def _together(found: list[Difference]) -> Iterator[Difference]:
    """Yield labels that one service lacks in the same environments as one difference, where they are many."""
    for environments, program in sorted({(one.environments, _program(one)) for one in found}):
        mine = [one for one in found if (one.environments, _program(one)) == (environments, program)]
        group = [one for one in mine if _LACKS in one.ways]
        if len(group) < _MANY:
            yield from mine
            continue
        yield from (one for one in mine if one not in group)
        names = [one.item for one in group]
        pieces = tuple(piece for one in group for piece in one.evidence)
        words = {"names": ", ".join(names)}
        yield replace(group[0], item=names[0].partition(".")[0], evidence=pieces, words=words)


def _program(difference: Difference) -> str:
    """Return whose label differs: those of the proxies belong together."""
    name = difference.item.lower()
    return "" if name.startswith(_PROXIES) else next(one for one in _READ if name.startswith(one))


def _of_a_proxy(labels: Iterable[str]) -> bool:
    return any(name.lower().startswith(_PROXIES) for name in labels)


def _without_proxy(labels: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in labels.items() if not name.lower().startswith(_PROXIES)}


def _labels(service: Service) -> dict[str, str]:
    """Return the labels of a service that configure something."""
    return {name: value for name, value in service.labels.items() if name.lower().startswith(_READ)}


def defined(services: Iterable[Service]) -> Types:
    """Return the middlewares that the labels of an environment's services define."""
    return middlewares(map(_labels, services))


def _decides_access(
    comparison: Comparison, name: str, values: Mapping[str, str | None], defined: Mapping[str, Types]
) -> bool:
    """Return whether a label differs in who may come in; a rule does where production's names no host."""
    told = {environment: value or "" for environment, value in values.items()}
    production = {environment for environment in told if comparison.production([environment])}
    option = name.rpartition(".")[2].lower()
    if option == "middlewares":
        known = {environment: guards(value, defined[environment]) for environment, value in told.items()}
        if None not in known.values():
            kept = frozenset().union(*(known[environment] or () for environment in production))
            return any((one or frozenset()) - kept for one in known.values())
    if option == "entrypoints" and all(told.values()):
        return _lost(production, {environment: bool(_WITH_TLS.search(value)) for environment, value in told.items()})
    if option == "rule":
        return _lost(production, {environment: names_a_host(value) for environment, value in told.items()})
    return bool(_ACCESS.search(name))


def _lost(production: Iterable[str], having: Mapping[str, bool]) -> bool:
    """Return whether others have what production has not."""
    return any(having.values()) and not all(having[environment] for environment in production)


def _way(comparison: Comparison, name: str, values: Mapping[str, str | None]) -> str:
    """Return how a label differs, an empty string where it does not."""
    present = [value for value in values.values() if value is not None]
    if len(present) < len(values):
        lacking = [environment for environment, value in values.items() if value is None]
        return _LACKS if comparison.production(lacking) else "only-production"
    if len({_plain(value) for value in present}) == 1:
        return "host" if len(set(present)) > 1 else ""
    return "secret" if all(map(has_secret, present)) else "value"


def _plain(value: str) -> str:
    """Return a label's value without the hosts and paths that it quotes, and without its environment's word."""
    return without_environment(_QUOTED.sub("`…`", value))
