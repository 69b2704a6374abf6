"""Traefik's entry points on port 443 that speak plain HTTP, because nothing turns TLS on for their routers.

Source: https://doc.traefik.io/traefik/routing/entrypoints/, https://doc.traefik.io/traefik/routing/routers/#tls
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from parity.areas.containers.commands import words_of
from parity.compare.comparison import Comparison, place_of
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Service
from parity.domain.untrusted import mapping, scalar

_ENTRY: Final = re.compile(r"--entrypoints\.([^.=]+)\.address=[^:\s]*:443(?:/tcp)?", re.IGNORECASE)
# Settings that may be in files, which are not read here.
_ELSEWHERE: Final = re.compile(r"--(?:configfile|providers\.(?!docker))", re.IGNORECASE)
_ROUTER: Final = re.compile(r"traefik\.http\.routers\.([^.]+)\.(.+)", re.IGNORECASE)


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield each Traefik of production whose entry point on port 443 has routers and none of them with TLS."""
    for match in comparison.matches:
        for environment, proxy in match.members.items():
            stack = comparison.stack(environment)
            for entry in _entries(proxy) if stack.production else ():
                routers = [one for service in stack.services.values() for one in _routers(service, entry)]
                if routers and not any(secure for _, _, secure in routers):
                    yield _difference(environment, match.name, proxy, entry, [(s, name) for s, name, _ in routers])


def _difference(
    environment: str, name: str, proxy: Service, entry: str, routers: list[tuple[Service, str]]
) -> Difference:
    where = Evidence(environment, f"entry point {entry} on port 443, without TLS", place_of(proxy), proxy.name)
    more = tuple(Evidence(environment, f"router {one}, without tls", place_of(s), s.name) for s, one in routers)
    words = {"entry": entry, "routers": ", ".join(one for _, one in routers), "first": routers[0][1]}
    return Difference("containers.route-without-tls", (environment,), name, entry, (where, *more), words)


def _entries(service: Service) -> Iterator[str]:
    """Yield the entry points on port 443 for which a Traefik's command turns on no TLS."""
    command = words_of(service.config.command or ()) if service.config else []
    if any(map(_ELSEWHERE.match, command)):
        return
    for found in filter(None, map(_ENTRY.fullmatch, command)):
        if not any(word.lower().startswith(f"--entrypoints.{found[1].lower()}.http.tls") for word in command):
            yield found[1]


def _routers(service: Service, entry: str) -> Iterator[tuple[Service, str, bool]]:
    """Yield the routers of a service that an entry point serves, and whether TLS is on for each."""
    options: dict[str, dict[str, str]] = {}
    labels: Mapping[str, object] = mapping(service.declared.raw, "labels") if service.declared else {}
    for label, value in labels.items():
        if found := _ROUTER.fullmatch(label):
            options.setdefault(found[1], {})[found[2].lower()] = scalar(value).strip().lower()
    for name, given in options.items():
        served = given.get("entrypoints")
        if served is None or entry.lower() in served.split(","):
            yield service, name, any(one.startswith("tls") and value != "false" for one, value in given.items())
