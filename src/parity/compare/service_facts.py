"""What a service is, fact by fact, in words that can be compared between environments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from parity.domain.amounts import in_bytes
from parity.domain.images import full_name
from parity.domain.stack import Container, Service, ServiceConfig, Stack
from parity.domain.values import show

_BUILT: Final = "built on the host"


@dataclass(frozen=True)
class ServiceFact:
    """One fact: its name, what reads it, and the rules about it.

    `read` returns None where it was not seen, and an empty string where there is nothing that could have it. `differs`
    are the rules that judge a difference in it, `faults` those that judge what a single environment has.
    """

    name: str
    read: Callable[[Stack, Service, ServiceConfig], str | None]
    differs: frozenset[str] = frozenset()
    faults: frozenset[str] = frozenset()


def _image(stack: Stack, service: Service, config: ServiceConfig) -> str | None:
    return _BUILT if _is_built(service) else show(_name_and_version(config.image)[0])


def _version(stack: Stack, service: Service, config: ServiceConfig) -> str | None:
    return _BUILT if _is_built(service) else show(_name_and_version(config.image)[1])


def _is_built(service: Service) -> bool:
    return service.declared is not None and service.declared.built


def _name_and_version(image: str) -> tuple[str, str]:
    """Return an image's name as people write it, and its tag with its digest; without either it is `latest`."""
    name, at, digest = image.partition("@")
    head, _, tail = name.rpartition(":")
    name, tag = (head, tail) if head and "/" not in tail else (name, "" if at else "latest")
    return full_name(name).removeprefix("docker.io/").removeprefix("library/"), f"{tag}{at}{digest}"


def _reported(stack: Stack, service: Service, config: ServiceConfig) -> str | None:
    answers = [probe.facts.get("version") for probe in stack.probes if probe.service == service.name]
    versions = sorted({answer for answer in answers if isinstance(answer, str) and answer})
    return show(", ".join(versions)) if versions else None


def _state(stack: Stack, service: Service, config: ServiceConfig) -> str | None:
    if not service.containers:
        return "no container" if stack.runs else None
    counted = Counter(map(_state_of, service.containers))
    return show(", ".join(f"{n} {state}" if n > 1 else state for state, n in sorted(counted.items())))


def _state_of(container: Container) -> str:
    return f"exited ({container.exit_code})" if container.state == "exited" else container.state


def _health(stack: Stack, service: Service, config: ServiceConfig) -> str | None:
    if not service.containers:
        return "" if stack.runs else None
    found = {
        container.health or ("unknown" if container.config.healthcheck else "") for container in service.containers
    }
    return show(", ".join(sorted(word or "no health check" for word in found)))


def _ports(stack: Stack, service: Service, config: ServiceConfig) -> str | None:
    published = {
        f"{'' if port.open else f'{port.host_ip}:'}{port.host_port} → {port.container}"
        for port in config.ports
        if port.host_port
    }
    return show(", ".join(sorted(published)) or "none published")


def _memory(stack: Stack, service: Service, config: ServiceConfig) -> str | None:
    return in_bytes(config.memory)


def _cpus(stack: Stack, service: Service, config: ServiceConfig) -> str | None:
    return f"{config.cpus:g}" if config.cpus else "no limit"


def _log_size(stack: Stack, service: Service, config: ServiceConfig) -> str | None:
    logs = {container.log.grows for container in service.containers if container.log is not None}
    if not logs:
        return None if service.containers else ""
    return "no limit" if any(logs) else "limited"


_IMAGE: Final = frozenset({"containers.image-differs"})
_LIMIT: Final = frozenset({"containers.limit-differs"})
_STATE: Final = frozenset({"containers.restarting", "containers.not-running", "containers.absent"})
FACTS: Final = (
    ServiceFact("image", _image, _IMAGE),
    ServiceFact("version", _version, _IMAGE),
    ServiceFact("reported version", _reported),
    ServiceFact("state", _state, faults=_STATE),
    ServiceFact("health", _health, faults=frozenset({"containers.unhealthy"})),
    ServiceFact("ports", _ports, frozenset({"containers.ports-differ"})),
    ServiceFact("memory limit", _memory, _LIMIT),
    ServiceFact("CPU limit", _cpus, _LIMIT),
    ServiceFact("log size", _log_size, frozenset({"resources.log-limit-differs"})),
)
