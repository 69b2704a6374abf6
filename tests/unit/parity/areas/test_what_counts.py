"""What counts as configuration: what a container has from its image too, and of a job that ended what is declared."""

from __future__ import annotations

from typing import Any

from stacks import audited, stack

MISSING = "environment.missing/POOL@prod"
JOB: dict[str, Any] = {"image": "example/api:1.2", "restart": "no", "networks": {"app": None}}
DONE = {"state": "exited", "exit_code": 0, "restart_policy": "no"}


def image_env(made: dict[str, Any], *names: str) -> dict[str, Any]:
    made["hosts"]["prod1"]["engine"]["containers"][0]["image_environment"] = list(names)
    return made


def test_a_variable_of_the_image_is_set():
    dev = stack("dev", {"api": {"env": {"POOL": "5"}}})
    assert MISSING in audited(dev, stack("prod", {"api": {}}))
    assert MISSING not in audited(dev, image_env(stack("prod", {"api": {"env": {"POOL": "5"}}}), "POOL"))
    found = audited(dev, image_env(stack("prod", {"api": {"env": {"POOL": "9"}}}), "POOL"))
    assert "environment.differs/POOL@dev+prod" in found


def test_what_all_leave_to_their_images_is_not_compared():
    dev = stack("dev", {"api": {"env": {"POOL": "5"}}})
    dev["hosts"]["dev1"]["engine"]["containers"][0]["image_environment"] = ["POOL"]
    found = audited(dev, image_env(stack("prod", {"api": {"env": {"POOL": "9"}}}), "POOL"))
    assert [one for one in found if "POOL" in one] == []


def test_a_job_that_has_ended_runs_next_as_it_is_declared():
    dev = stack("dev", {"api": {**DONE, "env": {"POOL": "5"}}})
    declared = {"api": {**JOB, "environment": {"POOL": "5"}}}
    assert MISSING in audited(dev, stack("prod", {"api": DONE}, declared={"api": JOB}))
    found = audited(dev, stack("prod", {"api": DONE}, declared=declared))
    assert MISSING not in found
    assert "compose.drift/api@prod" not in found
    failed = audited(dev, stack("prod", {"api": {**DONE, "exit_code": 1}}, declared=declared))
    assert {MISSING, "compose.drift/api@prod"} <= set(failed)
