"""Containers that run otherwise than their compose files declare them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from parity.compare.match_services import Match
from parity.domain.amounts import counted, in_bytes, in_cpus
from parity.domain.findings import Difference, Evidence
from parity.domain.places import in_container
from parity.domain.stack import Container, Declared, Mount, Service, ServiceConfig, Stack
from parity.domain.untrusted import mappings, text
from parity.domain.values import Same, same, show

_SHOWN_VARIABLES: Final = 8
_HOME: Final = r"(?P<home>(?:/[^\s/:,;]+)+)"
# What Compose adds from the `proxies` of Docker's config.json.
_OF_THE_CLIENT: Final = frozenset({"http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"})


def differences(stack: Stack, match: Match, service: Service) -> Iterator[Difference]:
    """Yield a service of an environment that runs and is not declared, or differs from what is declared."""
    declared = service.declared
    if declared is None and service.containers and stack.render_state == "rendered":
        container = service.containers[0]
        removed = ", ".join(map(stack.shorten, container.removed_files))
        shown = "runs, but is in no compose file" + (f"; removed since: {removed}" if removed else "")
        where = Evidence(stack.environment, shown, in_container(container.name), service.name)
        yield Difference(
            "compose.undeclared", (stack.environment,), match.name, "", (where,), {"container": container.name}
        )
    if declared is None or stack.render_state not in ("rendered", "partly"):
        return
    for container in service.containers:
        if container.finished:
            continue
        variables = _drifted_variables(declared, container)
        drift = [*_drift(declared, container, variables)]
        pieces = tuple(
            Evidence(
                stack.environment,
                f"{what}: declared {wants}, running {has}",
                in_container(container.name),
                service.name,
            )
            for what, wants, has in drift
        )
        if pieces:
            fields = ", ".join(dict.fromkeys(what for what, _, _ in drift))
            words = {"container": container.name, "fields": fields, "service_name": service.name}
            mentions = frozenset(variables)
            yield Difference("compose.drift", (stack.environment,), match.name, "", pieces, words, mentions=mentions)


def _drift(declared: Declared, container: Container, variables: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield what is declared otherwise than it runs: which setting, what is declared, what runs."""
    wants, has = declared.config, container.config
    if wants.image and wants.image != has.image:
        yield "image", wants.image, has.image
    yield from _environment_drift(wants.environment, container.environment, variables)
    wanted_ports = {(p.container, p.host_ip, p.host_port) for p in wants.ports if p.host_port.isdigit()}
    running_ports = {(p.container, p.host_ip, p.host_port) for p in has.ports if p.host_ip != "::"}
    if (wanted_ports != running_ports and len(wanted_ports) == len(wants.ports) and container.state == "running") or (
        wanted_ports - running_ports and container.state != "running" and len(wanted_ports) == len(wants.ports)
    ):
        yield "ports", _port_list(wanted_ports), _port_list(running_ports)
    if wants.memory != has.memory:
        yield "memory limit", in_bytes(wants.memory), in_bytes(has.memory)
    if wants.cpus != has.cpus:
        yield "CPU limit", in_cpus(wants.cpus), in_cpus(has.cpus)
    if wants.restart.partition(":")[0] != has.restart and "restart" in declared.raw:
        yield "restart policy", wants.restart, has.restart
    if wants.command is not None and _other_words(wants.command, has.command):
        yield "command", show(" ".join(wants.command)), show(" ".join(has.command or ("image default",)))
    if wants.healthcheck and (not has.healthcheck or _other_words(wants.healthcheck.test, has.healthcheck.test)):
        yield (
            "health check",
            show(" ".join(wants.healthcheck.test)),
            show(" ".join(has.healthcheck.test if has.healthcheck else ("none",))),
        )
    yield from _mount_drift(declared, has)
    missing_networks = sorted(set(wants.networks) - set(has.networks))
    if missing_networks and container.state == "running":
        yield "networks", ", ".join(missing_networks), ", ".join(sorted(has.networks)) or "none"


def _may_be(wants: str, has: str) -> bool:
    """Return whether a declared value may be the one that runs.

    Whose home `~` is depends on who runs Compose, which nobody knows here: any path of the host may be it.
    """
    if same(wants, has, True) is not Same.NO:
        return True
    first, *others = map(re.escape, wants.split("~"))
    homes = (f"{_HOME if not at else '(?P=home)'}{part}" for at, part in enumerate(others))
    return bool(others) and re.fullmatch(first + "".join(homes), has) is not None


def _other_words(wants: tuple[str, ...], has: tuple[str, ...] | None) -> bool:
    return not _may_be(" ".join(wants), " ".join(has or ()))


def _environment_drift(
    wants: Mapping[str, str], has: Mapping[str, str], variables: list[str]
) -> Iterator[tuple[str, str, str]]:
    for name in variables[:_SHOWN_VARIABLES]:
        yield f"environment {name}", show(wants.get(name)), show(has.get(name))
    more = len(variables) - _SHOWN_VARIABLES
    if more > 0:
        yield "environment", counted(more, "more variable"), "different values"


def _drifted_variables(declared: Declared, container: Container) -> list[str]:
    """Return the variables that a container has otherwise than they are declared, or without being declared."""
    wants, has, raw = declared.config.environment, container.environment, declared.raw.get("environment")
    # `KEY` without a value is taken from the shell that ran Compose: nothing is declared for it.
    taken_over = {key for key, value in raw.items() if value is None} if isinstance(raw, dict) else set()
    changed = [
        key for key in sorted(wants) if key not in taken_over and (key not in has or not _may_be(wants[key], has[key]))
    ]
    extra = sorted(set(container.config.environment) - set(wants))
    return changed + [key for key in extra if key.lower() not in _OF_THE_CLIENT]


def _port_list(ports: set[tuple[str, str, str]]) -> str:
    return ", ".join(f"{ip}:{host} → {container}" for container, ip, host in sorted(ports)) or "none"


def _mount_drift(declares: Declared, has: ServiceConfig) -> Iterator[tuple[str, str, str]]:
    running = {mount.destination: mount for mount in has.mounts}
    declared = {mount.destination: mount for mount in declares.config.mounts}
    others = set(_mounted_by_compose(declares.raw))
    for destination, mount in sorted(declared.items()):
        there = running.get(destination)
        if mount.kind != "tmpfs" and (
            there is None or (mount.kind == "bind" and not _may_be(mount.source, there.source))
        ):
            yield f"mount {destination}", _mount(mount), _mount(there)
    if declares.raw.get("volumes_from"):
        return  # mounts of another container, which it may have from anywhere
    for destination, extra in sorted(running.items()):
        if destination not in {*declared, *others} and extra.kind == "bind":
            yield f"mount {destination}", "none", _mount(extra)


def _mounted_by_compose(raw: Mapping[str, Any]) -> Iterator[str]:
    """Yield where Compose itself mounts the secrets and configs of a service, and the engine's socket.

    Source: https://docs.docker.com/reference/compose-file/services/ ("configs", "secrets", "use_api_socket").
    """
    for key, folder in (("secrets", "/run/secrets"), ("configs", "/")):
        for entry in mappings(raw, key):
            yield posixpath.join(folder, text(entry, "target") or text(entry, "source"))
    if raw.get("use_api_socket"):
        yield "/var/run/docker.sock"


def _mount(mount: Mount | None) -> str:
    return "none" if mount is None else show(f"{mount.kind} {mount.source}")
