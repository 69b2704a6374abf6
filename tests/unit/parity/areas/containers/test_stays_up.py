"""Services that are meant to stay up though nothing reaches them, and those that people start by hand or that end."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

DB = {"image": "postgres:15.14", "restart": "always"}


def unwatched(name: str, service: dict[str, Any]) -> bool:
    declared = {"db": DB, name: {"image": "example/shop:1.2", "restart": "no", **service}}
    return f"containers.no-restart/{name}@prod" in audited(stack("prod", declared=declared))


WAITS = {"depends_on": {"db": {"condition": "service_started"}}}


@pytest.mark.parametrize(
    ("name", "service", "stays"),
    [
        ("sender", {"command": ["make", "run-sender"], **WAITS}, True),
        ("sender", {"command": ["make", "run-sender"]}, False),  # nothing tells
        ("renewal", {}, True),  # what its image is for
        ("renewal", {"image": "certbot/certbot:v2.9.0"}, False),
        ("shop-certbot", {"image": "example/shop-certbot:1"}, True),
        ("thing", {"image": "example/thing:1"}, False),
        ("webhooks", {"image": "example/thing:1"}, False),
        ("model", {"entrypoint": ["serve-model", "--port", "8000"]}, True),
        ("model", {"command": ["agent", "--server.http.listen-addr=0.0.0.0:12345"]}, True),
        ("db-backup", WAITS, False),
        ("shop-shell", {"command": ["/bin/bash"], **WAITS}, False),
        ("permissions-fixer", {}, False),
        ("migrate", WAITS, False),
        ("rsa-keys", {"command": ["./scripts/generate.rsa.sh"], **WAITS}, False),
    ],
)
def test_what_stays_up_says_so_in_many_ways(name: str, service: dict[str, Any], stays: bool) -> None:
    assert unwatched(name, service) is stays
