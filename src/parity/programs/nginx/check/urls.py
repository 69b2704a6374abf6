"""Addresses and ports as nginx reads them. Names are not resolved: whether they are known is for the host to say."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass, field
from typing import Final

from parity.programs.nginx.syntax.scalars import number

_HOST: Final = re.compile(rb"[A-Za-z0-9_.-]+\Z")
_NONE: Final = 0xFFFFFFFF
_UNIX_MAX: Final = 108

Address = tuple[str, bytes, int]  # family ("inet", "inet6", "unix"), packed address or path, port


@dataclass
class Url:
    """A URL taken apart. `addrs` is None where only the host that runs nginx can resolve the name."""

    url: bytes
    host: bytes = b""
    port: int = 0
    port_text: bytes = b""
    uri: bytes = b""
    family: str = "inet"
    no_port: bool = False
    last_port: int = 0
    error: bytes | None = None
    addrs: list[Address] | None = field(default_factory=list)


def parse_url(
    url: bytes, default_port: int = 0, *, listen: bool = False, uri_part: bool = False, resolve: bool = True
) -> Url:
    """Read `host[:port][/uri]`, `[v6][:port]` or `unix:path`. What is wrong stands in `error`."""
    found = Url(url)
    if url[:5].lower() == b"unix:":
        _unix(found, uri_part)
    elif url[:1] == b"[":
        _inet6(found, default_port, listen, uri_part)
    else:
        _inet(found, default_port, listen, uri_part, resolve)
    return found


def ipv4(text: bytes) -> int | None:
    """Read four numbers between dots; an empty one counts as 0, and 255.255.255.255 is none, as in nginx."""
    if not re.fullmatch(rb"[0-9]*(\.[0-9]*){3}", text):
        return None
    octets = [int(part or b"0") for part in text.split(b".")]
    if max(octets) > 255:
        return None
    value = int.from_bytes(bytes(octets), "big")
    return None if value == _NONE else value


def ipv6(text: bytes) -> bytes | None:
    """Read an IPv6 address without brackets; return its 16 bytes."""
    try:
        return ipaddress.IPv6Address(text.decode("ascii")).packed if b"%" not in text else None
    except ValueError:
        return None


def cidr(text: bytes) -> tuple[bytes, bytes, bool] | None:
    """Read an address or network: (address, mask, whether low bits were set in vain); None where it is none."""
    address, slash, bits_text = text.partition(b"/")
    four = ipv4(address)
    packed = four.to_bytes(4, "big") if four is not None else ipv6(address)
    if packed is None:
        return None
    width = len(packed) * 8
    bits = number(bits_text) if slash else width
    if bits is None or bits > width:
        return None
    mask = ((1 << width) - 1) ^ ((1 << (width - bits)) - 1)
    value = int.from_bytes(packed, "big")
    return (value & mask).to_bytes(len(packed), "big"), mask.to_bytes(len(packed), "big"), value & mask != value


def impossible(host: bytes) -> bool:
    """Whether no resolver can know this name: characters that names do not have, or a number at its end."""
    if not _HOST.match(host):
        return True
    if host.rstrip(b".").rpartition(b".")[2].isdigit():
        return _aton(host) is None
    return any(len(label) > 63 for label in host.split(b"."))


def shown_address(address: Address) -> bytes:
    """Return an address as nginx prints it: 0.0.0.0:80, [::]:80, unix:/path."""
    family, packed, port = address
    if family == "unix":
        return b"unix:" + packed
    text = str(ipaddress.ip_address(packed)).encode()
    return b"[%b]:%d" % (text, port) if family == "inet6" else b"%b:%d" % (text, port)


def _aton(host: bytes) -> bytes | None:
    try:
        return socket.inet_aton(host.decode("ascii"))
    except (OSError, UnicodeDecodeError, ValueError):
        return None


def _unix(found: Url, uri_part: bool) -> None:
    path = found.url[5:]
    found.family = "unix"
    if uri_part:
        path, _, found.uri = path.partition(b":")
    if not path:
        found.error = b"no path in the unix domain socket"
        return
    found.host = path
    if len(path) + 1 > _UNIX_MAX:
        found.error = b"too long path in the unix domain socket"
        return
    found.addrs = [("unix", path, 0)]


def _take_uri(found: Url, rest: bytes, at: int, listen: bool, uri_part: bool) -> bytes | None:
    """Cut the URI off; None where a URI is not allowed."""
    if at < 0:
        return rest
    if listen or not uri_part:
        found.error = b"invalid host"
        return None
    found.uri = rest[at:]
    return rest[:at]


def _port(found: Url, text: bytes, listen: bool) -> bool:
    """Read a port, or in `listen` a range of ports."""
    first = text
    if listen and b"-" in text:
        first, _, last_text = text.partition(b"-")
        last = number(last_text)
        if last is None or not 1 <= last <= 65535:
            found.error = b"invalid port"
            return False
        found.last_port = last
    port = number(first)
    if port is None or not 1 <= port <= 65535:
        found.error = b"invalid port"
        return False
    if found.last_port and port > found.last_port:
        found.error = b"invalid port range"
        return False
    found.port, found.port_text = port, text
    return True


def _inet(found: Url, default_port: int, listen: bool, uri_part: bool, resolve: bool) -> None:
    url = found.url
    ends = [at for at in (url.find(b"/"), url.find(b"?")) if at >= 0]
    rest = _take_uri(found, url, min(ends, default=-1), listen, uri_part)
    if rest is None:
        return
    host, colon, port_text = rest.partition(b":")
    if colon:
        if not _port(found, port_text, listen):
            return
    elif listen and not ends and _port_only(found, host):
        return
    else:
        found.no_port, found.port, found.last_port, found.error = True, default_port, 0, None
    _host(found, host, listen, resolve)


def _port_only(found: Url, text: bytes) -> bool:
    """`listen 80`: read the whole as a port; False where it is rather a host."""
    first, dash, last_text = text.partition(b"-")
    if number(first) is None or (dash and number(last_text) is None):
        return False
    if _port(found, text, listen=True):
        _add(found, "inet", bytes(4))
    return True


def _host(found: Url, host: bytes, listen: bool, resolve: bool) -> None:
    if not host:
        found.error = b"no host"
        return
    found.host = host
    if listen and host == b"*":
        _add(found, "inet", bytes(4))
        return
    value = ipv4(host)
    if value is not None:
        _add(found, "inet", value.to_bytes(4, "big"))
        return
    if not resolve:
        return
    if impossible(host):
        found.error = b"host not found"
        return
    packed = _aton(host)
    if packed is not None:
        _add(found, "inet", packed)
    else:
        found.addrs = None


def _inet6(found: Url, default_port: int, listen: bool, uri_part: bool) -> None:
    found.family = "inet6"
    end = found.url.find(b"]", 1)
    if end < 0:
        found.error = b"invalid host"
        return
    behind = found.url[end + 1 :]
    rest = _take_uri(found, behind, behind.find(b"/"), listen, uri_part)
    if rest is None:
        return
    if rest:
        if rest[:1] != b":":
            found.error = b"invalid host"
            return
        if not _port(found, rest[1:], listen):
            return
    else:
        found.no_port, found.port = True, default_port
    if end == 1:
        found.error = b"no host"
        return
    found.host = found.url[: end + 1]
    packed = ipv6(found.url[1:end])
    if packed is None:
        found.error = b"invalid IPv6 address"
        return
    _add(found, "inet6", packed)


def _add(found: Url, family: str, packed: bytes) -> None:
    last = found.last_port or found.port
    found.addrs = [(family, packed, port) for port in range(found.port, last + 1)]
