"""Celery from end to end: what beat sends, who takes it, who knows it."""

from __future__ import annotations

from typing import Any

import pytest
from health_stacks import container, findings, probe, side

BROKER = {"transport": "redis", "host": "redis", "port": 6379, "virtual_host": "0"}


def entry(task: str, queue: str) -> dict[str, str]:
    return {"name": f"every {task}", "task": task, "every": "5.0", "queue": queue}


def celery(
    part: str,
    *schedule: dict[str, str],
    consumed: dict[str, list[str]] | None = None,
    queues: dict[str, list[int]] | None = None,
    registered: tuple[str, ...] = ("tasks.a", "tasks.b"),
    **fields: Any,
) -> dict[str, Any]:
    taken = {"celery@one": ["celery"]} if consumed is None else consumed
    facts = {
        "stage": "done",
        "broker": BROKER,
        "nodes": sorted(taken),
        "consumed": taken,
        "registered": list(registered),
        "queues": {name: {"lengths": lengths, "times": [10.0, 12.0]} for name, lengths in (queues or {}).items()},
        **({"schedule": list(schedule)} if part == "beat" else {}),
        **fields,
    }
    state, reason = facts.pop("state", "ok"), facts.pop("reason", "")
    return probe(part, f"celery-{part}", state, reason, target="celery inspect", **facts)


def of(*probes: dict[str, Any], command: str = "celery -A tasks worker -Q celery") -> dict[str, dict[str, Any]]:
    stack = [container("beat"), container("worker", command=command.split()), container("redis")]
    return findings(side("prod", stack, list(probes)))


def test_all_is_well_when_what_is_sent_is_taken_and_known():
    beat = celery(
        "beat", entry("tasks.a", "celery"), entry("celery.backend_cleanup", "celery"), queues={"celery": [3, 4]}
    )
    assert of(beat, celery("worker", queues={"celery": [3, 4]})) == {}


def test_a_queue_that_beat_fills_and_nobody_takes_from_is_found_with_its_numbers():
    beat = celery("beat", entry("tasks.a", "digests"), queues={"digests": [280, 283], "celery": [0, 0]})
    found = of(beat, celery("worker", queues={"digests": [280, 283]}))
    assert list(found) == ["health.queue-unconsumed/beat/digests@prod"]
    finding = found["health.queue-unconsumed/beat/digests@prod"]
    assert finding["severity"] == "high"
    assert "283 waiting, 3 more than 2.0 s earlier" in finding["cause"]
    assert "Consumed queues: celery; beat sends tasks.a to digests" in finding["cause"]


def test_it_is_found_though_nothing_waits_yet():
    assert list(of(celery("beat", entry("tasks.a", "nightly")))) == ["health.queue-unconsumed/beat/nightly@prod"]


def test_what_others_send_is_found_by_what_waits():
    assert list(of(celery("worker", queues={"mail": [4, 4], "idle": [0, 0]}))) == [
        "health.queue-unconsumed/worker/mail@prod"
    ]


def test_a_broker_that_counts_consumers_is_believed():
    beat = celery("beat", entry("tasks.a", "mail"))
    beat["facts"]["queues"] = {"mail": {"lengths": [5, 5], "times": [1, 2], "consumers": 1}}
    assert of(beat) == {}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("celery -A tasks worker -Q celery", ["health.queue-unconsumed/beat/mail@prod"]),
        ("celery -A tasks worker -Q celery,mail", []),
        ("celery -A tasks worker --queues=mail", []),
        ("celery -A tasks worker", []),
    ],
)
def test_a_worker_that_does_not_answer_may_be_the_one_that_takes_it(command, expected):
    beat = celery("beat", entry("tasks.a", "mail"))
    silent = celery("worker", state="unknown", reason="a task runs", consumed={}, queues={})
    assert [one for one in of(beat, silent, command=command) if "not-known" not in one] == expected


def test_nobody_answering_is_the_silent_workers_finding_alone():
    beat = celery("beat", entry("tasks.a", "celery"), consumed={}, registered=())
    silent = celery("worker", state="failed", reason="worker: no answer to Celery's ping", consumed={}, registered=())
    assert list(of(beat, silent)) == ["health.worker-silent/worker@prod"]


def test_answers_that_are_not_whole_prove_nothing():
    beat = celery("beat", entry("tasks.x", "mail"), problems={"active_queues": "TimeoutError"}, consumed={})
    beat["facts"]["nodes"] = ["celery@one"]
    assert of(beat) == {}


def test_a_task_that_no_worker_knows_is_found():
    found = of(celery("beat", entry("tasks.gone", "celery")))
    assert list(found) == ["health.task-unregistered/beat/tasks.gone@prod"]
    assert "every tasks.gone" in found["health.task-unregistered/beat/tasks.gone@prod"]["cause"]


@pytest.mark.parametrize(("lengths", "expected"), [([90, 97], 1), ([97, 97], 0), ([97, 90], 0), ([2, 9], 0), ([], 0)])
def test_a_queue_that_grows_though_it_is_taken_from_is_found(lengths, expected):
    found = of(celery("worker", queues={"celery": lengths}))
    assert list(found) == ["health.queue-growing/worker/celery@prod"][:expected]


def test_beat_and_workers_at_different_brokers_are_found():
    beat = celery(
        "beat", entry("tasks.a", "celery"), consumed={}, registered=(), broker={**BROKER, "virtual_host": "1"}
    )
    found = of(beat, celery("worker"))
    assert list(found) == ["health.brokers-differ/beat@prod"]
    assert "redis:6379/1; the workers consume from redis:6379/0" in found["health.brokers-differ/beat@prod"]["cause"]


def test_a_broker_out_of_reach_is_reported_unless_it_does_not_run():
    lost = probe(
        "worker", "celery-worker", "failed", "it cannot reach its broker: refused", stage="connect", broker=BROKER
    )
    assert list(of(lost)) == ["health.broker-unreachable/worker@prod"]
    stack = [container("worker"), container("redis", state="exited", exit_code=1)]
    assert findings(side("prod", stack, [lost])) == {}
    ill = [lost, probe("redis", "redis", "failed", "no answer")]
    found = findings(side("prod", [container("worker"), container("redis")], ill))
    assert found["health.broker-unreachable/worker@prod"]["caused_by"] == "health.redis-not-answering/redis@prod"


def test_a_schedule_kept_elsewhere_is_said_to_be_unseen():
    beat = celery("beat", scheduler="django_celery_beat.schedulers:DatabaseScheduler")
    assert list(of(beat)) == ["health.not-known/beat@prod"]
    assert of(celery("beat", scheduler="celery.beat:PersistentScheduler")) == {}
