"""Findings for the HTML report's tests: the content of a findings.json, small and said out loud."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from parity.domain.findings import SEVERITIES
from parity.report.html import page
from parity.report.write import TEMPLATES

NOW = "2026-11-24T08:00:00Z"
AREAS = [
    {"name": "containers", "title": "Services and containers"},
    {"name": "environment", "title": "Environment variables"},
    {"name": "nginx", "title": "nginx"},
]


def piece(environment: str, shown: str, place: str = "", service: str = "") -> dict[str, str]:
    return {"environment": environment, "shown": shown, "place": place, "service": service}


def finding(name: str, severity: str, environments: Sequence[str], **more: Any) -> dict[str, Any]:
    rule, _, rest = name.partition("/")
    return {
        "id": f"{name}@{'+'.join(environments)}",
        "rule": rule,
        "area": rule.partition(".")[0],
        "service": "",
        "item": rest,
        "environments": list(environments),
        "severity": severity,
        "status": "open",
        "title": f"title of {name}",
        "cause": f"cause of {name}",
        "impact": f"impact of {name}",
        "action": f"action for {name}",
        "command": "",
        "because": "",
        "evidence": [],
        "ways": [],
        "reasons": [f"{severity} by its rule"],
        "caused_by": "",
        "consequences": [],
        "effort": "minutes",
        "remedy": "",
        "waiver": None,
        "problem": "",
        "change": "open",
        "first_seen": "2026-11-20T08:00:00Z",
        "last_seen": NOW,
        **more,
    }


def waiver(reason: str, verify: bool) -> dict[str, Any]:
    return {
        "finding": "x",
        "reason": reason,
        "author": "operations",
        "until": "2027-01-31",
        "verify": verify,
        "place": "waivers.yml:3",
    }


def stack() -> list[dict[str, Any]]:
    """Ten findings of every status, with a cause and its consequence."""
    refused = finding(
        "nginx.refused/nginx",
        "high",
        ["dev"],
        service="nginx",
        remedy="nginx",
        title="nginx refuses its configuration",
        command="ansible-playbook remediate.yml --tags remedy_nginx",
    )
    restarts = finding(
        "containers.restarting/nginx",
        "medium",
        ["dev"],
        service="nginx",
        title="nginx cannot stay up",
        caused_by=refused["id"],
    )
    refused["consequences"] = [restarts["id"]]
    return [
        finding("environment.debug/DEBUG", "critical", ["prod"], title="DEBUG is on", change="new", evidence=[piece("prod", "true", "config/production.env:2", "api"), piece("prod", "true", "config/production.env:2", "worker")]),
        refused,
        finding("environment.same-secret/JWT", "high", ["dev", "prod"], title="one secret in both", change="back", evidence=[piece("dev", "(secret, long)", "dev.env:1"), piece("prod", "(secret, long)", "prod.env:9")]),
        restarts,
        finding("containers.image-differs/redis", "medium", ["dev", "prod"], service="redis", title="redis runs from other images", evidence=[piece("dev", "redis:7.2", service="redis"), piece("prod", "redis:7.0", service="redis")]),
        finding("containers.unpinned/api", "low", ["prod"], service="api", title="api has no fixed version"),
        finding("environment.note/NAME", "info", ["dev"], title="a remark"),
        finding("containers.no-restart/redis", "medium", ["prod"], service="redis", status="waived", title="redis stays down", waiver=waiver("It is a cache.", False)),
        finding("nginx.self-signed/nginx", "low", ["dev"], service="nginx", status="verify", title="the certificate is its own", waiver=waiver("Does the browser trust it?", True)),
        finding("environment.differs/PORT", "info", ["dev", "prod"], status="expected", title="PORT differs in its number", because="Ports are each environment's own.", evidence=[piece("dev", "18000", "dev.env:4"), piece("prod", "28000", "prod.env:4")]),
    ]  # fmt: skip


def _service(name: str, health: str, **more: Any) -> dict[str, Any]:
    container = {"name": f"app_{name}", "host": "h", "state": "running", "health": health, "restarts": 0, "exit_code": 0, "ports": ["18000 → 8000/tcp"], "serves": health != "unhealthy", **more}  # fmt: skip
    member = {"service": name, "declared": True, "image": f"{name}:1", "containers": [container]}
    return {"name": name, "matched_by": "name", "environments": {"dev": member, "prod": None}}


def problems(findings: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a problem for each finding that has no cause, with what follows from it; the findings name theirs."""
    by_id = {one["id"]: one for one in findings}
    found: dict[str, dict[str, Any]] = {}
    for one in findings:
        cause = by_id.get(one["caused_by"], one)
        if one["status"] == "expected":
            continue
        one["problem"] = f"fault:{cause['id'].rpartition('@')[0]}"
        told = {name: cause[name] for name in _OF_ITS_CAUSE}
        new = {
            **told,
            "id": one["problem"],
            "kind": "fault",
            "why": "",
            "shared": False,
            "production": "prod" in cause["environments"],
            "findings": [],
            "places": [],
        }
        found.setdefault(one["problem"], new)["findings"].append(one["id"])
    return list(found.values())


_OF_ITS_CAUSE = (
    "title", "severity", "status", "environments", "cause", "impact", "action", "command", "effort", "remedy", "change",
    "first_seen", "last_seen",
)  # fmt: skip


def facts(findings: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a variable that is the same, with what was found about it."""
    told = [one for one in findings if one["item"] == "JWT"]
    cells = [{"is": "value", "shown": "(secret, long)", "mark": "1", "odd": False}] * 2
    return [
        {
            "name": one["item"],
            "services": ["api"],
            "verdict": "same",
            "severity": one["severity"],
            "findings": [one["id"]],
            "cells": cells,
        }
        for one in told
    ]


def run(generated: str, counts: Sequence[int]) -> dict[str, Any]:
    counted = dict(zip(SEVERITIES, counts, strict=True))
    return {"generated": generated, **counted, "problems": counted}


def report(findings: Sequence[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """Return a whole findings.json of `findings` (by default those of `stack`); `more` replaces what stands at its top."""
    found = stack() if findings is None else list(findings)
    still_open = [one for one in found if one["status"] == "open"]
    grouped = problems(found)
    open_problems = [one for one in grouped if one["status"] == "open"]
    counts = Counter(one["severity"] for one in open_problems)
    statuses = Counter(one["status"] for one in found)
    changes = Counter(one["change"] for one in still_open)
    when = {"critical": "now", "high": "now", "medium": "week", "low": "month", "info": "month"}
    environments = [
        {"name": name, "production": name == "prod", "hosts": [f"host-{name}"], "taken": NOW, "run": "1", "containers": 3, "services": 3, "runs": True, "project_found_by": []}
        for name in ("dev", "prod")
    ]  # fmt: skip
    past = [run("2026-11-22T08:00:00Z", (2, 4, 2, 1, 0)), run("2026-11-23T08:00:00Z", (1, 3, 2, 1, 1))]
    resolved = {"id": "gone", "rule": "environment.empty", "area": "environment", "service": "", "title": "a key was empty", "severity": "high", "environments": ["prod"], "first_seen": NOW, "resolved": NOW, "by": "remedy env"}  # fmt: skip
    return {
        "schema": 4,
        "generated": NOW,
        "parity": "0.1.0",
        "environments": environments,
        "services": [_service("api", "healthy"), _service("nginx", "unhealthy", restarts=7), _service("redis", "")],
        "areas": AREAS,
        "problems": grouped,
        "findings": found,
        "images": [],
        "packages": [],
        "tls": [],
        "side_by_side": {"agree": 3, "compared": 4, "expected": 0, "differ": 1, "not_compared": 0, "checkout": [], "host": [], "services": [], "variables": facts(found)},
        "unseen": [],
        "summary": {
            **{level: counts[level] for level in SEVERITIES},
            **{status: statuses[status] for status in ("expected", "waived", "verify")},
            "new": changes["new"],
            "back": changes["back"],
            "resolved": 1,
            "problems": {**{level: counts[level] for level in SEVERITIES}, "new": 1, "back": 1, "resolved": 1},
        },
        "steps": [
            {"problem": one["id"], "severity": one["severity"], "also": [], "when": when[one["severity"]], "title": one["title"], "action": one["action"], "command": one["command"], "effort": one["effort"], "remedy": one["remedy"], "done": False, "by": ""}
            for one in open_problems
        ]
        + [{"problem": "gone", "severity": "high", "also": [], "when": "now", "title": "a key was empty", "action": "", "command": "", "effort": "minutes", "remedy": "env", "done": True, "by": "remedy env"}],
        "history": {"runs": [*past, run(NOW, [counts[level] for level in SEVERITIES])], "problems": [resolved], "resolved": [resolved], "not_seen": [], "note": ""},
        "review": {"every_days": 30, "next": "2026-12-24"},
        "gate": {"fail_on": "high", "areas": {}, "only_new": False, "fail_on_unseen": True, "reached": [one["id"] for one in still_open if one["severity"] in ("critical", "high")], "problems": [one["id"] for one in open_problems if one["severity"] in ("critical", "high")], "incomplete": False, "passed": False},
        **more,
    }  # fmt: skip


def written(folder: Path, data: dict[str, Any]) -> str:
    """Write the page of `data` as the report does, and return its address."""
    file = folder / "report.html"
    file.write_text(page.render(data, TEMPLATES), encoding="utf-8", errors="replace")
    return file.as_uri()
