"""Consoles that everybody reaches, and images whose tag is a variable without a value."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack


def _found(prod: dict[str, Any], **more: Any) -> dict[str, Any]:
    return dict(audited(stack("dev", declared={}), stack("prod", declared=prod, **more)))


@pytest.mark.parametrize(
    ("name", "image", "port", "address", "open_"),
    [
        ("keycloak", "app_keycloak", 8080, "", True),
        ("auth", "quay.io/keycloak/keycloak:26.1", 8080, "", True),
        ("keycloak", "app_keycloak", 8080, "127.0.0.1", False),
        ("keycloak", "app_keycloak", 8443, "", False),
        ("proxy", "traefik:v3.3", 8080, "", True),
        ("proxy", "traefik:v3.3", 443, "", False),
        ("temporal-ui", "temporalio/ui:2", 8080, "", True),
        ("temporal", "temporalio/auto-setup:1", 8080, "", False),
        ("app", "keycloak.example.org/shop:1", 8080, "", False),
    ],
)
@pytest.mark.parametrize("runs", [True, False])
def test_a_console_is_open_on_its_own_port(
    name: str, image: str, port: int, address: str, open_: bool, runs: bool
) -> None:
    if runs:
        published = {"container": f"{port}/tcp", "host_ip": address or "0.0.0.0", "host_port": "81"}  # noqa: S104
        services = {name: {"image": image, "ports": [published]}}
        found = audited(stack("dev", services), stack("prod", services))
    else:
        published = {"target": port, "published": "81", **({"host_ip": address} if address else {})}
        found = _found({name: {"image": image, "restart": "always", "ports": [published]}})
    assert (f"containers.admin-exposed/{name}/{port}/tcp@prod" in found) is open_


BUILT = {"build": {"context": "/srv/app"}}


@pytest.mark.parametrize(
    ("name", "said", "open_"),
    [
        ("dashboard", BUILT, False),  # the application's own front end
        ("dashboard", {"image": "example/dashboard:1"}, False),
        ("admin", {**BUILT, "image": "example/admin:1"}, False),
        ("console", {"image": "example/shop-console:1"}, False),
        ("vault", {"image": "example/wallets:1"}, False),  # called after nothing that it runs
        ("swagger", {"image": "swaggerapi/swagger-ui:v5"}, True),
        ("flower", {"image": "example/shop:1", "command": ["celery", "-A", "shop", "flower"]}, True),
        ("tasks", {"image": "mher/flower:2.0"}, True),
        ("adminer", BUILT, True),
        ("documents", {"image": "mongo-express:1"}, True),
    ],
)
def test_what_is_a_console_is_told_by_its_image(name: str, said: dict[str, Any], open_: bool) -> None:
    found = _found({name: {"restart": "always", "ports": [{"target": 8200, "published": "8200"}], **said}})
    assert (f"containers.admin-exposed/{name}/8200/tcp@prod" in found) is open_


@pytest.mark.parametrize(
    ("tag", "unpinned"),
    [
        *((tag, True) for tag in ("latest", "develop", "dev", "nightly", "edge", "canary", "main", "master")),
        *((tag, True) for tag in ("latest-alpine", "alpine", "nightly-slim", "main-amd64", "bookworm", "unstable")),
        *(
            (tag, False)
            for tag in ("1", "1.2-alpine", "v3", "2026-05-01", "nightly-20260501", "main-1a2b3c4", "9f8e7d6")
        ),
        *((tag, True) for tag in ("qa", "stable", "production", "1.31.2-latest", "2.28.x-nightly", "jammy-arm64")),
        *((tag, False) for tag in ("release-1", "edge2", "1.31.2-latest-fix", "latest-1.31")),
    ],
)
def test_a_tag_that_moves_is_no_version(tag: str, unpinned: bool) -> None:
    found = _found({"api": {"image": f"registry.example.org:5000/team/api:{tag}", "restart": "always"}})
    assert ("containers.unpinned-image/api@prod" in found) is unpinned


@pytest.mark.parametrize(("image", "unpinned"), [("our_shop/shop:main", False), ("ourshop/shop:main", True)])
def test_what_no_registry_can_have_is_built_by_another_service(image: str, unpinned: bool) -> None:
    worker = {"image": image, "restart": "always"}
    found = _found({"web": {**worker, "build": {"context": "/srv/shop"}}, "worker": worker})
    assert ("containers.unpinned-image/worker@prod" in found) is unpinned


def test_no_tag_is_the_tag_latest() -> None:
    sides = [
        stack(name, declared={"store": {"image": image, "restart": "always"}})
        for name, image in (("dev", "example/store"), ("prod", "docker.io/example/store:latest"))
    ]
    assert "containers.image-differs/store@dev+prod" not in audited(*sides)


@pytest.mark.parametrize(
    ("policy", "unpinned"), [({}, False), ({"pull_policy": "always"}, True), ({"pull_policy": "build"}, False)]
)
def test_an_image_that_is_pulled_needs_a_version_though_it_could_be_built(
    policy: dict[str, str], unpinned: bool
) -> None:
    service = {"image": "ghcr.io/example/api:latest", "build": {"context": "/srv"}, "restart": "always", **policy}
    assert ("containers.unpinned-image/api@prod" in _found({"api": service})) is unpinned


def test_an_image_that_only_development_builds_needs_a_version() -> None:
    service = {"image": "ghcr.io/example/api:latest", "restart": "always"}
    found = audited(
        stack("dev", declared={"api": {**service, "build": {"context": "/srv"}}}),
        stack("prod", declared={"api": service}),
    )
    assert "containers.unpinned-image/api@prod" in found
    assert "containers.unpinned-image/api@dev" not in found


def _tagged(runs: bool, unset: bool) -> dict[str, Any]:
    service = {"image": "example/api:", "restart": "always"}
    files = {"docker-compose.yml": ("compose", "services: {api: {image: 'example/api:${RELEASE}'}}\n")}
    problems = [{"kind": "unset-variable", "name": "RELEASE", "message": "RELEASE is not set"}] if unset else []
    containers = {"api": {"image": "example/api:1"}} if runs else None
    prod = stack("prod", containers, declared={"api": service}, files=files, problems=problems)
    return dict(audited(stack("dev", {"api": {}}), prod))


def test_an_empty_tag_is_refused_and_told_once() -> None:
    assert _tagged(runs=False, unset=False)["compose.empty-tag@prod"].severity.word == "medium"
    assert _tagged(runs=True, unset=False)["compose.empty-tag@prod"].severity.word == "low"
    unset = _tagged(runs=False, unset=True)
    assert "compose.empty-tag@prod" not in unset
    assert "compose.unset-variable/RELEASE@prod" in unset


def test_a_development_mode_is_no_production() -> None:
    found = _found({"sso": {"image": "keycloak:26.1", "restart": "always", "command": ["start-dev"]}})
    assert "containers.debug-command/sso@prod" in found


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("dpage/pgadmin4:8", "pgAdmin answers on this port"),  # it has a login page
        ("portainer/portainer-ce:2", "Portainer answers on this port"),
        ("axllent/mailpit:1", "asks for no password unless one is configured"),
    ],
)
def test_only_what_has_no_login_page_is_called_open(image: str, said: str) -> None:
    ports = [{"target": 8200, "published": "8200"}]
    found = _found({"tool": {"image": image, "restart": "always", "ports": ports}})
    one = found["containers.admin-exposed/tool/8200/tcp@prod"]
    assert said in one.cause
    assert "(ports: 127.0.0.1:8200:8200)" in one.action
