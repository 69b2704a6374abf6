"""What is stopped or not started on purpose: idle services, services of another profile, helpers of developers."""

from __future__ import annotations

import pytest
from stacks import audited, stack

APP = {"image": "example/app:1", "restart": "always"}
SERVES = {"image": "example/web:1", "ports": [{"target": 80, "published": "80"}]}


@pytest.mark.parametrize(
    ("labels", "status"),
    [
        ({"sablier.enable": "true"}, "expected"),
        (["sablier.enable=true"], "expected"),
        ({"lazytainer.group": "shop"}, "expected"),
        ({"sablier.enable": "false"}, "open"),
        ({}, "open"),
    ],
)
def test_what_a_request_starts_needs_no_restart_policy(labels, status):
    web = {**SERVES, "restart": "no", "labels": labels}
    alone = audited(stack("prod", declared=dict.fromkeys(("a", "b", "c", "web"), web)))
    assert {one.status for one in alone.values() if one.rule == "containers.no-restart"} == {status}
    both = audited(
        stack("dev", declared={"web": {**SERVES, "restart": "always"}}), stack("prod", declared={"web": web})
    )
    assert both["containers.restart-differs/web@dev+prod"].status == status


def _missing(name: str, *, profiles: bool = False):
    prod = stack("prod", declared={"app": APP, **({name: {**APP, "profiles": ["tools"]}} if profiles else {})})
    prod["hosts"]["prod1"]["rendered"]["inactive"] = [name] if profiles else []
    found = audited(stack("dev", declared={"app": APP, name: APP}), prod)
    return found[f"containers.service-missing/{name}@prod"]


def test_a_service_of_an_inactive_profile_is_declared():
    one = _missing("search", profiles=True)
    assert (one.severity.word, one.title) == ("low", "prod does not start search")
    assert "profile" in one.cause
    assert "tools" in one.cause
    assert _missing("search").severity.word == "medium"


def test_a_group_names_those_of_a_profile_apart():
    names = ("a", "b", "c", "d", "e")
    dev = stack("dev", declared={"app": {**APP, "build": {}}})
    dev["hosts"]["dev1"]["rendered"]["services"] |= {"worker-x": {**APP, "environment": {}, "profiles": ["x"]}}
    dev["hosts"]["dev1"]["rendered"]["inactive"] = ["worker-x"]
    workers = {f"worker-{name}": {**APP, "image": f"example/{name}:1"} for name in (*names, "x")}
    one = audited(dev, stack("prod", declared={"app": APP, **workers}))["containers.service-missing@dev"]
    assert one.severity.word == "medium"
    assert "images: worker-a, worker-b, worker-c, worker-d, worker-e. Declared" in one.cause
    assert one.cause.endswith("Declared there, but not started: worker-x with the profile x.")


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("mail-template-compiler", "low"),
        ("telemetry-collector", "low"),
        ("recompilers", "medium"),
        ("search", "medium"),
    ],
)
def test_a_helper_of_developers_is_low(name, severity):
    assert _missing(name).severity.word == severity
