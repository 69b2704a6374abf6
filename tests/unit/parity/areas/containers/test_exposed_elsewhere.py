"""Datastores that another environment than production publishes to every address, and consoles without a login."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

OPEN = [{"target": 6379, "published": "6379"}]
STRONG = "Vx8kQ2mZ7tLp4Wn9"


@pytest.mark.parametrize(
    ("service", "severity"),
    [
        ({"image": "redis:7.2", "ports": OPEN}, "medium"),
        ({"image": "redis:7.2", "ports": [{**OPEN[0], "host_ip": "127.0.0.1"}]}, ""),
        ({"image": "redis:7.2", "ports": OPEN, "environment": {"REDIS_PASSWORD": "redis"}}, "medium"),
        ({"image": "redis:7.2", "ports": OPEN, "environment": {"REDIS_PASSWORD": STRONG}}, "low"),
        ({"image": "example/shop:1", "ports": OPEN}, ""),
    ],
)
def test_everybody_on_the_network_of_a_developer_reaches_it(service: dict[str, Any], severity: str) -> None:
    found = audited(stack("dev", declared={"store": service})).get("containers.datastore-exposed/store@dev")
    assert (found.severity.word if found else "") == severity


def test_several_are_one_finding_outside_of_production_only() -> None:
    services = {
        "cache": {"image": "redis:7.2", "ports": OPEN, "restart": "always"},
        "db": {"image": "postgres:15.14", "ports": [{"target": 5432, "published": "5432"}], "restart": "always"},
    }
    sides = (stack(one, declared=services) for one in ("dev", "prod"))
    found = [name for name in audited(*sides) if name.startswith("containers.datastore-exposed")]
    assert sorted(found) == [
        "containers.datastore-exposed/cache/6379/tcp@prod",
        "containers.datastore-exposed/db/5432/tcp@prod",
        "containers.datastore-exposed@dev",
    ]


@pytest.mark.parametrize(
    ("command", "ways", "severity"),
    [
        (["--api.insecure=true", "--providers.docker"], ("no-login",), "high"),
        (["--api.insecure", "--providers.docker"], ("no-login",), "high"),
        (["--api.insecure=false"], ("console",), "medium"),
        (["--api.dashboard=true"], ("console",), "medium"),
    ],
)
def test_a_dashboard_without_a_login_is_worse(command: list[str], ways: tuple[str, ...], severity: str) -> None:
    proxy = {"image": "traefik:3.1", "restart": "always", "command": command}
    ports = [{"target": 8080, "published": "8080"}]
    found = audited(stack("prod", declared={"proxy": {**proxy, "ports": ports}}))
    one = found["containers.admin-exposed/proxy/8080/tcp@prod"]
    assert (one.ways, one.severity.word) == (ways, severity)


@pytest.mark.parametrize(
    ("said", "lost"),
    [
        ({}, True),
        ({"environment": {"KC_DB": "postgres"}}, False),
        ({"command": ["start", "--db=postgres"]}, False),
        ({"volumes": [{"type": "volume", "source": "kc", "target": "/opt/keycloak/data"}]}, False),
        ({"volumes": [{"type": "bind", "source": "/srv/realms", "target": "/opt/keycloak/data/import"}]}, True),
    ],
)
def test_keycloak_keeps_its_users_in_a_database(said: dict[str, Any], lost: bool) -> None:
    login = {
        "image": "quay.io/keycloak/keycloak:26.0",
        "restart": "always",
        "expose": ["8080"],
        "command": ["start"],
        **said,
    }
    assert ("containers.state-not-kept/login@prod" in audited(stack("prod", declared={"login": login}))) is lost
