"""Ports of production by which visitors get past the proxy that speaks TLS for a service."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from parity.areas.containers.consoles import console_of, unguarded
from parity.areas.containers.datastores import datastore_of
from parity.areas.containers.open_ports import openings
from parity.compare.comparison import Comparison, place_of
from parity.compare.configured import configured
from parity.compare.nginx_model import model_of
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Port, Service, Stack
from parity.domain.untrusted import mapping, scalar

_TLS: Final = frozenset({"443", "8443"})
# Source: https://doc.traefik.io/traefik/routing/providers/docker/
_TARGET_PORT: Final = re.compile(r"traefik\.http\.services\.[^.]+\.loadbalancer\.server\.port")


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield services of production that a proxy with TLS forwards to, and that publish the same port to everybody."""
    for stack in comparison.stacks:
        proxies = {name: service for name, service in stack.services.items() if _publishes_tls(service)}
        behind = _behind(stack, proxies) if stack.production and proxies else {}
        for match in comparison.matches:
            service = match.members.get(stack.environment)
            if service is not None and service.name not in proxies:
                for port in _open(service, behind.get(service.name, frozenset())):
                    yield _difference(stack, match.name, service, port, ", ".join(sorted(proxies)))


def _difference(stack: Stack, name: str, service: Service, port: Port, proxies: str) -> Difference:
    number = port.container.partition("/")[0]
    where = Evidence(
        stack.environment, f"{port.host_ip}:{port.host_port} → {port.container}", place_of(service), service.name
    )
    words = {"port": port.host_port, "proxy": proxies, "local": f"127.0.0.1:{port.host_port}:{number}"}
    return Difference("containers.proxy-bypassed", (stack.environment,), name, port.container, (where,), words)


def _publishes_tls(service: Service) -> bool:
    ports = service.config.ports if service.config else ()
    return any(port.open and port.container.partition("/")[0] in _TLS for port in ports)


def _behind(stack: Stack, proxies: Mapping[str, Service]) -> dict[str, frozenset[str]]:
    """Return the ports to which the proxies forward, by service: as nginx's files and labels say."""
    found: dict[str, set[str]] = {}
    for configuration, reader in configured(stack, "nginx"):
        if configuration.service in proxies:
            for need in model_of(configuration, reader).needs:
                found.setdefault(need.host, set()).add(f"{need.port}/tcp")
    for name, service in stack.services.items():
        labels = mapping(service.declared.raw, "labels") if service.declared else {}
        routed = {f"{scalar(value)}/tcp" for label, value in labels.items() if _TARGET_PORT.fullmatch(label.lower())}
        found.setdefault(name, set()).update(routed)
    return {name: frozenset(ports) for name, ports in found.items()}


def _open(service: Service, forwarded: frozenset[str]) -> Iterator[Port]:
    """Yield the ports of a service that are open to everybody and that a proxy forwards to; no others say more."""
    config = service.config
    if config is None or datastore_of(config.image) or unguarded(service) or console_of(service):
        return
    reported = {port for _, port in openings(service, config)}
    yield from (port for port in config.ports if port.open and port.container in forwarded and port not in reported)
