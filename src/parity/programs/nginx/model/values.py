"""What an argument means, apart from how it is spelled: `1m` is `1024k`, `60s` is `1m`, `ON` is `on`.

A value that nginx would refuse keeps its spelling: it is then equal to itself only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final

from parity.programs.nginx.check.urls import cidr
from parity.programs.nginx.syntax.knowledge import Version, load, version_of
from parity.programs.nginx.syntax.scalars import duration, number, offset, size

_VARIABLE: Final = re.compile(r"\$(?:\{(\w+)\}|(\w+))", re.ASCII)
_CANONICAL: Final = re.compile(r"\$\{(\w+)\}(?!\w)", re.ASCII)
_MIME: Final = {"xslt_types": "text/xml"}
_DAILY: Final = frozenset("@+-")
_UNITS_PER_MINUTE: Final = {"r/s": 60, "r/m": 1}

Parse = Callable[[bytes], int | None]


def canonical(text: str) -> str:
    """Return `text` with its variables in one spelling: `$Host` and `${host}` are the same to nginx."""
    if "$" not in text:
        return text
    return _VARIABLE.sub(lambda found: "${" + (found[1] or found[2]).lower() + "}", text)


def readable(text: str) -> str:
    """Return canonical text with its variables as people write them."""
    return _CANONICAL.sub(r"$\1", text)


def has_variable(text: str) -> bool:
    """Whether nginx computes this text at each request."""
    return _VARIABLE.search(text) is not None


def parsed(parse: Parse, text: str) -> int | str:
    """Return a number, size or time as an integer, and anything else as its canonical text."""
    found = parse(text.encode("utf-8"))
    return canonical(text) if found is None else found


def seconds(value: bytes) -> int | None:
    """Read a time that nginx counts in seconds."""
    return duration(value, seconds=True)


def rate(text: str) -> int | str:
    """Read `10r/s` or `600r/m` as requests a minute."""
    count, scale = number(text[:-3].encode("utf-8")), _UNITS_PER_MINUTE.get(text[-3:])
    return text if count is None or scale is None else count * scale


def network(text: str) -> str:
    """Return an address or network in one spelling."""
    found = cidr(text.encode("utf-8"))
    if found is None:
        return text.lower()
    return f"{found[0].hex()}/{found[1].hex()}"


def options(words: Sequence[str], kinds: dict[str, Parse]) -> frozenset[tuple[str, Hashable]]:
    """Return `name=value` words and switches as a set, the values of `kinds` read as numbers."""
    result: set[tuple[str, Hashable]] = set()
    for word in words:
        name, sign, value = word.partition("=")
        result.add((name, parsed(kinds[name], value) if name in kinds else canonical(value) if sign else True))
    return frozenset(result)


def meaning(directive: str, args: Sequence[str], version: Version, family: str = "http") -> Hashable:
    """Return what the arguments of a scalar directive mean: equal where nginx does the same."""
    own = _OWN.get(directive)
    if own is not None:
        return own(args)
    kind = _kind(directive, version, family)
    reader = _KINDS.get(kind)
    if reader is None or not args:
        return tuple(canonical(arg) for arg in args)
    return reader(args)


def mime_types(directive: str, args: Sequence[str]) -> frozenset[str]:
    """Return the types that `gzip_types` and its kin name, with the one that nginx always adds."""
    return frozenset(arg.lower() for arg in args) | {_MIME.get(directive, "text/html")}


def _kind(directive: str, version: Version, family: str) -> str:
    spec: Any = load("values.yml").get(family, {}).get(directive)
    if isinstance(spec, dict):
        later = spec.get("until")
        if later and version >= version_of(later["version"]):
            spec = later
        return next((key for key in spec if key in _KINDS), "")
    return spec if isinstance(spec, str) else "flag"


def _words(args: Sequence[str]) -> Hashable:
    return tuple(canonical(arg) for arg in args)


def _lower(args: Sequence[str]) -> Hashable:
    """Read a flag or one of several words; where it is neither, `words` as they are."""
    return (args[0].lower(),) if len(args) == 1 and not has_variable(args[0]) else _words(args)


def _flag(args: Sequence[str]) -> Hashable:
    return _lower(args) if len(args) == 1 and args[0].lower() in ("on", "off") else _words(args)


def _each(parse: Parse) -> Callable[[Sequence[str]], Hashable]:
    return lambda args: tuple(parsed(parse, arg) for arg in args)


def _set(args: Sequence[str]) -> Hashable:
    return frozenset(arg.lower() for arg in args)


def _keepalive_timeout(args: Sequence[str]) -> Hashable:
    return (parsed(duration, args[0]), *(parsed(seconds, arg) for arg in args[1:]))


def _expires(args: Sequence[str]) -> Hashable:
    value = args[-1]
    sign = value[0] if value[:1] in _DAILY else ""
    return (*args[:-1], "" if sign == "+" else sign, parsed(seconds, value[len(sign) :]))


def _resolver(args: Sequence[str]) -> Hashable:
    servers = [arg for arg in args if "=" not in arg]
    named = options([arg for arg in args if "=" in arg and not arg.startswith("status_zone=")], {"valid": seconds})
    on_by_default = {("ipv6", "on"), ("ipv4", "on")}
    return frozenset(arg.removesuffix(":53").lower() for arg in servers), named - on_by_default


def _file_cache(args: Sequence[str]) -> Hashable:
    return options(args, {"max": number, "inactive": seconds, "valid": seconds}) - {("inactive", 60)}


def _session_cache(args: Sequence[str]) -> Hashable:
    """The zone's name is its own business: what counts is whether it is shared, and its size."""
    found: set[Hashable] = set()
    for arg in args:
        kind, _, rest = arg.partition(":")
        found.add((kind, parsed(size, rest.rpartition(":")[2]) if rest else 0))
    return frozenset(found)


def _protocols(args: Sequence[str]) -> Hashable:
    return frozenset(args)


_OWN: Final[dict[str, Callable[[Sequence[str]], Hashable]]] = {
    "keepalive_timeout": _keepalive_timeout,
    "expires": _expires,
    "resolver": _resolver,
    "open_file_cache": _file_cache,
    "ssl_session_cache": _session_cache,
    "ssl_protocols": _protocols,
    "proxy_ssl_protocols": _protocols,
    "directio": _each(offset),
    "keepalive": tuple,
}
_KINDS: Final[dict[str, Callable[[Sequence[str]], Hashable]]] = {
    "flag": _flag,
    "number": _each(number),
    "size": _each(size),
    "offset": _each(offset),
    "time": _each(duration),
    "seconds": _each(seconds),
    "buffers": _each(size),
    "one_of": _lower,
    "some_of": _set,
    "complex_size": _each(size),
}
