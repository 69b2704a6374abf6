"""A placeholder that the stack itself defines works and can be guessed; one that a provider issued is refused."""

from __future__ import annotations

import pytest
from stacks import audited, redacted_environment, stack

from parity_host.secrets.redact import Redactor

HOLDER = "changeme-to-something-long"
TOKEN = redacted_environment({"environment": {"PASSWORD": HOLDER}}, Redactor(b"one key for all"))["PASSWORD"]
APP = {"image": "example/app:1", "restart": "always"}


@pytest.mark.parametrize(
    "name",
    ["SECRET_KEY", "SECRET_KEY_BASE", "DJANGO_SECRET_KEY", "APP_KEY", "JWT_SECRET", "SHOP__SESSION__SECRET",
     "OAUTH_ENCRYPTION_KEY", "INTERNAL_SECRET"],
)  # fmt: skip
def test_a_signing_key_can_be_forged(name):
    found = audited(stack("prod", declared={"app": {**APP, "environment": {name: HOLDER}}}))
    one = found[f"environment.placeholder/{name}@prod"]
    assert one.ways == ("signing",)
    assert "forge" in one.impact


@pytest.mark.parametrize(
    "name",
    ["MAIL_API_KEY", "STRIPE_SECRET_KEY", "S3_SECRET_KEY", "GITHUB_WEBHOOK_SECRET", "DB_PASSWORD"],
)  # fmt: skip
def test_what_another_side_issued_is_refused(name):
    found = audited(stack("prod", declared={"app": {**APP, "environment": {name: HOLDER}}}))
    assert found[f"environment.placeholder/{name}@prod"].ways == ()


def test_a_token_that_services_of_the_stack_ask_each_other_for_is_guessable():
    found = audited(stack("prod", declared={"app": {**APP, "environment": {"METRICS_TOKEN": HOLDER}}}))
    assert found["environment.placeholder/METRICS_TOKEN@prod"].ways == ("account",)


@pytest.mark.parametrize(
    ("name", "server"),
    [
        ("DB_PASSWORD", {"image": "postgres:15.14", "environment": {"POSTGRES_PASSWORD": HOLDER}}),
        ("S3_SECRET_KEY", {"image": "minio/minio:1", "environment": {"MINIO_ROOT_PASSWORD": HOLDER}}),
        ("CACHE_PASSWORD", {"image": "redis:7.2", "command": ["redis-server", "--requirepass", TOKEN]}),
    ],
)
@pytest.mark.parametrize("same", [True, False])
def test_a_password_is_guessable_where_a_server_of_the_stack_has_it(name, server, same):
    if not same:
        server = {"image": server["image"]}
    services = {"app": {**APP, "environment": {name: HOLDER}}, "server": {**server, "restart": "always"}}
    found = audited(stack("prod", declared=services))
    ones = [one for one in found.values() if one.rule == "environment.placeholder" and one.item == name]
    assert [one.ways for one in ones] == [("account",) if same else ()]
