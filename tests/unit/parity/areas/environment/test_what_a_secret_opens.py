"""A default or an example is said by what it opens: an account, sessions, or nothing."""

from __future__ import annotations

import pytest
from stacks import audited, stack

APP = {"image": "example/app:1", "restart": "always"}


def _prod(values: dict[str, str], **services: object) -> dict[str, object]:
    return audited(stack("prod", declared={"app": {**APP, "environment": values}, **services}))


@pytest.mark.parametrize(
    ("values", "finding", "severity", "says"),
    [
        ({"ADMIN_PASSWORD": "admin123"}, "environment.default-password/ADMIN_PASSWORD@prod", "high", "log in"),
        ({"SECRET_KEY": "secret"}, "environment.default-password/SECRET_KEY@prod", "high", "forge"),
        ({"SALT": "secret"}, "environment.default-password/SALT@prod", "high", "forge"),
        ({"ADMIN_PASSWORD": "changeme"}, "environment.placeholder/ADMIN_PASSWORD@prod", "high", "log in"),
        ({"MAIL_API_KEY": "your-key-here"}, "environment.placeholder/MAIL_API_KEY@prod", "medium", "rejects"),
        (
            {"AWS_SECRET_ACCESS_KEY": "secret"},
            "environment.placeholder/AWS_SECRET_ACCESS_KEY@prod",
            "medium",
            "rejects",
        ),
        # The program that would ask for it is not here.
        ({"GRAFANA_PASSWORD": "secret"}, "environment.default-password/GRAFANA_PASSWORD@prod", "low", "log in"),
    ],
)
def test_what_it_opens(values: dict[str, str], finding: str, severity: str, says: str) -> None:
    found = _prod(values)[finding]
    assert found.severity.word == severity
    assert says in found.impact


def test_a_store_of_the_stack_takes_the_key() -> None:
    store = {
        "image": "chrislusf/seaweedfs:3.9",
        "restart": "always",
        "environment": {"AWS_SECRET_ACCESS_KEY": "secret"},
    }
    found = _prod({"AWS_SECRET_ACCESS_KEY": "secret"}, store=store)
    assert "environment.default-password/AWS_SECRET_ACCESS_KEY@prod" in found


def test_half_of_a_key_that_is_its_account_is_not_reported() -> None:
    assert not any("ACCESS_KEY_ID" in one for one in _prod({"AWS_ACCESS_KEY_ID": "minio"}))


def _files(compose: str, env: str, values: dict[str, str]) -> dict[str, object]:
    text = f"services: {{app: {{image: 'example/app:1', environment: {compose}}}}}\n"
    files = {"compose.yml": ("compose", text), ".env": ("project", env)}
    return audited(stack("prod", declared={"app": {**APP, "environment": values}}, files=files))


def test_addresses_made_of_one_local_host_are_one_finding_at_their_source() -> None:
    compose = "{APP_URL: 'http://${FQDN}', API_URL: 'http://${FQDN}/api'}"
    found = _files(compose, "FQDN=localhost\n", {"APP_URL": "http://localhost", "API_URL": "http://localhost/api"})
    assert [one for one in found if "localhost-in" in one] == ["environment.localhost-in-production/FQDN@prod"]


def test_addresses_that_fall_back_to_localhost_are_one_finding_of_what_is_not_set() -> None:
    compose = "{APP_URL: 'http://${SITE_HOST:-localhost}:${A_PORT:-80}', API_URL: 'http://${SITE_HOST:-localhost}:${A_PORT:-80}/api'}"
    found = _files(compose, "", {"APP_URL": "http://localhost:80", "API_URL": "http://localhost:80/api"})
    (one,) = [one for one in found.values() if one.rule == "environment.localhost-in-production"]
    assert (one.item, one.title) == ("SITE_HOST", "prod: SITE_HOST is not set, so 2 URLs point to localhost")
    assert "API_URL, APP_URL" in one.cause


def test_a_service_may_have_the_name_of_what_is_not_set() -> None:
    compose = "{SITE_HOST: '${SITE_HOST:-localhost}, app:80', APP_URL: 'http://${SITE_HOST:-localhost}:${A_PORT:-80}', API_URL: 'http://${SITE_HOST:-localhost}:${A_PORT:-80}/'}"
    values = {"SITE_HOST": "localhost, app:80", "APP_URL": "http://localhost:80", "API_URL": "http://localhost:80/"}
    found = _files(compose, "", values)
    assert [one for one in found if "localhost-in" in one] == ["environment.localhost-in-production/SITE_HOST@prod"]


def test_one_address_that_falls_back_to_localhost_keeps_its_name() -> None:
    found = _files("{APP_URL: 'http://${SITE_HOST:-localhost}:${A_PORT:-80}'}", "", {"APP_URL": "http://localhost:80"})
    assert "environment.localhost-in-production/APP_URL@prod" in found


def test_a_list_that_is_partly_local_is_no_fault() -> None:
    assert not any("localhost-in" in one for one in _prod({"ALLOWED_HOSTS": "localhost,shop.example.org"}))


@pytest.mark.parametrize(
    "name",
    ["SECRET_KEY", "OAUTH_ENCRYPTION_KEY", "ENCRYPTION_PRIMARY_KEY", "APP_KEY", "SALT", "COOKIE_SECRET", "PEPPER"],
)
def test_an_empty_key_is_reported_by_what_it_is_for(name: str) -> None:
    assert _prod({name: ""})[f"environment.empty-secret-in-production/{name}@prod"].severity.word == "medium"


@pytest.mark.parametrize("name", ["SENTRY_DSN", "SMTP_PASSWORD", "STRIPE_SECRET_KEY", "OPENAI_API_KEY"])
def test_an_empty_account_with_somebody_else_is_none(name: str) -> None:
    assert not any("empty-secret" in one for one in _prod({name: ""}))


@pytest.mark.parametrize(
    ("values", "severity"),
    [
        ({"SITE_DOMAIN": "your.domain.com"}, "high"),  # all links are wrong
        ({"SITE_URL": "https://your-domain.com"}, "high"),
        ({"ADMIN_EMAIL": "changeme"}, "medium"),
        ({"MERCHANT_ID": "changeme"}, "medium"),
    ],
)
def test_an_example_that_is_no_secret(values: dict[str, str], severity: str) -> None:
    (name,) = values
    assert _prod(values)[f"environment.placeholder/{name}@prod"].severity.word == severity


def test_the_prefix_of_a_key_is_no_key_and_no_shared_secret() -> None:
    values = {"STRIPE_LIVE_SECRET_KEY": "sk_live_"}
    app = {"app": {**APP, "environment": values}}
    found = audited(stack("dev", declared=app), stack("prod", declared=app))
    assert "environment.placeholder/STRIPE_LIVE_SECRET_KEY@prod" in found
    assert not any("same-secret" in one for one in found)


def test_a_line_that_reaches_nobody_hides_no_copy() -> None:
    compose = "{ACCESS_SECRET: '${AUTH_ACCESS_SECRET}'}"
    env = "AUTH_ACCESS_SECRET=changeme\nACCESS_SECRET=other\n"
    found = _files(compose, env, {"ACCESS_SECRET": "changeme"})
    assert [one for one in found if "placeholder" in one] == ["environment.placeholder/ACCESS_SECRET@prod"]
