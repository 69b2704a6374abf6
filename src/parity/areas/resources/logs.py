"""Logs of the driver json-file without `max-size`: each is one file that grows until the disk is full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from parity.compare.comparison import Comparison, evidence
from parity.compare.match_services import Match
from parity.domain.amounts import roughly
from parity.domain.findings import Difference, Evidence
from parity.domain.places import on_host
from parity.domain.stack import Container, Service
from parity.domain.untrusted import mapping, scalar

_BIG: Final = 1024**3


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield the services whose logs are limited in some environments only, and as one those limited in none."""
    nowhere: dict[str, dict[str, list[Container]]] = {}
    for match in comparison.matches:
        growing = {environment: _growing(service) for environment, service in match.members.items()}
        known = {environment: found for environment, found in growing.items() if found is not None}
        if all(known.values()):
            for environment, found in known.items():
                nowhere.setdefault(environment, {})[match.name] = found
        else:
            yield from _differ(comparison, match, {environment: bool(found) for environment, found in known.items()})
    if nowhere:
        yield _unlimited(comparison, nowhere)


def _growing(service: Service) -> list[Container] | None:
    """Return the containers of a service whose logs nothing limits; None where that is not known.

    A job that ended writes no more, and what the compose files say holds as soon as the container is recreated.
    """
    logged = [(container, container.log) for container in service.containers if not container.finished]
    known = [(container, log) for container, log in logged if log is not None]
    if not known:
        return None
    return [] if _limit_declared(service) else [container for container, log in known if log.grows]


def _limit_declared(service: Service) -> bool:
    raw: Mapping[str, object] = service.declared.raw if service.declared else {}
    return bool(scalar(mapping(mapping(raw, "logging"), "options").get("max-size")))


def _differ(comparison: Comparison, match: Match, growing: Mapping[str, bool]) -> Iterator[Difference]:
    at_fault = tuple(environment for environment, grows in growing.items() if grows)
    if not at_fault:
        return
    shown = {environment: "no max-size" if grows else "limited" for environment, grows in growing.items()}
    declared = sorted(environment for environment, service in match.members.items() if service.declared)
    yield Difference(
        "resources.log-limit-differs",
        at_fault,
        match.name,
        evidence=evidence(match.members, shown),
        words={"others": " and ".join(environment for environment, grows in growing.items() if not grows)},
        ways=frozenset() if comparison.production(at_fault) else frozenset({"not-in-production"}),
        covers=frozenset({f"compose.differs/{match.name}/logging@{'+'.join(declared)}"}),
    )


def _unlimited(comparison: Comparison, found: Mapping[str, Mapping[str, list[Container]]]) -> Difference:
    """Return that nothing limits the logs of services, in whichever environments they are: it is one habit."""
    names = list(dict.fromkeys(name for services in found.values() for name in services))
    in_production = [one for e, by_name in found.items() if comparison.production([e]) for one in by_name.values()]
    big = sum(_size(containers) for containers in in_production) >= _BIG
    pieces = []
    for environment, services in found.items():
        shown = f"json-file without max-size{_taking(services)}: {', '.join(services)}"
        hosts = [container.host for containers in services.values() for container in containers]
        pieces.append(Evidence(environment, shown, on_host(*hosts)))
    return Difference(
        "resources.log-unlimited",
        tuple(found),
        evidence=tuple(pieces),
        words={"services": ", ".join(names), "count": str(len(names))},
        ways=frozenset() if comparison.production(found) else frozenset({"not-in-production"}),
        mentions=frozenset(names),
        facts=frozenset({"big-logs"} if big else ()),
    )


def _size(containers: list[Container]) -> int:
    return sum(one.log.size or 0 for one in containers if one.log is not None)


def _taking(services: Mapping[str, list[Container]]) -> str:
    size = sum(map(_size, services.values()))
    return f" ({roughly(size)} now)" if size else ""
