"""The demo: the recording of the lab, replayed without Docker."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    "report.md",
    "report.html",
    "side-by-side.html",
    "side-by-side.md",
    "summary.txt",
    "detailed_analysis.txt",
    "dev_vs_prod_env_diff.txt",
    "docker_compose_dev_vs_prod_diff.txt",
    "docker_env_template_vs_prod_diff.txt",
    "findings.json",
    "snapshots/dev.json",
    "snapshots/prod.json",
]


def listed(part: str) -> set[str]:
    return {fault["finding"] for fault in yaml.safe_load((ROOT / "lab/faults.yml").read_text())[part]}


@pytest.fixture
def planted() -> set[str]:
    return listed("faults")


def test_the_demo_finds_what_was_planted_and_nothing_else(audit, planted):
    run = audit(ROOT / "inventory/demo")
    assert run.rc == 0, run.output[-2000:]
    found = {finding["id"] for finding in run.findings["findings"]}
    assert planted - found == set()
    assert set(run.open) - planted - listed("of_the_machine") == set()
    assert [name for name in FILES if not (run.report / name).is_file()] == []
    jsonschema.validate(run.findings, json.loads((ROOT / "schemas/findings.schema.json").read_text()))
    assert "Report:" in run.output


def test_the_demo_says_what_the_logs_of_sick_services_mean(audit):
    findings = {finding["id"]: finding for finding in audit(ROOT / "inventory/demo").findings["findings"]}
    worker = findings["containers.unhealthy/worker@prod"]
    assert "tasks.summarise failed at every attempt" in worker["cause"]
    assert "logs.celery-retries-exhausted" in worker["evidence"][1]["place"]
    assert "logs.nginx-config-refused" in findings["containers.restarting/nginx@dev"]["evidence"][1]["place"]
    assert "logs.loki-config-field-unknown" in findings["containers.restarting/loki@prod"]["evidence"][1]["place"]


def test_a_signature_of_the_users_own_is_looked_for_and_a_broken_one_stops_the_audit(audit):
    own = {
        "id": "our-digest",
        "pattern": r"Sending due task (?P<item>\w+)",
        "applies_to": ["celery"],
        "severity": "low",
        "title": "{item} is sent in {environments}",
        "cause": "It is due.",
        "impact": "None.",
        "action": "None.",
        "example": "Sending due task digest",
    }
    found = audit(ROOT / "inventory/demo", extra={"parity_signatures": [own]}).open
    assert found["logs.our-digest/scheduler/digest@dev"] == "low"
    refused = audit(ROOT / "inventory/demo", extra={"parity_signatures": [{**own, "pattern": "(a+)+"}]})
    assert refused.rc != 0
    assert "parity_signatures, signature our-digest: pattern repeats a group" in refused.output


def test_the_demo_fails_when_it_is_told_to_gate(audit):
    run = audit(ROOT / "inventory/demo", extra={"parity_fail_on": "high"})
    assert run.rc != 0
    assert "reach the threshold 'high'" in run.output
    assert (run.report / "report.md").is_file()


def test_what_a_command_line_sets_to_false_is_false(audit):
    given = {"parity_fail_on": "high", "parity_fail_on_new": "true"}
    assert audit(ROOT / "inventory/demo", extra=given).rc != 0
    assert audit(ROOT / "inventory/demo", extra=given).rc == 0
    run = audit(ROOT / "inventory/demo", extra={**given, "parity_fail_on_new": "false", "parity_review_days": "7"})
    assert run.rc != 0
    assert run.findings["review"]["every_days"] == 7


def test_check_mode_writes_nothing(audit):
    run = audit(ROOT / "inventory/demo", "--check")
    assert run.rc == 0, run.output[-2000:]
    assert not (run.folder / "reports").exists()


def test_no_secret_of_the_lab_is_in_the_recording():
    secrets = [
        line.partition("=")[2]
        for path in ROOT.glob("lab/stack/*/*env*")
        if path.is_file()
        for line in path.read_text().splitlines()
        if any(word in line.partition("=")[0] for word in ("PASSWORD", "SECRET", "_KEY"))
        and len(line.partition("=")[2]) > 8
    ]
    recorded = "".join(path.read_text() for path in (ROOT / "inventory/demo/snapshots").glob("*.json"))
    assert len(secrets) >= 12
    assert [secret for secret in secrets if secret in recorded] == []
