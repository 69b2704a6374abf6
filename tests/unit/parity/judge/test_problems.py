"""Findings become problems by their data: what is joined, what is not, and what a problem is called."""

from __future__ import annotations

import json
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from parity.domain.findings import Evidence, Finding, ParityError, Severity
from parity.domain.titles import LONGEST as TITLE
from parity.domain.titles import limited
from parity.judge.audit import Settings, audit, completed
from parity.judge.history import remember
from parity.judge.knowledge import load
from parity.judge.problems import past
from parity.judge.problems.problems import problems
from parity.knowledge.groupings import read_groupings
from parity.report import terminal
from parity.report.explain import explain
from parity.report.write import render

ROOT = Path(__file__).resolve().parents[4]
KNOWN = load()
ENVIRONMENTS = {"dev": False, "prod": True}


def finding(rule: str, service: str = "", item: str = "", environments: Any = ("prod",), **more: Any) -> Finding:
    name = "/".join(part for part in (rule, service, item) if part) + "@" + "+".join(environments)
    words = dict.fromkeys(("title", "cause", "impact", "action", "command", "because"), f"of {name}")
    more = {name: frozenset(more[name]) if name in ("shares", "mentions") else more[name] for name in more}
    return Finding(
        id=name, rule=rule, area=rule.partition(".")[0], service=service, item=item, environments=tuple(environments),
        evidence=(Evidence(environments[0], "shown", "file:1"),), reasons=("high: the rule",),
        **{"severity": Severity.HIGH, "status": "open", **words, **more},
    )  # fmt: skip


def made(*findings: Finding) -> list[list[str]]:
    return sorted(list(one.findings) for one in problems(findings, KNOWN.groupings, KNOWN.rules, ENVIRONMENTS)[0])


@pytest.mark.parametrize("grouping", KNOWN.groupings, ids=lambda one: one.id)
def test_the_example_of_each_kind_is_one_problem_and_what_is_close_to_it_is_not(grouping):
    example = yaml.safe_load(grouping.example)
    together, apart = ([finding(**one) for one in example[part]] for part in ("together", "apart"))
    found, findings = problems([*together, *apart], KNOWN.groupings, KNOWN.rules, ENVIRONMENTS)
    of = {one.id: one.problem for one in findings}
    assert len({of[one.id] for one in together}) == 1
    assert not {of[one.id] for one in together} & {of[one.id] for one in apart}
    (problem,) = (one for one in found if one.id == of[together[0].id])
    assert problem.kind == grouping.id
    assert "{" not in problem.title + problem.action + problem.command
    assert len(problem.title) <= TITLE
    # Without the entry, its findings stay apart: the example is about it and no other.
    others = tuple(one for one in KNOWN.groupings if one is not grouping)
    assert len(problems(together, others, KNOWN.rules, ENVIRONMENTS)[0]) > 1


def test_every_rule_that_a_kind_names_is_one():
    for grouping in KNOWN.groupings:
        for pattern in (*grouping.rules, *grouping.labels):
            assert any(fnmatchcase(rule, pattern) for rule in KNOWN.rules), f"{grouping.id}: {pattern}"
        if "faults" in grouping.sentences.get("title", ""):
            assert not [one for one in grouping.causes if not any(fnmatchcase(one, at) for at in grouping.labels)]


def test_one_fault_in_every_environment_is_shared_and_a_difference_is_not():
    everywhere = [finding("tls.no-key", "nginx", "a", [name]) for name in ENVIRONMENTS]
    between = finding("containers.image-differs", "redis", "", [*ENVIRONMENTS])
    alone = finding("containers.no-restart", "redis")
    found = problems([*everywhere, between, alone], KNOWN.groupings, KNOWN.rules, ENVIRONMENTS)[0]
    assert {one.id: (one.shared, one.environments) for one in found} == {
        "fault:tls.no-key/nginx/a": (True, ("dev", "prod")),
        "fault:containers.image-differs/redis": (False, ("dev", "prod")),
        "fault:containers.no-restart/redis": (False, ("prod",)),
    }


def test_differences_between_each_two_of_three_environments_are_not_shared():
    three = {"dev": False, "stage": False, "prod": True}
    pairs = (("dev", "stage"), ("stage", "prod"), ("dev", "prod"))
    found = [finding("containers.image-differs", "redis", "", pair) for pair in pairs]
    (problem,) = problems(found, KNOWN.groupings, KNOWN.rules, three)[0]
    assert (problem.shared, problem.environments) == (False, tuple(three))


def test_what_is_waived_is_not_joined_with_what_is_left_to_do():
    names = ("A_ONE", "B_TWO", "C_THREE", "D_FOUR")
    found = [finding("environment.missing", "", name) for name in names]
    assert len(made(*found)) == 1
    assert len(made(replace(found[0], status="waived"), *found[1:])) == 4


def test_an_effect_goes_with_its_cause_also_where_another_environment_has_another_cause():
    causes = [finding("loki.refused", "loki", "a", ["dev"]), finding("environment.missing", "", "KEY")]
    effect = finding("containers.unhealthy", "worker", "", ["dev"], caused_by=causes[0].id)
    again = finding("containers.unhealthy", "worker", "", ["prod"], caused_by=causes[1].id)
    last = finding("health.target-down", "prometheus", "x", ["prod"], caused_by=again.id)
    assert made(*causes, effect, again, last) == [
        [causes[1].id, again.id, last.id],
        [causes[0].id, effect.id],
    ]


def test_severity_and_status_are_those_of_what_is_open():
    one = finding("tls.no-key", "nginx", "a", ["prod"], status="waived", because="accepted")
    other = finding("tls.no-key", "nginx", "a", ["dev"], severity=Severity.LOW)
    found = problems([one, other], KNOWN.groupings, KNOWN.rules, ENVIRONMENTS)[0]
    assert [(each.severity.word, each.status) for each in found] == [("low", "open")]
    waived = problems([one], KNOWN.groupings, KNOWN.rules, ENVIRONMENTS)[0]
    assert [(each.severity.word, each.status, each.why) for each in waived] == [("info", "waived", "accepted")]
    expected = problems([replace(one, status="expected")], KNOWN.groupings, KNOWN.rules, ENVIRONMENTS)
    assert (expected[0], expected[1][0].problem) == ([], "")


def test_an_id_stays_while_the_cause_does():
    refused = [finding("loki.refused", "loki", "a", [name]) for name in ENVIRONMENTS]
    effect = finding("containers.restarting", "loki", "", ["dev"], caused_by=refused[0].id)
    ids = {
        problems(part, KNOWN.groupings, KNOWN.rules, ENVIRONMENTS)[0][0].id
        for part in ([*refused, effect], refused[1:], refused[:1], [refused[0], effect], [*refused[::-1], effect])
    }
    assert ids == {"refused-file:loki.refused/loki/a"}


def test_what_is_said_of_several_faults_names_all_of_them():
    names = ("A_ONE", "B_TWO", "C_THREE", "D_FOUR")
    found = [finding("environment.missing", "", name) for name in names]
    (problem,) = problems(found, KNOWN.groupings, KNOWN.rules, ENVIRONMENTS)[0]
    assert problem.title == "prod: 4 variables not set: A_ONE, B_TWO, C_THREE, D_FOUR"
    assert problem.cause.endswith("and prod does not: A_ONE, B_TWO, C_THREE, D_FOUR.")
    assert problem.action.startswith("Set the ones needed in prod,")


def test_the_worst_of_several_faults_is_named_first():
    mail = finding("environment.placeholder", "", "A_MAIL", severity=Severity.MEDIUM)
    key = finding("environment.placeholder", "", "SECRET_KEY")
    (problem,) = problems([mail, key], KNOWN.groupings, KNOWN.rules, ENVIRONMENTS)[0]
    assert problem.title == "prod: 2 placeholders: SECRET_KEY, A_MAIL"


def test_two_keys_that_are_both_missing_are_not_one_key():
    found = made(*(finding("environment.missing", "", name, ["prod"]) for name in ("DATABASE_URL", "DATABASE_URI")))
    assert len(found) == 2


def test_no_title_is_cut_in_a_word():
    assert limited("a " * 40) == "a " * 40
    assert limited("word " * 30) == ("word " * 16).strip() + "…"
    assert len(limited("x" * 200)) == TITLE


def test_a_problem_is_new_when_all_of_it_is():
    def told(*changes: str) -> str:
        seen = {"status": "open", "first_seen": "1", "last_seen": "2"}
        findings = [{"id": str(n), "change": change, **seen} for n, change in enumerate(changes)]
        return past.with_past([{"findings": [one["id"] for one in findings]}], findings)[0]["change"]

    assert (told("new", "new"), told("new", "open"), told("back", "new")) == ("new", "open", "back")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ([], "must be a mapping of kinds"),
        ({"a": []}, "kind a must be a mapping"),
        ({"a": {"causes": []}}, "missing key joined_by"),
        ({"a": {"causes": [], "joined_by": [], "cause": ""}}, "unknown key cause"),
        ({"a": {"causes": [], "joined_by": [["host"]]}}, "unknown key host in joined_by"),
    ],
)
def test_a_mistake_in_a_kind_is_named(entry, said):
    with pytest.raises(ParityError, match=said):
        read_groupings(entry, "problems.yml")


@pytest.fixture(scope="module")
def demo() -> dict[str, Any]:
    folder = ROOT / "inventory/demo/snapshots"
    snapshots = [json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in ENVIRONMENTS]
    return audit(snapshots, KNOWN, Settings(), "2026-11-24T12:00:00Z", "0")


def test_every_planted_fault_is_in_one_problem_and_nothing_open_in_none(demo):
    planted = {one["finding"] for one in yaml.safe_load((ROOT / "lab/faults.yml").read_text())["faults"]}
    of = {name: one for one in demo["problems"] for name in one["findings"]}
    assert sum(len(one["findings"]) for one in demo["problems"]) == len(of)
    # Two of the planted differences are there for the policy to expect.
    expected = {one["id"] for one in demo["findings"] if one["status"] == "expected"}
    assert len(planted & expected) == 2
    assert planted - expected <= of.keys()
    assert {one["id"] for one in demo["findings"] if one["status"] == "open"} == of.keys()
    assert all(one["problem"] == of[one["id"]]["id"] for one in demo["findings"] if one["status"] == "open")
    assert len(demo["problems"]) <= 30


# What a problem's title has to name: the thing at fault, by the rule of its cause.
NAMED = {
    "tls.old-protocol": ("TLS", "nginx"),
    "tls.expires-very-soon": ("certificate", "nginx", "expires"),
    "loki.refused": ("loki", "configuration"),
    "nginx.refused": ("nginx rejects", "proxy_pass", "workers.conf"),
    "oauth.placeholder": ("Microsoft", "MICROSOFT_CLIENT_SECRET"),
    "oauth.redirect-path-differs": ("Google", "redirect"),
    "containers.misleading-name": ("loki",),
    "health.target-down": ("Prometheus", "api:8000", "404"),
    "health.target-without-service": ("Prometheus", "postgres-exporter"),
    "health.queue-unconsumed": ("digests",),
    "compose.optional-file-missing": ("production.secrets.env",),
}


def test_the_title_of_each_problem_of_the_demo_names_its_cause(demo):
    by_id = {one["id"]: one for one in demo["findings"]}
    for one in demo["problems"]:
        cause = by_id[one["findings"][0]]
        named = NAMED.get(cause["rule"], (cause["item"] or cause["service"],))
        assert all(word.lower() in one["title"].lower() for word in named), (one["title"], named)
        assert len(one["title"]) <= TITLE


def test_the_terminal_says_it_in_ten_lines_that_are_whole(demo):
    lines = terminal.summary(demo, "reports/2026-11-24T120000Z")
    assert len(lines) <= terminal.LINES
    assert max(map(len, lines)) <= 80
    assert lines[0] == "Parity: dev and prod: problems: 12 high, 11 medium, 6 low; 51 expected."
    assert lines[-1] == "Report: reports/2026-11-24T120000Z/report.html"
    words = {word for one in demo["problems"] for word in one["title"].split()} | {"high"}
    shown = [line for line in lines if line.startswith("  high ")]
    assert len(shown) == 6
    assert {word.rstrip("…") for line in shown for word in line.split()} <= words


def test_a_problem_is_explained_by_its_id_and_names_its_findings(demo):
    for one in demo["problems"]:
        said = explain(demo, one["id"])
        assert all(name in said for name in one["findings"])
    assert explain(demo, demo["findings"][0]["id"]) != explain(demo, demo["findings"][0]["problem"])
    with pytest.raises(ParityError, match=r"Unknown id fault:nothing\. Did you mean fault:compose"):
        explain(demo, "fault:nothing")


def test_a_problem_is_resolved_when_nothing_of_it_is_left(demo, tmp_path):
    def remembered(hour: int, gone: set[str]) -> dict[str, Any]:
        findings = [one for one in demo["findings"] if one["id"] not in gone]
        left = [{**one, "findings": [name for name in one["findings"] if name not in gone]} for one in demo["problems"]]
        told = {**demo, "generated": f"2026-11-25T0{hour}:00:00Z", "findings": findings}
        return completed(remember({**told, "problems": [one for one in left if one["findings"]]}, tmp_path))

    whole = remembered(1, set())
    assert whole["summary"]["problems"]["new"] == len(demo["problems"])
    loki = next(one for one in demo["problems"] if one["id"].startswith("refused-file:loki"))
    some = remembered(2, set(loki["findings"][1:]))
    assert (some["history"]["problems"], some["summary"]["problems"]["new"]) == ([], 0)
    assert len(some["history"]["resolved"]) == len(loki["findings"]) - 1
    gone = remembered(3, set(loki["findings"]))
    assert [(one["id"], one["title"]) for one in gone["history"]["problems"]] == [(loki["id"], loki["title"])]
    assert gone["summary"]["problems"]["resolved"] == 1
    assert [step["title"] for step in gone["steps"] if step["done"]] == [loki["title"]]
    back = remembered(4, set())
    assert {one["id"]: one["change"] for one in back["problems"]}[loki["id"]] == "back"


def larger(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Return a snapshot of the demo with more services and variables, in which the same faults are again and again."""
    production = snapshot["production"]
    (host,) = snapshot["hosts"].values()
    containers = host["engine"]["containers"]
    redis, api = (next(one for one in containers if one["service"] == name) for name in ("redis", "api"))
    policies = "no" if production else "unless-stopped"
    for n in range(125):
        more = {"service": f"cache{n}", "name": f"cache{n}-{production}", "restart_policy": policies, "environment": {}}
        containers.append({**redis, **more, "image": f"parity-lab/cache{n}:{'7.2' if production else '7.0'}"})
        api["environment"] |= {f"SHOP{n}_URL": f"http://localhost:{n}/" if production else f"http://shop{n}:80/"}
        api["environment"] |= {} if production else {f"WORD{n}": "on"}
    return snapshot


@pytest.mark.parametrize(("change", "findings", "most"), [(dict, 60, 25 * 1024), (larger, 150, 60 * 1024)])
def test_a_report_is_read_in_minutes_on_a_second_run_too(change, findings, most, tmp_path):
    folder = ROOT / "inventory/demo/snapshots"
    snapshots = [change(json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))) for name in ENVIRONMENTS]
    for day in (24, 25):
        data = audit(snapshots, KNOWN, Settings(), f"2026-11-{day}T12:00:00Z", "0")
        data = completed(remember(data, tmp_path))
    still = [one for one in data["problems"] if one["status"] == "open"]
    assert sum(one["status"] == "open" for one in data["findings"]) >= findings
    report = render(data, docs="../../docs")["report.md"]
    assert "since 2026-11-24" in report
    assert len(report.encode()) <= most
    assert report.index("## Problems") < 3_000
    for one in still:
        assert report.count(f"`{one['id']}`") == 1
    for number in range(1, len(still) + 1):
        assert report.count(f'<a id="p{number}">') == 1
