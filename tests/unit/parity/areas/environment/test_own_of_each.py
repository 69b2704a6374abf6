"""Values that each environment has of its own, addresses by their values, and keys that somebody decided to leave out."""

from __future__ import annotations

import pytest
from stacks import audited, stack

ONE, OTHER = "0b9f6c2e-6a52-4c3e-9d8b-3f1d2a5e7c10", "7a1c9d3b-2e4f-4b6a-8c5d-9e0f1a2b3c4d"
APP = {"image": "example/app:1", "restart": "always"}


@pytest.mark.parametrize(
    ("name", "dev", "prod", "status"),
    [
        ("STORE_URL", "postgresql://db:5432/shop", "postgresql://db:5432/retail", "expected"),
        ("STORE_URL", "mongodb://db/shop", "mongodb://app@db/shop?authSource=admin", "expected"),
        ("STORE_URL", "mongodb://db/shop", "mongodb://db/shop?replicaSet=rs0", "open"),
        ("PAGE_URL", "https://shop.net/one", "https://shop.net/two", "open"),
        ("API_BASE", "/api", "https://shop.net/api", "expected"),
        ("API_BASE", "/api", "https://shop.net/v2", "open"),
        ("ORG", ONE, OTHER, "expected"),
        ("ORG", ONE, "main", "open"),
        ("TENANT_CODE", "LOCAL", "MAIN", "expected"),
    ],
)
def test_what_is_of_one_environment_is_expected_to_differ(name, dev, prod, status):
    sides = [stack(e, {"app": {"environment": {name: value}}}) for e, value in (("dev", dev), ("prod", prod))]
    assert audited(*sides)[f"environment.differs/{name}@dev+prod"].status == status


@pytest.mark.parametrize(
    ("name", "value", "severity"),
    [
        ("SHOP_BACKENDURL", "http://localhost/api", "medium"),
        ("CATALOG", "https://127.0.0.1:8443", "medium"),
        ("CATALOG", "localhost", ""),
        ("CATALOG", "http://catalog:8000", ""),
        ("PROBE_HEALTHCHECK", "http://localhost:8000/health", ""),
        ("CATALOG_URL", "http://localhost:8000", "high"),
        ("ALLOWED_HOSTNAMES", "localhost", "high"),
    ],
)
def test_localhost_is_wrong_under_any_name_of_an_address(name, value, severity):
    found = audited(stack("prod", {"app": {"env": {name: value}}})).get(
        f"environment.localhost-in-production/{name}@prod"
    )
    assert (found.severity.word if found else "") == severity


@pytest.mark.parametrize(
    ("text", "told"), [("A=1\n", True), ("A=1\n# ALERT_CHANNEL=x\n", False), ("A=1\n# the ALERT_CHANNEL\n", True)]
)
def test_a_key_that_the_own_file_has_commented_out(text, told):
    files = {
        ".env": ("project", text),
        ".env.example": ("template", "A=1\nALERT_CHANNEL=https://chat.net/a\n"),
        "compose.yml": ("compose", "services: {app: {image: 'example/app:${A}'}}\n"),
    }
    found = audited(stack("prod", declared={"app": APP}, files=files))
    assert ("environment.template-key-missing/ALERT_CHANNEL@prod" in found) is told


@pytest.mark.parametrize(
    ("compose", "severity"),
    [
        ("services: {db: {image: 'mysql:8', environment: {MYSQL_PASSWORD: orchard}}}\n", "medium"),
        ("services: {db: {image: 'mysql:8', environment: {MYSQL_PASSWORD: '${MYSQL_PASSWORD}'}}}\n", "low"),
        ("services: {db: {image: 'mysql:8'}}\n", "low"),
    ],
)
def test_a_password_that_nobody_reads_is_worse_where_another_is_set(compose, severity):
    files = {".env": ("project", "SHOP_MYSQL_PASSWORD=Vx8kQ2mZ7t\n"), "compose.yml": ("compose", compose)}
    found = audited(stack("prod", declared={"db": {"image": "mysql:8"}}, files=files))
    assert found["environment.unused/docker/.env@prod"].severity.word == severity


@pytest.mark.parametrize(
    ("test", "severity"),
    [
        ("['CMD-SHELL', 'pg_isready', '-U', '$STORE_USER']", "low"),
        ("['CMD-SHELL', 'pg_isready -U $STORE_USER']", "medium"),
        ("['CMD', 'pg_isready', '-U', '$STORE_USER']", "medium"),
    ],
)
def test_a_variable_in_words_that_a_shell_ignores(test, severity):
    compose = f"services: {{db: {{image: 'postgres:16', healthcheck: {{test: {test}}}}}}}\n"
    problem = {"kind": "unset-variable", "name": "STORE_USER", "message": "STORE_USER is not set"}
    files = {"compose.yml": ("compose", compose)}
    found = audited(stack("prod", declared={"db": {"image": "postgres:16"}}, files=files, problems=[problem]))
    assert found["compose.unset-variable/STORE_USER@prod"].severity.word == severity


@pytest.mark.parametrize(
    ("name", "target", "severity"),
    [
        ("MYSQL_DATABASE", "/docker-entrypoint-initdb.d", "low"),
        ("MYSQL_DATABASE", "/docker-entrypoint-initdb.d/make.sh", "low"),
        ("MYSQL_DATABASE", "/etc/mysql/conf.d", "medium"),
        ("MYSQL_CHARSET", "/docker-entrypoint-initdb.d", "medium"),
        ("SHOP_VERSION", "/etc/mysql/conf.d", "low"),
        ("SHOP_API_VERSION", "/etc/mysql/conf.d", "medium"),
    ],
)
def test_a_variable_without_which_production_does(name, target, severity):
    mount = {"type": "bind", "source": "/srv/app/docker/x", "target": target}
    store = {"image": "example/store:1", "restart": "always", "volumes": [mount]}
    dev = stack("dev", declared={"store": {**store, "environment": {name: "retail_main"}}})
    found = audited(dev, stack("prod", declared={"store": store}))
    assert found[f"environment.missing/{name}@prod"].severity.word == severity
