"""The project's containers as probes need them. What stands here holds secrets and stays on the host."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Tuple
from urllib.parse import urlsplit

from ..engine.client import Engine, NotFoundError
from ..engine.compose_labels import ONE_OFF, PROJECT, SERVICE
from .http_probe import Address
from .kinds import programs

MOST_CONTAINERS = 100
# Under this key an `inspect` answer has the one for its container's image, where that is known.
OF_IMAGE = "parity-image"
_WORKERS = 8
# What runs a worker as well as a server.
_RUNTIMES = frozenset({"node", "npm", "java", "dotnet"})
_ANY = ("", "0.0.0.0", "::")  # noqa: S104 - recognised, not bound
_REFERENCE = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)(?::?-([^}]*))?\}|([A-Za-z_][A-Za-z0-9_]*))")


class Target(NamedTuple):
    """One container. `bindings` has the host's addresses of each published TCP port, `open_ports` what it exposes."""

    id: str
    name: str
    service: str
    state: str
    hostname: str
    image: str
    entrypoint: Tuple[str, ...]
    command: Tuple[str, ...]
    environment: Dict[str, str]
    labels: Dict[str, str]
    check: Tuple[str, ...]
    networks: Tuple[str, ...]
    addresses: Tuple[str, ...]
    bindings: Dict[int, List[Tuple[str, int]]]
    open_ports: Tuple[int, ...]
    host_network: bool

    @property
    def runs(self) -> bool:
        """Whether it can be asked anything."""
        return self.state == "running"

    @property
    def words(self) -> Tuple[str, ...]:
        """The whole command line it was started with."""
        return self.entrypoint + self.command

    def expand(self, text: str) -> str:
        """Return `text` with references such as $PORT and ${PORT:-80} to the container's environment replaced."""

        def value(match: Any) -> str:
            name = match.group(1) or match.group(3)
            return self.environment.get(name) or match.group(2) or ""

        return _REFERENCE.sub(value, text.replace("$$", "$"))

    def reach(self, port: int, tls: bool, engine_host: str) -> List[Address]:
        """Return the addresses to try for a port of the container: where it is published, then its own network's.

        Docker takes connections on a published port even where nothing listens behind it; its network's address tells.
        `engine_host` is the engine's machine when that is not this one, else empty.
        """
        found = []
        if self.host_network and not engine_host:
            return [Address("127.0.0.1", port, tls)]
        for ip, number in self.bindings.get(port, ()):
            if ip in _ANY:
                found.append(Address(engine_host or ("::1" if ip == "::" else "127.0.0.1"), number, tls))
            elif not engine_host or not ip.startswith("127."):
                found.append(Address(ip, number, tls))
        found.sort(key=lambda address: ":" in address.ip)
        own = [] if engine_host else [Address(ip, port, tls, published=False) for ip in self.addresses]
        return found[:2] + own[:2]


def read_targets(engine: Engine, project: str) -> List[Target]:
    """Return the containers of a Compose project, one-off ones left out; raises EngineUnavailableError."""
    listed = engine.get("/containers/json", all="1", filters='{"label":["%s=%s"]}' % (PROJECT, project))
    ids = [str(entry.get("Id", "")) for entry in listed if isinstance(entry, dict)][:MOST_CONTAINERS]

    def inspect(container: str) -> Dict[str, Any]:
        try:
            found = engine.get("/containers/%s/json" % container)
        except NotFoundError:
            return {}
        return found if isinstance(found, dict) else {}

    with ThreadPoolExecutor(max_workers=_WORKERS) as pool:
        return targets_of([found for found in pool.map(inspect, ids) if found])


def targets_of(inspected: Sequence[Mapping[str, Any]]) -> List[Target]:
    """Return the containers in the engine's `inspect` answers, one-off ones left out."""
    found = [target(one) for one in inspected if _labels(one).get(ONE_OFF) != "True"]
    return sorted(found, key=lambda one: (one.service, one.name))[:MOST_CONTAINERS]


def target(inspected: Mapping[str, Any]) -> Target:
    """Return a container from the engine's `inspect` answer for it."""
    config, host = _part(inspected, "Config"), _part(inspected, "HostConfig")
    network = _part(inspected, "NetworkSettings")
    labels = _labels(inspected)
    networks = {name: net for name, net in sorted(_part(network, "Networks").items()) if isinstance(net, dict)}
    addresses = [str(net.get("IPAddress") or net.get("GlobalIPv6Address") or "") for net in networks.values()]
    return Target(
        id=str(inspected.get("Id", "")),
        name=str(inspected.get("Name", "")).lstrip("/"),
        service=labels.get(SERVICE, ""),
        state=str(_part(inspected, "State").get("Status", "unknown")),
        hostname=str(config.get("Hostname", "")),
        image=str(config.get("Image", "")),
        entrypoint=_words(config.get("Entrypoint")),
        command=_words(config.get("Cmd")),
        environment=dict(str(pair).partition("=")[::2] for pair in config.get("Env") or []),
        labels=labels,
        check=_words(_part(config, "Healthcheck").get("Test")),
        networks=tuple(networks),
        addresses=tuple(address for address in addresses if address),
        bindings=_bindings(_part(network, "Ports")),
        open_ports=_open_ports(config, _part(_part(inspected, OF_IMAGE), "Config")),
        host_network=host.get("NetworkMode") == "host",
    )


def _part(data: Mapping[str, Any], key: str) -> Dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _labels(inspected: Mapping[str, Any]) -> Dict[str, str]:
    return {str(k): str(v) for k, v in _part(_part(inspected, "Config"), "Labels").items()}


def _words(value: Any) -> Tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(word) for word in value) if isinstance(value, list) else ()


def _open_ports(config: Mapping[str, Any], image: Mapping[str, Any]) -> Tuple[int, ...]:
    """Return the ports that a container opens: those of its image are a promise of the image's own command only."""
    exposed = dict(_part(config, "ExposedPorts"))
    line = _words(config.get("Entrypoint")) + _words(config.get("Cmd"))
    own = _words(image.get("Entrypoint")) + _words(image.get("Cmd"))
    if own and line != own and any(name in _RUNTIMES for name, _ in programs(line)):
        for port in _part(image, "ExposedPorts"):
            exposed.pop(port, None)
    return tuple(sorted(_numbers(exposed)))


def _numbers(ports: Mapping[str, Any]) -> List[int]:
    """Return the TCP ports among keys such as `80/tcp`."""
    return [int(key.partition("/")[0]) for key in ports if re.fullmatch(r"[0-9]{1,5}/tcp", key)]


def _bindings(ports: Mapping[str, Any]) -> Dict[int, List[Tuple[str, int]]]:
    found: Dict[int, List[Tuple[str, int]]] = {}
    for port in _numbers(ports):
        for binding in ports["%d/tcp" % port] or []:
            number = str(binding.get("HostPort", ""))
            if number.isdigit():
                found.setdefault(port, []).append((str(binding.get("HostIp", "")), int(number)))
    return found


def engine_host(endpoint: str) -> str:
    """Return the engine's machine when its address is not on this one, else an empty text."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    return "" if parts.scheme == "unix" or host in ("localhost", "::1") or host.startswith("127.") else host
