"""What the gate decided is the same in the terminal, in report.md and in report.html."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import KNOWN, stack

from parity.judge.audit import Settings, audit
from parity.judge.gate import GateOutcome, GateSettings, decide, outcome
from parity.report import terminal
from parity.report.html.view import verdict
from parity.report.write import render

NOW = "2026-11-24T08:00:00Z"
ALIKE = {"api": {"env": {"KEY": "on"}}}
BLIND: Any = {"what": "the engine", "environment": "dev", "host": "dev1", "why": "permission denied"}


def decided(settings: GateSettings, differ: bool = True) -> dict[str, Any]:
    """Return an audit in which a key of low severity is missing in dev, or nothing."""
    dev = {"api": {"env": {}}} if differ else ALIKE
    return audit([stack("dev", dev), stack("prod", ALIKE)], KNOWN, Settings(settings), NOW, "0")


@pytest.mark.parametrize(
    ("settings", "word", "status", "tone", "said"),
    [
        (GateSettings("never"), GateOutcome.REPORT_ONLY, "not checked against a threshold", "none", "Report only"),
        (
            GateSettings("never", {"environment": "never"}),
            GateOutcome.REPORT_ONLY,
            "not checked against a threshold",
            "none",
            "Report only",
        ),
        (
            GateSettings("never", {"environment": "low"}),
            GateOutcome.REACHED,
            "failed: the threshold is reached by 1 problem",
            "bad",
            "reaches the threshold",
        ),
        (
            GateSettings("low"),
            GateOutcome.REACHED,
            "failed: the threshold is reached by 1 problem",
            "bad",
            "reaches the threshold",
        ),
        (GateSettings("high"), GateOutcome.PASSED, "passed: nothing reaches the threshold", "good", "Nothing open"),
    ],
)
def test_every_report_has_the_gates_word(settings, word, status, tone, said):
    data = decided(settings)
    assert outcome(data["gate"]) is word
    assert f"**Status**: {status} (`parity_fail_on` is {settings.fail_on})\n" in render(data)["report.md"]
    assert verdict(data)["tone"] == tone
    assert said in terminal.verdict(data)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        (GateSettings("high"), GateOutcome.INCOMPLETE),
        (GateSettings("high", fail_on_unseen=False), GateOutcome.PASSED),
        (GateSettings("never"), GateOutcome.REPORT_ONLY),
        (GateSettings("never", {"nginx": "low"}), GateOutcome.INCOMPLETE),
    ],
)
def test_what_was_not_seen_fails_an_audit_that_gates(settings, word):
    gate = decide([], [BLIND], settings)
    assert outcome(gate) is word
    assert gate["passed"] is (word is not GateOutcome.INCOMPLETE)
    assert gate["incomplete"] is (word is GateOutcome.INCOMPLETE)
