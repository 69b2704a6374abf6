"""The way into production where nothing speaks TLS: what visitors send can be read on the way.

A proxy outside of the stack may see to TLS; whatever says so keeps this silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final
from urllib.parse import SplitResult

from parity.areas.containers.consoles import console_of, unguarded
from parity.areas.containers.datastores import datastore_of
from parity.areas.containers.open_ports import openings
from parity.compare.comparison import Comparison, place_of
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Port, Service, Stack
from parity.domain.untrusted import as_mapping, mapping
from parity.domain.values import as_boolean, as_url, is_local_host

_HTTP: Final = "80/tcp"
_TLS_PORTS: Final = frozenset({"443", "8443", "4443"})
_WORD: Final = re.compile(r"[a-z0-9]+")
_PROXIES: Final = frozenset({"nginx", "openresty", "traefik", "caddy", "haproxy", "envoy", "httpd", "apache", "kong"})
# Programs that get certificates, or lead visitors in from a provider that speaks TLS.
TUNNELS: Final = frozenset({"cloudflared", "tunnel", "ngrok", "tailscale"})
_SEE_TO_TLS: Final = frozenset({"certbot", "acme", "letsencrypt", "lego", "dehydrated", "swag"}) | TUNNELS
# What a proxy of another stack reads. Source: the documentation of Traefik, caddy-docker-proxy and nginx-proxy.
_ROUTED: Final = re.compile(r"traefik\.(?:enable|http)\b.*|caddy(?:_\d+)?(?:\..*)?|VIRTUAL_HOST|LETSENCRYPT_HOST")
_BEHIND: Final = re.compile(
    r".*(?:TRUST\w*_PROX|PROX\w*_TRUST|BEHIND_(?:A_)?PROXY|FORWARDED|PROXY_(?:SSL|COUNT|FIX)).*"
)
_OWN_URL: Final = re.compile(
    r"(?:.*_)?(?:APP|BASE|PUBLIC|SITE|ROOT|EXTERNAL|FRONT(?:END)?|WEB|SERVER|HOME|NEXTAUTH|AUTH|DOMAIN|HOST)(?:_URL|_URI|URL|_ORIGIN)|ORIGIN"
)


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield the services through which visitors come into production without TLS."""
    speaking = {stack.environment for stack in comparison.stacks if _speaks_tls(stack)}
    elsewhere = [s.environment for s in comparison.stacks if not s.production and s.environment in speaking]
    said = {stack.environment: _Said(stack) for stack in comparison.stacks}
    for match in comparison.matches:
        for environment, service in match.members.items():
            stack = comparison.stack(environment)
            ports = _entrance(service) if stack.production and environment not in speaking else []
            if ports and not _is_behind_another(service, stack, said[environment]):
                shown = ", ".join(f"{port.host_ip}:{port.host_port} → {port.container}" for port in ports)
                where = Evidence(environment, shown, place_of(service), service.name)
                words = {
                    "port": ", ".join(dict.fromkeys(port.host_port for port in ports)),
                    "other": ", ".join(elsewhere),
                }
                ways = frozenset({"elsewhere"} if elsewhere else ())
                yield Difference("containers.no-tls", (environment,), match.name, "", (where,), words, ways)


def _entrance(service: Service) -> list[Port]:
    """Return the ports by which visitors come in: HTTP's own, and those of a proxy."""
    config, is_proxy, console = service.config, _is_proxy(service), console_of(service)
    if config is None or datastore_of(config.image) or unguarded(service) or (console and not is_proxy):
        return []
    others = {port for _, port in openings(service, config)}  # these are reported
    others |= {port for port in config.ports if console and port.container in console.ports}
    opened = [port for port in config.ports if port.open and port not in others and port.container.endswith("/tcp")]
    return [port for port in opened if port.container == _HTTP or port.host_port == "80" or is_proxy]


def _is_proxy(service: Service) -> bool:
    image = (service.config.image if service.config else "").rpartition("/")[2] or service.name
    return bool(_PROXIES.intersection(_WORD.findall(image.lower())))


def _speaks_tls(stack: Stack) -> bool:
    """Return whether something in a stack publishes a port of HTTPS, gets certificates, or is reached by a tunnel."""
    for service in stack.services.values():
        config = service.config
        published = [port for port in (config.ports if config else ()) if port.host_port]
        numbers = {port.host_port for port in published} | {port.container.partition("/")[0] for port in published}
        if numbers & _TLS_PORTS or words_of_image(service) & _SEE_TO_TLS:
            return True
    return False


def words_of_image(service: Service) -> frozenset[str]:
    """Return the words of a service's image and of its own name."""
    return frozenset(_WORD.findall(f"{service.config.image if service.config else ''} {service.name}".lower()))


class _Said:
    """What the variables of a stack, and the programs in it, say of a proxy in front; asked once for all services."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    @cached_property
    def _variables(self) -> list[tuple[str, str]]:
        return [pair for one in self._stack.services.values() if one.config for pair in one.config.environment.items()]

    @cached_property
    def own_urls(self) -> list[SplitResult]:
        """The addresses that the stack gives itself."""
        own = (as_url(value) for name, value in self._variables if _OWN_URL.fullmatch(name.upper()))
        return [url for url in own if url]

    @cached_property
    def has_router(self) -> bool:
        """Whether the stack has a proxy of its own."""
        return any(map(_is_proxy, self._stack.services.values()))

    @cached_property
    def is_routed(self) -> bool:
        """Whether a variable is one that the proxy of another stack reads."""
        return any(_ROUTED.fullmatch(name) for name, _ in self._variables)

    @cached_property
    def believes(self) -> bool:
        """Whether a program is told to believe a proxy."""
        return any(
            _BEHIND.fullmatch(name.upper()) and value and as_boolean(value) is not False
            for name, value in self._variables
        )


def _is_behind_another(service: Service, stack: Stack, said: _Said) -> bool:
    """Return whether a proxy that is not of the stack is said to be in front: by labels, networks, or variables."""
    known = mapping(stack.resources, "networks")
    joined = mapping(service.declared.raw, "networks") if service.declared else {}
    if any(as_mapping(known.get(name)).get("external") for name in joined):
        return True
    if any(url.scheme == "https" and not is_local_host(url.hostname) for url in said.own_urls):
        return True
    if not said.has_router and (said.is_routed or any(map(_ROUTED.fullmatch, service.labels))):
        return True
    return said.believes and not any(url.scheme == "http" for url in said.own_urls)
