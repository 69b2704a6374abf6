"""Many items of one rule are one finding from the number on that the rule says, and what is expected stays apart."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import KNOWN, audited, stack

APP = {"image": "example/app:1", "restart": "always"}


def findings(kind: str, count: int) -> list[str]:
    problems = [{"kind": kind, "name": f"KEY_{number}", "message": "is not set"} for number in range(count)]
    return [
        one for one in audited(stack("dev", declared={}), stack("prod", declared={}, problems=problems)) if kind in one
    ]


@pytest.mark.parametrize("kind", ["unset-variable", "required-variable"])
def test_variables_that_nobody_sets_are_one_finding_where_they_are_many(kind):
    rule = f"compose.{kind}"
    many = KNOWN.rules[rule].many
    assert 2 < many < 10
    assert len(findings(kind, many - 1)) == many - 1
    assert findings(kind, many) == [f"{rule}@prod"]


def test_the_one_finding_names_them_all():
    problems = [{"kind": "required-variable", "name": name, "message": "is not set"} for name in ("C", "A", "B")]
    found = audited(stack("dev", declared={}), stack("prod", declared={}, problems=problems))
    one = found["compose.required-variable@prod"]
    assert one.title == "prod: 3 required variables are not set: A, B, C"
    assert "A, B, C" in one.cause
    assert len(one.evidence) == 3
    assert {"A", "B", "C"} <= one.mentions


def test_a_missing_file_is_not_told_again_as_a_mount():
    mount: dict[str, Any] = {"type": "bind", "source": "/srv/app/docker/app.conf", "target": "/etc/app.conf"}
    service = {**APP, "volumes": [{**mount, "read_only": True}]}
    found = audited(
        stack("dev", declared={"app": APP}),
        stack("prod", declared={"app": service}, paths={"/srv/app/docker/app.conf": "missing"}),
    )
    assert "compose.missing-bind-source/app//etc/app.conf@prod" in found
    assert not [one for one in found if one.startswith("containers.mounts-differ")]
