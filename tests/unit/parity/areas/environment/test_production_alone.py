"""Values that production must not have, whether containers run or only files declare them."""

from __future__ import annotations

import pytest
from stacks import audited, stack

_EMPTY = "environment.empty-secret-in-production"


def _rules(prod: dict[str, str], runs: bool, dev: dict[str, str] | None = None) -> set[str]:
    def side(environment: str, values: dict[str, str]) -> dict[str, object]:
        if runs:
            return stack(environment, {"api": {"env": values}})
        return stack(environment, declared={"api": {"image": "app:1", "restart": "always", "environment": values}})

    return {one.rule for one in audited(side("dev", prod if dev is None else dev), side("prod", prod)).values()}


@pytest.mark.parametrize("runs", [True, False])
@pytest.mark.parametrize(
    ("name", "value", "open_to_all"),
    [
        ("CORS_ORIGINS", ".*", True),
        ("CORS_ALLOWED_ORIGINS", "^.*$", True),
        ("APP_CORS_ALLOW_ORIGIN", "https?://.*", True),
        ("ALLOWED_HOSTS", "shop.example.org,*", True),
        ("ALLOWED_ORIGINS", '["*"]', True),
        ("CORS_ORIGIN_ALLOW_ALL", "True", True),
        ("CORS_ALLOW_ALL_ORIGINS", "false", False),
        ("CORS_ORIGINS", r"^https://.*\.example\.org$", False),
        ("CORS_ORIGINS", "https://*.example.org", False),
        ("ALLOWED_HOSTS", ".example.org", False),
    ],
)
def test_a_pattern_that_everything_matches_is_open_to_all(name: str, value: str, open_to_all: bool, runs: bool) -> None:
    assert ("environment.open-to-all-in-production" in _rules({name: value}, runs)) is open_to_all


@pytest.mark.parametrize("runs", [True, False])
@pytest.mark.parametrize(
    ("name", "value", "local"),
    [
        ("SHOP_DOMAIN", "localhost", True),
        ("SHOP_DOMAIN", '"shop.localhost"', True),
        ("SERVER_NAME", "localhost", True),
        ("PUBLIC_URL", "http://shop.localhost:8000", True),
        ("DOMAIN_NAME", "localhost.example.org", False),
        ("SERVER_NAME", "localhost shop.example.org", False),
    ],
)
def test_a_domain_of_each_visitor_s_own_machine_is_no_domain(name: str, value: str, local: bool, runs: bool) -> None:
    assert ("environment.localhost-in-production" in _rules({name: value}, runs)) is local


@pytest.mark.parametrize("runs", [True, False])
@pytest.mark.parametrize(
    ("values", "lacks"),
    [
        ({"JWT_ACCESS_SECRET": ""}, True),
        ({"DJANGO_SECRET": " "}, True),
        ({"SECRET_KEY": "", "SECRET_KEY_FILE": "/run/secrets/key"}, False),
        ({"DATABASE_URL": ""}, True),
        ({"DATABASE_URL": "", "DB_HOST": "db"}, False),
        ({"DATABASE_URL": "", "DB_HOST": ""}, True),
        ({"GOOGLE_CLIENT_SECRET": ""}, False),
        ({"SLACK_SIGNING_SECRET": ""}, False),
        ({"STRIPE_SECRET_KEY": ""}, False),
        ({"DB_PASSWORD": ""}, False),  # no database runs here
    ],
)
def test_a_secret_of_the_stack_s_own_must_not_be_empty(values: dict[str, str], lacks: bool, runs: bool) -> None:
    assert (_EMPTY in _rules(values, runs)) is lacks


def test_a_file_may_say_that_nothing_is_a_value() -> None:
    def side(environment: str, written: str) -> dict[str, object]:
        text = f"services: {{api: {{image: 'app:1', environment: {{JWT_SECRET: '{written}'}}}}}}\n"
        declared = {"api": {"image": "app:1", "restart": "always", "environment": {"JWT_SECRET": ""}}}
        return stack(environment, declared=declared, files={"docker-compose.yml": ("compose", text)})

    def found(written: str) -> set[str]:
        return {one.rule for one in audited(side("dev", written), side("prod", written)).values()}

    assert _EMPTY in found("${JWT_SECRET}")
    assert _EMPTY not in found("${JWT_SECRET:-}")


@pytest.mark.parametrize(
    ("address", "severity"),
    [("127.0.0.1", "medium"), ("0.0.0.0", "high")],  # noqa: S104 - what Compose publishes to
)
def test_an_open_database_without_a_password_is_worse(address: str, severity: str) -> None:
    database = {
        "image": "mysql:8.4",
        "env": {"MYSQL_ROOT_PASSWORD": ""},
        "mounts": [{"type": "volume", "source": "data", "destination": "/var/lib/mysql"}],
        "ports": [{"container": "3306/tcp", "host_ip": address, "host_port": "3306"}],
    }
    found = audited(stack("dev", {"db": database}), stack("prod", {"db": database}))
    assert found[f"{_EMPTY}/MYSQL_ROOT_PASSWORD@prod"].severity.word == severity


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"GIN_MODE": "debug"}, "environment.development-mode-in-production"),
        ({"SPRING_PROFILES_ACTIVE": "dev"}, "environment.development-mode-in-production"),
        ({"DEMO_MODE": "true"}, "environment.demo-in-production"),
        ({"DISABLE_DEMO": "true"}, ""),
        ({"RESTORE_DB": "1"}, "environment.data-replaced-in-production"),
        ({"SPRING_JPA_HIBERNATE_DDL_AUTO": "create-drop"}, "environment.data-replaced-in-production"),
        ({"SPRING_JPA_HIBERNATE_DDL_AUTO": "validate"}, ""),
        ({"ALLOW_RESET_DB": "true"}, ""),
        ({"LOGIN_URI_ALLOW_LIST": "**"}, "environment.open-to-all-in-production"),
        ({"CORS_ALLOW_HEADERS": "*"}, ""),
        ({"POSTGRES_DB": "shop_dev"}, "environment.names-another-environment"),
        ({"POSTGRES_DB": "shop"}, ""),
    ],
)
def test_what_else_says_that_production_is_not_one(values: dict[str, str], rule: str) -> None:
    assert {one for one in _rules(values, False) if one.startswith("environment.")} == ({rule} - {""})


@pytest.mark.parametrize(
    ("name", "value", "title", "action"),
    [
        ("NODE_TLS_REJECT_UNAUTHORIZED", "0", "is disabled", "Set NODE_TLS_REJECT_UNAUTHORIZED to 1,"),
        ("FLASK_DEBUG", "1", "is enabled", "Set FLASK_DEBUG to 0,"),
        ("APP_DEBUG", "True", "is enabled", "Set APP_DEBUG to False,"),
        ("API_SSL_VERIFY", "off", "is disabled", "Set API_SSL_VERIFY to on,"),
        ("ALLOWED_HOSTS", "localhost,127.0.0.1", "allows only localhost", "Add the public host name or origin of prod"),
        (
            "CORS_ORIGINS",
            "http://localhost:3000",
            "allows only pages of localhost",
            "Set CORS_ORIGINS to the public origin of the pages",
        ),
        ("APP_DOMAIN", "localhost", "is localhost", "Set APP_DOMAIN to the public host name of prod."),
        ("API_URL", "http://localhost:3000", "points to localhost", "Set API_URL to the service name"),
        ("SPRING_JPA_HIBERNATE_DDL_AUTO", "create", "replaces the database", "to validate, and back up"),
    ],
)
def test_the_advice_is_in_the_variable_s_own_words(name: str, value: str, title: str, action: str) -> None:
    declared = {"api": {"image": "app:1", "restart": "always", "environment": {name: value}}}
    found = audited(stack("dev", declared=declared), stack("prod", declared=declared))
    (one,) = (one for one in found.values() if one.rule.endswith("-in-production"))
    assert title in one.title
    assert action in one.action
