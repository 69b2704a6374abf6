"""Which secrets the stack itself defines: what they hold works, and whoever guesses it is in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parity.domain.secret_purposes import makes_account, signs
from parity.domain.stack import Service, Stack
from parity_host.secrets.token import SECRET, find, parse

SIGNING: Final = "signing"
ACCOUNT: Final = "account"
KEY_FILE: Final = "key-file"

# What services of one stack ask each other for.
_OWN_TOKEN: Final = re.compile(r"(?:^|_)(?:METRICS|INTERNAL)_(?:AUTH_)?TOKEN$")
# What protects a file of keys: who makes the file chooses it.
_PASSPHRASE: Final = re.compile(r"(?:^|_)PASS_?PHRASE$")
# What the programs' own images make an account with: words of the image or the service, names of variables.
# Source: each image's page.
_SERVERS: Final = tuple(
    (re.compile(program), re.compile(names))
    for program, names in (
        (r"postg|pgvector|timescale|(?:^|[-_])(?:db|database)\b", r"POSTGRES(?:QL)?_(?:POSTGRES_)?PASSWORD"),
        (r"mysql|mariadb|percona", r"(?:MYSQL|MARIADB)_(?:ROOT_)?PASSWORD"),
        (r"mongo", r"MONGO(?:DB)?_(?:INITDB_)?(?:ROOT_)?PASSWORD"),
        (r"minio", r"MINIO_(?:ROOT_PASSWORD|SECRET_KEY)"),
        (r"seaweedfs|rustfs|garage|localstack|s3", r"(?:AWS|S3|RUSTFS|GARAGE)_(?:.*_)?SECRET(?:_ACCESS)?(?:_KEY)?"),
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
# Tools that a stack brings along, as variables spell them; a database may also be somewhere else.
_PROGRAM_WORDS: Final = (
    "grafana", "keycloak", "pgadmin", "openobserve", "airflow", "flower", "adminer", "phpmyadmin", "portainer", "nexus",
    "sonar", "kibana", "superset",
)  # fmt: skip
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
        self._programs = " ".join(
            f"{one.name} {one.config.image}".lower() for one in stack.services.values() if one.config
        )
        for service in stack.services.values():
            for fingerprint, name in _passwords(service):
                self._own.setdefault(fingerprint, name)

    def way(self, name: str, value: str) -> str:
        """Return SIGNING, KEY_FILE or ACCOUNT where a secret works as it is; nothing where others have to know it."""
        if _PASSPHRASE.search(name.upper()):
            return KEY_FILE
        if signs(name):
            return SIGNING
        known = self.server_takes(value) or makes_account(name) or _OWN_TOKEN.search(name.upper())
        return ACCOUNT if known else ""

    def server_takes(self, value: str) -> bool:
        """Return whether a server of the stack makes its account with a password."""
        return self._fingerprint(value) in self._own

    def server_is_absent(self, name: str, value: str) -> bool:
        """Return whether a password is for a tool that the stack does not have, by the tool's name in its own."""
        words = [one for one in _PROGRAM_WORDS if one in name.lower()]
        return bool(words) and not self.server_takes(value) and not any(one in self._programs for one in words)

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
