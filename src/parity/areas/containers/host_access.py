"""What gives a container power over its host, and which programs are known to need it.

Source: https://docs.docker.com/engine/security/, https://docs.docker.com/reference/compose-file/services/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from parity.domain.stack import Mount, Service
from parity.domain.untrusted import text, texts

_WORD: Final = re.compile(r"[a-z0-9]+")
# Sockets of engines: who can write to one starts any container. A read-only mount of a socket changes nothing.
_SOCKETS: Final = ("/docker.sock", "/podman.sock", "/containerd.sock")
_FOLDERS_OF_SOCKETS: Final = frozenset({"/var/run", "/run"})
_CAPABILITIES: Final = frozenset({"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO"})
_HOST_MODES: Final = ("network_mode", "pid", "ipc", "userns_mode")
NETWORK: Final = "network_mode: host"
# Programs that watch, update or route the other containers, or measure the host, by words of their images.
_NEED_IT: Final = (
    *(
        "traefik",
        "nginx proxy",
        "docker gen",
        "acme companion",
        "caddy docker",
        "sablier",
        "lazytainer",
        "socket proxy",
    ),
    *("portainer", "dozzle", "watchtower", "diun", "ouroboros", "autoheal", "ofelia", "yacht", "dockge", "komodo"),
    *(
        "promtail",
        "alloy",
        "vector",
        "fluent",
        "fluentbit",
        "filebeat",
        "metricbeat",
        "logspout",
        "telegraf",
        "netdata",
    ),
    *(
        "cadvisor",
        "node exporter",
        "datadog",
        "otel collector",
        "opentelemetry collector",
        "crowdsec",
        "beszel",
        "glances",
    ),
    *(
        "dind",
        "gitlab runner",
        "act runner",
        "drone runner",
        "buildkit",
        "wireguard",
        "tailscale",
        "docker volume backup",
    ),
)


def grants(service: Service) -> list[str]:
    """Return what a service is given of its host, each as the compose file says it."""
    raw: Mapping[str, Any] = service.declared.raw if service.declared else {}
    return list(dict.fromkeys((*_mounted(service.config.mounts if service.config else ()), *_declared(raw))))


def needs_it(image: str) -> bool:
    """Return whether an image is a program that is known to need its host for its work."""
    words = set(_WORD.findall(re.split("[:@]", image.rpartition("/")[2])[0].lower()))
    return any(words >= set(program.split()) for program in _NEED_IT)


def gives_engine(mount: Mount) -> bool:
    """Return whether a mount is the socket of an engine, or a folder that holds one."""
    source = mount.source.rstrip("/")
    return mount.kind == "bind" and (source.endswith(_SOCKETS) or source in _FOLDERS_OF_SOCKETS)


def _mounted(mounts: tuple[Mount, ...]) -> Iterator[str]:
    for mount in mounts:
        if gives_engine(mount):
            yield mount.source.rstrip("/")
        elif mount.kind == "bind" and mount.source == "/":
            yield "the whole file system" + (" (read-only)" if mount.read_only else "")


def _declared(raw: Mapping[str, Any]) -> Iterator[str]:
    if raw.get("privileged") is True:
        yield "privileged: true"
    yield from (f"{mode}: host" for mode in _HOST_MODES if text(raw, mode) == "host")
    for capability in texts(raw, "cap_add"):
        if capability.upper().removeprefix("CAP_") in _CAPABILITIES:
            yield f"cap_add: {capability}"
    yield from (
        f"security_opt: {one}" for one in texts(raw, "security_opt") if one.endswith(("unconfined", ":disable"))
    )
