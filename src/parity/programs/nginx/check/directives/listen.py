"""The `listen` directive of http{} and stream{}: its address, its parameters, and who listens on it already."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from parity.programs.nginx.check.state import Block, Conf, Said
from parity.programs.nginx.check.urls import Address, parse_url, shown_address
from parity.programs.nginx.syntax.scalars import cstring, duration, number, size

_MOST: Final = 100_000  # sockets; ranges of ports can ask for more in a line than any system gives
_SWITCHES: Final = frozenset({"bind", "deferred", "reuseport"})  # socket options: once for an address


@dataclass
class ListenPort:
    """An address and port with the servers that listen on it."""

    address: Address
    options: dict[str, Any]
    default: Block
    servers: list[Block] = field(default_factory=list)
    protocols: set[str] | None = None  # what the last `listen` named
    changed: bool = False


def listening_server(conf: Conf, _args: list[bytes]) -> bytes | None:
    """`server { … }` of mail{} and stream{}, which must listen; one of http{} does so on port 80."""
    block = Block(f"{conf.block.family}/server", conf.block, conf.file or "", conf.reader.line)
    conf.family.servers.append(block)
    conf.parse_block(block, None)
    if "listen" not in block.fields:
        conf.needs_everything()
        conf.fail_at(block.file, block.line, b'no "listen" is defined for server')
    return None


def listen(conf: Conf, args: list[bytes]) -> bytes | None:
    """`listen address [parameter …]`."""
    stream = conf.block.family != "http"
    conf.block.fields["listen"] = True
    url = parse_url(args[0], 0 if stream else 80, listen=True)
    if url.error:
        conf.fail(b'%b in "%b" of the "listen" directive', url.error, args[0])
    options: dict[str, Any] = {}
    for arg in args[1:]:
        _option(conf, arg, options, stream)
    answer = _incompatible(conf, options, stream)
    if answer is not None:
        return answer
    if conf.block.family == "mail" or (stream and not conf.since(1, 25, 5)):
        _add_stream_listen(conf, url.addrs or [], options)
    else:
        add_listen(conf, conf.block, url.addrs or [], options)
    return None


def _option(conf: Conf, arg: bytes, options: dict[str, Any], stream: bool) -> None:
    text = cstring(arg)
    name, sign, value = text.partition(b"=")
    key = name.decode("latin-1")
    if conf.block.family == "mail" and key in ("udp", "reuseport", "fastopen", "deferred", "default_server"):
        _unknown(conf, arg, stream)
    if text in (b"default_server", b"default") and (not stream or conf.since(1, 25, 5)):
        if stream and text == b"default":
            _unknown(conf, arg, stream)
        options["default_server"] = True
    elif not sign and key in _SWITCHES and (key != "deferred" or not stream or conf.since(1, 25, 5)):
        options[key] = options["set"] = True
    elif not sign and key in _plain(conf, stream):
        if key == "http2" and conf.since(1, 25, 1):
            conf.warn(b'the "listen ... http2" directive is deprecated, use the "http2" directive instead')
        if key == "multipath":
            options["set"] = True
        options[key] = True
        if key == "ssl":
            conf.block.fields["listen ssl"] = (conf.file, conf.reader.line)
    elif sign and key in _VALUES:
        _VALUES[key](conf, arg, value)
        options[key] = options["set"] = True
    else:
        _unknown(conf, arg, stream)


def _plain(conf: Conf, stream: bool) -> frozenset[str]:
    """Return the parameters without a value that are no socket options."""
    names = {"ssl", "proxy_protocol"}
    if stream:
        names.add("udp")
    else:
        names.add("http2")
        if conf.since(1, 25):
            names.add("quic")
    if conf.since(1, 29, 7):
        names.add("multipath")
    return frozenset(names)


def _unknown(conf: Conf, arg: bytes, stream: bool) -> None:
    old = (stream or conf.block.family == "mail") and not conf.since(1, 25, 5)
    conf.fail(b'the invalid "%b" parameter' if old else b'invalid parameter "%b"', arg)


def _whole(conf: Conf, arg: bytes, value: bytes, *, zero: bool = True) -> None:
    found = number(value)
    if found is None or (found == 0 and not zero):
        conf.fail(b'invalid %b "%b"', arg.partition(b"=")[0], arg)


def _backlog(conf: Conf, arg: bytes, value: bytes) -> None:
    _whole(conf, arg, value, zero=False)


def _bytes(conf: Conf, arg: bytes, value: bytes) -> None:
    if size(value) is None:
        conf.fail(b'invalid %b "%b"', arg.partition(b"=")[0], arg)


def _ipv6only(conf: Conf, arg: bytes, value: bytes) -> None:
    if value[:1] != b"o":
        _unknown(conf, arg, conf.block.family != "http")
    if value not in (b"on", b"off"):
        conf.fail(b'invalid ipv6only flags "%b"', value)


def _so_keepalive(conf: Conf, _arg: bytes, value: bytes) -> None:
    if value in (b"on", b"off"):
        return
    parts = value.split(b":", 2)
    idle = duration(parts[0], seconds=True) if parts[0] else 0
    interval = duration(parts[1], seconds=True) if len(parts) > 1 and parts[1] else 0
    count = number(parts[2]) if len(parts) > 2 and parts[2] else 0
    if idle is None or interval is None or count is None or not (idle or interval or count):
        conf.fail(b'invalid so_keepalive value: "%b"', value)


def _accept_filter(conf: Conf, arg: bytes, _value: bytes) -> None:
    # Not on Linux; nginx says so at level emerg and yet goes on.
    text = b'accept filters "%b" are not supported on this platform, ignored' % arg
    conf.said.append(Said("emerg", text, conf.file, conf.reader.line))


_VALUES: Final = {
    "fastopen": _whole,
    "backlog": _backlog,
    "rcvbuf": _bytes,
    "sndbuf": _bytes,
    "ipv6only": _ipv6only,
    "so_keepalive": _so_keepalive,
    "accept_filter": _accept_filter,
}


def _incompatible(conf: Conf, options: dict[str, Any], stream: bool) -> bytes | None:
    if stream and "udp" in options:
        names = ["backlog", "ssl", "so_keepalive", "proxy_protocol", "fastopen"]
        if conf.since(1, 25, 5):
            names = ["backlog", "deferred", "ssl", "so_keepalive", "proxy_protocol", "fastopen", "multipath"]
        kind = "udp"
    elif "quic" in options:
        names = ["backlog", "deferred", "fastopen", "multipath", "ssl", "http2", "so_keepalive", "proxy_protocol"]
        kind = "quic"
    else:
        return None
    for name in names:
        if name in options:
            return b'"%b" parameter is incompatible with "%b"' % (name.encode(), kind.encode())
    return None


def add_listen(conf: Conf, server: Block, addresses: list[Address], options: dict[str, Any]) -> None:
    """Note that `server` listens on `addresses`; fails where it, or another with socket options, does already."""
    family = conf.family
    family.listens += len(addresses)
    if family.listens > _MOST:
        conf.fail_silently()
    datagram = "udp" in options or "quic" in options
    own: set[tuple[Address, bool]] = server.fields.setdefault("listens on", set())
    for address in addresses:
        key = (address, datagram)
        port: ListenPort | None = family.by_address.get(key)
        if port is None:
            own.add(key)
            port = family.by_address[key] = ListenPort(address, dict(options), server, [server])
            family.ports.append(port)
            continue
        if key in own:
            conf.fail(b"a duplicate listen %b", shown_address(address))
        own.add(key)
        port.servers.append(server)
        _join(conf, port, server, options)


def _join(conf: Conf, port: ListenPort, server: Block, options: dict[str, Any]) -> None:
    if "set" in options and "set" in port.options:
        conf.fail(b"duplicate listen options for %b", shown_address(port.address))
    if "default_server" in options:
        if "default_server" in port.options:
            conf.fail(b"a duplicate default server for %b", shown_address(port.address))
        port.default = server
    if conf.since(1, 23, 4):
        _protocol_options(conf, port, options)
    port.options.update(options)


def listening(ports: list[ListenPort]) -> int:
    """Return how many sockets nginx opens: a wildcard address serves the others of its port, unless they bind."""
    wildcards = {(p.address[0], p.address[2]) for p in ports if wildcard(p)}
    return sum(wildcard(p) or "set" in p.options or (p.address[0], p.address[2]) not in wildcards for p in ports)


def wildcard(port: ListenPort) -> bool:
    """Whether the port listens on every address of its family."""
    family, packed, _ = port.address
    return family != "unix" and not any(packed)


def _protocol_options(conf: Conf, port: ListenPort, options: dict[str, Any]) -> None:
    """Warn where two `listen` of one address name different protocols, by nginx's own reckoning (1.23.4)."""
    names = ("ssl", "http2", "quic", "proxy_protocol")
    mine, theirs = ({name for name in names if name in known} for known in (options, port.options))
    own_set = "set" in options
    agreed = port.protocols
    if mine - theirs:
        redefined = ("set" in port.options and not own_set) or port.changed or bool(theirs - mine)
        port.protocols, port.changed = theirs, True
    elif theirs - mine:
        redefined = own_set or (agreed is not None and mine != agreed)
        port.protocols, port.changed = mine, True
    else:
        redefined = (own_set and port.changed) or (agreed is not None and mine != agreed)
        port.protocols = mine
    if redefined:
        conf.warn(b"protocol options redefined for %b", shown_address(port.address))


def _add_stream_listen(conf: Conf, addresses: list[Address], options: dict[str, Any]) -> None:
    family = conf.family
    for address in addresses:
        key = (address, "udp" in options)
        if key in family.by_address:
            conf.fail(b'duplicate "%b" address and port pair', shown_address(address))
        port = family.by_address[key] = ListenPort(address, options, conf.block, [conf.block])
        family.ports.append(port)
