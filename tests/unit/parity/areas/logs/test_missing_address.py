"""A log that says that something was not reached, and the address that its environment does not set."""

from __future__ import annotations

import pytest
from log_stacks import audited, container, snapshot

RETRIES = "celery.exceptions.MaxRetriesExceededError: Can't retry tasks.summarise[bb685059] args:() kwargs:{}"
REFUSED = "ConnectionRefusedError: [Errno 111] Connection refused"
MODEL = {"MODEL_URL": "http://model:8000/v1"}
MISSING = "environment.missing/MODEL_URL@prod"
UNHEALTHY = {"health": {"status": "unhealthy", "output": "no answer"}}


def found(line: str, dev: dict[str, str], prod: dict[str, str], kind: str = "celery", **state: object) -> dict:
    """Audit two environments with a worker each, what it may call, and a line in the log of production's."""
    sides = []
    for name, variables in (("dev", dev), ("prod", prod)):
        own = {"log_tail": [line], **state} if name == "prod" else {}
        worker = container(kind, [], "worker", environment={"MODE": "fast", **variables}, **own)
        called = [container("unknown", [], "model"), container("unknown", [], "search")]
        watching = container("grafana", [], "grafana")
        sides.append(snapshot(name, worker, *called, watching))
    return audited(*sides)


@pytest.mark.parametrize(
    ("line", "kind", "state", "effect"),
    [
        (RETRIES, "celery", UNHEALTHY, "containers.unhealthy/worker@prod"),
        (RETRIES, "celery", {}, "logs.celery-retries-exhausted/worker@prod"),
        (REFUSED, "python", {"state": "restarting"}, "containers.restarting/worker@prod"),
        ("redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.", "python",
         {}, "logs.redis-unreachable/worker@prod"),
    ],
)  # fmt: skip
def test_what_was_not_reached_follows_from_the_one_address_that_is_missing(line, kind, state, effect):
    findings = found(line, MODEL, {}, kind, **state)
    assert findings[effect]["caused_by"] == MISSING
    assert findings[effect]["problem"] == findings[MISSING]["problem"]
    assert any(piece["shown"].startswith("MODEL_URL=http://model:8000/v1") for piece in findings[effect]["evidence"])


def test_an_empty_address_is_as_good_as_none():
    findings = found(RETRIES, MODEL, {"MODEL_URL": ""}, **UNHEALTHY)
    assert findings["containers.unhealthy/worker@prod"]["caused_by"] == "environment.empty/MODEL_URL@prod"


@pytest.mark.parametrize(
    ("line", "dev", "prod"),
    [
        # Two addresses are missing: nothing tells which of them it is.
        (RETRIES, {**MODEL, "SEARCH_URL": "http://search:7700"}, {}),
        # Production has the address under another name.
        (RETRIES, MODEL, {"MODEL_ADDRESS": "http://model:8000/v2"}),
        # What is missing is no address, or that of nothing in the stack, or of what only watches.
        (RETRIES, {"MODEL_URL": "large"}, {}),
        (RETRIES, {"MODEL_URL": "https://1234@errors.example.org/5"}, {}),
        (RETRIES, {"MODEL_URL": "http://grafana:3000"}, {}),
        # The log names what was not reached, and it is another service, or a host elsewhere.
        (REFUSED + " (search)", MODEL, {}),
        ("redis.exceptions.ConnectionError: Error 111 connecting to 10.0.0.7:6379. Connection refused.", MODEL, {}),
        # The log tells of no connection.
        ("SyntaxError: invalid syntax", MODEL, {}),
    ],
)
def test_without_a_sign_that_it_is_that_address_nothing_is_said_of_it(line, dev, prod):
    findings = found(line, dev, prod, "python" if line != RETRIES else "celery", **UNHEALTHY)
    unhealthy = findings["containers.unhealthy/worker@prod"]
    assert unhealthy["caused_by"] == ""
    assert "MODEL_URL" not in unhealthy["cause"]


def test_the_explanation_says_that_it_is_likely():
    cause = found(RETRIES, MODEL, {}, **UNHEALTHY)["containers.unhealthy/worker@prod"]["cause"]
    assert " Likely because MODEL_URL, an address that dev sets, is not set in prod. Last log lines: " in cause
