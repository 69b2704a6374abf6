"""A store on internal networks is hardened; a program that calls other hosts may be cut off."""

from __future__ import annotations

import pytest
from stacks import audited, stack


@pytest.mark.parametrize(
    ("name", "image", "closed"),
    [
        ("db", "shop-db", False),
        ("search", "solr:9.5", False),
        ("search", "ckan/ckan-solr:2.11-solr9", False),
        ("api", "example/api:1", True),
        ("db-sync", "example/sync:1", True),
    ],
)
def test_a_store_calls_nobody(name, image, closed):
    service = {"image": image, "restart": "always"}
    dev = stack("dev", declared={name: service}, resources={"networks": {"default": {"name": "app_default"}}})
    prod = stack(
        "prod",
        declared={name: {**service, "networks": {"back": None}}},
        resources={"networks": {"back": {"name": "app_back", "internal": True}}},
    )
    assert (f"containers.network-closed/{name}@prod" in audited(dev, prod)) is closed
