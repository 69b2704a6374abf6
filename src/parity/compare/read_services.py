"""From a snapshot to how services run, and how they are declared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from parity.domain.stack import Declared, Healthcheck, Mount, Port, ServiceConfig
from parity.domain.untrusted import as_mapping, mapping, mappings, number, scalar, text, texts, whole, words
from parity_host.secrets.token import find

_UNITS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(h|ms|us|µs|ns|m|s)")


def running_config(entry: Mapping[str, Any]) -> ServiceConfig:
    """Return how a container runs, as the engine describes it."""
    limits, from_image = mapping(entry, "limits"), set(texts(entry, "image_environment"))
    return ServiceConfig(
        image=text(entry, "image"),
        environment={k: str(v) for k, v in mapping(entry, "environment").items() if k not in from_image},
        ports=tuple(
            Port(text(p, "container"), text(p, "host_ip"), text(p, "host_port")) for p in mappings(entry, "ports")
        ),
        memory=whole(limits, "memory"),
        cpus=number(limits, "cpus"),
        networks={
            name: frozenset(texts(as_mapping(net), "aliases")) for name, net in mapping(entry, "networks").items()
        },
        mounts=tuple(
            Mount(text(m, "type"), text(m, "source"), text(m, "destination"), bool(m.get("read_only")))
            for m in mappings(entry, "mounts")
        ),
        restart=text(entry, "restart_policy") or "no",
        command=None if entry.get("command_from_image") else texts(entry, "command"),
        healthcheck=_healthcheck(mapping(entry, "healthcheck")),
        entrypoint=texts(entry, "entrypoint"),
    )


def declaration(host: str, name: str, service: Mapping[str, Any], rendered: Mapping[str, Any]) -> Declared:
    """Return what compose files declare for a service, as Compose rendered them."""
    deploy = mapping(service, "deploy")
    limits = mapping(mapping(deploy, "resources"), "limits")
    replicas = service.get("scale", deploy.get("replicas", 1))
    config = ServiceConfig(
        image=text(service, "image"),
        # A variable without a value is passed on from the shell that runs Compose; unset there, no container gets it.
        environment={k: scalar(v) for k, v in mapping(service, "environment").items() if v is not None},
        ports=tuple(_declared_ports(service)),
        memory=whole(limits, "memory") or whole(service, "mem_limit"),
        cpus=number(limits, "cpus") or number(service, "cpus"),
        networks={
            text(mapping(rendered, "networks"), net) or net: frozenset(texts(as_mapping(options), "aliases"))
            for net, options in mapping(service, "networks").items()
        },
        mounts=tuple(_declared_mounts(service, mapping(mapping(rendered, "resources"), "volumes"))),
        restart=text(service, "restart") or _restart_of(mapping(deploy, "restart_policy"), "restart_policy" in deploy),
        command=None if service.get("command") is None else words(service["command"]),
        healthcheck=_declared_healthcheck(mapping(service, "healthcheck")),
        entrypoint=words(service.get("entrypoint")),
    )
    return Declared(
        host=host,
        active=name not in texts(rendered, "inactive"),
        built="build" in service,
        scale=replicas if isinstance(replicas, int) else 1,
        config=config,
        raw=service,
    )


def _declared_mounts(service: Mapping[str, Any], volumes: Mapping[str, Any]) -> Iterator[Mount]:
    """Yield what a service mounts; a named volume in memory is what it is, not what it is called."""
    for mount in mappings(service, "volumes"):
        kind, source = _mount_kind(mount), text(mount, "source")
        options = mapping(mapping(volumes, source), "driver_opts") if kind == "volume" else {}
        if text(options, "type") == "tmpfs":
            kind, source = "tmpfs", ""
        yield Mount(kind, source, text(mount, "target"), bool(mount.get("read_only")))


def _mount_kind(mount: Mapping[str, Any]) -> str:
    """Return what is mounted; Compose takes a path for a volume's name where its beginning is hidden from it."""
    source = text(mount, "source")
    return "bind" if find(source) and "/" in source else text(mount, "type")


def _restart_of(policy: Mapping[str, Any], given: bool) -> str:
    """Return the engine's restart policy for one of `deploy`; without a condition that is `any`.

    Source: https://docs.docker.com/reference/compose-file/deploy/#restart_policy
    """
    condition = text(policy, "condition") or "any"
    return {"none": "no", "any": "always"}.get(condition, condition) if given else "no"


def _declared_ports(service: Mapping[str, Any]) -> Iterator[Port]:
    for port in mappings(service, "ports"):
        if port.get("published") is not None:
            container = f"{scalar(port.get('target'))}/{text(port, 'protocol') or 'tcp'}"
            yield Port(container, text(port, "host_ip") or "0.0.0.0", scalar(port.get("published")))  # noqa: S104 - Compose's default


def _declared_healthcheck(check: Mapping[str, Any]) -> Healthcheck | None:
    if check.get("disable"):
        return None
    timed = dict(check)
    for key in ("interval", "timeout", "start_period"):
        timed[key] = _seconds(text(check, key))
    return _healthcheck(timed)


def _healthcheck(check: Mapping[str, Any]) -> Healthcheck | None:
    test = words(check.get("test"))
    if not test or test[0] == "NONE":
        return None
    return Healthcheck(
        test=test,
        interval=number(check, "interval"),
        timeout=number(check, "timeout"),
        retries=whole(check, "retries"),
        start_period=number(check, "start_period"),
    )


def _seconds(duration: str) -> float:
    """Return a Go duration such as `1m30s` in seconds, 0 when it is none.

    Source: https://pkg.go.dev/time#ParseDuration, the form in which Compose prints durations.
    """
    if not re.fullmatch(f"(?:{_DURATION.pattern})+", duration):
        return 0.0
    return sum(float(amount) * _UNITS[unit] for amount, unit in _DURATION.findall(duration))
