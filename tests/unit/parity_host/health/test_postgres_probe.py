"""What is asked of a PostgreSQL, and what its refusals mean: nothing is asked that it would log as an error."""

from __future__ import annotations

import time

import pytest

from parity_host.engine.commands import Ran
from parity_host.health import postgres
from parity_host.health.targets import target
from parity_host.secrets.redact import Redactor

SHOP = {"Name": "/db", "Config": {"Env": ["POSTGRES_USER=shop", "POSTGRES_DB=renamed", "POSTGRES_PASSWORD=Xk29aLq7vb"]}}
ON_SOCKET = 'psql: error: connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: '
ROW = '{"version": "15.14", "connections": 3, "connections_limit": 100, "recovery": false}'


def probed(monkeypatch, psql: Ran, ready: int = 0):
    asked = []

    def run(_engine, _container, argv, environment, _deadline):
        asked.append((argv, environment))
        return psql if argv[0] == "psql" else Ran(ready, "", "")

    monkeypatch.setattr(postgres, "run", run)
    return postgres.probe(None, target(SHOP), Redactor(b"key"), time.monotonic() + 5), asked


def test_a_user_and_a_database_that_are_there_are_named(monkeypatch):
    outcome, asked = probed(monkeypatch, Ran(0, ROW, ""))
    assert (outcome.state, outcome.facts["connections"]) == ("ok", 3)
    ((argv, environment),) = asked
    assert argv[argv.index("-U") + 1 :][:3] == ["shop", "-d", "postgres"]
    assert environment["PGPASSWORD"] == "Xk29aLq7vb"
    assert "Xk29aLq7vb" not in " ".join(argv)


@pytest.mark.parametrize(
    ("said", "ready", "state", "reason", "asked_again"),
    [
        (ON_SOCKET + "No such file or directory", 2, "failed", "pg_isready: it does not answer", True),
        (ON_SOCKET + "FATAL:  the database system is starting up", 1, "failed", "it rejects connections", False),
        (ON_SOCKET + 'FATAL:  role "shop" does not exist', 0, "ok", "it accepts connections, but", False),
        (ON_SOCKET + "FATAL:  password authentication failed for user", 0, "ok", "it accepts connections, but", False),
        (ON_SOCKET + "FATAL:  sorry, too many clients already", 0, "failed", "no connections left", False),
        (ON_SOCKET + "ВАЖНО:  система баз данных запускается", 1, "failed", "pg_isready: it rejects", True),
        ("psql: FATAL:  the database system is shutting down", 1, "failed", "it rejects connections", False),
    ],
)
def test_what_a_refusal_means(monkeypatch, said, ready, state, reason, asked_again):
    outcome, asked = probed(monkeypatch, Ran(2, "", said), ready)
    assert outcome.state == state
    assert outcome.reason.startswith(reason)
    assert (len(asked) == 2) is asked_again
    assert all(argv[argv.index("-U") + 1] == "shop" for argv, _ in asked)
