"""Databases that ask for no password, by their image, variables and command."""

from __future__ import annotations

import re
from typing import Final

from parity.domain.images import official_name
from parity.domain.stack import ServiceConfig

# Why: the variable that opens PostgreSQL, or no account. Source: the images' pages, `mongod --help`.
TRUST: Final = "trust"
NO_ACCOUNT: Final = "no-account"
TRUST_VARIABLE: Final = "POSTGRES_HOST_AUTH_METHOD"

_POSTGRESQL: Final = re.compile(r"(?:postg|pgvector|timescale)[^/]*$")
_ACCOUNT: Final = re.compile(r"MONGO_INITDB_ROOT_(?:USERNAME|PASSWORD)(?:_FILE)?")
# A file of settings may turn logins on.
_LOGIN: Final = frozenset({"--auth", "--keyFile", "--clusterAuthMode", "--tlsCAFile", "--config", "-f"})


def without_login(config: ServiceConfig) -> str:
    """Return why a database accepts everybody: TRUST or NO_ACCOUNT; nothing where it may ask."""
    image, variables = config.image.lower(), config.environment
    if variables.get(TRUST_VARIABLE, "").lower() == "trust" and _POSTGRESQL.search(image):
        return TRUST
    line = " ".join((*config.entrypoint, *(config.command or ())))
    asks = any(word.partition("=")[0] in _LOGIN for word in line.split())
    has_account = any(value and _ACCOUNT.fullmatch(name) for name, value in variables.items())
    return NO_ACCOUNT if official_name(image) == "mongo" and not has_account and not asks else ""
