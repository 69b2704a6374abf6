"""What follows from what: the same as by trying every pair of findings, with work that grows with the findings."""

from __future__ import annotations

import random
from typing import Any

import pytest
from junitparser import TestSuite
from stacks import KNOWN, stack

from parity.domain.findings import Finding, Severity
from parity.judge import links
from parity.judge.audit import Settings, audit, completed
from parity.judge.links import linked
from parity.knowledge.rules import Link, Rule
from parity.report import write
from parity.report.exports import junit

EXPLAINS = {
    "a.one": (Link(("b.one",), "service"), Link(("b.*", "c.*"), "item", "likely")),
    "a.two": (Link(("b.one",), "service", "certain"),),
    "b.one": (Link(("b.*", "c.*"), "item"),),
    "b.two": (),
    "c.one": (Link(("a.two",), "mention"), Link(("c.two",), "both")),
    "c.two": (Link(("*",), "both", "certain"),),
}
LINKS = sum(map(len, EXPLAINS.values()))
NAMES = ["", "api", "web", "db", "api:5432"]
ENVIRONMENTS = [("dev",), ("prod",), ("dev", "prod"), ("dev", "prod", "test")]


def rules() -> dict[str, Rule]:
    words = dict.fromkeys(("title", "cause", "impact", "action"), "")
    return {name: Rule(name, Severity.LOW, Severity.LOW, **words, explains=links) for name, links in EXPLAINS.items()}


def finding(number: int, chance: random.Random) -> Finding:
    return Finding(
        id=f"{number}",
        rule=chance.choice(sorted(EXPLAINS)),
        area="a",
        service=chance.choice(NAMES),
        item=chance.choice(NAMES),
        environments=chance.choice(ENVIRONMENTS),
        severity=Severity.HIGH,
        status=chance.choice(["open", "open", "open", "waived"]),
        title="",
        cause="",
        impact="",
        action="",
        command="",
        because="",
        evidence=(),
        mentions=frozenset(chance.choice(NAMES[1:]) for _ in range(chance.randint(0, 3))),
    )


def joined(way: str, cause: Finding, effect: Finding) -> bool:
    if not set(effect.environments) <= set(cause.environments):
        return False
    # A finding that stands for several services mentions them.
    about = {cause.service} if cause.service else set(cause.mentions)
    if way == "service":
        return effect.service in about
    if way == "item":
        return bool(cause.item) and cause.item in {effect.item, *effect.mentions}
    if way == "both":
        return bool(effect.item) and effect.item in cause.mentions and cause.service in effect.mentions
    return bool(about & ({effect.item, *effect.mentions} - {effect.service}))


def causes_by_trying(findings: list[Finding]) -> dict[str, str]:
    still = [one for one in findings if one.status == "open"]
    ways = sorted(((one, link) for one in still for link in EXPLAINS[one.rule]), key=lambda way: way[1].rank)
    found: dict[str, str] = {}
    for effect in still:
        for cause, link in ways:
            fits = cause.id != effect.id and links.named(link.effects, effect.rule)
            if fits and joined(link.joined_by, cause, effect):
                if not links._leads_to(found, cause.id, effect.id):
                    found[effect.id] = cause.id
                break
    return found


def test_causes_are_those_that_trying_every_pair_finds() -> None:
    chance = random.Random(11)  # noqa: S311 - no secret
    for _ in range(400):
        findings = [finding(number, chance) for number in range(chance.randint(0, 14))]
        made = linked(findings, rules())
        expected = causes_by_trying(findings)
        assert {one.id: one.caused_by for one in made if one.caused_by} == expected
        for one in made:
            assert list(one.consequences) == [effect for effect, cause in expected.items() if cause == one.id]


def test_the_work_of_linking_grows_with_the_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(12)  # noqa: S311 - no secret
    counted = [0]
    really = links.named

    def named(patterns: Any, text: str) -> bool:
        counted[0] += 1
        return really(patterns, text)

    monkeypatch.setattr(links, "named", named)
    for count in (500, 2000):
        counted[0] = 0
        linked([finding(number, chance) for number in range(count)], rules())
        # Names, environments and links are few here; each finding is held against those, and not against the others.
        assert 0 < counted[0] <= count * len(NAMES) * len(ENVIRONMENTS) * LINKS


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
