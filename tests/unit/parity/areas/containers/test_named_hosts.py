"""The hosts that values name, in every form; and names that no environment has."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

from parity.areas.containers.named_hosts import hosts

APP = {"image": "example/app:1", "restart": "always"}


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("DATABASE_URL", "postgres://u:p@db:5432/shop", ["db"]),
        ("DATABASE_URL", "jdbc:postgresql://db:5432/shop", ["db"]),
        ("DSN", "host=db port=5432 user=shop dbname=shop", ["db"]),
        ("CONNECTION", "Server=db;Database=shop;User Id=sa", ["db"]),
        ("MONGO_URL", "mongodb://u:p@a:27017,b:27017/shop?replicaSet=rs", ["a", "b"]),
        ("AMQP_URLS", "amqp://a:5672,amqp://b:5672", ["a", "b"]),
        ("KAFKA_BOOTSTRAP", "kafka-1:9092,kafka-2:9092", ["kafka-1", "kafka-2"]),
        ("CACHE_HOST", "cache", ["cache"]),
        ("ALLOWED_HOSTS", "shop", []),
        ("IMAGE", "shop:latest", []),
        ("TITLE", "shop", []),
        ("WINDOW", "12:30", ["12"]),
    ],
)
def test_hosts(variable: str, value: str, named: list[str]) -> None:
    assert hosts(variable, value) == named


def _unresolvable(values: dict[str, str], **more: Any) -> dict[str, str]:
    services = {"app": {**APP, "environment": values, "networks": {"app": None}}}
    side = stack("prod", declared=services, **more)
    return {one.item: one.severity.word for one in audited(side).values() if one.rule == "containers.unresolvable"}


@pytest.mark.parametrize(
    "values",
    [
        {"DATABASE_URL": "postgres://u:p@db:5432/shop"},
        {"KAFKA_BOOTSTRAP": "kafka-1:9092,kafka-2:9092"},
        {"CONNECTION": "Server=db;Database=shop;User Id=sa"},
    ],
)
def test_a_name_that_no_environment_has(values: dict[str, str]) -> None:
    assert _unresolvable(values) == dict.fromkeys(values, "medium")


@pytest.mark.parametrize(
    "values",
    [
        {"DATABASE_URL": "postgres://u:p@db.example.org:5432/shop"},
        {"DATABASE_URL": "postgres://u:p@your-host:5432/shop"},
        {"SELF_URL": "http://app:8000"},
        {"SELF_URL": "http://localhost:8000"},
        {"CACHE_HOST": "somewhere"},  # a name alone may be another thing
        {"WINDOW": "12:30"},
        {"GREETING": "custom://there"},
    ],
)
def test_what_may_be_there_all_the_same(values: dict[str, str]) -> None:
    assert _unresolvable(values) == {}


def test_a_network_of_others_may_have_the_name() -> None:
    external = {"networks": {"proxy": {"name": "proxy", "external": True}}}
    assert _unresolvable({"DATABASE_URL": "postgres://u:p@db:5432/shop"}, resources=external) == {}
