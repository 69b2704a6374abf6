"""Whether a certificate covers the names that nginx answers to. Sources: RFC 6125 6.4.3, nginx's "Server names"."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Final

from parity.areas.tls.certificates import Certificate

_HOST: Final = re.compile(r"(?:\*\.|\.)?[a-z0-9_](?:[a-z0-9_.-]{0,252}[a-z0-9])?\Z")
_ALSO_BELOW: Final = "."
_ANY_LABEL: Final = "*."


def uncovered(certificate: Certificate, server_names: Iterable[str]) -> list[str]:
    """Return the names of `server_names` that the certificate does not cover, in their order and without repetition.

    Passed over, since no certificate could name them: `_` and its like, the empty name, regular expressions,
    `name.*`, and names that hold a variable.
    """
    wanted = dict.fromkeys(name for server_name in server_names for name in _wanted(server_name))
    return [name for name in wanted if not covers(certificate, name)]


def _wanted(server_name: str) -> tuple[str, ...]:
    """Return the names a `server_name` stands for: `.example.com` is `example.com` and `*.example.com`."""
    name = _ascii(server_name.lower().removesuffix("."))
    if _address(name) is not None:
        return (name,)
    if not _HOST.match(name) or name.strip("_-.*") == "":
        return ()
    if name.startswith(_ALSO_BELOW):
        return name[1:], "*" + name
    return (name,)


def _ascii(name: str) -> str:
    """Return an international name as certificates hold it (Punycode); nothing when it cannot be one."""
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def covers(certificate: Certificate, name: str) -> bool:
    """Return whether the certificate covers a host name, an address, or a wildcard such as `*.example.com`."""
    address = _address(name)
    if address is not None:
        return str(address) in certificate.addresses
    return any(_matches(held.removesuffix("."), name) for held in certificate.names)


def _matches(held: str, name: str) -> bool:
    """Whether a name of a certificate is `name`; its wildcard stands for one whole label, below a domain of two."""
    if held == name:
        return True
    _, dot, parent = name.partition(".")
    return bool(dot) and "." in parent and held == _ANY_LABEL + parent


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return None
