"""A well-known password: all the names that it has, where it comes from, and whether anybody asks for it."""

from __future__ import annotations

import pytest
from stacks import KNOWN, audited, stack

from parity.domain.findings import Finding
from parity.judge.links import linked

OPEN = "environment.no-password-in-production"
APP = {"image": "example/app:1", "restart": "always"}


def password(declared: dict[str, object], name: str, **parts: object) -> Finding:
    return audited(stack("prod", declared=declared, **parts))[f"environment.default-password/{name}@prod"]


def test_every_name_of_the_password_is_listed_and_the_server_has_the_first_say():
    names = {"API_PASSWORD": "password", "BACKUP_PASSWORD": "password", "MONGODB_PASSWORD": "password"}
    store = {"image": "example/shop-mongodb:1", "environment": {"MONGODB_PASSWORD": "password"}}
    found = password({"app": {**APP, "environment": names}, "store": store}, "MONGODB_PASSWORD")
    assert "API_PASSWORD, BACKUP_PASSWORD" in found.cause
    assert "those with the same value" in found.action


def test_a_copy_of_the_variable_is_not_another_line_to_change():
    text = "services: {app: {image: 'example/app:1', environment: {PGPASSWORD: '${DB_PASSWORD}'}}}\n"
    files = {"compose.yml": ("compose", text), ".env": ("project", "DB_PASSWORD=password\n")}
    found = password({"app": {**APP, "environment": {"PGPASSWORD": "password"}}}, "PGPASSWORD", files=files)
    assert "same value" not in found.cause


@pytest.mark.parametrize(
    ("environment", "place"),
    [
        ("{ADMIN_PASSWORD: password}", "compose service app"),
        ("{ADMIN_PASSWORD: '${ADMIN_PASSWORD}'}", ".env:1"),
        ("{ADMIN_PASSWORD: }", ".env:1"),
        ("[ADMIN_PASSWORD]", ".env:1"),
    ],
)
def test_the_place_is_where_the_value_comes_from(environment, place):
    text = f"services: {{app: {{image: 'example/app:1', environment: {environment}}}}}\n"
    files = {"compose.yml": ("compose", text), ".env": ("project", "ADMIN_PASSWORD=password\n")}
    found = password({"app": {**APP, "environment": {"ADMIN_PASSWORD": "password"}}}, "ADMIN_PASSWORD", files=files)
    assert found.evidence[0].place.endswith(place)


@pytest.mark.parametrize(
    ("image", "given", "way"),
    [
        ("postgres:17.2", {"POSTGRES_PASSWORD": "password", "POSTGRES_HOST_AUTH_METHOD": "trust"}, ("trust",)),
        ("postgres:17.2", {"POSTGRES_PASSWORD": "password", "POSTGRES_HOST_AUTH_METHOD": "md5"}, ()),
        ("mongo:8", {"DATABASE_ROOT_PASSWORD": "password"}, ("no-account",)),
        ("mongo:8", {"DATABASE_ROOT_PASSWORD": "password", "MONGO_INITDB_ROOT_PASSWORD_FILE": "/run/a"}, ()),
        ("example/mongo:8", {"DATABASE_ROOT_PASSWORD": "password"}, ()),
    ],
)
def test_a_database_that_asks_for_no_password(image, given, way):
    name = next(iter(given))
    app = {**APP, "environment": {name: "password"}}  # what no service reads is no finding
    found = password({"app": app, "db": {"image": image, "restart": "always", "environment": given}}, name)
    assert found.ways == way
    assert found.severity.word == ("medium" if way else "high")
    assert not way or "does not ask for it" in found.title


@pytest.mark.parametrize(
    ("image", "given", "cause"),
    [
        ("postgres:17.2", {"POSTGRES_HOST_AUTH_METHOD": "trust"}, f"{OPEN}/POSTGRES_HOST_AUTH_METHOD@prod"),
        ("mongo:8", {}, "containers.no-authentication/db@prod"),
    ],
)
def test_its_password_is_one_problem_with_the_database_that_does_not_ask_for_it(image, given, cause):
    db = {"image": image, "restart": "always", "environment": {"DB_PASSWORD": "password", **given}}
    app = {**APP, "environment": {"DB_PASSWORD": "password"}}
    found = audited(stack("prod", declared={"app": app, "db": db}))
    causes = {one.id: one.caused_by for one in linked(tuple(found.values()), KNOWN.rules)}
    assert causes["environment.default-password/DB_PASSWORD@prod"] == cause


@pytest.mark.parametrize(("image", "severity"), [("mher/flower:2", "high"), ("example/app:1", "low")])
def test_the_password_of_a_program_that_does_not_run_is_low(image, severity):
    given = {**APP, "environment": {"CELERY_FLOWER_PASSWORD": "adminadmin"}}
    found = password({"app": given, "other": {**APP, "image": image}}, "CELERY_FLOWER_PASSWORD")
    assert found.severity.word == severity
