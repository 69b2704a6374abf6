"""Origins are no addresses, a server's variables belong together, and each environment starts in its own way."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

APP = {"image": "example/app:1", "restart": "always"}


def prod(environment: dict[str, str | None], **settings: Any) -> dict[str, Any]:
    return audited(stack("prod", declared={"app": {**APP, "environment": environment, **settings}}))


@pytest.mark.parametrize(
    ("name", "ways", "severity"),
    [
        ("UI_CORS_ORIGINS", ("origins",), "medium"),
        ("CORS_ORIGIN", ("origins",), "medium"),
        ("CSRF_TRUSTED_ORIGINS", ("origins",), "medium"),
        ("WEB_ORIGIN", ("public-name",), "high"),
        ("API_URL", (), "high"),
    ],
)
def test_a_list_of_origins_is_no_address(name, ways, severity):
    found = prod({name: "http://localhost:3000"})[f"environment.localhost-in-production/{name}@prod"]
    assert (found.ways, found.severity.word) == (ways, severity)


def test_what_the_user_has_not_filled_in_weighs_less_once():
    files = {".env": ("project", "CORS_ORIGINS=http://localhost:3000\n")}
    files["compose.yml"] = ("compose", "services: {app: {environment: {CORS_ORIGINS: '${CORS_ORIGINS}'}}}\n")
    files[".env.example"] = ("template", "CORS_ORIGINS=http://localhost:3000\n")
    given = {"app": {**APP, "environment": {"CORS_ORIGINS": "http://localhost:3000"}}}
    found = audited(stack("prod", declared=given, files=files))
    assert found["environment.localhost-in-production/CORS_ORIGINS@prod"].severity.word == "medium"


@pytest.mark.parametrize(
    ("value", "ports", "found"),
    [
        ("http://localhost:80/api", [{"target": 80, "published": "8123"}], False),  # its own port, seen by no browser
        ("http://localhost:80/api", [{"target": 80, "published": "80"}], True),
        ("http://localhost:8123", [{"target": 80, "published": "8123"}], True),
        ("http://localhost:8000", [{"target": 80, "published": "8123"}], True),
        ("http://localhost", [{"target": 80, "published": "8123"}], True),
    ],
)
def test_a_port_of_the_container_itself(value, ports, found):
    name = "environment.localhost-in-production/API_URL@prod"
    assert (name in prod({"API_URL": value}, ports=[{**one, "mode": "ingress"} for one in ports])) is found
    text = "services: {app: {image: 'example/app:1', environment: {API_URL: '${API_URL}'}}}\n"
    files = {"compose.yml": ("compose", text), ".env": ("project", f"API_URL={value}\n")}
    given = {"app": {**APP, "environment": {"API_URL": value}, "ports": [{**one, "mode": "ingress"} for one in ports]}}
    assert (name in audited(stack("prod", declared=given, files=files))) is found


def test_a_server_that_is_not_passed_is_one_finding():
    found = prod(dict.fromkeys(("SHOP_MAIL_HOST", "SHOP_MAIL_PASSWORD", "SHOP_MAIL_FROM")))
    ones = [one for one in found.values() if one.rule == "environment.not-passed"]
    assert [(one.item, one.severity.word) for one in ones] == [("SHOP_MAIL_HOST", "medium")]
    assert "SHOP_MAIL_FROM, SHOP_MAIL_HOST, SHOP_MAIL_PASSWORD" in ones[0].cause


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("WEATHER_API_KEY", "low"),
        ("AUTH_BEARER_TOKEN_STOCK", "low"),
        ("SHOP_MAIL_PASSWORD", "medium"),
        ("GF_AUTH_GOOGLE_CLIENT_SECRET", "medium"),
        ("JWT_SECRET", "medium"),
    ],
)
def test_what_a_provider_issues_may_be_left_out(name, severity):
    assert prod({name: None})[f"environment.not-passed/{name}@prod"].severity.word == severity


def test_a_default_that_counts_since_nothing_sets_it_is_one_finding():
    text = "services: {app: {image: 'example/app:1', environment: {KEYCLOAK_ADMIN_PASSWORD: '${PASSWORD:-secret}'}}}\n"
    given = {
        "app": {**APP, "environment": {"KEYCLOAK_ADMIN_PASSWORD": "secret"}},
        "other": {**APP, "environment": {"PASSWORD": None}},
    }
    found = audited(stack("prod", declared=given, files={"compose.yml": ("compose", text)}))
    rules = {one.rule for one in found.values()}
    assert "environment.default-password" in rules
    assert "environment.not-passed" not in rules


@pytest.mark.parametrize(
    ("name", "dev", "prod_value", "status"),
    [
        ("GUNICORN_CMD_ARGS", "--reload", "--workers=5", "expected"),
        ("LOG_CHANNEL", "single", "stderr", "expected"),
        ("SHOP_DEV_MODE", "true", "false", "expected"),
        ("SHOP_DEV_MODE", "false", "true", "open"),
        ("AXES_ENABLED", "false", "true", "expected"),
        ("AXES_ENABLED", "true", "false", "open"),
        ("TRUSTED_PROXIES", "10.0.0.1", "10.0.0.1,172.16.0.0/12", "expected"),
        ("TRUSTED_PROXIES", "10.0.0.1", "0.0.0.0/0", "open"),
        ("TRUSTED_PROXIES", "10.0.0.1", "all", "open"),
        ("SHOP_FLAVOUR", "plain", "fancy", "open"),
    ],
)
def test_each_environment_has_its_own(name, dev, prod_value, status):
    sides = [
        stack(e, declared={"app": {**APP, "environment": {name: v}}}) for e, v in (("dev", dev), ("prod", prod_value))
    ]
    assert audited(*sides)[f"environment.differs/{name}@dev+prod"].status == status
