"""What an audit of many services costs, counted: calls, and steps of the interpreter, and no time."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from stacks import KNOWN, stack

from parity.areas.containers import unresolvable
from parity.areas.environment import between, one_environment, placeholders, servers
from parity.domain import switches
from parity.judge.audit import Settings, audit, differences

Snapshots = list[dict[str, Any]]
# A step more for each pair of services would make it 4.
LINEAR = 2.4


def _shared(services: int, variables: int = 12) -> Snapshots:
    """Return environments whose services have the same variables, as an env file gives them."""
    return [
        stack(environment, {f"svc{i}": {"env": {f"OPTION_{v}": f"{v}{environment}" for v in range(variables)}}
                            for i in range(services)})
        for environment in ("dev", "prod")
    ]  # fmt: skip


def _running(services: int) -> Snapshots:
    return _shared(services, 2)


def _declared(services: int) -> Snapshots:
    """Return services that no container has, each waiting for the one before."""
    one = {"image": "example/app:1", "restart": "no", "environment": {"A": "1"}}
    several = {
        f"svc{i}": {**one, "depends_on": {f"svc{i - 1}": {"condition": "service_started"}} if i else {}}
        for i in range(services)
    }
    return [stack(environment, declared=several) for environment in ("dev", "prod")]


def _calling(services: int) -> Snapshots:
    """Return services each of which calls one that does not exist."""
    return [
        stack(environment, {f"svc{i}": {"env": {f"V{i}_URL": f"http://gone{i}:8000"}} for i in range(services)})
        for environment in ("dev", "prod")
    ]


def _lacking(services: int) -> Snapshots:
    """Return services that lack in production the addresses of a few others."""
    return [
        stack(environment, {f"svc{i}": {"env": env} for i in range(services)})
        for environment, env in (("dev", {f"V{v}": f"svc{v}:80" for v in range(3)} | {"A": "1"}), ("prod", {"A": "1"}))
    ]


def _steps(snapshots: Snapshots) -> int:
    """Return how many instructions of Python compare and judge take."""
    counted = [0]

    def trace(frame: FrameType, event: str, _: object) -> Callable[..., Any]:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        counted[0] += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        differences(snapshots, KNOWN, {})
    finally:
        sys.settrace(before)
    return counted[0]


@pytest.mark.long_run
def _renamed(services: int) -> Snapshots:
    """Return a service whose variables production has under nearly the same names."""
    several = [{f"OPTION_{v}_{end}": f"value {v}" for v in range(services)} for end in ("NAME", "NAMES")]
    return [stack(one, {"api": {"env": env}}) for one, env in zip(("dev", "prod"), several, strict=True)]


def _sharing(services: int) -> Snapshots:
    """Return a service with many secrets, each of them production's too."""
    env = {f"A{v}_PASSWORD": f"uW8#{v}-bR2!xK{v * 7919}" for v in range(services)}
    return [stack(environment, {"api": {"env": env}}) for environment in ("dev", "prod")]


def _entrances(services: int) -> Snapshots:
    """Return proxies that publish HTTP, in a stack where nothing speaks TLS."""
    several = {
        f"svc{i}": {"ports": [{"container": "80/tcp", "host_ip": "::", "host_port": str(1000 + i)}]}
        for i in range(services)
    }
    return [stack(environment, several) for environment in ("dev", "prod")]


@pytest.mark.parametrize("made", [_running, _declared, _calling, _lacking, _renamed, _sharing, _entrances])
def test_the_work_grows_with_the_services(made: Callable[[int], Snapshots]) -> None:
    differences(made(2), KNOWN, {})  # what is read once
    few, more, many = (_steps(made(services)) for services in (12, 24, 48))
    assert many - more < LINEAR * (more - few)


ASKED = [
    (placeholders, "placeholder_kind"),
    (one_environment, "environments_named"),
    (servers, "_server"),
    (between, "_verdict"),
    (unresolvable, "hosts"),
]


@pytest.mark.parametrize(("module", "name"), ASKED, ids=[name for _, name in ASKED])
def test_a_value_that_many_services_share_is_asked_about_once(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    really, counted = getattr(module, name), [0]

    def asked(*words: Any) -> Any:
        counted[0] += 1
        return really(*words)

    monkeypatch.setattr(module, name, asked)
    said = []
    for services in (4, 16):
        counted[0] = 0
        audit(_shared(services), KNOWN, Settings(), "2026-11-24T08:00:00Z", "0")
        said.append(counted[0])
    assert 0 < said[0] == said[1]


def test_a_switch_is_looked_for_once_in_each_service(monkeypatch: pytest.MonkeyPatch) -> None:
    really, counted = switches._switch, [0]

    def switch(name: str, value: str) -> Any:
        counted[0] += 1
        return really(name, value)

    monkeypatch.setattr(switches, "_switch", switch)
    found = audit(_shared(3), KNOWN, Settings(), "2026-11-24T08:00:00Z", "0")["findings"]
    assert len(found) >= 12
    assert 0 < counted[0] <= 2 * 3 * 12


def test_like_hosts_are_one_finding_that_lists_them() -> None:
    ill = {"api": {"state": "running", "health": {"status": "unhealthy"}}}
    several = stack("prod", ill)
    ((name, facts),) = several["hosts"].items()
    several["hosts"] = {f"{name}-{number}": facts for number in range(50)}
    data = audit([stack("dev", {"api": {}}), several], KNOWN, Settings(), "2026-11-24T08:00:00Z", "0")
    (found,) = (one for one in data["findings"] if one["rule"] == "containers.unhealthy")
    assert [one["title"] for one in data["problems"]] == ["prod: api is unhealthy on 50 hosts"]
    assert [piece["place"] for piece in found["evidence"]] == [
        f"container app-api-prod on {host}" for host in sorted(several["hosts"])
    ]
