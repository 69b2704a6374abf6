"""What services are that only internal networks reach, and what ports say of them."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

MONGO = {
    "image": "mongo:7.0",
    "restart": "always",
    "volumes": [{"type": "volume", "source": "d", "target": "/data/db"}],
}
PORT = {"target": 27017, "published": "27017"}


def of_prod(*, internal: bool, driver: str = "bridge", **more: Any) -> dict[str, str]:
    declared = {"db": {**MONGO, "networks": {"back": None}, **more}}
    resources = {"networks": {"back": {"name": "b", "internal": internal, "driver": driver}}}
    found = audited(stack("prod", declared=declared, resources=resources))
    return {one.rule: one.severity.word for one in found.values()}


@pytest.mark.parametrize(
    ("internal", "more", "severity"),
    [(True, {}, "low"), (False, {}, "medium"), (True, {"ports": [PORT]}, "medium")],
)
def test_a_database_without_accounts_is_less_bad_where_only_its_clients_reach_it(internal, more, severity):
    assert of_prod(internal=internal, **more)["containers.no-authentication"] == severity


@pytest.mark.parametrize(
    ("internal", "driver", "told"),
    [
        (True, "bridge", {"containers.port-not-published"}),
        (False, "bridge", {"containers.datastore-exposed"}),
        (True, "overlay", {"containers.datastore-exposed"}),
    ],
)
def test_a_port_that_docker_does_not_publish_is_open_to_nobody(internal, driver, told):
    rules = {"containers.port-not-published", "containers.datastore-exposed"}
    assert of_prod(internal=internal, driver=driver, ports=[PORT]).keys() & rules == told


def test_what_is_not_published_is_more_than_that_nothing_gets_out():
    app = {"image": "example/app:1", "restart": "always", "ports": [{"target": 3000, "published": "3000"}]}
    networks = {"networks": {"back": {"name": "b", "internal": True}, "front": {"name": "f"}}}
    dev = stack("dev", declared={"app": {**app, "networks": {"front": None}}}, resources=networks)
    prod = {name: {**app, "networks": {"back": None}} for name in ("app", "admin")}
    found = audited(dev, stack("prod", declared=prod, resources=networks))
    assert "containers.port-not-published@prod" in found
    assert not any(one.rule == "containers.network-closed" for one in found.values())
