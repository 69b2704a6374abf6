"""The problems and findings in Prometheus' text format, for the textfile collector of node_exporter."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from parity.domain.findings import SEVERITIES, STATUSES


def render(data: Mapping[str, Any]) -> str:
    """Return the counts of problems and findings (of `findings.json`) as metrics.

    Labels are the inventory's environments, areas, severities and states: nothing that a host can choose.
    """
    registry = CollectorRegistry()
    comparison = " ".join(one["name"] for one in data["environments"])

    def gauge(name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, ("comparison", *labels), registry=registry)

    found = gauge("parity_findings", "Findings by area, severity and status.", "area", "severity", "status")
    counted = Counter((one["area"], one["severity"], one["status"]) for one in data["findings"])
    for area in data["areas"]:
        for level in SEVERITIES:
            for status in STATUSES:
                found.labels(comparison, area["name"], level, status).set(counted[area["name"], level, status])
    problems = gauge(
        "parity_problems", "Open problems by severity, and whether every environment has them.", "severity", "shared"
    )
    of_severity = Counter((one["severity"], one["shared"]) for one in data["problems"] if one["status"] == "open")
    for level in SEVERITIES:
        for shared in (False, True):
            problems.labels(comparison, level, str(shared).lower()).set(of_severity[level, shared])
    moved = gauge("parity_problems_changed", "Problems that changed since the previous run.", "change")
    for change in ("new", "back", "resolved"):
        moved.labels(comparison, change).set(data["summary"]["problems"][change])
    changed = gauge("parity_findings_changed", "Findings that changed since the previous run.", "change")
    for change in ("new", "back", "resolved"):
        changed.labels(comparison, change).set(data["summary"][change])
    gauge("parity_unseen", "Parts of the environments that could not be read.").labels(comparison).set(
        len(data["unseen"])
    )
    passed = gauge("parity_gate_passed", "1 if no open problem reaches the threshold, else 0.")
    passed.labels(comparison).set(int(data["gate"]["passed"]))
    taken = gauge("parity_last_audit_timestamp_seconds", "Time of the audit.")
    taken.labels(comparison).set(datetime.datetime.fromisoformat(data["generated"]).timestamp())
    return generate_latest(registry).decode("utf-8")
