"""What follows from what: the same as by trying every pair of findings, with work that grows with the findings."""

from __future__ import annotations

import random
from typing import Any

import pytest
from junitparser import TestSuite
from stacks import KNOWN, stack

from parity.domain.findings import Evidence, Finding, Severity
from parity.judge import links
from parity.judge.audit import Settings, audit, completed
from parity.judge.links import Link, linked
from parity.report import write
from parity.report.exports import junit

LINKS = [
    Link(("a.*",), ("b.one",), "service"),
    Link(("a.one", "b.one"), ("b.*", "c.*"), "item"),
    Link(("c.*",), ("a.two",), "mention"),
    Link(("*",), ("c.two",), "both"),
]
NAMES = ["", "api", "web", "db", "api:5432"]
ENVIRONMENTS = [("dev",), ("prod",), ("dev", "prod"), ("dev", "prod", "test")]


def finding(number: int, chance: random.Random) -> Finding:
    environments = chance.choice(ENVIRONMENTS)
    words = " ".join(chance.choice(NAMES) for _ in range(3))
    return Finding(
        id=f"{number}",
        rule=chance.choice(["a.one", "a.two", "b.one", "b.two", "c.one", "c.two"]),
        area="a",
        service=chance.choice(NAMES),
        item=chance.choice(NAMES),
        environments=environments,
        severity=Severity.HIGH,
        status=chance.choice(["open", "open", "open", "waived"]),
        title="",
        cause=words,
        impact="",
        action="",
        command="",
        because="",
        evidence=(Evidence(environments[0], chance.choice(NAMES)),),
    )


def joined(way: str, cause: Finding, effect: Finding) -> bool:
    if not set(effect.environments) <= set(cause.environments):
        return False
    said, meant = links._words(effect), links._words(cause)
    if way == "service":
        return bool(cause.service) and cause.service == effect.service
    if way == "item":
        return bool(cause.item) and cause.item in said
    if way == "both":
        return bool(effect.item) and effect.item in meant and cause.service in said
    return bool(cause.service) and cause.service != effect.service and cause.service in said


def causes_by_trying(findings: list[Finding]) -> dict[str, str]:
    still = [one for one in findings if one.status == "open"]
    found: dict[str, str] = {}
    for effect in still:
        cause = next(
            (
                one
                for link in LINKS
                if links.named(link.effects, effect.rule)
                for one in still
                if one.id != effect.id and links.named(link.causes, one.rule) and joined(link.joined_by, one, effect)
            ),
            None,
        )
        if cause is not None and not links._leads_to(found, cause.id, effect.id):
            found[effect.id] = cause.id
    return found


def test_causes_are_those_that_trying_every_pair_finds() -> None:
    chance = random.Random(11)  # noqa: S311 - no secret
    for _ in range(300):
        findings = [finding(number, chance) for number in range(chance.randint(0, 14))]
        made = linked(LINKS, findings)
        expected = causes_by_trying(findings)
        assert {one.id: one.caused_by for one in made if one.caused_by} == expected
        for one in made:
            assert list(one.consequences) == [effect for effect, cause in expected.items() if cause == one.id]


def test_the_work_of_linking_grows_with_the_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(12)  # noqa: S311 - no secret
    counted = [0]
    really = links._words

    def words(one: Finding) -> Any:
        counted[0] += 1
        return really(one)

    monkeypatch.setattr(links, "_words", words)
    findings = [finding(number, chance) for number in range(2000)]
    linked(LINKS, findings)
    assert 0 < counted[0] <= 2 * len(LINKS) * len(findings)


def many(environment: str, count: int, step: int) -> dict[str, Any]:
    return stack(environment, {"api": {"env": {f"SETTING_{i}": f"{environment}-{i * step}" for i in range(count)}}})


def test_a_suite_is_counted_once_however_many_cases_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshots = [many("dev", 300, 1), many("prod", 300, 3)]
    data = completed(audit(snapshots, KNOWN, Settings(), "2026-11-24T08:00:00Z", "0"))
    assert len(data["findings"]) >= 299
    counted = [0]
    really = TestSuite.update_statistics

    def update(suite: TestSuite) -> None:
        counted[0] += 1
        really(suite)

    monkeypatch.setattr(TestSuite, "update_statistics", update)
    junit.render(data)
    assert 0 < counted[0] <= 2 * (len(data["areas"]) + 1)


class Looked(dict[str, Any]):
    """A finding that counts how often it is asked for its cause."""

    asked = 0

    def __getitem__(self, key: str) -> Any:
        Looked.asked += key == "caused_by"
        return super().__getitem__(key)


def test_reports_look_at_each_finding_a_few_times() -> None:
    snapshots = [many("dev", 200, 1), many("prod", 200, 3)]
    data = completed(audit(snapshots, KNOWN, Settings(), "2026-11-24T08:00:00Z", "0"))
    data["findings"] = [Looked(one) for one in data["findings"]]
    Looked.asked = 0
    write.render(data)
    assert 0 < Looked.asked <= 40 * len(data["findings"])
