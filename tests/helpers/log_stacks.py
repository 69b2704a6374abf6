"""Stacks to read logs from, built as hosts send them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from parity.judge import knowledge
from parity.judge.audit import Settings, audit

CASES = Path(__file__).resolve().parents[1] / "cases" / "logs"
IMAGES = {
    "celery": ("app:1", ["celery", "-A", "tasks", "worker"]),
    "python": ("app:1", ["uvicorn", "main:app"]),
    "postgresql": ("postgres:15.14", None),
    "redis": ("redis:7.2", None),
    "nginx": ("nginx:1.27", None),
    "loki": ("grafana/loki:3.4.3", None),
    "promtail": ("grafana/promtail:3.4.3", None),
    "prometheus": ("prom/prometheus:v2.42.0", None),
    "grafana": ("grafana/grafana:11.5.0", None),
    "unknown": ("registry.example.org/thing:1", None),
}


def container(kind: str, lines: Sequence[Any], service: str = "thing", **state: Any) -> dict[str, Any]:
    """Return a container as a host describes it."""
    image, command = IMAGES[kind]
    return {
        "name": f"shop-{service}-1",
        "service": service,
        "image": image,
        "command": command,
        "command_from_image": command is None,
        "state": "running",
        "restart_policy": "unless-stopped",
        "log_tail": list(lines),
        **state,
    }


def snapshot(environment: str, *containers: Mapping[str, Any]) -> dict[str, Any]:
    """Return an environment's snapshot with these containers."""
    engine = {"state": "seen", "project": "shop", "containers": list(containers)}
    return {
        "environment": environment,
        "production": environment == "prod",
        "run": "1",
        "taken": "2026-11-24T01:00:00Z",
        "hosts": {f"{environment}-host": {"state": "seen", "engine": engine, "project": {}}},
    }


def audited(*snapshots: Mapping[str, Any], own: Any = ()) -> dict[str, dict[str, Any]]:
    """Return the findings of an audit by id."""
    found = audit(snapshots, knowledge.load().with_signatures(own), Settings(), "2026-11-24T01:00:00Z", "0")
    return {finding["id"]: finding for finding in found["findings"]}


def told(kind: str, lines: Sequence[Any], environment: str = "prod", own: Any = ()) -> dict[str, dict[str, Any]]:
    """Return what the logs area finds in one running container's log, by `signature` or `signature/item`."""
    found = audited(snapshot(environment, container(kind, lines)), own=own)
    suffix = f"@{environment}"
    return {
        "/".join(part for part in (f["rule"].removeprefix("logs."), f["item"]) if part): f
        for name, f in found.items()
        if f["area"] == "logs" and name.endswith(suffix)
    }
