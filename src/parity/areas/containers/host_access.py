"""What gives a container power over its host, and which programs are known to need it.

Source: https://docs.docker.com/engine/security/, https://docs.docker.com/reference/compose-file/services/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
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


def powerful(mounts: Iterable[Mount]) -> Iterator[Mount]:
    """Yield the mounts that hold an engine's socket, or all files of the host."""
    yield from (mount for mount in mounts if mount.kind == "bind" and (_is_root(mount) or _holds_socket(mount)))


def _mounted(mounts: tuple[Mount, ...]) -> Iterator[str]:
    for mount in powerful(mounts):
        whole = "the whole file system" + (" (read-only)" if mount.read_only else "")
        yield whole if _is_root(mount) else mount.source.rstrip("/")


def _is_root(mount: Mount) -> bool:
    return mount.source != "" and not mount.source.rstrip("/")


def _holds_socket(mount: Mount) -> bool:
    source = mount.source.rstrip("/")
    return source.endswith(_SOCKETS) or source in _FOLDERS_OF_SOCKETS


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
