"""Redis is asked for INFO, and for PING only where INFO leaves open whether it takes one."""

from __future__ import annotations

from typing import Any

import pytest

from parity_host.engine.commands import Ran
from parity_host.health import redis
from parity_host.secrets.redact import Redactor

WELL = "# Server\r\nredis_version:7.0.15\r\nrole:master\r\nloading:0\r\nrdb_last_bgsave_status:ok\r\naof_last_write_status:ok\r\n"


@pytest.mark.parametrize(
    ("info", "ping", "state", "asked"),
    [
        (WELL, "PONG", "ok", ["INFO"]),
        (WELL.replace("loading:0", "loading:1"), "LOADING Redis is loading the dataset", "failed", ["INFO", "PING"]),
        (WELL.replace("bgsave_status:ok", "bgsave_status:err"), "MISCONF Redis is configured", "failed", ["INFO", "PING"]),
        (WELL.replace("role:master", "role:slave"), "MASTERDOWN Link with MASTER is down", "failed", ["INFO", "PING"]),
        (WELL.replace("role:master", "role:slave"), "PONG", "ok", ["INFO", "PING"]),
        ("NOPERM this user has no permissions", "PONG", "ok", ["INFO", "PING"]),
        ("NOAUTH Authentication required.", "NOAUTH Authentication required.", "unknown", ["INFO", "PING"]),
        ("", "", "failed", ["INFO", "PING"]),
    ],
)  # fmt: skip
def test_ping_is_asked_where_it_tells_more(monkeypatch, info, ping, state, asked):
    questions: list[str] = []

    def answer(engine: Any, target: Any, question: str, deadline: float) -> Ran:
        questions.append(question)
        return Ran(0, {"INFO": info, "PING": ping}[question], "")

    monkeypatch.setattr(redis, "_ask", answer)
    outcome = redis.probe(None, None, Redactor(b"k"), 1.0)  # type: ignore[arg-type]
    assert (outcome.state, questions) == (state, asked)
