"""Staging on production's host: a service that is named after another environment has that one's data and addresses."""

from __future__ import annotations

import pytest
from stacks import FOLDER, audited, stack


def found(name: str, rule: str) -> list[str]:
    mount = {"type": "bind", "source": f"{FOLDER}/data-staging", "target": "/data"}
    service = {"image": "example/shop:1", "restart": "always", "volumes": [mount]}
    service["environment"] = {"CATALOG_URL": "https://staging.shop.example.org"}
    return [one.service for one in audited(stack("prod", declared={name: service})).values() if one.rule == rule]


@pytest.mark.parametrize("rule", ["environment.names-another-environment", "containers.mounts-another-environment"])
@pytest.mark.parametrize(("name", "told"), [("shop", 1), ("shop-prod", 1), ("shop-dev", 1), ("shop-staging", 0)])
def test_what_a_service_of_staging_has_is_its_own(rule: str, name: str, told: int) -> None:
    assert len(found(name, rule)) == told
