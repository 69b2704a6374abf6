"""Which names are nearly the same."""

from __future__ import annotations

import pytest

from parity.domain.near_names import buckets, near


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("DATABASE_URL", "DATABASE_URI", True),
        ("DB_PASS", "DB_PASSWORD", True),
        ("SENTRY_DNS", "SENTRY_DSN", True),
        ("CLIENT_SECRET", "CLIENT_SECRT", True),
        ("DATABASEURL", "DATABASE_URL", True),
        ("HOST_DB", "DB_HOST", True),
        ("CACHE_TIMEOUT", "CACHE_TIMEOUTS", True),
        ("ALLOWED_HOST", "ALLOWED_HOSTS", True),
        ("MAIL_SENDER", "MAIL_SENDOR", True),
        ("SMTP_HOST", "SMTP_PORT", False),
        ("API_HOST", "APP_HOST", False),
        ("API_URL", "APIS_URL", False),
        ("LLM_MODE", "LLM_MODEL", False),
        ("PORT", "SORT", False),
        ("S3_KEY", "S4_KEY", False),
        ("WORKER_1", "WORKER_2", False),
        ("QUEUE_1", "QUEUE_2", False),
        ("SERVER01_URL", "SERVER02_URL", False),
        ("SHARD_A", "SHARD_B", False),
        ("DEV_TOKENS", "PROD_TOKENS", False),
        ("MIN_CONNS", "MAX_CONNS", False),
        ("API_KEY", "API_KEY", False),
    ],
)
def test_names_that_are_nearly_the_same(one: str, other: str, alike: bool) -> None:
    assert near(one, other) is near(other, one) is alike
    assert not alike or set(buckets(one)) & set(buckets(other))
