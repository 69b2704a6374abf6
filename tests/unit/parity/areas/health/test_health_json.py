"""Health answers as real frameworks and applications give them: which parts are ill, how slow and how full."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parity.areas.health.answers import Verdict, ill, read_parts
from parity_host.health import http_readers
from parity_host.secrets.redact import Redactor


def left(answer: Any) -> Any:
    """Return what leaves a host of an answer."""
    return http_readers.prune(answer, Redactor(b"k" * 48))


FASTAPI = {
    "status": "healthy",
    "services": {
        "database": {"status": "healthy", "response_time": 0.0028},
        "connection_pool": {"status": "healthy", "utilization": 0.0},
    },
}
SPRING = {
    "status": "DOWN",
    "components": {
        "db": {"status": "UP", "details": {"database": "PostgreSQL", "validationQuery": "isValid()"}},
        "diskSpace": {"status": "UP", "details": {"total": 250790436864, "free": 100790436864, "threshold": 10485760}},
        "ping": {"status": "UP"},
        "redis": {"status": "DOWN", "details": {"error": "RedisConnectionFailureException: Unable to connect"}},
    },
}
ASPNET = {
    "status": "Degraded",
    "totalDuration": "00:00:00.0523120",
    "entries": {
        "npgsql": {"data": {}, "duration": "00:00:00.0498180", "status": "Healthy", "tags": ["db"]},
        "queue": {"data": {}, "description": "Backlog", "duration": "00:00:00.0012", "status": "Degraded"},
    },
}
TERMINUS = {
    "status": "error",
    "info": {"database": {"status": "up"}},
    "error": {"redis": {"status": "down", "message": "connect ECONNREFUSED"}},
    "details": {"database": {"status": "up"}, "redis": {"status": "down", "message": "connect ECONNREFUSED"}},
}
MICROPROFILE = {
    "status": "DOWN",
    "checks": [{"name": "db", "status": "DOWN"}, {"name": "mq", "status": "UP", "data": {}}],
}
IETF = {
    "status": "pass",
    "version": "1",
    "checks": {
        "cassandra:responseTime": [{"componentId": "d1", "observedValue": 250, "observedUnit": "ms", "status": "pass"}],
        "memory:utilization": [{"observedValue": 8.5, "observedUnit": "GiB", "status": "warn"}],
    },
}
ENVELOPE = {
    "success": True,
    "data": {"health": {"database": {"state": "up", "latency_ms": 812}, "cache": {"connected": False}}},
}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (FASTAPI, {}),
        (SPRING, {"redis": "unhealthy"}),
        (ASPNET, {"queue": "degraded"}),
        (TERMINUS, {"redis": "unhealthy"}),
        (MICROPROFILE, {"db": "unhealthy"}),
        (IETF, {"memory:utilization": "degraded"}),
        (ENVELOPE, {"cache": "unhealthy"}),
        ({"database": "ok", "redis": "error: Connection refused", "version": "1.0"}, {"redis": "unhealthy"}),
        ({"db": True, "redis": False, "debug": False}, {"redis": "unhealthy"}),
        ({"status": "unhealthy"}, {"": "unhealthy"}),
        ({"healthy": False, "reason": "migrations pending"}, {"": "unhealthy"}),
        ({"ok": 0}, {"": "unhealthy"}),
        ({"up": 1}, {}),
        ({"status": 503}, {"": "unhealthy"}),
        ({"status": {"db": "down", "cache": "up"}}, {"db": "unhealthy"}),
        ({"status": "not ready"}, {"": "unhealthy"}),
        ({"health": {"status": "down"}, "services": {"db": {"status": "down"}}}, {"db": "unhealthy"}),
        ({"services": {"stripe": {"error": "no route to host"}}}, {"stripe": "unhealthy"}),
        (
            {"checks": {"db": {"replicas": {"one": {"ok": True}, "two": {"ok": False}}}}},
            {"db.replicas.two": "unhealthy"},
        ),
        ([{"name": "db", "status": "fail"}, {"name": "web", "status": "pass"}], {"db": "unhealthy"}),
    ],
)
def test_the_parts_that_are_ill_are_found_whatever_the_shape(answer: Any, expected: dict[str, str]):
    for seen in (answer, left(answer)):
        found = ill(read_parts(seen, 1.0))
        assert {part.name: part.verdict.value for part in found if part.verdict} == expected


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "ok", "environment": "production", "log_level": "error", "debug": False, "version": "1.0.0-down"},
        {"status": "ok", "features": {"cache": False, "email": False}},
        {"status": "ok", "queue": {"ready": 0, "running": 0, "failed": 0}},
        {"status": "ok", "errors": [], "error": None, "message": "error rate is low"},
        {"status": "UNKNOWN"},
        {"status": "ok", "redis": {"status": "disabled"}},
        {"status": "ok", "database": "postgres", "cache": "redis", "storage": "s3"},
        {"status": "Server available", "upSince": "2025-09-15T10:00:00Z", "uptime": "3h"},
        {"database": "ok", "version": "10.4.2"},
        "ok",
        None,
        7,
        [],
    ],
)
def test_what_is_no_status_is_not_taken_for_one(answer: Any):
    assert ill(read_parts(answer, 1.0)) == []


def test_the_reason_stands_beside_the_part():
    parts = {part.name: part for part in read_parts(SPRING, 1.0)}
    assert parts["redis"].error == "RedisConnectionFailureException: Unable to connect"
    assert parts["redis"].path == "components.redis"
    assert parts["redis"].said == "DOWN"


@pytest.mark.parametrize(
    ("part", "total", "seconds"),
    [
        ({"response_time": 0.0028}, 0.01, 0.0028),
        ({"response_time": 28}, 0.03, 0.028),
        ({"responseTime": 2}, 2.5, 2.0),
        ({"responseTimeMs": 812.5}, 9.0, 0.8125),
        ({"latency": "12ms"}, 9.0, 0.012),
        ({"latency": "1.5 s"}, 0.0, 1.5),
        ({"latency": "1m2.5s"}, 0.0, 62.5),
        ({"duration": "00:00:01.5"}, 0.0, 1.5),
        ({"duration": "1.02:00:00"}, 0.0, 93600.0),
        ({"duration": "PT0.1S"}, 0.0, 0.1),
        ({"duration_us": 1500}, 9.0, 0.0015),
        ({"query_time_seconds": 3}, 0.1, 3.0),
        ({"observedValue": 250, "observedUnit": "ms"}, 9.0, 0.25),
        ({"took": 140_000_000}, 0.15, 0.14),
        ({"response_time": "fast"}, 1.0, None),
        ({"response_time": -1}, 1.0, None),
        ({"response_time": True}, 1.0, None),
        ({"uptime": 12.5}, 1.0, None),
        ({"latency": "1" * 40 + "!"}, 1.0, None),
        ({"latency": 10**400}, 1.0, None),
    ],
)
def test_durations_are_read_in_every_unit(part: dict[str, Any], total: float, seconds: float | None):
    answer = {"status": "ok", "db": {"status": "ok", **part}}
    for seen in (answer, left(answer)):
        found = read_parts(seen, total)
        assert next(p.seconds for p in found if p.name == "db") == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("part", "share"),
    [
        ({"utilization": 0.0}, 0.0),
        ({"utilization": 0.93}, 0.93),
        ({"utilization": 93}, 0.93),
        ({"utilization": "93%"}, 0.93),
        ({"utilisationPercent": 0.93}, 0.0093),
        ({"usage_percent": 93.5}, 0.935),
        ({"utilization": 1.0}, 1.0),
        ({"utilization": 1}, None),
        ({"size": 10, "checked_out": 9}, 0.9),
        ({"max": 20, "active": 5}, 0.25),
        ({"total": 1000, "free": 20}, 0.98),
        ({"total": 0, "free": 0}, None),
        ({"utilization": "high"}, None),
        ({"utilization": 1e300}, None),
    ],
)
def test_how_full_a_part_is_is_read_in_every_unit(part: dict[str, Any], share: float | None):
    answer = {"pool": {"status": "ok", **part}}
    for seen in (answer, left(answer)):
        found = [p for p in read_parts(seen, 1.0) if p.name == "pool"]
        assert found[0].utilization == (None if share is None else pytest.approx(share))


def test_what_stands_below_a_part_belongs_to_it():
    parts = {part.name: part for part in read_parts(SPRING, 1.0)}
    assert parts["diskSpace"].verdict is Verdict.GOOD
    assert parts["diskSpace"].utilization == pytest.approx(0.598, abs=0.001)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["ok", "down", "1ms"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["status", "db", "name", "error", "latency", "used", "size"]) | st.text(max_size=4), inner
        )
    ),
    max_leaves=20,
)


@given(JSON, st.floats())
@settings(max_examples=300, deadline=None)
def test_no_answer_is_a_fault(answer: Any, total: float):
    for part in ill(read_parts(answer, total)):
        assert part.verdict is not Verdict.GOOD


def test_a_huge_answer_takes_no_time():
    answer: Any = {"status": "ok"}
    for _ in range(5000):
        answer = {"services": [answer] * 3}
    started = time.monotonic()
    assert len(read_parts(answer, 1.0)) < 2000
    assert time.monotonic() - started < 1.0
