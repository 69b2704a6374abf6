"""Probes with the services they belong to: what every rule of the area `health` asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from parity.compare.comparison import Comparison
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import ProbeResult, Service, Stack
from parity.domain.values import show


@dataclass(frozen=True)
class Here:
    """A probe in its environment. `name` is its service's across environments, `service` None for one of the user's."""

    stack: Stack
    name: str
    service: Service | None
    probe: ProbeResult

    @property
    def environment(self) -> str:
        """The environment's name."""
        return self.stack.environment

    @property
    def place(self) -> str:
        """Where the answer was read."""
        where = f" of container {self.probe.container}" if self.probe.container else ""
        return f"{show(self.probe.target or self.probe.kind)}{where}"


def placed(comparison: Comparison) -> list[Here]:
    """Return every probe of a service that serves at all: one that does not run is the area `containers`' to report."""
    names = {
        (environment, service.name): (match.name, service)
        for match in comparison.matches
        for environment, service in match.members.items()
    }
    found = []
    for stack in comparison.stacks:
        for probe in stack.probes:
            name, service = names.get((stack.environment, probe.service), (probe.service, None))
            if service is None or not stands_still(service, probe.container):
                found.append(Here(stack, name, service, probe))
    return found


def stands_still(service: Service, container: str = "") -> bool:
    """Return whether a service's containers (or the one named) do not run, or cannot stay up."""
    asked = [one for one in service.containers if one.name == container] or list(service.containers)
    return not asked or all(one.state != "running" or one.loops for one in asked)


def unhealthy(here: Here) -> bool:
    """Return whether Docker itself calls the probed container unhealthy, which the area `containers` reports."""
    containers = here.service.containers if here.service else ()
    return any(one.name == here.probe.container and one.health == "unhealthy" for one in containers)


def about(rule: str, here: Here, shown: str, item: str = "", **words: str) -> Difference:
    """Return a difference of one environment that one probe showed."""
    where = Evidence(here.environment, shown, here.place, here.probe.service)
    words = {"container": here.probe.container, "reason": show(here.probe.reason), **words}
    return Difference(rule, (here.environment,), here.name, item, (where,), words)


def by_match(heres: Iterable[Here]) -> dict[str, dict[str, list[Here]]]:
    """Return probes by service and environment."""
    table: dict[str, dict[str, list[Here]]] = {}
    for here in heres:
        table.setdefault(here.name, {}).setdefault(here.environment, []).append(here)
    return table


def known_by(stack: Stack, host: str) -> Service | None:
    """Return the service that a host name reaches in an environment: by its name, an alias or a container's name."""
    for service in stack.services.values():
        names = {service.name, *(container.name for container in service.containers)}
        for container in service.containers:
            names.update(*container.config.networks.values())
        if host.lower() in {name.lower() for name in names}:
            return service
    return None


def host_of(url: str) -> str:
    """Return the host in a URL or in `host:port`, empty when there is none."""
    try:
        return (urlsplit(url if "://" in url else f"//{url}").hostname or "").lower()
    except ValueError:
        return ""
