"""The hosts that a variable's value names: in a URL, in lists, in connection strings of databases and brokers."""

from __future__ import annotations

import re
from typing import Final

from parity.domain.values import as_url, has_secret, unquoted

# Variables whose value is a host, or several, without a scheme.
_HOSTS: Final = re.compile(
    r"_(?:HOST|HOSTS|HOSTNAME|SERVER|SERVERS|BROKERS|BROKER|ADDR|ADDRESS|NODES|CONTACT_POINTS)\Z"
)
# Names that clients use, or that the service itself listens by: nothing connects to them from here.
_NOT_ASKED: Final = re.compile(
    r"ALLOWED|TRUSTED|ORIGIN|CORS|VIRTUAL_|BIND|LISTEN|ADVERTISE|LETSENCRYPT|PUBLIC|EXTERNAL|REDIRECT"
)
# What a browser is sent to, or another service calls: the latter where it is a name without a domain.
_CALLED_BACK: Final = re.compile(r"CALLBACK|WEBHOOK")
_PART: Final = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*)(?::\d{1,5})?\Z")
# A host with its port says of itself that it is one.
_WITH_PORT: Final = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*):\d{2,5}\Z")
# `host=db port=5432 dbname=shop`, `Server=db;Database=shop`: libpq, ADO.NET.
_KEYWORD: Final = re.compile(r"(?:^|[\s;])(?:host|server|data source|addr)=([A-Za-z0-9_][\w.-]*)", re.IGNORECASE)
_DSN: Final = re.compile(r"(?:^|[\s;])(?:dbname|database|user|user id|port|password|sslmode)=", re.IGNORECASE)
# jdbc:postgresql://db:5432/shop, and the several hosts of mongodb://a:27017,b:27017/shop.
_OF_SERVERS: Final = re.compile(r"(?:jdbc:|r2dbc:)?[a-z][a-z0-9+.:-]*://(?:[^/@]*@)?([^/?#]+)", re.IGNORECASE)
# Of these URLs the host is one that the program itself connects to.
_CONNECTS: Final = re.compile(
    r"(?:jdbc:|r2dbc:)?(?:https?|wss?|postgres(?:ql)?|pgsql|mysql2?|mariadb|mongodb|rediss?|valkey|amqps?|nats|kafka|smtps?"
    r"|ldaps?|clickhouse|mqtt|tcp|grpc|memcached?|bolt|neo4j|elasticsearch|influxdb)(?:\+[a-z0-9]+)?://",
    re.IGNORECASE,
)
_STANDS_FOR: Final = re.compile(
    r"(?:your|my|some|the|example|sample)?[-_]?(?:host|hostname|server|domain|address|fqdn|name)\d?"
)


def hosts(variable: str, value: str) -> list[str]:
    """Return the hosts that a variable names to be connected to, in order."""
    name, value = variable.upper(), unquoted(value.strip())
    if not (":" in value or "=" in value or _HOSTS.search(name)) or _NOT_ASKED.search(name):
        return []
    if _DSN.search(value) and (found := _KEYWORD.search(value)):
        return [found[1]]
    parts = [part for part in re.split(r"[,;\s]+", value) if part]
    if len(parts) == 1 and (url := as_url(value)) is not None:
        called = not _CALLED_BACK.search(name) or "." not in (url.hostname or "")
        return [url.hostname] if url.hostname and called else []
    servers = _OF_SERVERS.match(value)
    if servers is not None:
        of_each = [_OF_SERVERS.match(part) for part in parts]
        several = [part for one in (of_each if all(of_each) else [servers]) if one for part in one[1].split(",")]
        return _named(several)
    if _HOSTS.search(name):
        return _named(parts)
    return _named(parts) if parts and all(map(_WITH_PORT.match, parts)) else []


def _named(parts: list[str]) -> list[str]:
    found = [_PART.match(part.strip()) for part in parts]
    return list(dict.fromkeys(part[1] for part in found if part))


def surely_called(variable: str, value: str, host: str) -> bool:
    """Return whether a value can only mean that the program connects to `host`, whatever else is known of it."""
    written = unquoted(value.strip())
    connects = bool(_CONNECTS.match(written)) or bool(_DSN.search(written))
    with_ports = all(_WITH_PORT.match(part) for part in re.split(r"[,;\s]+", written) if part)
    named = not has_secret(host) and not _STANDS_FOR.fullmatch(host.lower()) and len(host) > 1
    return (connects or with_ports) and named
