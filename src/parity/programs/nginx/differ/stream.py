"""stream{} compared: which server passes connections to whom, from where, and under what conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from parity.programs.nginx.differ import shared
from parity.programs.nginx.differ.handlers import handlers
from parity.programs.nginx.differ.hosts import Hosts
from parity.programs.nginx.differ.match import match_stream_servers
from parity.programs.nginx.differ.record import HIGH, LOW, MEDIUM, Record, one_sided
from parity.programs.nginx.differ.servers import listens
from parity.programs.nginx.differ.settings import Differing, Sides
from parity.programs.nginx.model.types import Model, Place, Server

_SECTION = "stream"


def stream(sides: Sides) -> Iterator[Record]:
    """Yield what differs between the two configurations' stream{} blocks; `sides` are those of the whole."""
    left, right = sides.left.stream, sides.right.stream
    if left is None or right is None or not (left.servers or right.servers):
        return
    own = Sides(left, right, _hosts(sides, left, right), shared.zones_by_left_name(left, right))
    settings = Differing(own)
    found = [*_servers(own, settings), *settings.records()]
    for part in (shared.upstreams, shared.zones, shared.tables):
        found += [replace(record, server=_SECTION) for record in part(own)]
    yield from found


def _hosts(sides: Sides, left: Model, right: Model) -> tuple[Hosts, Hosts]:
    return sides.hosts[0].within(left), sides.hosts[1].within(right)


def _servers(sides: Sides, settings: Differing) -> Iterator[Record]:
    for left, right in match_stream_servers(sides.left.servers, sides.right.servers, sides.hosts):
        label = _label(left or right)
        if left is None or right is None:
            sums = [(f"{_label(one)}: {one.base.handler.shown}", one.place) if one else None for one in (left, right)]
            edges = [_edge(model) for model in (sides.left, sides.right)]
            record = one_sided("server", "server", (sums[0], sums[1]), (edges[0], edges[1]), HIGH)
            yield replace(record, server=label)
            continue
        yield from handlers(sides, left.base.handler, right.base.handler, (label, ""))
        for part in (listens(left, right), _protocol(left, right), _names(left, right), _steps(sides, left, right)):
            yield from (replace(record, server=label) for record in part)
        settings.connection(label, left, right)


def _label(server: Server | None) -> str:
    """Return a server's name for people: where it listens, as it has no other in most cases."""
    if server is None:
        return _SECTION
    ports = dict.fromkeys(str(one.port) if one.port else one.address for one in server.listens)
    name = next((name for name in server.names if name), "")
    return " ".join(part for part in (_SECTION, name, ", ".join(ports)) if part)


def _edge(model: Model) -> Place:
    return model.servers[0].place if model.servers else Place("stream{}", 0)


def _names(left: Server, right: Server) -> Iterator[Record]:
    if set(left.names) != set(right.names):
        shown = [" ".join(name or '""' for name in one.names) for one in (left, right)]
        yield Record("setting", "server_name", shown[0], shown[1], left.place, right.place, LOW)


def _protocol(left: Server, right: Server) -> Iterator[Record]:
    """Yield where one side takes datagrams and the other connections."""
    udp = [any(("udp", "") in one.options for one in side.listens) for side in (left, right)]
    if udp[0] is not udp[1]:
        shown = ["UDP" if one else "TCP" for one in udp]
        yield Record("listen", "udp", shown[0], shown[1], left.place, right.place, HIGH)


def _steps(sides: Sides, left: Server, right: Server) -> Iterator[Record]:
    mine, theirs = [
        {step.words[0]: hosts.text(step.words[-1]) for step in one.base.steps}
        for one, hosts in zip((left, right), sides.hosts, strict=True)
    ]
    if mine != theirs:
        shown = ["; ".join(step.shown for step in one.base.steps) or "nothing" for one in (left, right)]
        yield Record("rewrite", "set", shown[0], shown[1], left.place, right.place, MEDIUM)
