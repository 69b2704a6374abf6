"""Production that publishes nothing by which visitors come in, though it has something for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from parity.areas.containers.plain_http import TUNNELS, words_of_image
from parity.compare.comparison import Comparison
from parity.compare.match_services import Match
from parity.domain.findings import Difference, Evidence
from parity.domain.places import in_service
from parity.domain.stack import Service, Stack
from parity.domain.untrusted import as_mapping, mapping

# Ports on which web servers, frameworks and their development servers listen.
_WEB: Final = re.compile(r"(?:80|443|[348]\d{3}|5000|5173|9000|9443)(?:/tcp)?")
# Words of what visitors come to first, in the names of images and services.
_FRONTS: Final = frozenset({"frontend", "front", "web", "webserver", "nginx", "proxy", "gateway", "ui", "site", "www"})
_ROUTED: Final = re.compile(r"traefik\.http\.routers\..+\.rule|caddy(?:_\d+)?")
# What a proxy of another stack reads that joins the networks of what it finds.
_FOUND_BY_A_PROXY: Final = frozenset({"VIRTUAL_HOST"})


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield each production to which no port, no network and no tunnel leads."""
    for stack in comparison.stacks:
        known = stack.production and stack.render_state == "rendered"
        if known and not _is_reached_otherwise(stack) and not _publishes_an_entrance(comparison, stack):
            meant = dict(_meant_for_visitors(comparison, stack))
            if meant and not any(_published(stack.services[name]) for name in meant):
                pieces = tuple(Evidence(stack.environment, why, in_service(name), name) for name, why in meant.items())
                words = {"services": ", ".join(sorted(meant))}
                yield Difference(
                    "containers.nothing-published",
                    (stack.environment,),
                    evidence=pieces,
                    words=words,
                    mentions=frozenset(meant),
                )


def _active(stack: Stack) -> Iterator[Service]:
    for service in stack.services.values():
        if service.is_started:
            yield service


def _is_reached_otherwise(stack: Stack) -> bool:
    """Return whether a stack has a network of others, the host's, or a tunnel, or a proxy may find it by a variable."""
    if any(as_mapping(one).get("external") for one in mapping(stack.resources, "networks").values()):
        return True
    return any(
        (service.declared is not None and service.declared.raw.get("network_mode"))
        or words_of_image(service) & TUNNELS
        or (service.config is not None and _FOUND_BY_A_PROXY & service.config.environment.keys())
        for service in _active(stack)
    )


def _publishes_an_entrance(comparison: Comparison, stack: Stack) -> bool:
    """Return whether a stack publishes a port of the web, or one that nothing publishes elsewhere."""
    return any(
        _WEB.fullmatch(port) or port not in _published_elsewhere(match, stack)
        for match, service in _matched(comparison, stack)
        for port in _published(service)
    )


def _meant_for_visitors(comparison: Comparison, stack: Stack) -> Iterator[tuple[str, str]]:
    """Yield the services that say that visitors come to them, and how; what others call may do without a port."""
    for match, service in _matched(comparison, stack):
        if any(map(_ROUTED.fullmatch, service.labels)):
            yield service.name, "has labels for a proxy"
        elif words_of_image(service) & _FRONTS and (found := sorted(_open_elsewhere(match, stack))):
            yield service.name, f"does not publish {', '.join(found)}"


def _matched(comparison: Comparison, stack: Stack) -> Iterator[tuple[Match, Service]]:
    active: Mapping[str, Service] = {service.name: service for service in _active(stack)}
    for match in comparison.matches:
        service = match.members.get(stack.environment)
        if service is not None and service.name in active:
            yield match, service


def _published(service: Service) -> set[str]:
    """Return the ports of a service's container that its host publishes."""
    ports = service.config.ports if service.config else ()
    return {port.container for port in ports if port.host_port and not port.container.endswith("/udp")}


def _open_elsewhere(match: Match, stack: Stack) -> set[str]:
    """Return the ports of the web that other environments publish to every address."""
    others = (service.config for environment, service in match.members.items() if environment != stack.environment)
    ports = [port for config in others if config for port in config.ports if port.open]
    return {port.container for port in ports if _WEB.fullmatch(port.container)}


def _published_elsewhere(match: Match, stack: Stack) -> set[str]:
    others = (service for environment, service in match.members.items() if environment != stack.environment)
    return set().union(*map(_published, others))
