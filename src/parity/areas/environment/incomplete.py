"""Addresses that lack a part, because the variable that it is made of is not set or empty: `https:///api`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from parity.compare.comparison import Comparison
from parity.compare.env_files import EnvFiles
from parity.compare.variable import COMPOSE, Variable
from parity.compare.variables import Variables, services_named
from parity.domain.findings import Difference, Evidence
from parity.domain.values import show, unquoted

_URL: Final = re.compile(
    r"(?:jdbc:)?(?P<scheme>[a-z][a-z0-9+.-]*)://(?:(?P<user>[^/@:?#]*)(?P<asks>:(?P<password>[^/@?#]*))?@)?"
    r"(?P<host>\[[^\]/]*\]|[^/:?#@]*)(?::(?P<port>\d*))?(?P<path>/[^?#]*)?(?P<rest>[?#].*)?",
    re.IGNORECASE,
)
_WEB: Final = frozenset({"http", "https", "ws", "wss"})
_DATABASES: Final = frozenset(
    {"postgres", "postgresql", "pgsql", "psql", "postgis", "mysql", "mysql2", "mariadb", "mongodb", "clickhouse"}
)
_SERVERS: Final = _WEB | _DATABASES | {"redis", "rediss", "valkey", "amqp", "amqps", "smtp", "smtps", "ldap", "nats"}
# Names of variables that are the beginning of an address, and of those that hold one.
_BASE: Final = re.compile(r"(?:^|_)(?:URL|URI|HOST|HOSTNAME|DOMAIN|FQDN|ORIGIN|BASE|SERVER|SERVER_NAME)$")
_ADDRESS: Final = re.compile(r"_(?:URL|URI|ENDPOINT|ORIGIN)$")
# Where a server listens: it needs no host.
_LISTENS: Final = re.compile(r"LISTEN|BIND|(?:^|_)URLS$|ADVERTISE")
# What a part that is left out may be called.
_CALLED: Final = {
    "user": re.compile(r"USER|LOGIN|ACCOUNT"),
    "password": re.compile(r"PASS|PWD|PW|SECRET|TOKEN|KEY"),
    "database": re.compile(r"DB|DATABASE|NAME|SCHEMA"),
}


def differences(comparison: Comparison, files: EnvFiles, variables: Variables) -> Iterator[Difference]:
    """Yield each variable of an environment that holds an address without a host, a user, a password or a database."""
    environment = files.stack.environment
    for name, variable in variables.of(environment).items():
        empty = frozenset(part for part in files.all_parts_of(name) if files.is_empty(part))
        for lacking, having in variable.grouped(partial(_lacking, name, empty)).items():
            services = [service for service in having if service != COMPOSE]
            told = lacking is not None and lacking[1] and files.stack.unset.issuperset(lacking[1])  # as not set
            if lacking is not None and services and not told:
                yield _difference(comparison, environment, name, variable, services, *lacking)
                break  # one fault of one variable, whichever services have it


def _difference(
    comparison: Comparison,
    environment: str,
    name: str,
    variable: Variable,
    services: list[str],
    part: str,
    because: tuple[str, ...],
) -> Difference:
    pieces = tuple(Evidence(environment, show(variable.values[s]), variable.places[s], s) for s in services)
    why = f"{' and '.join(because)} {'is' if len(because) == 1 else 'are'} empty or not set" if because else ""
    words = {
        "services": services_named(services),
        "value": pieces[0].shown,
        "part": part,
        "because": f": {why}" if why else "",
        "source": " and ".join(because) or name,
    }
    others = tuple(stack.environment for stack in comparison.stacks)
    less = [Difference(rule, (environment,), "", name) for rule in ("environment.empty", "environment.missing")]
    less.append(Difference("environment.differs", others, "", name))
    return Difference(
        "environment.incomplete-url",
        (environment,),
        "",
        name,
        pieces,
        words,
        frozenset({part}),
        covers=frozenset(one.id for one in less),
        mentions=frozenset(because),
    )


def _lacking(name: str, empty: frozenset[str], value: str) -> tuple[str, tuple[str, ...]] | None:
    """Return which part an address lacks, and the variables that leave it out; None where it lacks none."""
    upper, value = name.upper(), unquoted(value.strip())
    if _ADDRESS.search(upper) and re.fullmatch(r"/[\w./-]*", value):
        bases = tuple(sorted(one for one in empty if _BASE.search(one.upper())))
        return ("host", bases) if bases else None
    url = _URL.fullmatch(value)
    if url is None or _LISTENS.search(upper):
        return None
    scheme = url["scheme"].lower().partition("+")[0]
    if scheme not in _SERVERS:
        return None
    host = url["host"]
    if not host or host[0] in ".-" or host[-1] in ".-":
        of_host = tuple(sorted(one for one in empty if not _CALLED["password"].search(one.upper())))
        # A port alone may be how its author means it; nothing behind the slashes is no address of the web.
        sure = of_host or (not host and scheme in _WEB and not url["port"])
        return ("host", of_host) if sure else None
    lacks = {
        "user": scheme in _DATABASES and url["user"] == "",
        "password": url["asks"] is not None and url["password"] == "",
        "database": scheme in _DATABASES and url["path"] == "/",
    }
    for part, lacking in lacks.items():
        named = tuple(sorted(one for one in empty if _CALLED[part].search(one.upper()))) if lacking else ()
        if named:
            return part, named
    return None
