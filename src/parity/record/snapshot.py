"""One environment as it was seen: the record that an audit works from, now or later.

    {"schema": 1, "environment": "prod", "production": true, "run": "1f0c…", "taken": "2026-11-23T22:50:00Z",
     "profiles": [], "hosts": {"prod1": {"state": "seen", "reason": "", "engine": {…}, "project": {…}}}}

A host's `state` is `seen`, `unreachable` or `failed`; its parts carry a `state` and `reason` of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from parity.domain.findings import ParityError

SCHEMA: Final = 1
# What a host is asked for; `rendered` is added here.
SOURCES: Final = ("engine", "project", "config", "oauth", "health")
_REASON_LIMIT: Final = 300


def host_facts(registered: Mapping[str, Any]) -> dict[str, Any]:
    """Return one host's entry of a snapshot from what Ansible registered of `parity_stack_info` for it."""
    if not registered:
        registered = {"failed": True, "msg": "nothing was gathered there; perhaps --limit leaves it out"}
    state = "unreachable" if registered.get("unreachable") else "failed" if registered.get("failed") else "seen"
    reason = "" if state == "seen" else _sentence(registered.get("msg"))
    sources = {} if state != "seen" else registered
    return {"state": state, "reason": reason, **{source: sources.get(source) or {} for source in SOURCES}}


def _sentence(message: Any) -> str:
    lines = str(message or "").strip().splitlines() or ["no reason was given"]
    return lines[0][:_REASON_LIMIT]


def dump(snapshot: Mapping[str, Any]) -> str:
    """Return a snapshot as the JSON text of its file."""
    return json.dumps(snapshot, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def load(path: Path, environment: str) -> dict[str, Any]:
    """Return the snapshot of `environment` recorded in `path`; raises ParityError when it cannot be used."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ParityError(f"parity_replay of {environment} names {path}, which does not exist") from None
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or "it is not JSON"
        raise ParityError(f"the snapshot {path} of {environment} cannot be read: {reason}") from None
    return check(data, str(path), environment)


def check(data: Any, origin: str, environment: str) -> dict[str, Any]:
    """Return `data` when it is a snapshot of `environment` that this version can read; raises ParityError otherwise."""
    if not isinstance(data, dict) or not isinstance(data.get("schema"), int) or not isinstance(data.get("hosts"), dict):
        raise ParityError(f"{origin} is not a snapshot: record one with an audit, see docs/record-and-replay.md")
    if data["schema"] > SCHEMA:
        raise ParityError(
            f"the snapshot {origin} has schema {data['schema']}, this version of Parity reads up to {SCHEMA}: "
            "update Parity, or record the environment again"
        )
    if data.get("environment") != environment:
        raise ParityError(
            f"the snapshot {origin} is of environment '{data.get('environment')}', not '{environment}': "
            "correct parity_replay in the inventory"
        )
    if not all(isinstance(host, dict) for host in data["hosts"].values()):
        raise ParityError(f"{origin} is damaged: a host in it is not a mapping; record the environment again")
    return data
