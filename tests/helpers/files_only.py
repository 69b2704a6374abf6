"""Audits of folders without Ansible: what a host would send of a project's files, rendered, compared and judged."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parity.judge import knowledge
from parity.judge.audit import Settings, audit
from parity.record.render_compose import render
from parity_host.gather import host

COMPOSE = str(Path(sys.executable).parent / "docker-compose")
KEY = "one key for all sides"


@dataclass(frozen=True)
class Side:
    """One environment's files: the folder, and what an inventory would set of them, by the variables' last word."""

    environment: str
    folder: Path
    compose_files: Sequence[str] = ()
    env_files: Sequence[str] = ()
    env_template: str = ""
    profiles: Sequence[str] = ()


def snapshot(side: Side) -> dict[str, Any]:
    """Return the snapshot of an environment that does not run here."""
    asked = host.GatherOptions(
        project="",
        directory=str(side.folder),
        compose_files=list(side.compose_files),
        env_files=list(side.env_files),
        env_template=side.env_template,
        files_only=True,
        environment_name=side.environment,
        docker_host="",
        log_lines=40,
        oauth_authorize=[],
        endpoints=[],
        probe_timeout=1.0,
        nginx_test=False,
        packages=False,
    )
    facts = host.gather(asked, KEY, {})
    if facts["project"].get("state") == "seen":
        facts["rendered"] = render(facts["project"], "", list(side.profiles), COMPOSE)
    return {
        "schema": 1,
        "environment": side.environment,
        "production": side.environment.startswith(("prod", "live")),
        "run": "one",
        "taken": "2026-11-30T02:00:00Z",
        "hosts": {side.environment: {"state": "seen", "reason": "", **facts}},
    }


def audited(sides: Sequence[Side], policy: str = "") -> Mapping[str, Any]:
    """Return what `findings.json` of an audit of these sides holds."""
    known = knowledge.load().with_policy(policy)
    return audit([snapshot(side) for side in sides], known, Settings(), "2026-11-30T02:00:00Z", "0")
