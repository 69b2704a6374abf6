"""Settings that production leaves to defaults in numbers weigh less than one that somebody forgot."""

from __future__ import annotations

import pytest
from stacks import audited, stack

PLAIN = {"DB_PORT": "5432", "DB_NAME": "shop", "DOC_ROOT": "/opt/web", "PAGE_LAYOUT": "wide", "CACHE": "true"}
SHARED = {"REGION": "eu"}


def side(name: str, variables: dict[str, str]) -> dict[str, object]:
    return stack(name, declared={"api": {"image": "example/api:1", "environment": {**SHARED, **variables}}})


def severities(dev: dict[str, str]) -> dict[str, str]:
    found = audited(
        side("dev", dev),
        side("prod", {}),
    )
    return {one.item: one.severity.name.lower() for one in found.values() if one.rule == "environment.missing"}


def test_many_plain_settings_are_left_to_defaults():
    assert severities(PLAIN) == dict.fromkeys(PLAIN, "low")


def test_a_few_may_have_been_forgotten():
    few = dict(list(PLAIN.items())[:4])
    assert set(severities(few).values()) == {"medium"}


def test_a_size_counts_as_one_of_many_though_it_has_a_default():
    many = {**dict(list(PLAIN.items())[:4]), "PAGE_SIZE": "50"}
    assert severities(many) == dict.fromkeys(many, "low")


@pytest.mark.parametrize(
    ("name", "value"),
    [("PAYMENT_URL", "https://pay.example.org/v1"), ("PAYMENT_SECRET", "Xk9vTq2LmWz8Rf41")],
)
def test_a_secret_and_an_address_have_no_default(name, value):
    assert severities({**PLAIN, name: value})[name] == "medium"


def test_what_is_plain_counts_for_its_own_service():
    found = severities({**dict(list(PLAIN.items())[:4]), "PAYMENT_URL": "https://pay.example.org/v1"})
    assert set(found.values()) == {"medium"}
