"""Asks a PostgreSQL in its own container, over its own socket: does it accept connections, how many are left."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List

from ..engine.client import Engine
from ..engine.commands import CannotRunError, NoProgramError, Ran, run
from ..secrets.redact import Redactor
from .probe import FAILED, OK, UNKNOWN, ProbeOutcome
from .targets import Target

# Source: https://www.postgresql.org/docs/current/app-pg-isready.html, "Exit Status".
_NOT_READY = {1: "it rejects connections (starting up or shutting down)", 2: "it does not answer"}
_SECONDS = "2"
# It is in every cluster; what POSTGRES_DB names is made only when the cluster is.
_DATABASE = "postgres"
# What a server says before it ends a connection: that it takes none now, or that it does not let this user in.
_CLOSED = re.compile(r"the database system is (?:starting up|shutting down|in recovery|not (?:yet )?accepting)")
_FULL = re.compile(r"too many (?:clients|connections)|remaining connection slots")
_NOT_LET_IN = re.compile(r"FATAL: +(?:role|database|password authentication|no pg_hba|Peer|Ident|\S+ authentication)")
# One row of JSON, which every version since 9.4 can write. Client backends only: a row with a database of its own.
_QUESTION = """
SELECT json_build_object(
  'version', current_setting('server_version'),
  'connections', (SELECT count(*) FROM pg_stat_activity WHERE datname IS NOT NULL AND pid <> pg_backend_pid()),
  'connections_limit', current_setting('max_connections')::int,
  'connections_reserved', current_setting('superuser_reserved_connections')::int,
  'longest_idle_in_transaction', (SELECT coalesce(max(extract(epoch FROM now() - state_change)), 0)::int
     FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'),
  'recovery', pg_is_in_recovery())
"""
_NUMBERS = ("connections", "connections_limit", "connections_reserved", "longest_idle_in_transaction")
# Where images keep PostgreSQL's programs that are not on the path.
_FOLDERS = ("", "/opt/bitnami/postgresql/bin/", "/usr/local/bin/")


def probe(engine: Engine, target: Target, redactor: Redactor, deadline: float) -> ProbeOutcome:
    """Return whether PostgreSQL accepts connections; with its version and connections when it lets its own user in.

    Runs `psql` as the container's own POSTGRES_USER in a read-only session with a time limit, and `pg_isready` where
    that does not tell. PostgreSQL logs each user and database that it does not know as an error: both are named, and
    are those that are there. A password is given by the environment alone.
    """
    user = _first(target, ("POSTGRES_USER", "POSTGRESQL_USERNAME", "PGUSER")) or "postgres"
    address = [*_port(target), "-U", user, "-d", _DATABASE]
    try:
        asked = _run(engine, target, ["psql", "-XAtqw", *address, "-c", _QUESTION], _environment(target), deadline)
        if not asked.code:
            facts = read_answer(asked.output, redactor)
            return ProbeOutcome(OK, "" if facts else "the output of psql cannot be parsed", facts)
        said = redactor.said((asked.errors.strip() or asked.output.strip())[:400]).replace("\n", " ")[:200]
        if _FULL.search(said):
            return ProbeOutcome(FAILED, "no connections left: %s" % said)
        if _CLOSED.search(said):
            return ProbeOutcome(FAILED, _NOT_READY[1])
        ready = 0
        if not _NOT_LET_IN.search(said):
            ready = _run(engine, target, ["pg_isready", "-q", "-t", _SECONDS, *address], {}, deadline).code
    except CannotRunError as error:
        return ProbeOutcome(UNKNOWN, "it could not be queried in %s: %s" % (target.name, redactor.said(str(error))))
    if ready in _NOT_READY:
        return ProbeOutcome(FAILED, "pg_isready: %s" % _NOT_READY[ready])
    return ProbeOutcome(
        OK if ready == 0 else UNKNOWN, "it accepts connections, but psql as its own user failed: %s" % said
    )


def _run(engine: Engine, target: Target, argv: List[str], environment: Dict[str, str], deadline: float) -> Ran:
    missing = NoProgramError(argv[0])
    for folder in _FOLDERS:
        try:
            return run(engine, target.id, [folder + argv[0], *argv[1:]], environment, deadline)
        except NoProgramError as error:
            missing = error
    raise missing


def _environment(target: Target) -> Dict[str, str]:
    found = {
        "PGCONNECT_TIMEOUT": _SECONDS,
        "PGOPTIONS": "-c statement_timeout=2000 -c default_transaction_read_only=on",
        "PGAPPNAME": "parity",
        "LC_ALL": "C",
    }
    password = _first(target, ("POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD", "PGPASSWORD"))
    if password:
        found["PGPASSWORD"] = password
    return found


def _port(target: Target) -> List[str]:
    match = re.search(r"(?:-p|--port)[= ]*([0-9]{1,5})(?:\s|$)", " ".join(target.command))
    return ["-p", match.group(1)] if match else []


def _first(target: Target, names: Any) -> str:
    return next((target.environment[name] for name in names if target.environment.get(name)), "")


def read_answer(output: str, redactor: Redactor) -> Dict[str, Any]:
    """Return the facts in psql's answer, empty when it is none."""
    try:
        data = json.loads(output)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(data, dict):
        return {}
    facts: Dict[str, Any] = {name: data[name] for name in _NUMBERS if isinstance(data.get(name), int)}
    version = re.match(r"[0-9]+(?:\.[0-9]+)*", str(data.get("version", "")))
    facts["version"] = redactor.text(version.group()) if version else ""
    facts["recovery"] = data.get("recovery") is True
    return facts
