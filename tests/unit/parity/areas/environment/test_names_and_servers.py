"""Names that differ by a letter, and servers that environments share."""

from __future__ import annotations

import pytest
from stacks import audited, stack


def _found(dev: dict[str, str], prod: dict[str, str], rule: str) -> set[str]:
    sides = [stack(e, {"api": {"environment": values}}) for e, values in (("dev", dev), ("prod", prod))]
    return {name for name, one in audited(*sides).items() if one.rule == rule}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("SENTRY_DSN", "SENTRY_DNS"),
        ("CACHE_TIMEOUT", "CACHE_TIMEOUTS"),
        ("MAIL_SENDER", "MAIL_SENDOR"),
        ("DB_PASS", "DB_PASSWORD"),
    ],
)
def test_a_name_that_is_a_slip_is_one_finding_and_not_two(theirs: str, ours: str) -> None:
    assert _found({theirs: "a"}, {ours: "b"}, "environment.near-name") == {f"environment.near-name/{ours}@prod"}
    assert not _found({theirs: "a"}, {ours: "b"}, "environment.missing")


@pytest.mark.parametrize(
    ("dev", "prod"),
    [
        ({"QUEUE_1": "a"}, {"QUEUE_2": "a"}),
        ({"SERVER01_URL": "a"}, {"SERVER02_URL": "a"}),
        ({"SHARD_A": "a"}, {"SHARD_B": "a"}),
        ({"PORT": "1"}, {"SORT": "1"}),
        ({"API_HOST": "a"}, {"APP_HOST": "a"}),
        ({"CACHE_URL": "a", "CACHE_URI": "a"}, {"CACHE_URI": "a"}),
        ({"DEV_TOKENS": "a"}, {"PROD_TOKENS": "a"}),
    ],
)
def test_other_names_are_not(dev: dict[str, str], prod: dict[str, str]) -> None:
    assert not _found(dev, prod, "environment.near-name")


@pytest.mark.parametrize(
    ("name", "dev", "prod", "shared"),
    [
        ("DATABASE_URL", "postgres://a@db.shop.io/x", "postgres://b@DB.shop.io/x", True),
        ("DATABASE_URL", "postgres://a@db.shop.io/x", "postgres://b@db.shop.io/y", False),
        ("DATABASE_URL", "postgres://a@db/x", "postgres://b@db/x", False),
        ("DATABASE_URL", "postgres://a@host.docker.internal/x", "postgres://b@host.docker.internal/x", False),
        ("DATABASE_URL", "postgres://a@127.0.0.1/x", "postgres://b@127.0.0.1/x", False),
        ("DB_HOST", "db.shop.io", "db.shop.io", True),
        ("SMTP_HOST", "mail.shop.io", "mail.shop.io", False),
        ("API_URL", "https://api.shop.io/x", "https://api.shop.io/x", False),
    ],
)
def test_a_server_of_both_is_one_outside_of_the_stack(name: str, dev: str, prod: str, shared: bool) -> None:
    assert bool(_found({name: dev}, {name: prod}, "environment.same-server")) is shared
