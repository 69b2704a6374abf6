"""Databases and brokers outside of the stack that production shares with another environment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parity.compare.comparison import Comparison
from parity.compare.variables import Variables, services_named
from parity.domain.findings import Difference, Evidence
from parity.domain.values import as_url, is_local_host, show

_SCHEMES: Final = re.compile(r"(?:postgres(?:ql)?|mysql|mariadb|mongodb|redis|rediss|amqps?|mssql|sqlserver)(?:\+\w+)?")
_HOSTS: Final = re.compile(
    r"(?:^|_)(?:DB|DATABASE|POSTGRES|PG|MYSQL|MARIADB|MONGO(?:DB)?|REDIS|RDS|RABBITMQ|SQL)_?HOST(?:NAME)?$"
)
_HOST: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_OF_THE_MACHINE: Final = ("docker.internal", ".localhost", ".local", ".internal.docker")


def differences(comparison: Comparison, variables: Variables, name: str) -> Iterator[Difference]:
    """Yield a variable by which production and another environment use one database: the same server, and its base."""
    found: dict[tuple[str, str], dict[str, Evidence]] = {}
    for environment, variable in variables.by_name[name].items():
        for value, service in variable.first.items():
            if server := _server(name, value):
                piece = Evidence(environment, show(value), variable.places[service], service)
                found.setdefault(server, {}).setdefault(environment, piece)
    for (host, base), pieces in found.items():
        if len(pieces) > 1 and comparison.production(pieces) and not all(comparison.production([e]) for e in pieces):
            evidence = tuple(pieces.values())
            words = {"host": host, "services": services_named(piece.service for piece in evidence)}
            yield Difference(
                "environment.same-server",
                tuple(pieces),
                "",
                name,
                evidence,
                words,
                facts=frozenset({"one-database"} if base else ()),
            )


def _server(name: str, value: str) -> tuple[str, str] | None:
    """Return the host outside of the stack that a variable leads to, with the database there."""
    parts = as_url(value)
    if parts is not None:
        host, base = (parts.hostname or "").lower(), f"{parts.port} {parts.path}"
        if not _SCHEMES.fullmatch(parts.scheme.lower()):
            return None
    else:
        host, base = value.strip().lower(), ""
        if not _HOSTS.search(name.upper()):
            return None
    outside = _HOST.fullmatch(host) and not is_local_host(host) and not host.endswith(_OF_THE_MACHINE)
    return (host, base) if outside else None
