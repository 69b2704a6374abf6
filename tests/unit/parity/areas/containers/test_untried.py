"""An application that runs in containers in production only, and one of which development runs a part."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

DB = {
    "image": "postgres:15.14",
    "restart": "always",
    "volumes": [{"type": "volume", "source": "d", "target": "/var/lib"}],
}
WEB = {"image": "acme/web:1.2", "restart": "always"}
API = {"image": "acme/api:1.2", "restart": "always"}
BUILT = {"build": {"context": "/srv/shop"}, "restart": "always"}


def missing(dev: dict[str, Any], prod: dict[str, Any], dev_only: dict[str, Any] | None = None) -> dict[str, str]:
    sides = (stack("dev", declared={"db": DB, **dev, **(dev_only or {})}), stack("prod", declared={"db": DB, **prod}))
    found = audited(*sides).values()
    return {
        one.id: one.severity.word for one in found if one.rule == "containers.service-missing" and one.status == "open"
    }


@pytest.mark.parametrize(
    ("dev", "prod", "found"),
    [
        ({}, {"web": WEB, "api": API}, {"containers.service-missing@dev": "medium"}),
        ({}, {"web": BUILT}, {"containers.service-missing/web@dev": "medium"}),
        ({"mail": {"image": "axllent/mailpit:v1.20"}}, {"web": WEB}, {"containers.service-missing/web@dev": "medium"}),
        ({"graph": {"image": "makers/graph:2"}}, {"graph": {"image": "makers/graph:2"}, "web": WEB},
         {"containers.service-missing/web@dev": "medium"}),  # a store that is not known
        ({"api": API}, {"api": API, "web": WEB}, {"containers.service-missing/web@dev": "low"}),
        ({"api": BUILT}, {"api": BUILT, "site": WEB}, {"containers.service-missing/site@dev": "low"}),
        ({"app": {"image": "node:22"}}, {"app": {"image": "node:22"}, "help": {"image": "postgrest/postgrest:v12"}},
         {"containers.service-missing/help@dev": "low"}),
    ],
)  # fmt: skip
def test_what_development_never_starts(dev: dict[str, Any], prod: dict[str, Any], found: dict[str, str]) -> None:
    assert missing(dev, prod) == found


def test_what_is_behind_a_profile_can_be_started() -> None:
    dev = {"web": {**WEB, "profiles": ["app"]}}
    assert set(missing(dev, {"web": WEB}).values()) <= {"low"}
