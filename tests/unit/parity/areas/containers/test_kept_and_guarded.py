"""Programs that keep nothing or ask nobody, services that stay up, and images that are pulled though they could be built."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack


def _found(service: dict[str, Any], name: str = "it") -> set[str]:
    declared = {name: {"restart": "always", **service}}
    return {one.rule for one in audited(*(stack(e, declared=declared) for e in ("dev", "prod"))).values()}


HTTPS = [{"target": 443, "published": "443"}]
DATA = [{"type": "volume", "source": "data", "target": "/data"}]


@pytest.mark.parametrize(
    ("service", "lost"),
    [
        ({"image": "caddy:2.8", "ports": HTTPS}, True),
        ({"image": "caddy:2.8", "ports": HTTPS, "volumes": DATA}, False),
        ({"image": "caddy:2.8", "ports": [{"target": 80, "published": "80"}]}, False),  # it gets no certificates
        ({"image": "caddy:2.8", "ports": HTTPS, "volumes": DATA, "environment": {"XDG_DATA_HOME": "/state"}}, True),
    ],
)
def test_caddy_keeps_its_certificates(service: dict[str, Any], lost: bool) -> None:
    assert ("containers.state-not-kept" in _found(service)) is lost


@pytest.mark.parametrize(
    ("service", "open_"),
    [
        ({"image": "mongo:7.0"}, True),
        ({"image": "mongo:7.0", "environment": {"DATABASE_ROOT_USERNAME": "root"}}, True),
        ({"image": "mongo:7.0", "environment": {"MONGO_INITDB_ROOT_USERNAME_FILE": "/run/secrets/root"}}, False),
        ({"image": "mongo:7.0", "command": ["--auth"]}, False),
        ({"image": "mongo:7.0", "command": ["mongod", "--keyFile", "/key"]}, False),
        ({"image": "example/shop-mongodb:1"}, False),  # its own start may see to it
        ({"image": "bitnami/mongodb:7.0"}, False),
    ],
)
def test_mongodb_without_an_account_asks_nobody(service: dict[str, Any], open_: bool) -> None:
    assert ("containers.no-authentication" in _found(service)) is open_


@pytest.mark.parametrize(
    ("image", "more", "pulled"),
    [
        ("ghcr.io/example/shop:edge", {}, True),
        ("ghcr.io/example/shop:edge", {"pull_policy": "build"}, False),
        ("ghcr.io/example/shop:latest", {}, False),
        ("shop:edge", {}, False),
    ],
)
def test_an_image_of_a_branch_is_pulled_before_it_is_built(image: str, more: dict[str, Any], pulled: bool) -> None:
    assert ("containers.unpinned-image" in _found({"image": image, "build": {"context": "/srv"}, **more})) is pulled


@pytest.mark.parametrize(("more", "stays"), [({"hostname": "shop"}, True), ({}, False)])
def test_a_service_with_a_host_name_is_meant_to_be_reached(more: dict[str, Any], stays: bool) -> None:
    assert ("containers.no-restart" in _found({"image": "example/shop:1", "restart": "no", **more})) is stays


def test_pgsql_is_a_name_of_a_database() -> None:
    found = audited(
        stack("dev", declared={"pgsql": {"image": "postgres:15"}}),
        stack("prod", declared={"postgres": {"image": "postgres:17", "restart": "always"}}),
    )
    assert "containers.image-differs/pgsql@dev+prod" in found
