"""Judging: waivers, an inventory's policy, weights, causes, the gate, memory and next steps."""

from __future__ import annotations

import datetime
import fnmatch
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from stacks import KNOWN, stack

from parity.domain.findings import ParityError, Severity
from parity.judge import history
from parity.judge.audit import Settings, audit, completed
from parity.judge.gate import GateSettings
from parity.judge.next_steps import steps
from parity.judge.problems.problem import Problem
from parity.judge.waivers import proposal, read_waivers
from parity.knowledge import user_file
from parity.remedy import records
from parity.report import terminal
from parity.report.explain import explain
from parity.report.text import said_once, title_of
from parity.report.write import intended_differences

ROOT = Path(__file__).resolve().parents[4]
NOW = "2026-11-24T08:00:00Z"
MISSING = "environment.missing/PAYMENT_KEY@dev"


def pair(dev: dict[str, Any] | None = None, prod: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return two environments with the service api; prod alone sets PAYMENT_KEY unless said otherwise."""
    one = {"env": {}} if dev is None else dev
    other = {"env": {"PAYMENT_KEY": "on"}} if prod is None else prod
    return [stack("dev", {"api": one}), stack("prod", {"api": other})]


def run(snapshots: list[dict[str, Any]], tmp_path: Path, *, now: str = NOW, **files: str) -> dict[str, Any]:
    """Return what an audit finds with the `policy` and `waivers` given as text."""
    paths = {}
    for name, text in files.items():
        paths[name] = tmp_path / f"{name}.yml"
        paths[name].write_text(text)
    known = KNOWN.with_policy(str(paths["policy"])) if "policy" in paths else KNOWN
    settings = Settings(waivers=read_waivers(paths["waivers"])) if "waivers" in paths else Settings()
    data = audit(snapshots, known, settings, now, "0")
    jsonschema.validate(data, json.loads((ROOT / "schemas/findings.schema.json").read_text()))
    return data


def of(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {finding["id"]: finding for finding in data["findings"]}


def test_our_own_policy_keeps_to_the_schema_of_policies():
    assert user_file.read(ROOT / "knowledge/policy.yml", "policy").data["expected"]


def waiver(**changes: str) -> str:
    entry = {
        "finding": MISSING,
        "reason": "not sold there",
        "author": "ops@example.org",
        "until": "2026-12-31",
        **changes,
    }
    return "waivers:\n  - " + "\n    ".join(f"{key}: {json.dumps(value)}" for key, value in entry.items())


def test_a_waived_finding_does_not_count_and_says_who_and_until_when(tmp_path):
    data = run(pair(), tmp_path, waivers=waiver())
    finding = of(data)[MISSING]
    assert (finding["status"], finding["because"]) == ("waived", "not sold there")
    assert finding["waiver"]["author"] == "ops@example.org"
    assert finding["waiver"]["place"] == "waivers.yml:2"
    assert data["summary"]["low"] == 0
    assert data["summary"]["waived"] == 1
    assert data["steps"] == []


def test_a_pattern_waives_all_it_matches_and_verify_asks_a_person(tmp_path):
    text = waiver(finding="environment.missing/*@dev").replace('"2026-12-31"', '"2026-12-31"\n    verify: true')
    assert of(run(pair(), tmp_path, waivers=text))[MISSING]["status"] == "verify"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"until": "2026-11-23"}, "policy.waiver-expired"),
        ({"reason": "  "}, "policy.waiver-without-reason"),
        ({"finding": "environment.missing/OTHER@dev"}, "policy.waiver-unused"),
    ],
)
def test_a_waiver_that_does_not_hold_is_a_finding_and_waives_nothing(tmp_path, changes, rule):
    found = of(run(pair(), tmp_path, waivers=waiver(**changes)))
    assert found[MISSING]["status"] == "open"
    assert [finding["rule"] for finding in found.values() if finding["area"] == "policy"] == [rule]


def test_a_waiver_holds_on_its_last_day(tmp_path):
    assert of(run(pair(), tmp_path, waivers=waiver(until="2026-11-24")))[MISSING]["status"] == "waived"


def test_what_could_not_be_seen_makes_no_waiver_unused(tmp_path):
    dev, prod = pair()
    prod["hosts"]["prod1"] = {"state": "unseen", "reason": "unreachable"}
    data = run([dev, prod], tmp_path, waivers=waiver(finding="environment.missing/OTHER@prod"))
    assert data["unseen"]
    assert not [finding for finding in data["findings"] if finding["area"] == "policy"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "waivers:\n  - finding: a.b\n    autor: me\n",
            "waivers.yml:3: unknown key autor; valid keys: author, finding",
        ),
        ("waivers:\n  - finding: environment.x\n    author: me\n", "waivers.yml:2: waivers.1: missing key until"),
        (
            waiver(until="2026-02-30"),
            'waivers.yml:5: waivers.1.until is "2026-02-30"; it must be a date such as 2027-01-31',
        ),
        (waiver(until="soon"), 'waivers.yml:5: waivers.1.until is "soon"; it must be a date such as 2027-01-31'),
        (waiver(finding="*"), 'waivers.yml:2: waivers.1.finding is "*"; it must be the id of a finding, or a pattern'),
        (waiver(finding="environment.[x"), "waivers.yml:2: waivers.1.finding is"),
        (waiver() + "\n    verify: maybe", "waivers.yml:6: waivers.1.verify must be true or false"),
        ("waivers: all", "waivers.yml:1: waivers must be a list"),
        ("- a", "waivers.yml:1: the file must be a mapping"),
        ("waivers: []\nwaivers: []", "waivers.yml:2: the key waivers is set twice"),
        ("waivers: [", "waivers.yml:1: invalid YAML: "),
        ("waivers: !!python/object:os.system {}", "waivers.yml:1: invalid YAML: could not determine a constructor"),
    ],
)
def test_a_mistake_in_a_waiver_file_is_told_with_line_key_and_what_is_allowed(text, said):
    with pytest.raises(ParityError) as told:
        user_file.parse(text, "waivers.yml", "waivers")
    assert said in str(told.value)


def test_a_file_that_is_not_there_and_one_that_is_not_text_are_told(tmp_path):
    with pytest.raises(ParityError, match=r"none\.yml does not exist"):
        read_waivers(tmp_path / "none.yml")
    (tmp_path / "waivers.yml").write_bytes(b"\xff\xfe")
    with pytest.raises(ParityError, match="is not UTF-8 text"):
        read_waivers(tmp_path / "waivers.yml")


def test_the_proposal_is_a_file_that_waives_nothing(tmp_path):
    data = run(pair(), tmp_path)
    text = proposal(data["findings"], datetime.date(2026, 11, 24))
    found = of(run(pair(), tmp_path, waivers=text))
    assert found[MISSING]["status"] == "open"
    assert [finding["rule"] for finding in found.values() if finding["area"] == "policy"] == [
        "policy.waiver-without-reason"
    ]


def test_the_proposal_keeps_hostile_names_on_their_line():
    hostile = {
        "status": "open",
        "severity": "low",
        "title": "x\nwaivers: all",
        "id": 'environment.missing/"\n- a: {{ b }}@dev',
    }
    text = proposal([hostile], datetime.date(2026, 11, 24))
    found = user_file.parse(text, "waivers.yml", "waivers")
    assert found.data["waivers"][0]["finding"] == hostile["id"]


OWN = (
    "expected:\n  - id: payment\n    rules: [environment.missing]\n    items: [PAYMENT_KEY]\n    why: not sold there\n"
)


def test_the_inventorys_policy_adds_and_says_where(tmp_path):
    finding = of(run(pair(), tmp_path, policy=OWN))[MISSING]
    assert (finding["status"], finding["because"]) == ("expected", "not sold there")
    assert finding["reasons"] == ["expected: policy.yml:2, entry payment"]


def test_the_inventorys_policy_removes_and_replaces_ours_by_id(tmp_path):
    levels = pair({"env": {"LOG_LEVEL": "debug"}}, {"env": {"LOG_LEVEL": "info"}})
    name = "environment.differs/LOG_LEVEL@dev+prod"
    assert of(run(levels, tmp_path))[name]["status"] == "expected"
    removed = of(run(levels, tmp_path, policy="remove: [environment-differs-log-level]"))
    assert removed[name]["status"] == "open"
    replaced = "expected:\n  - id: environment-differs-log-level\n    rules: [environment.differs]\n    items: [OTHER]\n    why: x\n"
    assert of(run(levels, tmp_path, policy=replaced))[name]["status"] == "open"


@pytest.mark.parametrize(("prod", "status"), [("error", "expected"), ("trace", "open")])
def test_a_direction_must_be_the_right_one(tmp_path, prod, status):
    levels = pair({"env": {"LOG_LEVEL": "info"}}, {"env": {"LOG_LEVEL": prod}})
    policy = """
remove: [environment-differs-log-level]
expected: [{rules: [environment.differs], items: [LOG_LEVEL], ways: [log-level], direction: quieter, why: less noise}]
"""
    assert of(run(levels, tmp_path, policy=policy))["environment.differs/LOG_LEVEL@dev+prod"]["status"] == status


@pytest.mark.parametrize(
    ("must", "dev", "prod", "broken"),
    [
        ("true", "false", "false", ["prod"]),
        ("true", "false", "yes", []),
        ("false", "true", "true", ["prod"]),
        ("one-of, values: [a, b]", "x", "c", ["prod"]),
        ("one-of, values: [a, b]", "x", "b", []),
        ("equal", "1", "2", ["dev", "prod"]),
        ("equal", "1", "1", []),
        ("differ", "1", "1", ["dev", "prod"]),
        ("differ", "1", "2", []),
        ("at-least", "20", "10", ["prod"]),
        ("at-least", "20", "20", []),
        ("at-most", "20", "30", ["prod"]),
        ("at-most", "20", "many", ["prod"]),
    ],
)
def test_what_the_policy_requires_is_held_against_the_values(tmp_path, must, dev, prod, broken):
    must = must.replace("true", "'true'").replace("false", "'false'")
    policy = f"required: [{{id: own, names: [SETTING], must: {must}, why: so it was decided}}]"
    data = run(pair({"env": {"SETTING": dev}}, {"env": {"SETTING": prod}}), tmp_path, policy=policy)
    found = [finding for finding in data["findings"] if finding["rule"] == "policy.broken"]
    assert [finding["environments"] for finding in found] == ([broken] if broken else [])


def test_two_hidden_values_of_one_run_are_held_against_each_other(tmp_path):
    same = {"env": {"API_TOKEN": "Vx8kQ2mZ7tLp4Wn9"}}
    policy = "required: [{id: own, names: [API_TOKEN], must: differ, why: two accounts}]"
    found = of(run(pair(same, same), tmp_path, policy=policy))
    assert found["policy.broken/own:API_TOKEN@dev+prod"]["severity"] == "high"
    assert "Vx8kQ2mZ7tLp4Wn9" not in json.dumps(found)


def test_the_policy_gives_rules_another_severity(tmp_path):
    finding = of(run(pair(), tmp_path, policy="severity: {environment.missing: critical}"))[MISSING]
    assert finding["severity"] == "critical"
    assert finding["reasons"] == ["critical: set by the inventory's policy for environment.missing"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("expected: [{rules: [a.b], wayz: [x], why: y}]", "policy.yml:1: unknown key wayz; valid keys: direction"),
        ("severity: {a.b: grave}", 'policy.yml:1: severity.a.b is "grave"; valid values: critical, high'),
        (
            "required:\n  - {names: [A], must: bigger, why: x}",
            'policy.yml:2: required.1.must is "bigger"; valid values:',
        ),
        (
            "expected: [{id: a, rules: [a.b], why: x}, {id: a, rules: [a.b], why: x}]",
            "the id a is used twice in expected",
        ),
        ("forbidden:\n  - {rule: environment.x, kind: word}", "policy.yml:2: forbidden.1: missing key names"),
        ("rules: []", "policy.yml:1: unknown key rules; valid keys: expected, forbidden, remove"),
        (
            "remove: [nothing-like-this]",
            "policy.yml:1: unknown id nothing-like-this in remove; knowledge/policy.yml lists all ids",
        ),
    ],
)
def test_a_mistake_in_a_policy_is_told_with_line_key_and_what_is_allowed(tmp_path, text, said):
    with pytest.raises(ParityError) as told:
        run(pair(), tmp_path, policy=text)
    assert said in str(told.value)


def test_a_public_port_raises_a_default_password_and_says_why(tmp_path):
    ports = [{"container": "3000/tcp", "host_ip": "0.0.0.0", "host_port": "3000"}]  # noqa: S104 - as Docker publishes it
    bad = {"env": {"ADMIN_PASSWORD": "admin"}}
    for settings, severity in ((bad, "high"), ({**bad, "ports": ports}, "critical")):
        found = of(run(pair({"env": {"ADMIN_PASSWORD": "Vx8kQ2mZ7tLp4Wn9"}}, settings), tmp_path))
        finding = found["environment.default-password/ADMIN_PASSWORD@prod"]
        assert finding["severity"] == severity
    assert (
        "raised to critical: api publishes a port on all interfaces in prod, so anyone can try the password"
        in finding["reasons"][1]
    )


@pytest.mark.parametrize(
    ("image", "policy", "severity"),
    [
        ("grafana/grafana:10", "", "medium"),
        ("postgres:15", "", "critical"),
        ("example/api:1", "", "high"),
        ("example/api:1", "services: {auxiliary: [web]}", "medium"),
        ("grafana/grafana:10", "services: {core: [web]}", "high"),
    ],
)
def test_what_a_service_is_for_weighs(tmp_path, image, policy, severity):
    stacks = [
        stack("dev", {"web": {"image": image}}),
        stack("prod", {"web": {"image": image, "health": {"status": "unhealthy"}}}),
    ]
    found = of(run(stacks, tmp_path, policy=policy))
    assert found["containers.unhealthy/web@prod"]["severity"] == severity


def test_data_weighs_in_production_only(tmp_path):
    image = "postgres:15"
    stacks = [
        stack("dev", {"db": {"image": image, "health": {"status": "unhealthy"}}}),
        stack("prod", {"db": {"image": image}}),
    ]
    finding = of(run(stacks, tmp_path))["containers.unhealthy/db@dev"]
    assert finding["severity"] == "medium"
    assert finding["reasons"] == ["medium: set by the rule containers.unhealthy outside production"]


def broken_nginx() -> list[dict[str, Any]]:
    good = {"/etc/nginx/nginx.conf": "events {}\nhttp { server { listen 80; } }\n"}
    bad = {"/etc/nginx/nginx.conf": "events {}\nhttp { proxy_pass http://api; }\n"}
    settings = {"image": "nginx:1.22.1", "restarts": 9}
    return [
        stack("dev", {"nginx": {**settings, "state": "restarting"}}, config={"nginx": ("nginx", bad)}),
        stack("prod", {"nginx": {**settings, "restarts": 0}}, config={"nginx": ("nginx", good)}),
    ]


def test_a_symptom_stands_beneath_its_cause_and_is_no_step_of_its_own(tmp_path):
    data = run(broken_nginx(), tmp_path)
    found = of(data)
    cause = next(finding for finding in found.values() if finding["rule"] == "nginx.refused")
    assert found["containers.restarting/nginx@dev"]["caused_by"] == cause["id"]
    assert "containers.restarting/nginx@dev" in cause["consequences"]
    (problem,) = (one for one in data["problems"] if cause["id"] in one["findings"])
    assert problem["findings"][:2] == [cause["id"], "containers.restarting/nginx@dev"]
    assert [step["problem"] for step in data["steps"]].count(problem["id"]) == 1


def test_a_symptom_of_a_waived_cause_stands_by_itself(tmp_path):
    text = waiver(finding="nginx.refused/*")
    found = of(run(broken_nginx(), tmp_path, waivers=text))
    assert found["containers.restarting/nginx@dev"]["caused_by"] == ""


def test_a_variable_that_the_files_have_already_follows_from_the_container_that_is_older(tmp_path):
    env = {"LOST": "20", "EMPTY": "a", "ELSEWHERE": "b"}
    declared = {"api": {"image": "example/api:1.2", "environment": {"LOST": "20", "EMPTY": "a"}}}
    prod = stack("prod", {"api": {"env": {"EMPTY": ""}}}, declared=declared)
    found = of(run([stack("dev", {"api": {"env": env}}), prod], tmp_path))
    causes = {name: one["caused_by"] for name, one in found.items() if one["rule"].startswith("environment.")}
    assert causes == {
        "environment.missing/LOST@prod": "compose.drift/api@prod",
        "environment.empty/EMPTY@prod": "compose.drift/api@prod",
        "environment.missing/ELSEWHERE@prod": "",
    }


LOST = "dial tcp cache:6379: connect: connection refused"
OF_REDIS = "redis.exceptions.ConnectionError: Error 111 connecting to cache:6379. Connection refused."
NO_NAME = "redis.exceptions.ConnectionError: Error -2 connecting to cache:6379. Name or service not known."
NOT_SENT = "kombu.exceptions.OperationalError: Error 111 connecting to cache:6379. Connection refused."


@pytest.mark.parametrize(
    ("api", "symptom"),
    [
        ({"log_tail": [LOST]}, "logs.connection-refused/api@prod"),
        ({"log_tail": [OF_REDIS]}, "logs.redis-unreachable/api@prod"),
        ({"log_tail": [NO_NAME]}, "logs.redis-name-unknown/api@prod"),
        ({"log_tail": [NOT_SENT]}, "logs.celery-publish-failed/api@prod"),
        ({"health": {"status": "unhealthy", "output": LOST}}, "containers.unhealthy/api@prod"),
        # Our own sentence speaks of a health check; nobody's log or answer names a service of that name.
        ({"health": {"status": "unhealthy", "output": "timed out"}}, ""),
    ],
)
def test_what_a_log_or_a_health_check_names_is_its_cause_and_no_word_of_ours_is(tmp_path, api, symptom):
    services = {"api": {}, "cache": {"image": "redis:7"}, "check": {}}
    down = {"state": "exited", "exit_code": 1}
    ill = {"api": api, "cache": {"image": "redis:7", **down}, "check": down}
    found = of(run([stack("dev", services), stack("prod", ill)], tmp_path))
    linked = {name: one["caused_by"] for name, one in found.items() if one["caused_by"]}
    assert linked == ({symptom: "containers.not-running/cache@prod"} if symptom else {})
    assert "containers.not-running/check@prod" in found


def test_a_cause_of_one_environment_explains_nothing_in_another(tmp_path):
    dev, prod = broken_nginx()
    prod["hosts"]["prod1"]["engine"]["containers"][0].update(state="restarting", restarts=9)
    assert of(run([dev, prod], tmp_path))["containers.restarting/nginx@prod"]["caused_by"] == ""


@pytest.mark.parametrize(
    ("settings", "passes"),
    [
        (GateSettings("low"), False),
        (GateSettings("medium"), True),
        (GateSettings("never"), True),
        (GateSettings("critical", {"environment": "low"}), False),
        (GateSettings("low", {"environment": "never"}), True),
        (GateSettings("never", {"environment": "low"}), False),
    ],
)
def test_the_gate_holds_each_area_against_its_threshold(settings, passes):
    assert audit(pair(), KNOWN, Settings(settings), NOW, "0")["gate"]["passed"] is passes


@pytest.mark.parametrize(
    ("replayed", "command"),
    [(("dev",), ""), (("prod",), "ansible-playbook -i inventory/mine remediate.yml --tags env --check --diff")],
)
def test_a_recording_is_offered_no_remedy(replayed, command):
    data = audit(pair(), KNOWN, Settings(inventories=("inventory/mine",), replayed=replayed), NOW, "0")
    found = of(data)[MISSING]
    assert (found["remedy"], found["command"]) == ("env", command)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("grave",),
            "parity_fail_on: unknown severity 'grave'; valid severities: info, low, medium, high, critical, never",
        ),
        (("high", {"ngnix": "low"}), "parity_fail_on_areas: unknown area ngnix. Valid areas: containers"),
        (("high", {"nginx": "bad"}), "parity_fail_on_areas, area nginx: unknown severity 'bad'"),
    ],
)
def test_a_threshold_that_is_none_is_told(arguments, said):
    with pytest.raises(ParityError) as told:
        GateSettings(*arguments)
    assert said in str(told.value)


def remembered(tmp_path: Path, snapshots: list[dict[str, Any]], hour: int, **rest: Any) -> dict[str, Any]:
    now = f"2026-11-24T{hour:02}:00:00Z"
    limits = GateSettings("low", only_new=True)
    data = completed(history.remember(audit(snapshots, KNOWN, Settings(limits), now, "0"), tmp_path, **rest))
    jsonschema.validate(data, json.loads((ROOT / "schemas/findings.schema.json").read_text()))
    return data


def test_a_finding_has_a_life(tmp_path):
    good = pair({"env": {"PAYMENT_KEY": "on"}})
    first = remembered(tmp_path, pair(), 1)
    assert of(first)[MISSING]["change"] == "new"
    assert not first["gate"]["passed"]
    again = remembered(tmp_path, pair(), 2)
    assert [of(again)[MISSING][name] for name in ("change", "first_seen", "last_seen")] == [
        "open",
        "2026-11-24T01:00:00Z",
        "2026-11-24T02:00:00Z",
    ]
    assert again["gate"]["passed"]
    (tmp_path / "remedies").mkdir()
    (tmp_path / "remedies" / "damaged.json").write_text("{")
    early = {"outcome": "changed", "remedy": "wrong", "when": "2026-11-24T000000Z", "findings": [MISSING]}
    late = {**early, "remedy": "env", "when": "2026-11-24T023000Z"}
    for record in (late, early, {**late, "outcome": "restored", "remedy": "none"}):
        (tmp_path / "remedies" / f"{record['remedy']}.json").write_text(json.dumps(record))
    gone = remembered(tmp_path, good, 3, repairs=records.repairs(tmp_path))
    assert [(one["id"], one["by"]) for one in gone["history"]["resolved"]] == [(MISSING, "env")]
    assert gone["steps"][-1]["done"]
    assert gone["steps"][-1]["by"] == "env"
    assert remembered(tmp_path, good, 4)["history"]["resolved"] == []
    back = remembered(tmp_path, pair(), 5)
    assert of(back)[MISSING]["change"] == "back"
    assert not back["gate"]["passed"]
    assert [run["low"] for run in back["history"]["runs"]] == [1, 1, 0, 0, 1]


def test_an_environment_that_was_not_seen_resolves_nothing(tmp_path):
    remembered(tmp_path, pair(), 1)
    dev, prod = pair()
    dev["hosts"]["dev1"] = {"state": "unseen", "reason": "unreachable"}
    assert remembered(tmp_path, [dev, prod], 2)["history"]["resolved"] == []
    assert of(remembered(tmp_path, pair(), 3))[MISSING]["change"] == "open"


def test_another_inventory_has_a_memory_of_its_own(tmp_path):
    remembered(tmp_path, pair(), 1)
    other = [stack("dev", {"api": {}}), stack("prod", {"api": {}})]
    other[0]["hosts"] = {"elsewhere": other[0]["hosts"]["dev1"]}
    assert remembered(tmp_path, other, 2)["history"]["resolved"] == []


def test_another_project_on_a_host_of_the_same_name_has_a_past_of_its_own(tmp_path):
    blog, shop = ({"dev": [name], "prod": [name]} for name in ("blog", "shop"))
    good = pair({"env": {"PAYMENT_KEY": "on"}})
    remembered(tmp_path, pair(), 1, projects=blog)
    assert remembered(tmp_path, good, 2, projects=shop)["history"]["resolved"] == []
    assert of(remembered(tmp_path, pair(), 3, projects=blog))[MISSING]["change"] == "open"
    assert [one["id"] for one in remembered(tmp_path, good, 4, projects=blog)["history"]["resolved"]] == [MISSING]


def test_a_damaged_memory_is_set_aside_and_said(tmp_path):
    (tmp_path / history.FILE).write_bytes(b"this is no database at all" * 99)
    data = remembered(tmp_path, pair(), 1)
    assert "moved to history.sqlite.damaged-1, and a new one was started" in data["history"]["note"]
    assert (tmp_path / "history.sqlite.damaged-1").read_bytes().startswith(b"this is no database")
    assert of(remembered(tmp_path, pair(), 2))[MISSING]["change"] == "open"


def test_a_memory_of_a_newer_parity_is_left_alone(tmp_path):
    remembered(tmp_path, pair(), 1)
    base = sqlite3.connect(tmp_path / history.FILE)
    base.execute("PRAGMA user_version = 99")
    base.close()
    before = (tmp_path / history.FILE).read_bytes()
    data = remembered(tmp_path, pair(), 2)
    assert "newer Parity" in data["history"]["note"]
    assert (tmp_path / history.FILE).read_bytes() == before


def test_runs_at_the_same_time_wait_for_each_other(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda hour: remembered(tmp_path, pair(), hour), range(8)))
    assert [run["history"]["note"] for run in runs] == [""] * 8
    assert sorted(of(run)[MISSING]["change"] for run in runs) == ["new"] + ["open"] * 7
    assert sorted(len(run["history"]["runs"]) for run in runs) == list(range(1, 9))


def test_steps_stand_in_order_with_what_they_take(tmp_path):
    wrong = {"env": {"DEBUG": "true", "ADMIN_PASSWORD": "admin"}, "restart_policy": "no"}
    data = run([stack("dev", {"api": {"env": {"PAYMENT_KEY": "on"}}}), stack("prod", {"api": wrong})], tmp_path)
    order = [step["when"] for step in data["steps"]]
    assert order == sorted(order, key=["now", "week", "month"].index)
    assert {step["effort"] for step in data["steps"]} <= {"minutes", "hours", "days"}
    assert data["review"] == {"every_days": 30, "next": "2026-12-24"}


def test_intended_differences_are_a_page_that_is_the_same_for_the_same_differences(tmp_path):
    sides = (
        {"env": {"PORT": "8000", "LOG_LEVEL": "debug", "POOL_SIZE": "1"}},
        {"env": {"PORT": "9000", "LOG_LEVEL": "info", "POOL_SIZE": "*2*", "PAYMENT_KEY": "on"}},
    )
    page = intended_differences(run(pair(*sides), tmp_path, waivers=waiver(reason="sold *there* only")))
    assert page == intended_differences(
        run(pair(*sides), tmp_path, now="2026-12-01T09:00:00Z", waivers=waiver(reason="sold *there* only"))
    )
    assert page.count("Each environment has its own ports.") == 1
    assert "- dev and prod: LOG_LEVEL differs (log level)" in page
    assert "sold \\*there\\* only (waived by ops@example.org until 2026-12-31)" in page
    assert f"(`{MISSING}`)" in page
    nothing = intended_differences(run(pair({}, {}), tmp_path))
    assert nothing.endswith("\n\nNo expected differences.\n")


def test_what_one_run_of_a_remedy_fixes_is_one_step():
    def problem(name: str, severity: Severity, remedy: str) -> Problem:
        return Problem(
            name, "fault", f"title of {name}", severity, "", "open", False, False, ("dev",), (f"{name}@dev",), "", "", "", "",
            "minutes", remedy, (),
        )  # fmt: skip

    found = [
        problem("b", Severity.HIGH, "loki"),
        problem("a", Severity.MEDIUM, "loki"),
        problem("c", Severity.MEDIUM, ""),
        problem("d", Severity.MEDIUM, ""),
    ]
    assert [(step["problem"], step["also"], step["when"]) for step in steps(found)] == [
        ("b", ["a"], "now"),
        ("c", [], "week"),
        ("d", [], "week"),
    ]
    assert title_of(steps(found)[0]) == "title of b (and 1 more that the same remedy fixes)"


def test_a_value_that_many_services_have_is_said_once():
    where = "config/app.env:3"
    evidence = [
        {"environment": "dev", "service": name, "shown": "x", "place": f"container dev_{name}, {where}"}
        for name in ("api", "worker")
    ]
    evidence.append({"environment": "prod", "service": "", "shown": "y", "place": ""})
    assert said_once(evidence) == [
        {"who": "dev api, worker", "shown": "x", "where": f"containers dev_api, dev_worker, {where}"},
        {"who": "prod", "shown": "y", "where": ""},
    ]


def test_an_explanation_names_rule_inputs_and_what_would_change_it(tmp_path):
    text = explain(run(pair(), tmp_path), MISSING)
    assert "low: set by the rule environment.missing outside production" in text
    assert "dev api: (not set)" in text
    entry = text[text.index("    expected:") : text.index("  - a waiver")].replace("why: …", "why: so it is")
    assert (
        of(run(pair(), tmp_path, policy="\n".join(line[4:] for line in entry.splitlines())))[MISSING]["status"]
        == "expected"
    )


def test_an_explanation_of_no_finding_names_the_nearest(tmp_path):
    with pytest.raises(
        ParityError, match=r"Unknown id PAYMENT_KEY\. Did you mean environment\.missing/PAYMENT_KEY@dev"
    ):
        explain(run(pair(), tmp_path), "PAYMENT_KEY")


def test_without_an_id_the_open_problems_are_listed(tmp_path):
    data = run(pair(), tmp_path)
    still = [f"{one['severity']:<9}{one['id']}" for one in data["problems"] if one["status"] == "open"]
    assert explain(data, "").splitlines()[2:] == still
    assert any(line.endswith(" fault:environment.missing/PAYMENT_KEY") for line in still)


def test_what_a_rule_explains_are_rules_and_what_weighs_it_are_facts():
    links = [(rule.id, effect) for rule in KNOWN.rules.values() for link in rule.explains for effect in link.effects]
    unknown = [(rule, effect) for rule, effect in links if not fnmatch.filter(KNOWN.rules, effect)]
    assert not unknown, f"rules explain what is no rule: {unknown}"
    facts = {fact for rule in KNOWN.rules.values() for fact in (*rule.raised_by, *rule.lowered_by)}
    assert facts == set(KNOWN.judgement.facts)


@pytest.mark.parametrize("inventories", [(), ("inventory/mine",), ("one.yml", "my hosts")])
def test_a_remedys_command_can_be_run_as_it_stands(inventories: tuple[str, ...]) -> None:
    data = audit(pair(), KNOWN, Settings(inventories=inventories), NOW, "0")
    named = {(): "", ("inventory/mine",): "-i inventory/mine ", ("one.yml", "my hosts"): "-i one.yml -i 'my hosts' "}
    command = f"ansible-playbook {named[inventories]}remediate.yml --tags env --check --diff"
    assert of(data)[MISSING]["command"] == command
    assert f"Begin with: {command}" in terminal.summary(data, "reports/now")
    others = {one["command"] for one in data["findings"] if not one["remedy"]}
    assert not [other for other in others if "-i" in other]


def test_the_terminal_keeps_to_80_columns_but_for_the_command() -> None:
    lines = terminal.summary(audit(pair(), KNOWN, Settings(inventories=("x" * 90,)), NOW, "0"), "reports/" + "y" * 90)
    long = [line for line in lines if len(line) > 80]
    assert [line.partition(":")[0] for line in long] == ["Begin with"]
