"""Values as hosts send them: secret parts are tokens. Showing them, and telling whether two are the same."""

from __future__ import annotations

import ipaddress
import re
from enum import Enum
from typing import Final
from urllib.parse import SplitResult, urlsplit

from parity_host.secrets.placeholders import SHOWN
from parity_host.secrets.token import TOKEN, UNKNOWN, parse

HIDDEN: Final = "…"
_SHOWN_LIMIT: Final = 160
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_URL = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*://")
# JDBC and R2DBC name the driver before what the database's own URL is: `jdbc:postgresql://db:5432/shop`.
_FOR_A_DRIVER: Final = re.compile(r"^(?:jdbc|r2dbc(?::pool)?):(?=[a-z][a-z0-9+]*://)", re.IGNORECASE)
_BOOLEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
# The same switch turned over, in the same words.
_OPPOSITES = {"true": "false", "yes": "no", "on": "off", "1": "0"}
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})
_DEFAULT_PORTS = {
    "http": 80, "https": 443, "ws": 80, "wss": 443, "redis": 6379, "rediss": 6379, "postgres": 5432,
    "postgresql": 5432, "mysql": 3306, "mariadb": 3306, "mongodb": 27017, "amqp": 5672, "amqps": 5671,
}  # fmt: skip
# What a client does without the parameter. Sources: libpq ("Parameter Key Words"), PostgreSQL's search_path.
_DEFAULT_QUERIES = {
    "postgres": frozenset({("search_path", "public"), ("schema", "public"), ("sslmode", "prefer")}),
}
_DEFAULT_QUERIES["postgresql"] = _DEFAULT_QUERIES["postgres"]
# MongoDB's: where its accounts are, and how they log in. Source: its manual, "Connection String Options".
_OF_LOGIN = frozenset({"authSource", "authMechanism"})
_DATABASE = re.compile(r"postgres(?:ql)?|postgis|mysql2?|mariadb|mongodb|mssql|sqlserver|clickhouse|cockroach(?:db)?")
_IDENTIFIER = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_UNIT = r"(?:ns|us|ms|s|m|h|d|w|y|secs?|mins?|hrs?|seconds?|minutes?|hours?|days?|weeks?|months?|[kmgt]i?b?|b|%)"
_AMOUNT = re.compile(
    rf"(?:\d+(?:\.\d+)?\s?{_UNIT}){{1,4}}|\d+(?:/|\s?per\s|r/)(?:{_UNIT}|\d+)|P(?=[\dT])(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?",
    re.IGNORECASE,
)
# What an address or a network begins with: most values are none, and `ipaddress` takes its time to say so.
_NETWORK: Final = frozenset("0123456789abcdefABCDEF:")
_LISTED = re.compile(r"[\s,;|\[\]\"']+")


class Same(Enum):
    """Whether two values are equal; secrets of different runs cannot be compared."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def show(value: str | None, limit: int = _SHOWN_LIMIT) -> str:
    """Return `value` for people: secrets hidden, control characters out, cut to `limit` characters."""
    if value is None:
        return "(not set)"
    if value == "":
        return "(empty)"
    token = parse(value)
    if token is not None:
        if token.why == UNKNOWN:
            return f"(hidden: not known to be public, {_length(token.length)})"
        looks = SHOWN.get(token.placeholder)
        kind = f"secret that looks like {looks}" if looks else "secret"
        return f"({kind}, {_length(token.length)})"
    text = _CONTROL.sub(" ", TOKEN.sub(HIDDEN, value)).strip()
    return text if len(text) <= limit else text[: limit - 1] + HIDDEN


def _length(length_class: str) -> str:
    low, _, high = length_class.removeprefix("len").partition("to")
    return f"{low}-{high} characters" if high else f"{low.removesuffix('up')} or more characters"


def has_secret(value: str | None) -> bool:
    """Return whether a part of `value` was hidden on its host."""
    return value is not None and TOKEN.search(value) is not None


def is_unknown(value: str) -> bool:
    """Return whether a part of a name or of an answer was hidden on its host: what it is, nobody knows."""
    return HIDDEN in value or has_secret(value)


def whole_secret(value: str | None) -> bool:
    """Return whether all of `value` was hidden on its host."""
    return value is not None and parse(value) is not None


def same(one: str, other: str, same_run: bool) -> Same:
    """Return whether two values are equal.

    `same_run` says whether both were fingerprinted under one key; if not, their secrets cannot be compared. A value
    that is secret as a whole cannot be compared with one that was put together from parts.
    """
    if not has_secret(one) and not has_secret(other):
        return Same.YES if one == other else Same.NO
    if TOKEN.sub(HIDDEN, one) != TOKEN.sub(HIDDEN, other):
        mixed = whole_secret(one) != whole_secret(other) and has_secret(one) and has_secret(other)
        return Same.UNKNOWN if mixed else Same.NO
    if not same_run:
        return Same.UNKNOWN
    return Same.YES if fingerprints(one) == fingerprints(other) else Same.NO


def fingerprints(value: str) -> str:
    """Return a value with the fingerprints of its secrets alone: what one host says of a secret, another may not."""
    return TOKEN.sub(lambda token: token.group(2), value)


def as_url(value: str) -> SplitResult | None:
    """Return the parts of a URL, or None when `value` is none; of a URL for Java's drivers those of what they open."""
    value = _FOR_A_DRIVER.sub("", value)
    if not _URL.match(value):
        return None
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return None
    return parts


def url_ways(one: SplitResult, other: SplitResult) -> frozenset[str]:
    """Return the names of the parts in which two URLs differ."""
    pairs = {
        "scheme": (one.scheme, other.scheme),
        "user": ((one.username, _login(one)), (other.username, _login(other))),
        "password": (one.password, other.password),
        "host": (one.hostname, other.hostname),
        "port": (_port(one), _port(other)),
        _path_way(one, other): (_path(one), _path(other)),
        "query": (_query(one), _query(other)),
        "fragment": (one.fragment, other.fragment),
    }
    return frozenset(name for name, (a, b) in pairs.items() if a != b)


def _port(url: SplitResult) -> int | None:
    return url.port or _DEFAULT_PORTS.get(url.scheme.partition("+")[0])


def _login(url: SplitResult) -> list[str]:
    """Return the parameters of a database's URL that say how its user logs in."""
    return [part for part in url.query.split("&") if part.partition("=")[0] in _OF_LOGIN]


def _path_way(one: SplitResult, other: SplitResult) -> str:
    """Return how URLs are said to differ in their paths: that of a database is its name."""
    return "database" if all(_DATABASE.fullmatch(url.scheme.partition("+")[0]) for url in (one, other)) else "path"


def _query(url: SplitResult) -> list[str]:
    """Return the parameters of a URL to compare: none of a login, and none that say what its clients do anyway."""
    usual = _DEFAULT_QUERIES.get(url.scheme.partition("+")[0], frozenset())
    parts = [part for part in url.query.split("&") if part and tuple(part.partition("=")[::2]) not in usual]
    return [part for part in parts if part.partition("=")[0] not in _OF_LOGIN]


def _path(url: SplitResult) -> str:
    """Return a path to compare: a slash alone is none, and one at the end of others changes what is joined to them."""
    none = ("/", "/0", "/0/") if url.scheme in ("redis", "rediss") else ("/",)
    return "" if url.path in none else url.path


def is_identifier(value: str) -> bool:
    """Return whether a value is a UUID, the key of a record."""
    return _IDENTIFIER.fullmatch(value) is not None


def as_boolean(value: str) -> bool | None:
    """Return the truth a word stands for, as settings libraries read it, or None."""
    return _BOOLEANS.get(value.strip().lower())


def opposite(value: str) -> str:
    """Return a boolean turned over, spelled as it is: `0` for `1`, `True` for `False`; nothing for another word."""
    word = value.strip()
    turned = {**_OPPOSITES, **{off: on for on, off in _OPPOSITES.items()}}.get(word.lower(), "")
    return turned.upper() if word.isupper() else turned.capitalize() if word.istitle() else turned


def listed(value: str) -> list[str]:
    """Return the parts of a value that lists words by commas, spaces, semicolons or as JSON; else the value alone."""
    return [part for part in _LISTED.split(value) if part]


def are_networks(parts: list[str]) -> bool:
    """Return whether all parts of a list are addresses or networks, and none is the whole internet."""
    if not all(part[0] in _NETWORK and ("." in part or ":" in part) for part in parts):
        return False
    try:
        return bool(parts) and all(ipaddress.ip_network(part, strict=False).prefixlen > 0 for part in parts)
    except ValueError:
        return False


def unquoted(value: str) -> str:
    """Return a value without quotes of its own around it."""
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def is_number(value: str) -> bool:
    """Return whether a value is a plain decimal number."""
    return value.isascii() and value.replace(".", "", 1).removeprefix("-").isdigit()


def is_amount(value: str) -> bool:
    """Return whether a value is a number, a duration, a size or a rate: `90`, `1h30m`, `PT5M`, `512Mi`, `60/minute`."""
    return is_number(value) or _AMOUNT.fullmatch(value) is not None


def is_local_host(host: str | None) -> bool:
    """Return whether `host` leads to the machine (or container) itself; an address to listen on leads nowhere."""
    return host is not None and host.lower() in _LOCAL_HOSTS
