"""Asks Celery's workers and reads beat's schedule, by a process of the application's own in its own container."""

from __future__ import annotations

import inspect
import json
import re
import time
from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from ..engine.client import Engine, EngineUnavailableError, NotFoundError
from ..engine.commands import CannotRunError, NoProgramError, run
from ..secrets.redact import Redactor
from . import celery_inside
from .celery_answers import Answers
from .kinds import programs
from .probe import FAILED, OK, UNKNOWN, ProbeOutcome
from .targets import Target

_TEXT_LIMIT = 200
_MOST_ITEMS = 500
_DEEPEST = 5
# What an exception said; all else of an answer names queues, tasks, workers and places.
_SAID = frozenset(("error", "problem", "problems"))
_APP = re.compile(r"[A-Za-z_][\w.]*(?::[\w.]+)?")
_PYTHON = re.compile(r"(?:python|pypy)[0-9.]*")
_NO_MODULE = re.compile(r"No module named '?celery'?\s*\Z")
_LEAST_SECONDS = 1.0
# Read before any thread is there: the cache of lines that `inspect` uses is emptied by one while another reads it.
_SCRIPT = inspect.getsource(celery_inside)
_STAGES = {
    "load": (UNKNOWN, "its application could not be loaded by a second process: %s"),
    "connect": (FAILED, "it cannot reach its broker: %s"),
    "ask": (UNKNOWN, "its broker stopped responding: %s"),
}


class Invocation(NamedTuple):
    """How a container's Celery was started: the Python that runs it, its application and options of its own."""

    python: str
    app: str
    node: str
    pool: str
    scheduler: str
    broker: str


def probe(
    engine: Engine, targets: Sequence[Target], part: str, answers: Answers, redactor: Redactor, deadline: float
) -> ProbeOutcome:
    """Return what the workers, the queues and beat's schedule are, as seen from the first of a service's containers.

    `part` is `worker` or `beat`; `answers` are those of all containers of the host. A worker is `ok` when it answers
    Celery's ping; beat cannot be asked, so that of it only the broker's answer counts.
    """
    started = _invocation(engine, targets[0], part)
    if not _APP.fullmatch(started.app):
        return ProbeOutcome(UNKNOWN, "its command has no -A option, so Celery cannot be queried")
    try:
        said = answers.of(
            targets[0],
            (started.app, started.broker),
            part,
            lambda asked: _ask(engine, targets[0], started, asked, deadline),
        )
    except CannotRunError as error:
        return ProbeOutcome(
            UNKNOWN, "Celery could not be queried in %s: %s" % (targets[0].name, redactor.said(str(error)))
        )
    facts = _bounded(said, redactor)
    if started.pool:
        facts["pool"] = redactor.text(started.pool)[:40]
    if started.scheduler:
        facts["scheduler"] = redactor.text(started.scheduler)[:_TEXT_LIMIT]
    stage = str(facts.get("stage", ""))
    if stage in _STAGES:
        state, sentence = _STAGES[stage]
        return ProbeOutcome(state, sentence % facts.pop("error", "no reason was given"), facts)
    return _judge_worker(targets, started, facts) if part == "worker" else ProbeOutcome(OK, "", facts)


def _judge_worker(targets: Sequence[Target], started: Invocation, facts: Dict[str, Any]) -> ProbeOutcome:
    nodes = [str(node) for node in facts.get("nodes") or []]
    hosts = {node.rpartition("@")[2] for node in nodes}
    silent = [target.name for target in targets if target.hostname not in hosts]
    if not silent or started.node in nodes or (nodes and "@" in started.node and "%" not in started.node):
        return ProbeOutcome(OK, "", facts)
    if facts.get("remote_control") is False:
        return ProbeOutcome(UNKNOWN, "remote control is disabled, so it does not answer pings", facts)
    if facts.get("pool") == "solo" and facts.get("unacked"):
        return ProbeOutcome(
            UNKNOWN, "with --pool solo it does not answer pings while a task runs, and one is running", facts
        )
    return ProbeOutcome(FAILED, "%s: no answer to Celery's ping" % ", ".join(silent), facts)


def _ask(engine: Engine, target: Target, started: Invocation, part: str, deadline: float) -> Dict[str, Any]:
    environment = {"PYTHONDONTWRITEBYTECODE": "1"}
    if started.broker:
        environment["CELERY_BROKER_URL"] = started.broker
    failed = CannotRunError("no Python with Celery was found in the container")
    for python in dict.fromkeys([started.python, "python3", "python"]):
        seconds = deadline - time.monotonic() - 0.3
        if not python:
            continue
        if seconds < _LEAST_SECONDS:
            raise CannotRunError("the time limit was reached before it was queried")
        argv = [python, "-c", _SCRIPT, started.app, part, "%.1f" % seconds]
        try:
            ran = run(engine, target.id, argv, environment, deadline)
        except NoProgramError:
            continue
        line = next((one for one in reversed(ran.output.splitlines()) if one.startswith(celery_inside.MARK)), "")
        found = _decoded(line[len(celery_inside.MARK) :])
        if found and not _NO_MODULE.search(str(found.get("error", ""))):
            return found
        last = (ran.errors.strip().splitlines() or ["no answer"])[-1][:_TEXT_LIMIT]
        failed = CannotRunError(str(found.get("error", "")) or last)
    raise failed


def _decoded(line: str) -> Dict[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _bounded(data: Dict[str, Any], redactor: Redactor) -> Dict[str, Any]:
    """Return an answer with its texts hidden and cut, and its lists no longer than a report can use."""

    def walk(value: Any, depth: int, said: bool) -> Any:
        if depth > _DEEPEST:
            return None
        if isinstance(value, dict):
            return {
                redactor.text(str(k)[:_TEXT_LIMIT]): walk(v, depth + 1, said or k in _SAID)
                for k, v in list(value.items())[:_MOST_ITEMS]
            }
        if isinstance(value, list):
            return [walk(item, depth + 1, said) for item in value[:_MOST_ITEMS]]
        if isinstance(value, str):
            return (redactor.said if said else redactor.text)(value)[:_TEXT_LIMIT]
        return value if isinstance(value, (bool, int, float)) else None

    found = walk(data, 0, False)
    return found if isinstance(found, dict) else {}


def _invocation(engine: Engine, target: Target, part: str) -> Invocation:
    """Return how Celery was started: as its process shows, which names the real Python, else as its command says."""
    lines = [*_processes(engine, target), target.words]
    found = [one for line in lines for one in _read(tuple(line), part)]
    best = next((one for one in found if one.app), Invocation("", "", "", "", "", ""))
    return best._replace(app=best.app or target.environment.get("CELERY_APP", ""))


def _processes(engine: Engine, target: Target) -> List[Tuple[str, ...]]:
    try:
        top = engine.get("/containers/%s/top" % target.id)
    except (EngineUnavailableError, NotFoundError):
        return []  # no `ps` on the engine's machine
    rows = top.get("Processes") if isinstance(top, dict) else None
    lines = [row[-1] for row in rows if isinstance(row, list) and row] if isinstance(rows, list) else []
    return [tuple(str(line)[:4000].split()) for line in lines[:50]]


def _read(words: Tuple[str, ...], part: str) -> Iterator[Invocation]:
    """Yield the Celery that a command line starts."""
    python = ""
    for name, line in programs(words):
        if _PYTHON.fullmatch(name):
            python = line[0]
        elif name == "celery" and part in line:
            yield Invocation(
                python,
                _option(line, "-A", "--app"),
                _option(line, "-n", "--hostname"),
                _option(line, "-P", "--pool"),
                _option(line, "-S", "--scheduler"),
                _option(line, "-b", "--broker"),
            )


def _option(line: Sequence[str], short: str, long: str) -> str:
    for at, word in enumerate(line):
        if word in (short, long):
            return line[at + 1] if at + 1 < len(line) else ""
        if word.startswith(long + "="):
            return word[len(long) + 1 :]
        if word.startswith(short) and not word.startswith("--") and len(word) > 2:
            return word[2:]
    return ""
