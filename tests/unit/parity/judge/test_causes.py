"""Which of several causes a finding is a consequence of."""

from __future__ import annotations

from typing import Any

import pytest

from parity.domain.findings import Finding, Severity
from parity.judge.links import linked
from parity.knowledge.rules import read_rules

ENTRY = {"severity": "low", "effort": "minutes", "title": "t", "cause": "c", "impact": "i", "action": "a"}


def finding(rule: str, severity: Severity = Severity.LOW, **fields: str) -> Finding:
    told = {"area": "a", "service": "api", "item": "", "status": "open", "title": "", "cause": "", **fields}
    return Finding(
        id=rule, rule=rule, environments=("prod",), severity=severity, impact="", action="", command="", because="",
        evidence=(), **told,
    )  # fmt: skip


def rules(**explains: list[dict[str, Any]]) -> dict[str, Any]:
    return read_rules(
        {**{name: {**ENTRY, "explains": links} for name, links in explains.items()}, "effect": ENTRY}, "x"
    )


def link(joined_by: str = "service", certainty: str = "possible", effects: str = "effect") -> list[dict[str, Any]]:
    return [{"effects": [effects], "joined_by": joined_by, "certainty": certainty}]


@pytest.mark.parametrize(
    ("first", "second", "cause"),
    [
        (link(), link(), "first"),  # equally sure: the more severe one, which stands first
        (link(), link(certainty="likely"), "second"),
        (link(certainty="likely"), link(certainty="certain"), "second"),
        (link(certainty="likely"), link(certainty="possible"), "first"),
        (link("item", "certain"), link("service", "possible"), "second"),
        (link("item", "certain"), link(effects="eff*"), "second"),
        (link("item", "certain"), link(effects="other"), "first"),
    ],
)
def test_of_several_causes_the_closest_then_the_surest_then_the_most_severe_counts(first, second, cause) -> None:
    found = [finding("first", Severity.HIGH, item="MODE"), finding("second"), finding("effect", item="MODE")]
    judged = {one.id: one for one in linked(found, rules(first=first, second=second))}
    assert judged["effect"].caused_by == cause
    assert judged[cause].consequences == ("effect",)
