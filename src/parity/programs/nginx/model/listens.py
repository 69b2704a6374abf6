"""Where servers listen: `listen` lines, the implicit one, and who answers for names that nobody has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from parity.programs.nginx.check.urls import parse_url, shown_address
from parity.programs.nginx.model.tree import Node, text_of
from parity.programs.nginx.model.types import Gap, Listen, Place

_ROLES: Final = frozenset({"ssl", "http2", "quic", "proxy_protocol"})
# What only repeats nginx's own.
_SILENT: Final = frozenset({("ipv6only", "on"), ("bind", ""), ("so_keepalive", "off")})
_MOST_PORTS: Final = 200

Socket = tuple[str, int, bool]
# Takes what is left out, where, and the words that it is about.
Note = Callable[[Gap, Place, str], None]


def listens_of(server: Node, note: Note) -> tuple[Listen, ...]:
    """Return the addresses of a server; one that has no `listen` has port 80."""
    lines = [node for node in server.children if node.name == "listen"]
    if not lines:
        return (Listen("0.0.0.0", 80, server.place, implicit=True),)  # noqa: S104 - what nginx does, not bound here
    return tuple(one for node in lines for one in _listen(node, note))


def _listen(node: Node, note: Note) -> list[Listen]:
    url = parse_url(node.args[0].encode("utf-8"), 80, listen=True)
    if url.error:
        note(Gap.ADDRESS, node.place, f"{node.args[0]}: {text_of(url.error)}")
        return []
    words = node.args[1:]
    extra = {(name, value) for name, _, value in (word.partition("=") for word in words)}
    named = {name for name, value in extra if not value}
    plain = frozenset(extra - {(name, "") for name in (*_ROLES, "default", "default_server")} - _SILENT)
    ends = [_address(address) for address in (url.addrs or [])[:_MOST_PORTS]]
    ends = ends or [(text_of(url.host).lower(), url.port)]
    return [
        Listen(
            address,
            port,
            node.place,
            ssl="ssl" in named or "quic" in named,
            http2="http2" in named,
            quic="quic" in named,
            default=bool(named & {"default", "default_server"}),
            proxy_protocol="proxy_protocol" in named,
            options=plain,
        )
        for address, port in ends
    ]


def _address(address: tuple[str, bytes, int]) -> tuple[str, int]:
    text = text_of(shown_address(address))
    return (text, 0) if address[0] == "unix" else (text.rpartition(":")[0], address[2])


def settle(servers: Sequence[tuple[Listen, ...]]) -> list[tuple[Listen, ...]]:
    """Return every server's addresses with what they share, and with the default server named.

    Parameters of a `listen` belong to the socket: one server's `ssl` is that of all on that address and port. The
    default is the one that says so, or the first.
    """
    shared: dict[Socket, Listen] = {}
    owner: dict[Socket, int] = {}
    for index, listens in enumerate(servers):
        for one in listens:
            key = (one.address, one.port, one.quic)
            so_far = shared.get(key, one)
            shared[key] = replace(
                so_far,
                ssl=so_far.ssl or one.ssl,
                http2=so_far.http2 or one.http2,
                proxy_protocol=so_far.proxy_protocol or one.proxy_protocol,
            )
            if one.default or key not in owner:
                owner[key] = index
    return [tuple(_settled(one, shared, owner, index) for one in listens) for index, listens in enumerate(servers)]


def _settled(one: Listen, shared: Mapping[Socket, Listen], owner: Mapping[Socket, int], index: int) -> Listen:
    key = (one.address, one.port, one.quic)
    both = shared[key]
    return replace(one, ssl=both.ssl, http2=both.http2, proxy_protocol=both.proxy_protocol, default=owner[key] == index)
