"""Which program a container runs, and where such programs answer for their health. Data: add a program here."""

from __future__ import annotations

import re
from typing import Iterator, List, NamedTuple, Tuple


class Known(NamedTuple):
    """Where a program answers: its usual ports, in the order they are tried, and the paths that are asked there."""

    ports: Tuple[int, ...]
    paths: Tuple[str, ...]


# Programs that answer over HTTP. Source: each program's own documentation of its health endpoints.
HTTP_KINDS = {
    "prometheus": Known((9090,), ("/-/healthy", "/api/v1/targets?state=active", "/api/v1/status/buildinfo")),
    "loki": Known((3100,), ("/ready", "/metrics")),
    "grafana": Known((3000,), ("/api/health",)),
    "jaeger": Known((14269, 16686), ("/",)),
    "nginx": Known((80,), ("/",)),
}
# Tried one after the other on an application whose health address nothing names.
WEB_PATHS = ("/health", "/healthz", "/api/health")

_BY_WORD = {
    "postgres": "postgres",
    "postgresql": "postgres",
    "postgis": "postgres",
    "pgvector": "postgres",
    "timescaledb": "postgres",
    "redis": "redis",
    "valkey": "redis",
    "keydb": "redis",
    "nginx": "nginx",
    "openresty": "nginx",
    "prometheus": "prometheus",
    "grafana": "grafana",
    "loki": "loki",
    "jaeger": "jaeger",
}
_BY_MAKER = {"jaegertracing": "jaeger"}
_BY_PROGRAM = {
    "redis-server": "redis",
    "valkey-server": "redis",
    "keydb-server": "redis",
    "postgres": "postgres",
    "nginx": "nginx",
    "openresty": "nginx",
    "loki": "loki",
    "prometheus": "prometheus",
    "uvicorn": "web",
    "gunicorn": "web",
    "hypercorn": "web",
    "daphne": "web",
    "granian": "web",
    "flask": "web",
    "fastapi": "web",
    "node": "web",
    "npm": "web",
    "java": "web",
    "dotnet": "web",
    "puma": "web",
    "rails": "web",
}
CELERY_WORKER, CELERY_BEAT, HTTP, NONE = "celery-worker", "celery-beat", "http", "none"
KINDS = frozenset([*_BY_WORD.values(), *_BY_PROGRAM.values(), CELERY_WORKER, CELERY_BEAT, HTTP, NONE])
# What is named for another program without being it: `redis_exporter`, `postgres-backup`, `loki-canary`.
_BESIDE = re.compile(
    r"exporter|backup|commander|insight|admin|canary|renderer|operator|sidecar|sentinel|pushgateway|adapter|migrat"
    r"|promtail|agent|bouncer|\b(?:cli|ui|init)\b"
)
# What stands before a program in a command line without being it.
_BEFORE = frozenset(
    "&& || ; | -- -c -m -lc -ec exec env tini dumb-init sh bash ash uv run poetry pipenv nice "  # noqa: SIM905 - words
    "opentelemetry-instrument ddtrace-run newrelic-admin run-program".split()
)
_USERS_FOLLOW = frozenset(["gosu", "su-exec"])
_PYTHON = re.compile(r"(?:python|pypy)[0-9.]*")
_CELERY_SCRIPT = re.compile(r"celery[-_]?(worker|beat)")
_WORD = re.compile(r"[a-z0-9]+")
_SHELL_WORD = re.compile(r"&&|\|\||[;|]|[^\s;&|'\"]+")


def kind_of(image: str, words: Tuple[str, ...], service: str) -> str:
    """Return the kind of program a container runs, or an empty text when nothing tells.

    `words` are its whole command line. Its command counts before its image, and its service's name only where both say
    nothing: names are free to choose.
    """
    path, _, name = image.partition("@")[0].rpartition("/")
    name = (name.rpartition(":")[0] or name).lower()
    by_program = _by_program(words)
    if by_program or _BESIDE.search(name):
        return by_program
    return _by_words(name) or _BY_MAKER.get(path.rpartition("/")[2], "") or _by_words(service.lower())


def programs(words: Tuple[str, ...]) -> Iterator[Tuple[str, List[str]]]:
    """Yield every program that a command line starts, by its bare name, with the words from it on."""
    line = _SHELL_WORD.findall(" ".join(words))
    starts, skip = True, 0
    for at, word in enumerate(line):
        name = word.rpartition("/")[2]
        if skip:
            skip -= 1
        elif name in _BEFORE or name in _USERS_FOLLOW:
            starts, skip = True, int(name in _USERS_FOLLOW)
        elif starts and "=" not in word and not word.startswith("-"):
            yield name, line[at:]
            starts = bool(_PYTHON.fullmatch(name)) or "entrypoint" in name


def _by_program(words: Tuple[str, ...]) -> str:
    for name, line in programs(words):
        if name == "celery":
            part = next((word for word in line if word in ("worker", "beat")), "")
            return "celery-" + part if part else ""
        script = _CELERY_SCRIPT.search(name)
        if script:
            return "celery-" + script.group(1)
        if name in _BY_PROGRAM:
            return _BY_PROGRAM[name]
    return ""


def _by_words(name: str) -> str:
    if _BESIDE.search(name):
        return ""
    return next((_BY_WORD[word] for word in _WORD.findall(name) if word in _BY_WORD), "")
