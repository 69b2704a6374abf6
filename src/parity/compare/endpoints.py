"""Where each service of an environment stands on its networks, whether it runs or is only declared (C9)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from parity.domain.places import in_container, in_service
from parity.domain.stack import Container, Declared, Service, Stack
from parity.domain.untrusted import as_mapping, text, texts, words

# Docker takes their names away from the network while containers are in these states.
_UP: Final = frozenset({"running", "paused"})
_FILES: Final = frozenset({"/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf"})


@dataclass(frozen=True)
class Endpoint:
    """A container, or a service of which nothing runs: its `container` is empty. Names are in lower case.

    place: where it was read. up: whether Docker answers for its names; else `state` says why not.
    networks: by name, what it answers to there. hosts: what it knows of itself. own_dns: see `Lookup`.
    """

    service: str
    place: str
    container: str
    host: str
    up: bool
    state: str
    mode: str
    ids: frozenset[str]
    networks: Mapping[str, frozenset[str]]
    hosts: frozenset[str]
    own_dns: bool

    @property
    def names(self) -> frozenset[str]:
        """Everything it answers to anywhere."""
        return frozenset().union({self.service.lower()}, *self.networks.values())

    @property
    def shown(self) -> str:
        """Its networks, for people."""
        if self.mode.partition(":")[0] in ("host", "none", "container", "service"):
            return f"network mode {self.mode}"
        return ", ".join(sorted(self.networks)) or "no network"


def endpoints(stack: Stack) -> tuple[Endpoint, ...]:
    """Return every endpoint of an environment; what is declared counts only where no container exists."""
    services = (*stack.services.values(), *stack.inactive.values())
    return tuple(one for service in services for one in _of(stack, service))


def _of(stack: Stack, service: Service) -> Iterator[Endpoint]:
    for container in service.containers:
        yield _running(container)
    if not service.containers and service.declared is not None:
        yield _declared(stack, service.name, service.declared)


def _running(container: Container) -> Endpoint:
    lookup = container.lookup
    own = {container.name, lookup.hostname, container.id} - {""}
    networks = {
        name: _lower({*aliases, *own, *lookup.answers.get(name, ())})
        for name, aliases in container.config.networks.items()
    }
    return Endpoint(
        service=container.service,
        place=in_container(container.name),
        container=container.name,
        host=container.host,
        up=container.state in _UP,
        state=f"its container is {container.state}",
        mode=lookup.mode,
        ids=frozenset({container.name, container.id}),
        networks=networks,
        hosts=_lower({*lookup.hosts, lookup.hostname} - {""}),
        own_dns=lookup.own_dns,
    )


def _declared(stack: Stack, name: str, declared: Declared) -> Endpoint:
    raw = declared.raw
    own = {name, text(raw, "container_name"), text(raw, "hostname")} - {""}
    # Where nothing runs, a profile may be in use all the same: it can be named when Compose is called.
    up = declared.scale > 0 and not stack.runs
    why = "it has no container" if declared.active else "its profile is not active"
    links = {link.rpartition(":")[2] for key in ("links", "external_links") for link in texts(raw, key)}
    return Endpoint(
        service=name,
        place=in_service(name),
        container="",
        host=declared.host,
        up=up,
        state=why,
        mode=text(raw, "network_mode"),
        ids=frozenset({text(raw, "container_name")} - {""}),
        networks={net: _lower({*aliases, *own}) for net, aliases in declared.config.networks.items()},
        hosts=_lower({*links, *_extra_hosts(raw.get("extra_hosts")), text(raw, "hostname")} - {""}),
        own_dns=bool(
            raw.get("dns") or raw.get("dns_search") or _FILES & {one.destination for one in declared.config.mounts}
        ),
    )


def _extra_hosts(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(map(str, as_mapping(value)))
    return {re.split("[:=]", one, maxsplit=1)[0] for one in words(value)}


def _lower(names: set[str]) -> frozenset[str]:
    return frozenset(map(str.lower, names))
