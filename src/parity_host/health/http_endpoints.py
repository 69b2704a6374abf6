"""Which HTTP addresses of a stack are asked for its health: found, then corrected by `parity_endpoints`."""

from __future__ import annotations

import re
import socket
from typing import Any, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

from .http_probe import Address, parse_url
from .kinds import HTTP, HTTP_KINDS, KINDS, SPEAKING_KINDS, WEB, WEB_PATHS
from .targets import Target

LABEL = "parity.health"
MOST_CONFIGURED = 50
_URL = re.compile(r"https?://[^\s'\"|;)>\]\\]+")
_BARE = re.compile(r"(?<![\w/.:-])(?:localhost|127\.0\.0\.1):[0-9]{1,5}(?:/[^\s'\"|;)>\]\\]*)?")
_ASKS_HTTP = re.compile(r"curl|wget|http|fetch")
_LABEL = re.compile(r"(?::([0-9]{1,5}))?(/[!-~]*)?")
_SELF = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 - recognised, not bound
_TLS_PORTS = (443, 8443, 9443)


class HttpEndpoint(NamedTuple):
    """One address to ask: `paths` are tried in turn while the answer is 404, `ports` and addresses while none comes."""

    service: str
    container: str
    kind: str
    ports: Tuple[int, ...]
    paths: Tuple[str, ...]
    tls: bool
    host: str
    addresses: Tuple[Address, ...]
    name: str = ""

    @property
    def target(self) -> str:
        """The endpoint's name, the same on every run: an address of a container changes, its port and path do not."""
        return self.name or ":%d%s" % (self.ports[0], self.paths[0])


class Correction(NamedTuple):
    """An entry of `parity_endpoints`: `problem` says what is wrong with it."""

    service: str
    kind: str
    url: str
    port: int
    path: str
    problem: str

    @property
    def names_address(self) -> bool:
        """Whether it says where to ask, and not only of which kind the service is."""
        return bool(self.url or self.port or self.path)


def corrections(configured: Any) -> List[Correction]:
    """Return the entries of `parity_endpoints`, whatever is wrong with them."""
    entries = configured[:MOST_CONFIGURED] if isinstance(configured, list) else []
    return [_correction(entry if isinstance(entry, Mapping) else {}) for entry in entries]


def _correction(entry: Mapping[str, Any]) -> Correction:
    service, kind = str(entry.get("service") or ""), str(entry.get("kind") or "")
    url, path = str(entry.get("url") or ""), str(entry.get("path") or "")
    port = str(entry.get("port") or "0")
    problem = ""
    if not service:
        problem = "parity_endpoints: an entry has no service"
    elif kind and kind not in KINDS:
        problem = "parity_endpoints: %r is not a kind; valid kinds: %s" % (kind, ", ".join(sorted(KINDS)))
    elif not port.isdigit() or int(port) > 65535:
        problem = "parity_endpoints: %r is not a port" % port
    elif path and not re.fullmatch(r"/[!-~]*", path):
        problem = "parity_endpoints: %r is not a path; it must begin with / and contain no spaces" % path
    elif url:
        try:
            parse_url(url)
        except ValueError:
            problem = "parity_endpoints: the url of %s is not an http or https URL" % service
    return Correction(service, kind, url, int(port) if port.isdigit() else 0, path, problem)


def endpoints(target: Target, kind: str, corrected: Sequence[Correction], engine_host: str) -> Iterator[HttpEndpoint]:
    """Yield what to ask of one running container. `corrected` are the entries for its service.

    Found from its label `parity.health`, the addresses its own health check asks, and what its kind is known for.
    """
    named = [entry for entry in corrected if entry.names_address]
    if named:
        for entry in named:
            yield from _corrected(target, entry, kind, engine_host)
        return
    said = dict.fromkeys([*_from_label(target), *_from_check(target)])
    for port, tls, path in said:
        yield _endpoint(target, kind if kind in HTTP_KINDS else HTTP, (port,), (path,), tls, engine_host)
    asked = {(port, path) for port, _, path in said}
    if kind == WEB and not asked and _web_ports(target):
        yield _endpoint(target, HTTP, _web_ports(target)[:1], WEB_PATHS, False, engine_host)
    for ports, path in _known(target, kind):
        if not asked.intersection((port, path) for port in ports):
            yield _endpoint(target, kind, ports, (path,), kind == "nginx" and ports[0] in _TLS_PORTS, engine_host)


def _known(target: Target, kind: str) -> Iterator[Tuple[Tuple[int, ...], str]]:
    """Yield the ports and paths at which a container's kind is known to answer."""
    if kind == "nginx":
        for port in sorted(target.bindings) or [80]:
            yield (port,), "/"
    elif kind in HTTP_KINDS:
        for path in HTTP_KINDS[kind].paths:
            yield _known_ports(target, kind), (_prefix(target) if kind == "prometheus" else "") + path


def _endpoint(
    target: Target, kind: str, ports: Sequence[int], paths: Tuple[str, ...], tls: bool, engine_host: str
) -> HttpEndpoint:
    addresses = [address for port in ports for address in target.reach(port, tls, engine_host)]
    host = "localhost:%d" % ports[0]
    return HttpEndpoint(target.service, target.name, kind, tuple(ports), paths, tls, host, tuple(addresses))


def _corrected(target: Target, entry: Correction, found_kind: str, engine_host: str) -> Iterator[HttpEndpoint]:
    wanted = entry.kind or found_kind
    kind = wanted if wanted in HTTP_KINDS else HTTP
    if entry.url:
        yield from external(entry, kind, target.name)
        return
    usual = kind if kind in HTTP_KINDS else found_kind if found_kind in HTTP_KINDS else ""
    ports = (entry.port,) if entry.port else _known_ports(target, usual) if usual else _web_ports(target)
    port = ports[0] if ports else 80
    base = entry.path.rstrip("/")
    # Their own paths stand below a configured one, such as `/prometheus`.
    for path in [base + known for known in HTTP_KINDS[kind].paths] if kind in SPEAKING_KINDS else [entry.path or "/"]:
        yield _endpoint(target, kind, (port,), (path,), port in _TLS_PORTS, engine_host)


def external(entry: Correction, kind: str, container: str = "") -> Iterator[HttpEndpoint]:
    """Yield the endpoints of an entry with a URL of the user's own; its host is looked up when it is asked."""
    scheme, host, port, path = parse_url(entry.url)
    tls = scheme == "https"
    base = path.rstrip("/")
    shown = host if port == (443 if tls else 80) else "%s:%d" % (host, port)
    for own in [base + known for known in HTTP_KINDS[kind].paths] if kind in SPEAKING_KINDS else [path]:
        name = "%s://%s%s" % (scheme, shown, own)
        yield HttpEndpoint(entry.service, container, kind, (port,), (own,), tls, shown, (), name)


def look_up(endpoint: HttpEndpoint) -> List[Address]:
    """Return the addresses of an endpoint, looking its host up when only its name is known; raises OSError."""
    if endpoint.addresses or not endpoint.name:
        return list(endpoint.addresses)
    host = endpoint.host.partition(":")[0]
    found = socket.getaddrinfo(host, endpoint.ports[0], type=socket.SOCK_STREAM)
    return [Address(str(entry[4][0]), endpoint.ports[0], endpoint.tls, name=host) for entry in found[:3]]


def _from_label(target: Target) -> Iterator[Tuple[int, bool, str]]:
    value = target.labels.get(LABEL, "")
    match = _LABEL.fullmatch(value)
    if value and match:
        ports = [int(match.group(1))] if match.group(1) else _web_ports(target)[:1]
        for port in ports or [80]:
            yield port, port in _TLS_PORTS, match.group(2) or "/"
    elif value:
        yield from _own_url(target, value)


def _from_check(target: Target) -> Iterator[Tuple[int, bool, str]]:
    """Yield what the container's health check asks of itself, with its variables filled in."""
    test = " ".join(target.check[1:])
    if not _ASKS_HTTP.search(test):
        return
    test = target.expand(test)
    urls = _URL.findall(test)
    for url in urls or ["http://" + bare for bare in _BARE.findall(test)]:
        yield from _own_url(target, url)


def _own_url(target: Target, url: str) -> Iterator[Tuple[int, bool, str]]:
    try:
        scheme, host, port, path = parse_url(url)
    except ValueError:
        return
    if host in (*_SELF, target.service.lower(), target.name.lower(), target.hostname.lower()):
        yield port, scheme == "https", path


def _known_ports(target: Target, kind: str) -> Tuple[int, ...]:
    """Return a kind's usual ports, those that are published first; where only others are published, those."""
    usual = HTTP_KINDS[kind].ports
    published = [port for port in usual if port in target.bindings]
    if published or not target.bindings:
        return (*published, *(port for port in usual if port not in published))
    return tuple(sorted(target.bindings))[:1]


def _prefix(target: Target) -> str:
    """Return the path below which Prometheus answers, as its command sets it."""
    options = dict(word.lstrip("-").partition("=")[::2] for word in target.words if word.startswith("-"))
    route = options.get("web.route-prefix")
    if route is None and options.get("web.external-url"):
        try:
            route = parse_url(options["web.external-url"])[3]
        except ValueError:
            route = ""
    return (route or "").rstrip("/")


def _web_ports(target: Target) -> Tuple[int, ...]:
    return tuple(sorted(target.bindings)) or tuple(target.open_ports)
