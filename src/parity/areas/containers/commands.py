"""What a command sets that decides about data, access or load, by the options' names. Source: each program's manual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

# By program: its options that matter, with what they decide. An option that is missing counts as one that differs.
_REDIS: Final = {
    "requirepass": "authentication",
    "aclfile": "authentication",
    "protected-mode": "authentication",
    "appendonly": "persistence",
    "save": "persistence",
    "maxmemory-policy": "eviction",
    "maxmemory": "eviction",
    "tls-port": "tls",
}
_POSTGRES: Final = dict.fromkeys(
    [
        "max_connections",
        "shared_buffers",
        "work_mem",
        "effective_cache_size",
        "wal_level",
        "max_wal_size",
        "statement_timeout",
        "idle_in_transaction_session_timeout",
        "shared_preload_libraries",
        "timezone",
        "default_transaction_isolation",
    ],
    "settings",
) | {"fsync": "persistence", "synchronous_commit": "persistence", "ssl": "tls", "password_encryption": "authentication"}
_MYSQL: Final = dict.fromkeys(
    [
        "sql-mode",
        "sql_mode",
        "max-connections",
        "max_connections",
        "innodb-buffer-pool-size",
        "innodb_buffer_pool_size",
        "character-set-server",
        "collation-server",
        "lower-case-table-names",
        "lower_case_table_names",
        "default-time-zone",
    ],
    "settings",
) | {"default-authentication-plugin": "authentication", "skip-grant-tables": "authentication"}
_MONGO: Final = {"auth": "authentication", "noauth": "authentication", "replSet": "settings", "tlsMode": "tls"}
PROGRAMS: Final = {
    "redis-server": _REDIS,
    "valkey-server": _REDIS,
    "keydb-server": _REDIS,
    "postgres": _POSTGRES,
    "mysqld": _MYSQL,
    "mariadbd": _MYSQL,
    "mongod": _MONGO,
}
# What an image runs where its command holds options alone.
_BY_IMAGE: Final = {
    "redis": "redis-server",
    "valkey": "valkey-server",
    "postgres": "postgres",
    "postgis": "postgres",
    "pgvector": "postgres",
    "timescaledb": "postgres",
    "mysql": "mysqld",
    "mariadb": "mariadbd",
    "mongo": "mongod",
}


def settings(command: Sequence[str] | None, image: str) -> dict[str, str]:
    """Return the options of a command that matter, by name; none for a program that is not known here."""
    words = _words(command or ())
    program = next((word.rpartition("/")[2] for word in words if word.rpartition("/")[2] in PROGRAMS), "")
    program = program or next((name for kind, name in _BY_IMAGE.items() if kind in _last_part(image)), "")
    known = PROGRAMS.get(program, {})
    return {name: value for name, value in _options(words) if name in known}


def decides(name: str) -> str:
    """Return what an option decides: authentication, persistence, eviction, tls or settings."""
    return next((known[name] for known in PROGRAMS.values() if name in known), "settings")


def changed(settings_by_environment: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the options in which environments differ."""
    names = sorted({name for found in settings_by_environment.values() for name in found})
    return [name for name in names if len({found.get(name) for found in settings_by_environment.values()}) > 1]


def _last_part(image: str) -> str:
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def _words(command: Sequence[str]) -> list[str]:
    """Return the words of a command, those of a shell's `-c` among them."""
    return [part for word in command for part in word.split()]


def _options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield options with their values: `--name value`, `--name=value`, and PostgreSQL's `-c name=value`."""
    for word, following in pairwise([*words, ""]):
        if word == "-c" and "=" in following:
            name, _, value = following.partition("=")
            yield name, value
        elif word.startswith("--"):
            name, given, value = word[2:].partition("=")
            yield name, value if given else "" if following.startswith("-") else following
