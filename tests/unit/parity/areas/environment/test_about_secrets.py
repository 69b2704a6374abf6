"""What a variable says about a secret is none: when it changes, how long it lasts, where it lies, what it is called."""

from __future__ import annotations

import pytest
from stacks import audited, stack

_ABOUT = [
    ("SECRET_ROTATION_DATE", "2026-01-31"),
    ("SECRET_ROTATED_AT", "2026-01-31T08:00:00Z"),
    ("API_KEY_VALID_UNTIL", "31.12.2026"),
    ("PASSWORD_CHANGED_AT", "1769817600"),
    ("SECRETS_VERSION", "2024-11-01"),
    ("SECRET_ROTATION_PERIOD", "P30D"),
    ("SECRET_REFRESH", "60s"),
    ("REFRESH_TOKEN_EXPIRES_IN", "30d"),
    ("TOKEN_TTL", "3600"),
    ("PASSWORD_MIN_LENGTH", "12"),
    ("PASSWORD_MIN_UPPERCASE", "1"),
    ("PASSWORD_HISTORY", "5"),
    ("SESSION_SECRET_BYTES", "32"),
    ("PASSWORD_HASHER", "argon2id"),
    ("PASSWORD_PATTERN", "^[a-z]{8,}$"),
    ("SECRET_STORE", "vault"),
    ("JWT_KEY_ID", "prod-2024-11"),
    ("SIGNING_KEY_ID", "key-1"),
    ("SECRET_NAME", "shop/app"),
    ("K8S_SECRET_REF", "shop-db"),
    ("VAULT_SECRET_PATH", "secret/data/shop"),
    ("DB_SECRET_PATH", "kv/shop/db"),
    ("DB_SECRET_ARN", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-AbCdEf"),
]
_SECRET = [
    ("DB_PASSWORD", "20261131"),
    ("SECRET_KEY", "2026-01-31"),
    ("PASSWORD_SEED_DATE", "hunter2hunter2"),
    ("SECRET_NAME", "xk39vkq02kfvkkqd02"),
    ("JWT_SECRET_REFRESH", "827364518"),
    ("AWS_ACCESS_KEY_ID", "AKIAIQ3MZ7TLP4WN9XYZ"),
    ("VAULT_SECRET_ID", "1f8a2b3c-12ab-34cd-56ef-1234567890ab"),
]


def _shared(name: str, value: str) -> bool:
    found = audited(stack("dev", {"api": {"env": {name: value}}}), stack("prod", {"api": {"env": {name: value}}}))
    return any(one.rule == "environment.same-secret" for one in found.values())


@pytest.mark.parametrize(("name", "value"), _ABOUT)
def test_what_is_said_about_a_secret_may_be_the_same(name: str, value: str) -> None:
    assert not _shared(name, value)


@pytest.mark.parametrize(("name", "value"), _SECRET)
def test_a_secret_that_looks_like_it_is_one_all_the_same(name: str, value: str) -> None:
    assert _shared(name, value)


@pytest.mark.parametrize("name", ["JWT_KEY_ID", "SESSION_KEY_PREFIX", "COOKIE_SECRET_NAME", "JWT_SECRET_ROTATION_DATE"])
def test_what_is_said_about_a_key_may_be_empty(name: str) -> None:
    found = audited(stack("dev", {"api": {"env": {name: ""}}}), stack("prod", {"api": {"env": {name: ""}}}))
    assert not any(one.rule == "environment.empty-secret-in-production" for one in found.values())
