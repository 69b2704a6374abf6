"""What was not seen this time is neither resolved nor forgotten: it stays open, and is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from stacks import KNOWN, stack

from parity.judge import history
from parity.judge.audit import Settings, audit, completed
from parity.report.terminal import summary

ROOT = Path(__file__).resolve().parents[4]
DRIFT = "compose.drift/api@prod"
DECLARED = {"api": {"image": "example/api:1.2", "restart": "always", "networks": {"app": None}}}
DOWN = {"service": "api", "container": "app-api-prod", "kind": "http", "target": ":80/"}


def facts(**parts: Any) -> dict[str, Any]:
    made = stack("prod", {"api": {"image": "example/api:1.1"}}, declared=DECLARED)
    made["hosts"]["prod1"].update(parts)
    return made


def run(folder: Path, prod: dict[str, Any], hour: int) -> dict[str, Any]:
    now = f"2026-11-24T{hour:02}:00:00Z"
    data = completed(history.remember(audit([stack("dev", {"api": {}}), prod], KNOWN, Settings(), now, "0"), folder))
    jsonschema.validate(data, json.loads((ROOT / "schemas/findings.schema.json").read_text()))
    return data


def failed(made: dict[str, Any]) -> None:
    made["hosts"]["prod1"]["rendered"].update(state="failed", services={})


def stopped(made: dict[str, Any]) -> None:
    made["hosts"]["prod1"]["engine"] = {"state": "absent", "reason": "no container of the project runs here"}


def without_files(made: dict[str, Any]) -> None:
    made["hosts"]["prod1"].update(project={"state": "absent", "reason": "no directory is known"}, rendered={})


def unreachable(made: dict[str, Any]) -> None:
    made["hosts"]["prod1"] = {"state": "unreachable", "reason": "timed out"}


@pytest.mark.parametrize("lose", [failed, stopped, without_files, unreachable])
def test_what_was_not_seen_stays_open_and_comes_back_as_it_was(tmp_path, lose: Callable[[dict[str, Any]], None]):
    assert DRIFT in {one["id"] for one in run(tmp_path, facts(), 1)["findings"]}
    lost = facts()
    lose(lost)
    second = run(tmp_path, lost, 2)
    assert DRIFT not in {one["id"] for one in second["history"]["resolved"]}
    (told,) = (one for one in second["history"]["not_seen"] if one["id"] == DRIFT)
    assert (told["first_seen"], told["last_seen"]) == ("2026-11-24T01:00:00Z", "2026-11-24T01:00:00Z")
    assert any(line.startswith("Not seen this time, still open: ") for line in summary(second, ""))
    third = run(tmp_path, facts(), 3)
    (again,) = (one for one in third["findings"] if one["id"] == DRIFT)
    assert (again["change"], again["first_seen"]) == ("open", "2026-11-24T01:00:00Z")
    assert third["history"]["not_seen"] == []


def test_what_was_seen_again_is_resolved(tmp_path):
    run(tmp_path, facts(), 1)
    second = run(tmp_path, stack("prod", {"api": {}}, declared=DECLARED), 2)
    assert DRIFT in {one["id"] for one in second["history"]["resolved"]}
    assert second["history"]["not_seen"] == []


def test_a_service_that_could_not_be_asked_has_not_healed(tmp_path):
    def answers(state: str) -> dict[str, Any]:
        return facts(health={"state": "seen", "probes": [{**DOWN, "state": state, "reason": "as it was said"}]})

    assert "health.endpoint-down/api@prod" in {one["id"] for one in run(tmp_path, answers("failed"), 1)["findings"]}
    second = run(tmp_path, answers("unknown"), 2)
    assert [one["id"] for one in second["history"]["not_seen"]] == ["health.endpoint-down/api@prod"]
    assert "health.endpoint-down/api@prod" in {
        one["id"] for one in run(tmp_path, answers("ok"), 3)["history"]["resolved"]
    }


def test_a_headline_says_that_nothing_could_be_compared(tmp_path):
    lost = facts()
    unreachable(lost)
    (headline, *_) = summary(run(tmp_path, lost, 1), "")
    assert headline.startswith("Parity: dev and prod: not compared, no service of prod was seen;")
