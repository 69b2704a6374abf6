"""Logs, memory, disks, clocks and hosts: what is said of them, and what is not known and so not said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from stacks import KNOWN, resources, stack

from parity.judge.audit import Settings, audit

GIB = 1024**3
GROWS: dict[str, Any] = {"driver": "json-file", "max_size": ""}
ENDS: dict[str, Any] = {"driver": "json-file", "max_size": "10m"}
ASKED = 1_795_564_800.0


def seen(environment: str, logs: Mapping[str, Any] | None = None, **parts: Any) -> dict[str, Any]:
    """Return an environment: its logs by service; `containers`, `declared`, `memory` by service, and its `host`."""
    memory, host = parts.pop("memory", {}), parts.pop("host", {})
    services = {name: parts.get("containers", {}).get(name, {}) for name in {**(logs or {}), **memory, "api": 0}}
    made = stack(environment, services, declared=parts.get("declared"))
    usage = {name: {"log": (logs or {}).get(name, {}), "memory": memory.get(name, {})} for name in services}
    (facts,) = made["hosts"].values()
    facts["resources"] = resources(facts["engine"]["containers"], usage, host)
    return made


def data(*snapshots: Mapping[str, Any]) -> dict[str, Any]:
    return audit(snapshots, KNOWN, Settings(), "2026-11-30T08:00:00Z", "0")


def found(*snapshots: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the open findings of this area by id."""
    return {
        one["id"].removeprefix("resources."): one
        for one in data(*snapshots)["findings"]
        if one["area"] == "resources" and one["status"] == "open"
    }


def test_logs_that_nothing_limits_anywhere_are_one_problem_with_all_services() -> None:
    one = found(seen("dev", {"api": GROWS, "db": GROWS}), seen("prod", {"api": GROWS, "db": GROWS, "web": GROWS}))
    assert {name: each["severity"] for name, each in one.items()} == {"log-unlimited@dev+prod": "low"}
    assert "api, db, web" in one["log-unlimited@dev+prod"]["cause"]


@pytest.mark.parametrize(
    ("dev", "prod", "expected"),
    [
        (ENDS, GROWS, {"log-limit-differs/api@prod"}),
        (GROWS, ENDS, set()),  # the policy expects it
        (GROWS, {}, set()),  # of production nothing is known
        (ENDS, ENDS, set()),
        ({"driver": "local", "max_size": ""}, {"driver": "journald", "max_size": ""}, set()),
        (GROWS, {"driver": "json-file", "max_size": "-1"}, {"log-unlimited@dev+prod"}),
        ({}, GROWS, {"log-unlimited@prod"}),
        ({}, {}, set()),
    ],
)
def test_a_limit_in_one_environment_only_is_a_difference(dev: Any, prod: Any, expected: set[str]) -> None:
    assert set(found(seen("dev", {"api": dev}), seen("prod", {"api": prod}))) == expected


def test_an_environment_of_three_is_named_that_lacks_the_limit() -> None:
    snapshots = [seen("dev", {"api": ENDS}), seen("staging", {"api": ENDS}), seen("prod", {"api": GROWS})]
    one = found(*snapshots)["log-limit-differs/api@prod"]
    assert "dev and staging" in one["title"]


def test_what_the_compose_files_limit_holds_from_the_next_recreation_on() -> None:
    limited = {"api": {"logging": {"driver": "json-file", "options": {"max-size": "10m"}}}}
    assert not found(seen("prod", {"api": GROWS}, declared=limited))
    assert found(seen("prod", {"api": GROWS}, declared={"api": {"logging": {"driver": "json-file"}}}))


def test_a_job_that_ended_writes_no_more() -> None:
    ended = {"job": {"state": "exited", "exit_code": 0, "restart_policy": "no"}}
    assert not found(seen("prod", {"job": GROWS}, containers=ended))
    assert found(seen("prod", {"job": GROWS}, containers={"job": {**ended["job"], "restart_policy": "always"}}))


@pytest.mark.parametrize(
    ("dev", "prod", "severity"),
    [(0, GIB, "medium"), (0, GIB - 1, "low"), (GIB, 0, "low")],
)
def test_big_logs_in_production_are_worse(dev: int, prod: int, severity: str) -> None:
    one = found(seen("dev", {"api": {**GROWS, "size": dev}}), seen("prod", {"api": {**GROWS, "size": prod}}))
    assert one["log-unlimited@dev+prod"]["severity"] == severity


def test_services_that_lack_the_limit_in_production_are_one_problem() -> None:
    names = ("api", "db", "web")
    found_by = data(seen("dev", dict.fromkeys(names, ENDS)), seen("prod", dict.fromkeys(names, GROWS)))
    assert [one["title"] for one in found_by["problems"]] == ["prod: logs without max-size (3): api, db, web"]


def test_what_is_told_of_a_log_is_not_told_of_the_compose_files_too() -> None:
    declared = {"api": {"image": "example/api:1.2", "logging": {"driver": "json-file", "options": {"max-size": "1m"}}}}
    plain = {"api": {"image": "example/api:1.2"}}
    told = data(seen("dev", {"api": ENDS}, declared=declared), seen("prod", {"api": GROWS}, declared=plain))
    ids = [one["id"] for one in told["findings"]]
    assert "resources.log-limit-differs/api@prod" in ids
    assert "compose.differs/api/logging@dev+prod" not in ids


def memory(share: float, cache: float = 0.0) -> dict[str, int]:
    return {"working_set": int(share * GIB), "file_cache": int(cache * GIB), "limit": GIB}


LIMITED = {"api": {"limits": {"memory": GIB}}}


@pytest.mark.parametrize(
    ("environment", "used", "severity"),
    [
        ("prod", memory(0.91), "medium"),
        ("dev", memory(0.91), "low"),
        ("prod", memory(0.89), None),
        ("prod", memory(0.95, cache=0.03), "medium"),
        ("prod", memory(0.95, cache=0.2), None),  # the kernel takes it back
        ("prod", {}, None),
    ],
)
def test_memory_near_its_limit(environment: str, used: dict[str, int], severity: str | None) -> None:
    one = found(seen(environment, memory={"api": used}, containers=LIMITED))
    assert [each["severity"] for each in one.values()] == ([severity] if severity else [])


def test_a_container_without_a_limit_is_near_none() -> None:
    assert not found(seen("prod", memory={"api": memory(0.99)}))


def test_a_container_that_was_killed_for_its_memory_is_told_once() -> None:
    killed = {"api": {**LIMITED["api"], "oom_killed": True, "restarts": 2}}
    told = data(seen("prod", memory={"api": memory(0.95)}, containers=killed))
    assert [one["title"] for one in told["problems"]] == ["prod: api was OOM-killed"]
    near = next(one for one in told["findings"] if one["rule"] == "resources.memory-near-limit")
    assert near["caused_by"] == "containers.oom-killed/api@prod"
    assert "2 restarts" in near["evidence"][0]["shown"]


def clock(ahead: float, slow: float = 1.0) -> dict[str, Any]:
    """Return what is known of a clock: the connection took `slow` seconds before the host began, and after it."""
    began, ended = ASKED + slow + ahead, ASKED + slow + 2 + ahead
    return {"clock": {"asked": ASKED, "began": began, "ended": ended, "answered": ASKED + slow + 2 + slow}}


@pytest.mark.parametrize(
    ("dev", "prod", "expected"),
    [
        (clock(0), clock(7), {"clock-skew/prod1@prod": "low"}),
        (clock(0), clock(-7), {"clock-skew/prod1@prod": "low"}),
        (clock(0), clock(5.5), {}),
        (clock(0), clock(62), {"clock-skew/prod1@prod": "medium"}),
        (clock(-62), clock(0), {"clock-skew/dev1@dev": "medium"}),
        (clock(0), clock(0, slow=90), {}),  # a slow connection
        (clock(0), clock(30, slow=90), {}),  # it may be right
        (clock(0, slow=90), clock(7), {"clock-skew/prod1@prod": "low"}),  # the controller's does not agree
        (clock(600), clock(-600), {"clock-skew/dev1@dev": "medium", "clock-skew/prod1@prod": "medium"}),
        (clock(600), clock(600), {}),  # the controller's is wrong
        ({}, clock(7), {"clock-skew/prod1@prod": "low"}),
        (clock(0), {"clock": {**clock(7)["clock"], "began": "inf", "ended": "nan"}}, {}),
        (clock(0), {"clock": {"asked": ASKED, "answered": ASKED + 4}}, {}),
        (clock(0), {"clock": {**clock(7)["clock"], "began": 1e300, "ended": 1e300}}, {}),
    ],
)
def test_a_clock_is_judged_by_what_is_certain(dev: Any, prod: Any, expected: dict[str, str]) -> None:
    one = found(seen("dev", host=dev), seen("prod", host=prod))
    assert {name: each["severity"] for name, each in one.items()} == expected


def disk(used: float, size: float = 100, uses: tuple[str, ...] = ("engine",)) -> dict[str, Any]:
    whole = size * GIB
    folder = "/var/lib/docker" if "engine" in uses else "/srv/app"
    return {"for": list(uses), "path": folder, "used": int(used * whole), "free": int(whole - used * whole)}


@pytest.mark.parametrize(
    ("environment", "disks", "expected"),
    [
        ("prod", [disk(0.92)], {"disk-nearly-full/prod1:/var/lib/docker@prod": "medium"}),
        ("prod", [disk(0.98)], {"disk-nearly-full/prod1:/var/lib/docker@prod": "high"}),
        ("dev", [disk(0.92)], {"disk-nearly-full/dev1:/var/lib/docker@dev": "low"}),
        ("prod", [disk(0.89)], {}),
        ("prod", [disk(0.92, size=4000)], {}),  # 320 GiB are free
        ("prod", [disk(0.5), disk(0.95, uses=("project",))], {"disk-nearly-full/prod1:/srv/app@prod": "medium"}),
        ("prod", [{"for": ["engine"], "path": "/x", "used": 0, "free": 0}], {}),
        ("prod", ["nonsense"], {}),
    ],
)
def test_a_disk_that_is_nearly_full(environment: str, disks: Any, expected: dict[str, str]) -> None:
    one = found(seen(environment, host={"disks": disks}))
    assert {name: each["severity"] for name, each in one.items()} == expected


def test_different_hosts_are_expected_and_shown() -> None:
    small = {"cores": 4, "memory": 8 * GIB, "swap": 0, "kernel": "6.1.0", "system": "Debian 12", "time_zone": "UTC"}
    told = data(seen("dev", host=small), seen("prod", host={**small, "cores": 16, "time_zone": "Europe/Berlin"}))
    (one,) = (one for one in told["findings"] if one["area"] == "resources")
    assert (one["id"], one["status"], one["severity"]) == ("resources.host-differs@dev+prod", "expected", "info")
    assert one["evidence"][0]["shown"] == "4 cores, 8.0 GiB memory, no swap, Debian 12, kernel 6.1.0, UTC"
    assert not data(seen("dev", host=small), seen("prod", host={**small, "memory": 8 * GIB + 4096}))["findings"]
    assert not data(seen("dev", host=small), seen("prod"))["findings"]


def test_a_recording_without_these_facts_says_nothing() -> None:
    assert not data(stack("dev", {"api": {}}), stack("prod", {"api": {}}))["findings"]


def test_what_the_engine_did_not_tell_is_not_seen() -> None:
    made = seen("prod")
    (facts,) = made["hosts"].values()
    facts["resources"] = {"state": "unseen", "reason": "the engine is gone", "unread": ["3 containers"]}
    told = [(one["part"], one["why"]) for one in data(made)["unseen"]]
    assert told == [("resources", "the engine is gone"), ("resources", "3 containers")]


def test_hosts_and_limits_of_logs_stand_side_by_side() -> None:
    small = {"cores": 4, "memory": 8 * GIB, "kernel": "6.1.0"}
    files = stack("test", None, declared={"api": {"image": "example/api:1.2"}})
    dev, prod = seen("dev", {"api": ENDS}, host=small), seen("prod", {"api": GROWS}, host={**small, "cores": 16})
    shown = data(dev, prod, files)["side_by_side"]
    hosts = {row["name"]: (row["verdict"], [cell["shown"] for cell in row["cells"]]) for row in shown["host"]}
    assert hosts == {
        "cores": ("expected", ["4 cores", "16 cores", "-"]),
        "memory": ("same", ["8.0 GiB memory", "8.0 GiB memory", "-"]),
        "kernel": ("same", ["kernel 6.1.0", "kernel 6.1.0", "-"]),
    }
    rows = {row["name"]: row for one in shown["services"] for row in one["rows"]}
    assert [cell["shown"] for cell in rows["log size"]["cells"][:2]] == ["limited", "no limit"]
    assert rows["log size"]["findings"] == ["resources.log-limit-differs/api@prod"]


def test_what_a_hostile_host_tells_stays_short_and_plain() -> None:
    evil = "\x1b[31m" + "x" * 5000
    host = {
        "cores": 1e308,
        "memory": -1,
        "swap": "inf",
        "kernel": evil,
        "disks": [{"for": [evil], "path": f"{evil}{number}", "used": 1e308, "free": 1} for number in range(5000)],
    }
    logs = {"api": {"driver": "json-file", "max_size": "", "size": 1e308}}
    used = {"api": {"working_set": 1e308, "file_cache": -5, "limit": 1}}
    hostile = seen("prod", logs, memory=used, host=host, containers=LIMITED)
    told = data(hostile, seen("dev", {"api": GROWS}, host={"cores": 2}))
    findings = [one for one in told["findings"] if one["area"] == "resources"]
    assert len(findings) < 20
    for one in findings:
        assert max(len(one["title"]), *(len(each["shown"]) for each in one["evidence"])) < 400
        assert "\x1b" not in str(one)
