"""Celery from end to end: what beat sends, to which queue, who takes it from there, and how many tasks wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from parity.areas.health.probes import Here, about, known_by, stands_still, unhealthy
from parity.domain.findings import Difference
from parity.domain.untrusted import mapping, mappings, number, text, texts, whole
from parity.domain.values import is_unknown, show
from parity_host.health.kinds import CELERY_BEAT, CELERY_WORKER

_KINDS: Final = (CELERY_WORKER, CELERY_BEAT)
_BACKLOG: Final = 20
_MOST: Final = 500
_BUILT_IN: Final = "celery."
_OWN_SCHEDULE: Final = "PersistentScheduler"


@dataclass(frozen=True)
class View:
    """What the broker looks like from one container; `complete` when all workers that answered said all of theirs."""

    here: Here
    nodes: tuple[str, ...]
    consumed: frozenset[str]
    registered: frozenset[str]
    complete: bool

    @property
    def broker(self) -> tuple[str, int, str]:
        """Where the broker is, by host, port and virtual host."""
        broker = mapping(self.here.probe.facts, "broker")
        return text(broker, "host"), whole(broker, "port"), text(broker, "virtual_host")


def differences(heres: Sequence[Here]) -> Iterator[Difference]:
    """Yield what is wrong with workers, beat and their queues."""
    for here in heres:
        if here.probe.kind in _KINDS and here.probe.state == "failed":
            yield from _failed(here)
    for stack in {id(here.stack): here.stack for here in heres}.values():
        own = [here for here in heres if here.stack is stack and here.probe.kind in _KINDS]
        views = [_view(here) for here in own if isinstance(here.probe.facts.get("queues"), dict)]
        # Beat's view first: what it sends is what is missed.
        views.sort(key=lambda view: view.here.probe.kind != CELERY_BEAT)
        silent = [here for here in own if here.probe.kind == CELERY_WORKER and here.probe.state != "ok"]
        yield from _queues(views, silent)
        for view in views:
            yield from _brokers(view, views)
            yield from _unregistered(view, silent)


def _failed(here: Here) -> Iterator[Difference]:
    broker = mapping(here.probe.facts, "broker")
    if text(here.probe.facts, "stage") == "connect":
        service = known_by(here.stack, text(broker, "host"))
        if service is None or not stands_still(service):
            where = f"{show(text(broker, 'host')) or 'unknown'}:{whole(broker, 'port')}"
            found = about("health.broker-unreachable", here, show(here.probe.reason), broker=where)
            yield replace(found, mentions=frozenset({text(broker, "host")}))
    elif not unhealthy(here):
        yield about("health.worker-silent", here, show(here.probe.reason))


def _view(here: Here) -> View:
    facts = here.probe.facts
    consumed = {queue for node in mapping(facts, "consumed") for queue in texts(mapping(facts, "consumed"), node)}
    nodes = texts(facts, "nodes")
    registered = texts(facts, "registered")
    problems = mapping(facts, "problems")
    complete = len(mapping(facts, "consumed")) >= len(nodes) and not {"active_queues", "registered"} & set(problems)
    return View(here, nodes, frozenset(consumed), frozenset(registered), complete and len(registered) < _MOST)


def _schedule(view: View) -> list[Mapping[str, Any]]:
    return mappings(view.here.probe.facts, "schedule")[:_MOST]


def _queues(views: Sequence[View], silent: Sequence[Here]) -> Iterator[Difference]:
    seen = set()
    for view in views:
        sent: dict[str, set[str]] = {}
        for entry in _schedule(view):
            sent.setdefault(text(entry, "queue"), set()).add(text(entry, "task"))
        queues = mapping(view.here.probe.facts, "queues")
        for queue in sorted({*queues, *sent} - {""})[:_MOST]:
            if (view.broker, queue) not in seen:
                seen.add((view.broker, queue))
                yield from _queue(view, queue, sorted(sent.get(queue, ())), mapping(queues, queue), silent)


def _queue(
    view: View, queue: str, tasks: Sequence[str], row: Mapping[str, Any], silent: Sequence[Here]
) -> Iterator[Difference]:
    lengths = [int(length) for length in _list(row, "lengths") if isinstance(length, int)]
    waiting, grown = (lengths[-1], lengths[-1] - lengths[0]) if lengths else (0, 0)
    numbers = f"{waiting} waiting" + (f", {grown} more than {_span(row)} earlier" if grown > 0 else "")
    words = {
        "queue": show(queue),
        "numbers": numbers,
        "tasks": _named(tasks),
        "taken": _named(sorted(view.consumed)) or "none",
    }
    if queue in view.consumed or whole(row, "consumers") > 0:
        if grown > 0 and waiting >= _BACKLOG:
            yield about("health.queue-growing", view.here, numbers, queue, **words)
    elif view.nodes and view.complete and (tasks or waiting) and not any(_takes(here, queue) for here in silent):
        sends = f"; beat sends {_named(tasks)} to {show(queue)}" if tasks else ""
        shown = f"{numbers}; consumed queues: {words['taken']}{sends}"
        yield about("health.queue-unconsumed", view.here, shown, queue, sends=sends, **words)


def _list(row: Mapping[str, Any], key: str) -> list[Any]:
    value = row.get(key)
    return value if isinstance(value, list) else []


def _span(row: Mapping[str, Any]) -> str:
    times = [number({"at": moment}, "at") for moment in _list(row, "times")]
    return f"{times[-1] - times[0]:.1f} s" if len(times) > 1 else "a moment"


def _takes(here: Here, queue: str) -> bool:
    """Return whether a worker that did not answer may be the one that takes from a queue, by its own command."""
    config = here.service.config if here.service else None
    words = " ".join(config.command or ()) if config else ""
    if is_unknown(words):
        return True
    named = [word for word in words.replace("=", " ").replace(",", " ").split() if word == queue]
    return bool(named) or not (" -Q" in f" {words}" or "--queues" in words)


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(show(name) for name in names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _brokers(view: View, views: Sequence[View]) -> Iterator[Difference]:
    """Yield beat that sends to another broker than the one from which workers take."""
    if view.here.probe.kind != CELERY_BEAT or view.nodes:
        return
    workers = [other for other in views if other.here.probe.kind == CELERY_WORKER and other.nodes]
    if workers and all(other.broker != view.broker for other in workers):
        own, other = _spelled(view), _spelled(workers[0])
        yield about("health.brokers-differ", view.here, f"{own}, workers: {other}", sends=own, takes=other)


def _spelled(view: View) -> str:
    host, port, virtual_host = view.broker
    return f"{show(host)}:{port}/{show(virtual_host)}"


def _unregistered(view: View, silent: Sequence[Here]) -> Iterator[Difference]:
    if not view.nodes or not view.complete or not view.registered or silent:
        return
    tasks = {text(entry, "task"): text(entry, "name") for entry in _schedule(view)}
    for task in sorted(tasks):
        if task and task not in view.registered and not task.startswith(_BUILT_IN):
            shown = f"schedule entry {show(tasks[task])} sends {show(task)}; {len(view.nodes)} workers answered"
            yield about("health.task-unregistered", view.here, shown, task, task=show(task), entry=show(tasks[task]))


def schedule_unseen(here: Here) -> str:
    """Return why beat's schedule is not known, empty when it is: another scheduler keeps it elsewhere."""
    scheduler = text(here.probe.facts, "scheduler")
    if here.probe.kind != CELERY_BEAT or not scheduler or _OWN_SCHEDULE in scheduler:
        return ""
    return f"its schedule is stored by {show(scheduler)}, not in its configuration"
