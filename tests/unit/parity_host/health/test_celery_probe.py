"""The question that is put to Celery is whole, whatever the other probes' threads do meanwhile."""

from __future__ import annotations

import json
import linecache
import time

from parity_host.engine.client import Engine, find_endpoint
from parity_host.engine.commands import Ran
from parity_host.health import celery, celery_inside
from parity_host.health.celery_answers import Answers
from parity_host.health.targets import target
from parity_host.secrets.redact import Redactor

BEAT = target({"Id": "beat", "Name": "/beat", "Config": {"Cmd": ["celery", "-A", "tasks", "beat"]}})


def test_it_is_sent_where_another_thread_has_just_emptied_the_cache_of_lines(monkeypatch):
    sent = []

    def run(engine, container, argv, environment, deadline):
        sent.append(argv[2])
        return Ran(0, celery_inside.MARK + json.dumps({"stage": "done", "queues": {}}), "")

    monkeypatch.setattr(linecache, "getlines", lambda *_: [])
    monkeypatch.setattr(celery, "run", run)
    monkeypatch.setattr(celery, "_processes", lambda *_: [])
    engine = Engine(find_endpoint("", {}), {})
    outcome = celery.probe(engine, [BEAT], "beat", Answers([BEAT]), Redactor(b"k" * 32), time.monotonic() + 9)
    assert (outcome.state, outcome.reason) == ("ok", "")
    compile(sent[0], "celery", "exec")
    assert "def main(" in sent[0]


def test_what_had_no_time_left_is_not_called_absent(monkeypatch):
    monkeypatch.setattr(celery, "_processes", lambda *_: [])
    engine = Engine(find_endpoint("", {}), {})
    outcome = celery.probe(engine, [BEAT], "beat", Answers([BEAT]), Redactor(b"k" * 32), time.monotonic() + 0.5)
    assert (outcome.state, outcome.reason) == (
        "unknown",
        "Celery could not be queried in beat: the time limit was reached before it was queried",
    )
