"""Snapshots of environments with the variables of a test, redacted as their hosts would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parity.domain.findings import Finding
from parity.judge import knowledge
from parity.judge.audit import differences, judge
from parity_host.secrets.redact import Redactor

Services = Mapping[str, Mapping[str, str]]

DEV = {
    "DOMAIN": "localhost",
    "GOOGLE_CLIENT_ID": "100-dev.apps.googleusercontent.com",
    "GOOGLE_CLIENT_SECRET": "GOCSPX-6Tn8wZ2kQ9vXr4",
    "GOOGLE_REDIRECT_URI": "http://localhost:8000/auth/google/callback",
}
PROD = {
    "DOMAIN": "app.example.org",
    "GOOGLE_CLIENT_ID": "200-prod.apps.googleusercontent.com",
    "GOOGLE_CLIENT_SECRET": "GOCSPX-8Rk4vN6wP1zCq7",
    "GOOGLE_REDIRECT_URI": "https://app.example.org/auth/google/callback",
}


def snapshot(
    environment: str,
    services: Services,
    *,
    run: str = "one",
    declared: bool = False,
    state: str = "running",
    server_names: Sequence[str] = (),
    **host: Any,
) -> dict[str, Any]:
    """Return a snapshot in which each service has one container, or is only declared.

    `server_names` are those of an nginx that one more container runs.
    """
    redactor = Redactor(run.encode())
    redacted = {
        service: {name: redactor.value(name, value) for name, value in variables.items()}
        for service, variables in services.items()
    }
    facts: dict[str, Any] = {"state": "seen", "reason": "", "engine": {"state": "absent"}, "project": {"state": "seen"}}
    if declared:
        facts["rendered"] = {"state": "rendered", "services": {s: {"environment": v} for s, v in redacted.items()}}
    else:
        containers = [
            {"service": s, "name": f"{environment}-{s}", "state": state, "restart_policy": "always", "environment": v}
            for s, v in redacted.items()
        ]
        if server_names:
            containers.append({"service": "web", "name": f"{environment}-web", "state": state, "image": "nginx:1.22"})
            facts["config"] = {"state": "seen", "found": [_nginx(f"{environment}-web", server_names)]}
        facts["engine"] = {"state": "seen", "project": environment, "containers": containers}
    return {
        "schema": 1,
        "environment": environment,
        "production": environment.startswith("prod"),
        "run": run,
        "taken": "2026-11-23T22:50:00Z",
        "hosts": {f"{environment}1": {**facts, **host}},
    }


def _nginx(container: str, server_names: Sequence[str]) -> dict[str, Any]:
    names = " ".join(server_names)
    text = f"events {{}} http {{ server {{ server_name {names}; return 204; }} }}"
    main = "/etc/nginx/nginx.conf"
    return {"kind": "nginx", "container": container, "service": "web", "main": main, "files": {main: {"text": text}}}


def judged(*snapshots: Mapping[str, Any]) -> dict[str, Finding]:
    """Return every finding of an audit of these snapshots, of all areas, by its id."""
    known = knowledge.load()
    comparison, found = differences(snapshots, known, {})
    return {finding.id: finding for finding in (judge(difference, comparison, known) for difference in found)}


def audited(dev: Mapping[str, str], prod: Mapping[str, str]) -> dict[str, Finding]:
    """Return every finding where one service `api` has these variables in dev and prod."""
    return judged(snapshot("dev", {"api": dev}), snapshot("prod", {"api": prod}))


def oauth(findings: Mapping[str, Finding], status: str = "open") -> set[str]:
    """Return the ids of the findings about OAuth that have this status."""
    return {name for name, finding in findings.items() if finding.area == "oauth" and finding.status == status}


def without(variables: Mapping[str, str], *names: str) -> dict[str, str]:
    """Return the variables but for these."""
    return {name: value for name, value in variables.items() if name not in names}


def about(findings: Mapping[str, Finding], names: Sequence[str]) -> set[str]:
    """Return the ids of the open findings, of any area, whose item is one of these."""
    return {name for name, finding in findings.items() if finding.status == "open" and finding.item in names}
