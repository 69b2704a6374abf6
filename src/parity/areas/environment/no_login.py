"""Databases that ask for no password, whatever a variable for one holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from parity.compare.match_services import full_name
from parity.domain.stack import Service

# The ways of a well-known password that its server does not ask for.
TRUST: Final = "trust"
NO_ACCOUNT: Final = "no-account"

_POSTGRESQL: Final = re.compile(r"(?:postg|pgvector|timescale)[^/]*$")
# The official image, which turns logins on only with an account. Source: its page, and `mongod --help`.
_MONGODB: Final = re.compile(r"docker\.io/library/mongo(?:[:@]|$)")
_ACCOUNT: Final = re.compile(r"MONGO_INITDB_ROOT_(?:USERNAME|PASSWORD)(?:_FILE)?")
_ASKS: Final = re.compile(r"--(?:auth|keyFile|tlsCAFile|config)\b|-f ")


def server_without_login(services: Iterable[Service]) -> tuple[str, str]:
    """Return the way in which one of the services asks for no password, and its name; nothing where all may ask."""
    for service in services:
        config = service.config
        if config is None:
            continue
        trusts = config.environment.get("POSTGRES_HOST_AUTH_METHOD", "").lower() == "trust"
        if trusts and _POSTGRESQL.search(config.image.lower()):
            return TRUST, service.name
        has_account = any(value and _ACCOUNT.fullmatch(name) for name, value in config.environment.items())
        line = " ".join((*config.entrypoint, *(config.command or ())))
        if _MONGODB.match(full_name(config.image.lower())) and not has_account and not _ASKS.search(line):
            return NO_ACCOUNT, service.name
    return "", ""
