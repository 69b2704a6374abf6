"""Whether a service can do without a secret that is set to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from parity.compare.env_files import EnvFiles
from parity.compare.variable import COMPOSE
from parity.domain.stack import Port, Service, Stack

_DATABASE: Final = re.compile(r"(?:postgres|postgis|pgvector|timescaledb|mysql|mariadb|percona|mongo)[^/]*$")
_STORE: Final = re.compile(
    rf"{_DATABASE.pattern}|(?:redis|valkey|keydb|elasticsearch|opensearch|arangodb|neo4j|weaviate|influxdb)[^/]*$"
)
_REDIS: Final = re.compile(r"(?:redis|valkey|keydb)[^/]*$")
# What an address of a database is put together from, where there is none.
_PARTS: Final = re.compile(
    r"(?:^|_)(?:DB|DATABASE|POSTGRES|POSTGRESQL|PG|MYSQL|MARIADB)_?(?:HOST(?:NAME)?|SERVER|ADDR(?:ESS)?)$"
)


def does_without(name: str, service: str, stack: Stack, files: EnvFiles) -> bool:
    """Return whether a service is well without what a variable is to hold, as far as its own files tell."""
    upper = name.upper()
    if "REDIS" in upper or "VALKEY" in upper:
        return not any(_asks_for_nothing(one, name) for one in stack.services.values())
    config = stack.services[service].config if service in stack.services else None
    unset_elsewhere = files.sources.get(name) in stack.unset - {name}  # that one is reported
    if service == COMPOSE or config is None or files.may_be_empty(name) or unset_elsewhere:
        return True
    given = {one.upper() for one, value in config.environment.items() if value}
    if upper.endswith("_URL"):
        return any(_PARTS.search(one) for one in given)
    if upper.endswith("PASSWORD") and not any(_is_database(one) for one in stack.services.values()):
        return True  # nothing here would be open: the database is somebody else's
    return f"{upper}_FILE" in given


def guards_open_store(services: Iterable[str], stack: Stack) -> bool:
    """Return whether one of the services is a datastore of which a port is published to every address."""
    return any(port.open for one in services if is_store(one, stack) for port in _ports(stack.services[one]))


def is_store(name: str, stack: Stack) -> bool:
    """Return whether a service is a datastore, by its image."""
    config = stack.services[name].config if name in stack.services else None
    return config is not None and _STORE.search(config.image.lower()) is not None


def has_own_password(service: str, name: str, stack: Stack) -> bool:
    """Return whether a datastore asks for a password though a variable lets it do without.

    MySQL and MariaDB then need one for root; the images of Bitnami have one variable for it, and PostgreSQL's `trust`
    asks nobody for it.
    """
    config = stack.services[service].config if service in stack.services else None
    if config is None or not name.upper().startswith(("ALLOW_EMPTY", "MYSQL", "MARIADB")):
        return False
    wanted = _ROOT_PASSWORD if name.upper() != "ALLOW_EMPTY_PASSWORD" else _ANY_PASSWORD
    return any(value and wanted.search(one.upper()) for one, value in config.environment.items())


# A password, in a file or made at random too.
_ROOT_PASSWORD: Final = re.compile(r"^(?:MYSQL|MARIADB)_(?:RANDOM_)?ROOT_PASSWORD")
_ANY_PASSWORD: Final = re.compile(r"^(?!ALLOW_).*PASSWORD(?:_FILE)?$")


def is_published(services: Iterable[str], stack: Stack) -> bool:
    """Return whether one of the services publishes a port on every address."""
    return any(port.open for one in services if one in stack.services for port in _ports(stack.services[one]))


def serves_https(services: Iterable[str], stack: Stack) -> bool:
    """Return whether one of the services publishes HTTPS itself; for all others, what is in front of them does."""
    return any(
        "443" in port.host_port for one in services if one in stack.services for port in _ports(stack.services[one])
    )


def _ports(service: Service) -> Sequence[Port]:
    return service.config.ports if service.config else ()


def _asks_for_nothing(service: Service, name: str) -> bool:
    """Return whether a Redis is told to ask for a password, and the password is nothing."""
    config = service.config
    if config is None or not _REDIS.search(config.image.lower()):
        return False
    said = " ".join((*config.entrypoint, *(word or '""' for word in config.command or ())))
    found = _REQUIREPASS.search(said)
    given = found[1].strip("\"'${}") if found else "set"
    return given == "" or (given == name and not config.environment.get(name))


_REQUIREPASS: Final = re.compile(r"requirepass[= ]*((?:(?!--)\S+)?)")


def _is_database(service: Service) -> bool:
    return service.config is not None and _DATABASE.search(service.config.image.lower()) is not None
