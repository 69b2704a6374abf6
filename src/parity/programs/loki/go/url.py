"""Whether Go's url.Parse takes a text for a URL, with its words where it does not."""

from __future__ import annotations

import re
from typing import Final

from parity.programs.loki.go.durations import quote

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}", re.DOTALL)
_PASSWORD: Final = re.compile(r"//.*@")


def check_url(text: str) -> None:
    """Do nothing for a URL; raise ValueError in Go's words otherwise, with user and password hidden."""
    problem = _problem(text)
    if problem:
        raise ValueError(f"parse {quote(_PASSWORD.sub('//…@', text))}: {problem}")


def _problem(text: str) -> str | None:
    if any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in text):
        return "net/url: invalid control character in URL"
    body = text.partition("#")[0]
    if body.startswith(":"):
        return "missing protocol scheme"
    scheme = _SCHEME.match(body)
    rest = body[scheme.end() :] if scheme else body
    if not scheme and not rest.startswith("/") and ":" in rest.partition("/")[0].partition("?")[0]:
        return "first path segment in URL cannot contain colon"
    if scheme and not rest.startswith("/"):
        return None
    rest = rest.partition("?")[0]
    if rest.startswith("//"):
        authority, _, rest = rest[2:].partition("/")
        found = _host_problem(authority.rpartition("@")[2])
        if found:
            return found
    escape = _ESCAPE.search(rest)
    return f"invalid URL escape {quote(escape[0])}" if escape else None


def _host_problem(host: str) -> str | None:
    if host.startswith("["):
        inside, closed, port = host.rpartition("]")
        if not closed:
            return "missing ']' in host"
    else:
        inside, colon, number = host.rpartition(":")
        port = colon + number if colon else ""
        inside = inside if colon else host
    if port and not re.fullmatch(r":[0-9]*", port):
        return f"invalid port {quote(port)} after host"
    bad = next((letter for letter in inside if letter in ' "<>\\^`{|}'), None)
    return f"invalid character {quote(bad)} in host name" if bad else None
