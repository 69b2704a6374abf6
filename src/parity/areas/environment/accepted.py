"""Which secrets the stack itself defines: what they hold works, and whoever guesses it is in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parity.domain.stack import Service, Stack
from parity_host.secrets.token import SECRET, find, parse

SIGNING: Final = "signing"
ACCOUNT: Final = "account"
KEY_FILE: Final = "key-file"

_WORD: Final = re.compile(r"[A-Z0-9]+")
# Keys that an application signs or encrypts with: it takes any text.
_SIGNING: Final = re.compile(
    r"(?:APP|APPLICATION|DJANGO|FLASK|RAILS|SERVER|BACKEND|WEB)?_?SECRET_KEY(?:_BASE)?"
    r"|(?:APP|DJANGO|FLASK)_(?:KEY|SECRET)|(?:NEXT)?AUTH_SECRET|SECRET"
)
_PURPOSES: Final = frozenset(
    {"JWT", "SESSION", "SESSIONS", "COOKIE", "COOKIES", "CSRF", "ENCRYPTION", "ENCRYPT", "HMAC", "SALT", "INTERNAL"}
)
_KEYS: Final = frozenset({"KEY", "SECRET", "SALT"})
# What services of one stack ask each other for.
_OWN_TOKEN: Final = re.compile(r"(?:^|_)(?:METRICS|INTERNAL)_(?:AUTH_)?TOKEN$")
# What protects a file of keys: who makes the file chooses it.
_PASSPHRASE: Final = re.compile(r"(?:^|_)PASS_?PHRASE$")
# A key of somebody else's, who has to know it: a provider issued it.
_ISSUED: Final = frozenset({"PUBLIC", "WEBHOOK", "CLIENT", "ACCESS"})
# What the programs' own images make an account with: words of the image or the service, names of variables.
# Source: each image's page.
_SERVERS: Final = tuple(
    (re.compile(program), re.compile(names))
    for program, names in (
        (r"postg|pgvector|timescale|(?:^|[-_])(?:db|database)\b", r"POSTGRES(?:QL)?_(?:POSTGRES_)?PASSWORD"),
        (r"mysql|mariadb|percona", r"(?:MYSQL|MARIADB)_(?:ROOT_)?PASSWORD"),
        (r"mongo", r"MONGO(?:DB)?_(?:INITDB_)?ROOT_PASSWORD"),
        (r"minio", r"MINIO_(?:ROOT_PASSWORD|SECRET_KEY)"),
        (r"rabbitmq", r"RABBITMQ_(?:DEFAULT_PASS|PASSWORD)"),
        (r"redis|valkey", r"REDIS_PASSWORD|VALKEY_PASSWORD"),
        (r"elastic|opensearch", r"ELASTIC_PASSWORD|OPENSEARCH_INITIAL_ADMIN_PASSWORD"),
        (r"clickhouse", r"CLICKHOUSE_PASSWORD"),
        (r"influx", r"(?:DOCKER_)?INFLUXDB_.*PASSWORD"),
        (r"meili", r"MEILI_MASTER_KEY"),
        (r"grafana", r"GF_SECURITY_ADMIN_PASSWORD"),
        (r"keycloak", r"(?:KEYCLOAK|KC_BOOTSTRAP)_ADMIN_PASSWORD"),
        (r"pgadmin", r"PGADMIN_DEFAULT_PASSWORD"),
    )
)
# How clients of the first two name the password.
_CLIENTS: Final = (
    re.compile(r"(?:.*_)?(?:PG|POSTGRES(?:QL)?_|DB_|DATABASE_)PASS(?:WORD|WD)?"),
    re.compile(r"(?:.*_)?(?:MYSQL_|MARIADB_|DB_|DATABASE_)PASS(?:WORD|WD)?"),
)
_ASKS: Final = re.compile(r"redis|valkey")


class Accepted:
    """What the servers of one environment take for their passwords, by fingerprint, with the variable that says so."""

    def __init__(self, stack: Stack) -> None:
        """Read the variables and commands of the servers among the services."""
        self._own: dict[str, str] = {}
        for service in stack.services.values():
            for fingerprint, name in _passwords(service):
                self._own.setdefault(fingerprint, name)

    def way(self, name: str, value: str) -> str:
        """Return SIGNING, KEY_FILE or ACCOUNT where a secret works as it is; nothing where others have to know it."""
        if _signs(name.upper()):
            return SIGNING
        if _PASSPHRASE.search(name.upper()):
            return KEY_FILE
        return ACCOUNT if self._fingerprint(value) in self._own or _OWN_TOKEN.search(name.upper()) else ""

    def server_name(self, value: str) -> str:
        """Return the variable under which a server of the stack has a secret; nothing where none has it."""
        return self._own.get(self._fingerprint(value), "")

    @staticmethod
    def _fingerprint(value: str) -> str:
        token = parse(value)
        return token.fingerprint if token else ""


def is_client_name(name: str, server: str) -> bool:
    """Return whether clients of a server name its password so: PGPASSWORD, for POSTGRES_PASSWORD."""
    return any(
        names.fullmatch(server) and client.fullmatch(name.upper())
        for (_, names), client in zip(_SERVERS, _CLIENTS, strict=False)
    )


def _signs(name: str) -> bool:
    words = set(_WORD.findall(name))
    return bool(_SIGNING.fullmatch(name) or (words & _PURPOSES and words & _KEYS)) and not words & _ISSUED


def _passwords(service: Service) -> Iterator[tuple[str, str]]:
    """Yield the fingerprints of the passwords that a server makes its account with, and where it has each from."""
    config = service.config
    if config is None:
        return
    program = f"{service.name} {config.image}".lower()
    for names in (names for words, names in _SERVERS if words.search(program)):
        for name, value in config.environment.items():
            token = parse(value)
            if token is not None and names.fullmatch(name):
                yield token.fingerprint, name
    if _ASKS.search(config.image):
        yield from ((one.fingerprint, "") for one in find(" ".join(config.command or ())) if one.why == SECRET)
