"""Which programs are told apart, which of them a container runs, and where they answer. Data: add a program here."""

from __future__ import annotations

import re
from typing import Iterator, List, NamedTuple, Tuple


class Program(NamedTuple):
    """A program that is told apart, by what images and services are named after it, or by the command that starts it.

    `kind` is what its health is asked for as, empty where it is not, or not by its name; `logs` says whose signatures
    read its log, empty where there are none. Over HTTP it answers at `ports`, tried in their order, and at `paths`.
    """

    kind: str
    logs: str
    names: Tuple[str, ...] = ()
    commands: Tuple[str, ...] = ()
    ports: Tuple[int, ...] = ()
    paths: Tuple[str, ...] = ()


# A server of an application: only its command says that a container serves, since images are named for what is in them.
WEB = "web"
# Source of ports and paths: each program's own documentation of its health endpoints.
PROGRAMS = (
    Program("postgres", "postgresql", ("postgres", "postgresql", "postgis", "pgvector", "timescaledb"), ("postgres",)),
    Program("redis", "redis", ("redis", "valkey", "keydb"), ("redis-server", "valkey-server", "keydb-server")),
    Program("nginx", "nginx", ("nginx", "openresty"), ("nginx", "openresty"), (80,), ("/",)),
    Program("loki", "loki", ("loki",), ("loki",), (3100,), ("/ready", "/metrics")),
    Program(
        "prometheus",
        "prometheus",
        ("prometheus",),
        ("prometheus",),
        (9090,),
        ("/-/healthy", "/api/v1/targets?state=active", "/api/v1/status/buildinfo"),
    ),
    Program("grafana", "grafana", ("grafana",), (), (3000,), ("/api/health",)),
    Program("jaeger", "jaeger", ("jaeger",), (), (14269, 16686), ("/",)),
    Program("", "promtail", ("promtail",)),
    Program("", "celery", ("celery",)),
    Program(
        WEB,
        "python",
        ("uvicorn", "gunicorn", "flask", "fastapi"),
        ("uvicorn", "gunicorn", "hypercorn", "daphne", "granian", "flask", "fastapi"),
    ),
    Program("", "python", ("python", "django"), ("alembic", "streamlit", "rq", "manage.py")),
    Program(WEB, "node", ("node",), ("node", "npm")),
    Program(WEB, "", (), ("java", "dotnet", "puma", "rails")),
)
# Makers whose images do not say what they are.
MAKERS = {"jaegertracing": "jaeger"}
# What is named for another program without being it: `redis_exporter`, `postgres-backup`, `loki-canary`.
BESIDE = re.compile(
    r"exporter|backup|commander|insight|admin|canary|renderer|operator|sidecar|bouncer|migrat"
    r"|(?<![a-z0-9])(?:cli|ui|init|gen)(?![a-z0-9])"
)
# What writes the log of the program that it is named for, and does not answer as that does.
_OTHER_ANSWERS = re.compile(r"sentinel|pushgateway|adapter|promtail|agent")
# Programs that answer over HTTP at addresses of their own, and those of them whose answers say more than that they do.
HTTP_KINDS = {program.kind: program for program in PROGRAMS if program.paths}
SPEAKING_KINDS = frozenset(kind for kind, program in HTTP_KINDS.items() if program.paths != ("/",))
# Tried one after the other on an application whose health address nothing names.
WEB_PATHS = ("/health", "/healthz", "/api/health")

_BY_NAME = {name: program.kind for program in PROGRAMS if program.kind not in ("", WEB) for name in program.names}
_BY_COMMAND = {command: program.kind for program in PROGRAMS if program.kind for command in program.commands}
CELERY_WORKER, CELERY_BEAT, HTTP, NONE = "celery-worker", "celery-beat", "http", "none"
KINDS = frozenset([*_BY_NAME.values(), *_BY_COMMAND.values(), CELERY_WORKER, CELERY_BEAT, HTTP, NONE])
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
    by_command = _by_command(words)
    if by_command or _is_beside(name):
        return by_command
    return _by_name(name) or _by_name(MAKERS.get(path.rpartition("/")[2], "")) or _by_name(service.lower())


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


def _by_command(words: Tuple[str, ...]) -> str:
    for name, line in programs(words):
        if name == "celery":
            part = next((word for word in line if word in ("worker", "beat")), "")
            return "celery-" + part if part else ""
        script = _CELERY_SCRIPT.search(name)
        if script:
            return "celery-" + script.group(1)
        if name in _BY_COMMAND:
            return _BY_COMMAND[name]
    return ""


def _by_name(name: str) -> str:
    if _is_beside(name):
        return ""
    return next((_BY_NAME[word] for word in _WORD.findall(name) if word in _BY_NAME), "")


def _is_beside(name: str) -> bool:
    return bool(BESIDE.search(name) or _OTHER_ANSWERS.search(name))
