"""Redirect URIs as authorization servers read them.

A server compares the redirect URI it is sent with those it was given beforehand, character by character (RFC 6749
section 3.1.2.3, RFC 9700 section 2.1). So a trailing slash, the case of a path and a port count; only the port of the
developer's own machine may be any (RFC 8252 section 7.3).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from parity.domain.environment_names import without_environment

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?![0-9])")
_LIST: Final = re.compile(r"[\s,;]+(?=[A-Za-z][A-Za-z0-9+.-]*://)")
_SEPARATORS: Final = re.compile(r"[\s,;]+")
_SCHEME_ALONE: Final = re.compile(r"([A-Za-z][A-Za-z0-9+-]*)(?::/{0,3})?")
_UNRESOLVED: Final = re.compile(r"\$\{?[A-Za-z_]|\$\(|\{\{|\{[A-Za-z_]\w*\}")
_LOCAL_NAMES: Final = ("localhost", "host.docker.internal", "gateway.docker.internal", "docker.for.mac.localhost")
_PRIVATE_ENDINGS: Final = (".local", ".localdomain", ".internal", ".lan", ".home.arpa", ".test", ".intranet", ".corp")
_WEB: Final = frozenset({"http", "https"})


@dataclass(frozen=True)
class Redirect:
    """One redirect URI. `problem` says why no server can accept it, "" when one can.

    A `relative` one is a path that the application puts behind its own address.
    """

    text: str
    scheme: str = ""
    host: str = ""
    port: int | None = None
    path: str = ""
    query: str = ""
    problem: str = ""
    relative: bool = False

    @property
    def web(self) -> bool:
        """Whether it is an address of the web, and not one of a program on the user's machine."""
        return self.scheme in _WEB and not self.problem


def read_redirects(value: str, allowed: bool = False) -> tuple[Redirect, ...]:
    """Return the redirect URIs in a variable's value: one, or a list of them with commas or spaces between.

    A list of what is `allowed` may name schemes of programs alone: `myapp`, `exp://` (RFC 8252, section 7.1).
    """
    text = value.strip()
    if allowed:
        return tuple(_read(part, allowed) for part in _SEPARATORS.split(text) if part)
    return tuple(_read(part) for part in ([value] if text != value else _LIST.split(text)) if part.strip())


def _read(text: str, allowed: bool = False) -> Redirect:
    if allowed and (alone := _SCHEME_ALONE.fullmatch(text)):
        return Redirect(text, alone.group(1).lower())
    if text.startswith("/") and not text.startswith("//"):
        path, _, query = text.partition("?")
        return Redirect(text, path=path, query=query, relative=True, problem=_problem_of_text(text))
    problem = _problem_of_text(text)
    scheme = _SCHEME.match(text)
    if scheme is None:
        return Redirect(text, problem=problem or "it has no scheme such as https://")
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return Redirect(text, scheme.group(1).lower(), problem=problem or "its host or port is not valid")
    problem = problem or _problem_of_parts(parts, host)
    return Redirect(text, parts.scheme, host, port, parts.path, parts.query, problem)


def _problem_of_text(text: str) -> str:
    if _UNRESOLVED.search(text):
        return "it contains a variable that is not set"
    if "#" in text:
        return "it has a fragment (#), which RFC 6749 section 3.1.2 forbids"
    if "*" in text:
        return "it has a wildcard (*), and providers compare character by character"
    if re.search(r"[\s\\<>\"^`{|}\x00-\x1f\x7f]", text):
        return "it contains a space, a quote or another character that a URL cannot contain"
    return ""


def _problem_of_parts(parts: SplitResult, host: str) -> str:
    if parts.scheme not in _WEB:
        return ""
    if not host:
        return "it has no host"
    if "@" in parts.netloc:
        return "it contains a user name before the host, which providers reject"
    return "it has a colon after the host, but no port" if parts.netloc.endswith(":") else ""


def is_loopback(host: str) -> bool:
    """Return whether `host` is the machine of whoever uses it."""
    if host in _LOCAL_NAMES or host.endswith(".localhost"):
        return True
    address = _address(host)
    return address is not None and (address.is_loopback or address.is_unspecified)


def is_private(host: str) -> bool:
    """Return whether `host` can be reached only from within a network: a private address, or a name without a domain.

    Source: the special-purpose registries (RFC 6890) as Python has them, RFC 6762, RFC 8375, RFC 6761.
    """
    address = _address(host)
    if address is not None:
        return not address.is_global and not is_loopback(host)
    return not is_loopback(host) and ("." not in host or host.endswith(_PRIVATE_ENDINGS))


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def path_ways(one: Redirect, other: Redirect) -> tuple[str, ...]:
    """Return how two redirect URIs differ behind their hosts: nothing when a server would not mind.

    `trailing-slash`, `case` and `environment-word` are said where nothing else of the path differs.
    """
    ways = []
    first, second = one.path or "/", other.path or "/"
    if first != second:
        if first.rstrip("/") == second.rstrip("/"):
            ways.append("trailing-slash")
        elif first.lower() == second.lower():
            ways.append("case")
        elif without_environment(first) == without_environment(second):
            ways.append("environment-word")
        else:
            ways.append("path")
    if one.query != other.query:
        ways.append("query")
    return tuple(ways)


def origin_ways(one: Redirect, other: Redirect) -> tuple[str, ...]:
    """Return in which of scheme, host and port two redirect URIs differ, as far as both have them."""
    if one.relative or other.relative:
        return ()
    first, second = (one.scheme, one.host, one.port), (other.scheme, other.host, other.port)
    named = zip(("scheme", "host", "port"), first, second, strict=True)
    return tuple(name for name, a, b in named if a != b)


def accepted_for(sent: str, registered: str) -> bool:
    """Return whether a server takes `sent` for the redirect URI `registered`.

    The same characters, but for the port of the user's own machine (RFC 8252 section 7.3).
    """
    if sent == registered:
        return True
    one, other = _read(sent), _read(registered)
    if not (one.web and other.web and is_loopback(one.host)):
        return False
    return (one.scheme, one.host, one.path, one.query) == (other.scheme, other.host, other.path, other.query)
