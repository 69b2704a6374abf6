"""What is mounted above a path counts for what is missing on the host."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import FOLDER, audited, stack

APP = {"image": "example/app:1", "restart": "always"}


def bind(source: str, target: str, **more: Any) -> dict[str, Any]:
    return {"type": "bind", "source": f"{FOLDER}/{source}".rstrip("/"), "target": target, **more}


@pytest.mark.parametrize(
    ("writer", "rule"),
    [
        ([bind("var", "/srv/var")], "compose.missing-bind-folder"),
        ([bind("var", "/srv/var", read_only=True)], "compose.missing-bind-source"),
        ([bind("variant", "/srv/var")], "compose.missing-bind-source"),
        ([], "compose.missing-bind-source"),
    ],
)
def test_a_folder_below_one_that_a_service_writes_to_is_made_by_it(writer, rule):
    served = bind("var/media", "/usr/share/nginx/html/media")
    prod = {"app": {**APP, "volumes": writer}, "web": {**APP, "volumes": [served]}}
    found = audited(stack("prod", declared=prod, paths={served["source"]: "missing"}))
    assert [one.rule for one in found.values() if one.rule.startswith("compose.missing-bind")] == [rule]


@pytest.mark.parametrize(
    ("there", "items"),
    [
        ({}, {"docker/module"}),
        ({f"{FOLDER}/module/c.conf": "file"}, {"/etc/a.conf", "/etc/b.conf"}),
    ],
)
def test_a_folder_that_was_moved_is_one_finding(there, items):
    mounts = {name: bind(f"module/{name}.conf", f"/etc/{name}.conf") for name in "ab"}
    prod = {name: {**APP, "volumes": [mount]} for name, mount in mounts.items()}
    paths = {mount["source"]: "missing" for mount in mounts.values()} | there
    found = audited(stack("prod", declared=prod, paths=paths))
    assert {one.item for one in found.values() if one.rule == "compose.missing-bind-source"} == items
