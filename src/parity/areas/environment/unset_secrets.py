"""Whether a service can do without a secret that is set to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from parity.compare.env_files import EnvFiles
from parity.compare.variable import COMPOSE
from parity.domain.stack import Service, Stack

_SECRET: Final = re.compile(
    r"(?!.*_(?:SECONDS|MINUTES|HOURS|DAYS|TTL|LIFETIME|EXPIRY|SIZE|LENGTH|ENABLED|URL|HOST|NAME)$)"
    r".*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY)"
)
_DATABASE: Final = re.compile(r"(?:postgres|postgis|pgvector|timescaledb|mysql|mariadb|percona|mongo)[^/]*$")
# What an address of a database is put together from, where there is none.
_PARTS: Final = re.compile(
    r"(?:^|_)(?:DB|DATABASE|POSTGRES|POSTGRESQL|PG|MYSQL|MARIADB)_?(?:HOST(?:NAME)?|SERVER|ADDR(?:ESS)?)$"
)


def does_without(name: str, service: str, stack: Stack, files: EnvFiles) -> bool:
    """Return whether a service is well without what a variable is to hold, as far as its own files tell."""
    config = stack.services[service].config if service in stack.services else None
    unset_elsewhere = files.sources.get(name) in stack.unset - {name}  # that one is reported
    if service == COMPOSE or config is None or files.may_be_empty(name) or unset_elsewhere:
        return True
    upper = name.upper()
    given = {one.upper() for one, value in config.environment.items() if value}
    if upper.endswith("_URL"):
        return any(_PARTS.search(one) for one in given)
    if upper.endswith("PASSWORD") and not any(_is_database(one) for one in stack.services.values()):
        return True  # nothing here would be open: the database is somebody else's
    return f"{upper}_FILE" in given


def is_secret_name(name: str) -> bool:
    """Return whether a variable is a secret by its name."""
    return _SECRET.match(name.upper()) is not None


def guards_open_store(services: Iterable[str], stack: Stack) -> bool:
    """Return whether one of the services is a database of which a port is published to every address."""
    found = [stack.services[name] for name in services if name in stack.services]
    return any(
        _is_database(one) and one.config is not None and any(port.open for port in one.config.ports) for one in found
    )


def _is_database(service: Service) -> bool:
    return service.config is not None and _DATABASE.search(service.config.image.lower()) is not None
