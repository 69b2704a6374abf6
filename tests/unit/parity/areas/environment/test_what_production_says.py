"""Switches, lists and addresses that production must not have, each with the healthy value next to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from stacks import audited, stack

OFF = "environment.safeguard-off-in-production"
DEMO = "environment.demo-in-production"
OPEN = "environment.no-password-in-production"
LISTED = "environment.localhost-allowed-in-production"
OTHER = "environment.names-another-environment"


def production(values: Mapping[str, str], **more: Any) -> dict[str, Any]:
    services = {"api": {"image": "app:1.0.1", "restart": "always", "environment": values}, **more.pop("services", {})}
    services["api"] = {**services["api"], **more}
    return {id_.partition("@")[0]: one for id_, one in audited(stack("prod", declared=services)).items()}


def severity(values: Mapping[str, str], rule: str, **more: Any) -> str:
    found = [one for one in production(values, **more).values() if one.rule == rule]
    return found[0].severity.word if found else ""


PORTS = [{"target": 80, "published": "80", "protocol": "tcp", "mode": "ingress"}]


@pytest.mark.parametrize(
    ("name", "value", "published", "hidden"),
    [
        ("DISABLE_CSRF_PROTECTION", "true", "high", "high"),
        ("APP_CSRF_DISABLED", "1", "high", "high"),
        ("DISABLE_CSRF_PROTECTION", "false", "", ""),
        ("DONT_NOT_DISABLE_CSRF", "true", "", ""),
        ("SKIP_AUTH", "true", "high", "medium"),
        ("SHOP_DISABLE_AUTH", "yes", "high", "medium"),
        ("ALLOW_ANONYMOUS", "1", "high", "medium"),
        ("ALLOW_ANONYMOUS", "0", "", ""),
        ("ALLOW_ANONYMOUS_TELEMETRY", "1", "", ""),
        ("AUTH_ENABLED", "false", "high", "medium"),
        ("AUTH_ENABLED", "true", "", ""),
        ("LDAP_AUTH_ENABLED", "false", "", ""),
        ("SMTP_AUTH_REQUIRED", "false", "", ""),
        ("AUTH_DISABLED", "False", "", ""),
        ("LOGIN_REQUIRED", "off", "high", "medium"),
        ("DISABLE_RATE_LIMITING", "true", "medium", "medium"),
        ("SECURE_SSL_REDIRECT", "False", "low", "low"),
        ("FORCE_HTTPS", "true", "", ""),
        ("DB_FORCE_SSL", "false", "", ""),
    ],
)
def test_a_safeguard_is_off(name: str, value: str, published: str, hidden: str) -> None:
    assert (severity({name: value}, OFF, ports=PORTS), severity({name: value}, OFF)) == (published, hidden)


@pytest.mark.parametrize(
    ("name", "value", "set_to"),
    [
        ("DISABLE_CSRF", "1", "0"),
        ("SKIP_AUTH", "yes", "no"),
        ("AUTH_ENABLED", "False", "True"),
        ("NO_AUTH", "on", "off"),
    ],
)
def test_the_advice_is_the_other_answer_in_the_variable_s_own_words(name: str, value: str, set_to: str) -> None:
    assert f"Set {name} to {set_to}, then" in production({name: value})[f"{OFF}/{name}"].action


def test_a_service_that_publishes_https_has_to_enforce_it_itself() -> None:
    ports = [{**PORTS[0], "target": 443, "published": "443"}]
    assert severity({"SECURE_SSL_REDIRECT": "False"}, OFF, ports=ports) == "medium"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("CORS_ALLOWED_ORIGINS", "https://shop.example.org http://localhost:3000", "medium"),
        ("CORS_ORIGINS", '["https://shop.example.org", "http://127.0.0.1:5173"]', "medium"),
        ("OAUTH_REDIRECT_URIS", "https://shop.example.org/cb,http://localhost:8080/cb", "medium"),
        ("ALLOWED_HOSTS", "localhost,shop.example.org", "low"),
        ("CORS_ALLOWED_ORIGINS", "https://shop.example.org", ""),
        ("CORS_ALLOWED_ORIGINS", "https://localhost.example.org https://a.example.org", ""),
        ("ALLOWED_HOSTS", "localhost,api", ""),
    ],
)
def test_a_list_has_localhost_next_to_real_entries(name: str, value: str, expected: str) -> None:
    assert severity({name: value}, LISTED) == expected


def test_origins_that_get_no_cookies_are_of_less_weight() -> None:
    values = {"CORS_ORIGINS": "https://a.example.org,http://localhost:1", "CORS_ALLOW_CREDENTIALS": "false"}
    assert severity(values, LISTED) == "low"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("OIDC_ISSUER", "https://id.example.org/realms/dev", True),
        ("OIDC_ISSUER", "https://id.example.org/realms/shop", False),
        ("S3_BUCKET", "shop-dev", True),
        ("API_URL", "https://staging.example.org", True),
        ("API_URL", "https://abc.execute-api.example.org/staging", True),
        ("QUEUE_URL", "https://sqs.eu-west-1.amazonaws.com/1234/shop-dev", True),
        ("API_URL", "https://api.example.org/v1?env=dev", True),
        ("DATABASE_URL", "postgresql://app@db.example.org/shop_dev", True),
        ("DATABASE_URL", "postgresql://app@db.example.org/shop", False),
        ("CONNECTION", "host=db;dbname=shop_dev", True),
        ("API_HOST", "api.staging.example.org", True),
        ("GCP_PROJECT", "shop-dev", True),
        ("API_URL", "https://shop.pages.dev", False),
        ("BOARD_URL", "https://dev.azure.com/acme", False),
        ("API_URL", "https://api.example.org/dev-tools", False),
        ("API_URL", "https://api.example.org/local/devices", False),
        ("HELP_URL", "https://github.com/acme/shop-dev", False),
        ("API_HOST", "developers.example.org", False),
        ("API_HOST", "db", False),
    ],
)
def test_an_address_names_another_environment(name: str, value: str, told: bool) -> None:
    assert bool(severity({name: value}, OTHER)) is told


@pytest.mark.parametrize(
    ("image", "values", "expected"),
    [
        ("mariadb:11.4", {"MYSQL_ALLOW_EMPTY_PASSWORD": "yes"}, "medium"),
        ("mariadb:11.4", {"MYSQL_ALLOW_EMPTY_PASSWORD": "yes", "MYSQL_PASSWORD": "Vx8kQ2mZ7t"}, "medium"),
        ("mariadb:11.4", {"MYSQL_ALLOW_EMPTY_PASSWORD": "yes", "MYSQL_ROOT_PASSWORD": "Vx8kQ2mZ7t"}, ""),
        ("mariadb:11.4", {"MYSQL_ALLOW_EMPTY_PASSWORD": "no"}, ""),
        ("postgres:16.4", {"POSTGRES_HOST_AUTH_METHOD": "trust", "POSTGRES_PASSWORD": "Vx8kQ2mZ7t"}, "medium"),
        ("bitnami/redis:7.2", {"ALLOW_EMPTY_PASSWORD": "yes"}, "medium"),
        ("bitnami/redis:7.2", {"ALLOW_EMPTY_PASSWORD": "yes", "REDIS_PASSWORD": "Vx8kQ2mZ7t"}, ""),
        ("elasticsearch:8.15.3", {"xpack.security.enabled": "false"}, "medium"),
        ("elasticsearch:8.15.3", {"xpack.security.enabled": "true"}, ""),
        ("kibana:8.15.3", {"xpack.security.enabled": "false"}, ""),
        ("neo4j:5.25", {"NEO4J_AUTH": "none"}, "medium"),
    ],
)
def test_a_datastore_asks_for_no_password(image: str, values: Mapping[str, str], expected: str) -> None:
    assert severity(values, OPEN, image=image) == expected
    assert severity(values, OPEN, image=image, ports=PORTS) == ("high" if expected else "")


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["redis-server", "--requirepass", ""], True),
        (["redis-server", "--requirepass"], True),
        (["redis-server", "--requirepass", "--appendonly", "yes"], True),
        (["sh", "-c", 'redis-server --requirepass "$REDIS_PASSWORD"'], True),
        (["redis-server", "--appendonly", "yes"], False),
        (None, False),
    ],
)
def test_a_redis_that_is_to_ask_for_a_password_has_none(command: list[str] | None, told: bool) -> None:
    cache = {"image": "redis:7.4", "restart": "always", "command": command, "environment": {"REDIS_PASSWORD": ""}}
    rule = "environment.empty-secret-in-production"
    assert bool(severity({"REDIS_PASSWORD": ""}, rule, services={"cache": cache})) is told


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PAYPAL_MODE", "sandbox", True),
        ("PAYPAL_MODE", "live", False),
        ("BRAINTREE_ENVIRONMENT", "Sandbox", True),
        ("PAYPAL_API", "https://api-m.sandbox.paypal.com", True),
        ("SQUARE_URL", "https://connect.squareupsandbox.com/v2", True),
        ("PAYPAL_USE_SANDBOX", "true", True),
        ("STRIPE_TEST_MODE", "1", True),
        ("MIDTRANS_IS_PRODUCTION", "false", True),
        ("MIDTRANS_IS_PRODUCTION", "true", False),
        ("CODE_SANDBOX_URL", "http://sandbox:8194", False),
        ("SANDBOX_HOST", "sandbox.internal", False),
        ("CHROME_SANDBOX", "true", False),
        ("SITE_URL", "https://sandboxes.example.org", False),
    ],
)
def test_production_uses_a_provider_s_sandbox(name: str, value: str, told: bool) -> None:
    assert bool(severity({name: value}, DEMO)) is told


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("LETSENCRYPT_STAGING", "1", True),
        ("ACME_STAGING", "true", True),
        ("ACME_STAGING", "false", False),
        ("DISABLE_ACME_STAGING", "true", False),
    ],
)
def test_certificates_come_from_a_staging_ca(name: str, value: str, told: bool) -> None:
    assert bool(severity({name: value}, "environment.staging-ca-in-production")) is told


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"DATABASE_URL": "postgresql://app@pg.example.org/shop?sslmode=disable"}, True),
        ({"SPRING_DATASOURCE_URL": "jdbc:mysql://my.example.org:3306/shop?useSSL=false"}, True),
        ({"DSN": "host=pg.example.org dbname=shop sslmode=disable"}, True),
        ({"PGSSLMODE": "disable", "PGHOST": "pg.example.org"}, True),
        ({"DB_SSL_MODE": "disable", "DB_HOST": "pg.example.org"}, True),
        ({"DATABASE_URL": "postgresql://app@pg.example.org/shop?sslmode=require"}, False),
        ({"DATABASE_URL": "postgresql://app@db:5432/shop?sslmode=disable"}, False),
        ({"DATABASE_URL": "postgresql://app@10.0.0.5/shop?sslmode=disable"}, False),
        ({"DATABASE_URL": "postgresql://app@pg.shop.internal/shop?sslmode=disable"}, False),
        ({"DB_SSL_MODE": "disable", "DB_HOST": "db"}, False),
        ({"DB_SSL_MODE": "disable", "SMTP_HOST": "smtp.example.org"}, False),
    ],
)
def test_a_connection_to_a_database_outside_of_the_stack_has_no_tls(values: Mapping[str, str], told: bool) -> None:
    assert bool(severity(values, "environment.plain-connection-in-production")) is told
