"""Servers compared: names, ports, TLS, and who answers for unknown names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from parity.programs.nginx.differ.alike import levelled
from parity.programs.nginx.differ.locations import locations
from parity.programs.nginx.differ.match import Pair, is_site, match_servers
from parity.programs.nginx.differ.record import HIGH, INFO, LOW, MEDIUM, Aspect, Record, one_sided
from parity.programs.nginx.differ.settings import Differing, Sides
from parity.programs.nginx.model.types import Place, Server


def servers(sides: Sides, settings: Differing) -> Iterator[Record]:
    """Yield what differs between the servers, and in their locations."""
    pairs = match_servers(sides.left.servers, sides.right.servers)
    for left, right in pairs:
        if left is not None and right is not None:
            for record in (*_names(left, right), *listens(left, right), *_default(sides, left, right)):
                yield replace(record, server=left.shown)
            settings.server(left.shown, left, right)
            yield from locations(sides, settings, left.shown, levelled(left.base, right.base))
        else:
            gravity = INFO if _leads_to_tls(left or right, pairs) else HIGH
            yield _missing(left, right, sides, gravity)


def _leads_to_tls(server: Server | None, pairs: Sequence[Pair[Server]]) -> bool:
    """Whether a server only leads to a site over TLS whose counterpart serves without: that difference has it all."""
    if server is None or is_site(server):
        return False
    for pair in pairs:
        site = next((one for one in pair if one is not None and one.tls is not None), None)
        if site is not None and set(site.names) & set(server.names) and any(one and one.tls is None for one in pair):
            return True
    return False


def _missing(left: Server | None, right: Server | None, sides: Sides, gravity: str) -> Record:
    first = [model.servers[0].place if model.servers else Place("", 0) for model in (sides.left, sides.right)]
    found = [(f"{one.shown}: {_summary(one)}", one.place) if one else None for one in (left, right)]
    record = one_sided("server", "server", (found[0], found[1]), (first[0], first[1]), gravity)
    return replace(record, server=(left or right).shown)  # type: ignore[union-attr]


def _summary(server: Server) -> str:
    if server.base.handler.kind == "return":
        return server.base.handler.shown
    count = sum(1 for location in server.locations if location.modifier != "if")
    return f"{count} location{'s' if count != 1 else ''}"


def _names(left: Server, right: Server) -> Iterator[Record]:
    if set(left.names) != set(right.names):
        shown = [" ".join(name or '""' for name in one.names) for one in (left, right)]
        yield Record("name", "server_name", shown[0], shown[1], left.names_place, right.names_place, INFO)


def listens(left: Server, right: Server) -> Iterator[Record]:
    """Yield how two servers listen otherwise."""
    if (left.tls is None) is not (right.tls is None):
        shown = [", ".join(one.shown for one in side.listens) for side in (left, right)]
        secure = [
            (text, _listening(side)) if side.tls else None for text, side in zip(shown, (left, right), strict=True)
        ]
        yield one_sided("tls", "TLS", (secure[0], secure[1]), (_listening(left), _listening(right)), HIGH)
    proxied = [any(one.proxy_protocol for one in side.listens) for side in (left, right)]
    if proxied[0] != proxied[1]:
        yield _listen_record("listen", "proxy_protocol", left, right, MEDIUM)
    sockets = [{(one.address, one.port, one.quic, one.options) for one in side.listens} for side in (left, right)]
    if sockets[0] != sockets[1]:
        yield _listen_record("listen", "listen", left, right, INFO)


def _listening(server: Server) -> Place:
    """Return where a server says where it listens; a wrong `listen` is not part of the model."""
    return server.listens[0].place if server.listens else server.place


def _listen_record(kind: str, setting: str, left: Server, right: Server, gravity: str) -> Record:
    shown = [", ".join(one.shown for one in side.listens) for side in (left, right)]
    return Record(kind, setting, shown[0], shown[1], _listening(left), _listening(right), gravity)


def _default(sides: Sides, left: Server, right: Server) -> Iterator[Record]:
    """Yield where one answers for names that no server has and its counterpart does not; alone, each does."""
    shared = [_shares_port(one, model.servers) for one, model in ((left, sides.left), (right, sides.right))]
    answers = [any(listen.default for listen in one.listens) for one in (left, right)]
    if all(shared) and answers[0] is not answers[1]:
        said = [
            ("the default server", _listening(one)) if yes else None
            for one, yes in zip((left, right), answers, strict=True)
        ]
        yield one_sided(
            "default-server", Aspect.DEFAULT_SERVER.value, (said[0], said[1]), (left.place, right.place), LOW
        )


def _shares_port(server: Server, others: Sequence[Server]) -> bool:
    own = {(one.address, one.port) for one in server.listens}
    return any(other is not server and any((one.address, one.port) in own for one in other.listens) for other in others)
