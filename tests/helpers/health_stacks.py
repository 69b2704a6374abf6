"""Snapshots with probes, as hosts send them, and the findings they lead to."""

from __future__ import annotations

import re
from typing import Any

from parity.judge.audit import Settings, audit
from parity.judge.knowledge import load

_UNFILLED = re.compile(r"\{[a-z_]+\}")


def container(service: str, **fields: Any) -> dict[str, Any]:
    return {
        "name": f"shop_{service}",
        "service": service,
        "state": "running",
        "image": f"{service}:1",
        "restart_policy": "unless-stopped",
        "networks": {"default": {"aliases": [service]}},
        "mounts": [{"type": "volume", "source": "d", "destination": "/var/lib/postgresql/data"}],
        **fields,
    }


def probe(service: str, kind: str = "http", state: str = "ok", reason: str = "", **facts: Any) -> dict[str, Any]:
    return {
        "service": service,
        "container": f"shop_{service}",
        "kind": kind,
        "target": facts.pop("target", ":8000/health"),
        "state": state,
        "reason": reason,
        "seconds": 0.1,
        "facts": facts,
    }


def side(environment: str, containers: list[dict[str, Any]], probes: Any) -> dict[str, Any]:
    host = {
        "state": "seen",
        "engine": {"state": "seen", "containers": containers, "project": "shop"},
        "project": {"state": "absent"},
        "health": {"state": "seen", "probes": probes},
    }
    return {
        "schema": 1,
        "environment": environment,
        "production": environment == "prod",
        "run": "1",
        "hosts": {"h": host},
    }


def findings(*sides: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the findings of the area `health` by their ids."""
    found = audit(list(sides), load(), Settings(), "2026-01-01T00:00:00Z", "0")["findings"]
    sentences = " ".join(
        str(finding[part]) for finding in found for part in ("title", "cause", "impact", "action", "command")
    )
    assert not _UNFILLED.search(sentences)
    return {finding["id"]: finding for finding in found if finding["area"] == "health"}


def of(probes: Any, *services: str, environment: str = "prod", **fields: Any) -> dict[str, dict[str, Any]]:
    """Return the findings of one environment with one container a service."""
    names = services or tuple(dict.fromkeys(entry["service"] for entry in probes))
    return findings(side(environment, [container(name, **fields) for name in names], probes))
