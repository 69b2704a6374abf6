"""Which program a service runs: by its image, its command, and its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parity.domain.stack import Service
from parity.domain.untrusted import words

# The kinds that are told apart, by the words that images, commands and services are named with.
NAMES: Final = {
    "postgres": "postgresql",
    "postgresql": "postgresql",
    "postgis": "postgresql",
    "pgvector": "postgresql",
    "timescaledb": "postgresql",
    "redis": "redis",
    "valkey": "redis",
    "nginx": "nginx",
    "openresty": "nginx",
    "loki": "loki",
    "promtail": "promtail",
    "prometheus": "prometheus",
    "grafana": "grafana",
    "jaeger": "jaeger",
    "celery": "celery",
    "uvicorn": "python",
    "gunicorn": "python",
    "python": "python",
    "django": "python",
    "flask": "python",
    "fastapi": "python",
    "node": "node",
}
PROGRAMS: Final = {
    **NAMES,
    "redis-server": "redis",
    "valkey-server": "redis",
    "hypercorn": "python",
    "daphne": "python",
    "alembic": "python",
    "streamlit": "python",
    "rq": "python",
    "manage.py": "python",
    "npm": "node",
}
KINDS: Final = frozenset(PROGRAMS.values())
# What is named for another program without being it: `redis_exporter`, `postgres-backup-local`, `loki-canary`.
_BESIDE: Final = frozenset(
    {"exporter", "backup", "commander", "insight", "admin", "canary", "renderer", "operator", "gen", "cli", "ui"}
    | {"sidecar", "bouncer", "migrate", "migration", "migrations", "init"}
)
# Kinds that are made of another one: Celery says what Python says.
_ALSO: Final = {"celery": "python"}
# Makers whose images do not say what they are.
_MAKERS: Final = {"jaegertracing": "jaeger"}
_WORD: Final = re.compile(r"[a-z0-9]+")
_PYTHON: Final = re.compile(r"(?:python|pypy)[\d.]*")
_SHELL_WORDS: Final = re.compile(r"&&|\|\||;|[^\s;&|'\"]+")
_LEADS_TO_PROGRAM: Final = frozenset({"&&", "||", ";", "exec", "--", "-c", "-m", "-lc", "-ec", "env", "tini", "gosu"})
_SHELLS: Final = frozenset({"sh", "bash", "ash", "dash"})
_USERS_FOLLOW: Final = frozenset({"gosu", "su-exec"})


def kinds(service: Service) -> frozenset[str]:
    """Return the kinds of program a service runs (`KINDS`), empty when nothing tells.

    The image and the command count; the service's own name only where both say nothing, since it is free to choose.
    """
    config = service.config
    found: set[str] = set()
    if config is not None:
        entrypoint = words(service.declared.raw.get("entrypoint")) if service.declared else ()
        for command in (entrypoint, config.command or ()):
            found |= {kind for program in _programs(" ".join(command)) if (kind := _program_kind(program))}
        if image := _image_kind(config.image):
            found.add(image)
    if not found and (named := _named(service.name)):
        found.add(named)
    return frozenset(found | {_ALSO[kind] for kind in found if kind in _ALSO})


def _image_kind(image: str) -> str | None:
    path, _, name = image.partition("@")[0].rpartition("/")
    return _named(name.partition(":")[0]) or _MAKERS.get(path.rpartition("/")[2])


def _named(name: str) -> str | None:
    parts = _WORD.findall(name.lower())
    if _BESIDE.intersection(parts):
        return None
    return next((NAMES[part] for part in parts if part in NAMES), None)


def _programs(command: str) -> Iterator[str]:
    """Yield what a command line starts: its first word, and what follows a word such as `exec`, `&&` or `-m`."""
    starts, skip = True, 0
    for word in _SHELL_WORDS.findall(command):
        if skip:
            skip -= 1
        elif word in _LEADS_TO_PROGRAM:
            starts, skip = True, int(word in _USERS_FOLLOW)
        elif starts and "=" not in word and not word.startswith("-"):  # `NAME=value program` sets a variable
            program = word.rpartition("/")[2].lower()
            yield program
            starts = program in _SHELLS or bool(_PYTHON.fullmatch(program))


def _program_kind(program: str) -> str | None:
    return PROGRAMS.get(program) or ("python" if _PYTHON.fullmatch(program) else None)
