"""Settings of a feature that a switch of the same service turns off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from stacks import audited, stack

APP: Mapping[str, Any] = {"image": "example/app:1", "restart": "always"}
REST = {"A": "1", "B": "1", "C": "1"}


def production(*services: Mapping[str, str]) -> Mapping[str, Any]:
    declared = {f"app{n}": {**APP, "environment": {**REST, **own}} for n, own in enumerate(services)}
    return audited(stack("prod", declared=declared))


@pytest.mark.parametrize(
    ("switch", "value", "name", "status"),
    [
        ("S3_ENABLED", "false", "S3_SECRET_KEY", "expected"),
        ("S3_ENABLED", "0", "S3_SECRET_KEY", "expected"),
        ("S3_ENABLED", "true", "S3_SECRET_KEY", "open"),
        ("S3_ENABLED", "", "S3_SECRET_KEY", "open"),
        ("SHOP_USE_AWS_S3", "off", "SHOP_AWS_S3_SECRET_KEY", "expected"),
        ("SHOP_USE_AWS_S3", "off", "SHOP_MAIL_API_KEY", "open"),
        ("SHOP_USE_AWS_S3", "off", "SHOP_AWS_API_KEY", "open"),  # more than the feature
        ("ENABLE_BILLING", "no", "BILLING_API_KEY", "expected"),
        ("ENABLE_BILL", "no", "BILLING_API_KEY", "open"),  # a piece of a word
        ("MAIL_DISABLED", "true", "MAIL_API_KEY", "expected"),
        ("MAIL_DISABLED", "false", "MAIL_API_KEY", "open"),
        ("DISABLE_MAIL", "1", "MAIL_API_KEY", "expected"),
        ("NO_MAIL_ENABLED", "false", "MAIL_API_KEY", "open"),
        ("MAIL_NOT_ENABLED", "false", "MAIL_API_KEY", "open"),
        ("MAIL", "false", "MAIL_API_KEY", "open"),  # no word says that it is the switch
        ("ENABLED", "false", "MAIL_API_KEY", "open"),
        ("MAIL_TLS_ENABLED", "false", "MAIL_API_KEY", "open"),
    ],
)
def test_a_switch_covers_the_names_that_begin_like_it(switch, value, name, status):
    found = production({switch: value, name: "your_api_key_here"})[f"environment.placeholder/{name}@prod"]
    assert found.status == status


def test_the_narrowest_switch_counts():
    on = {"S3_ENABLED": "false", "S3_EXPORT_ENABLED": "true", "S3_EXPORT_SECRET_KEY": "your_api_key_here", "D": "1"}
    assert production(on)["environment.placeholder/S3_EXPORT_SECRET_KEY@prod"].status == "open"


def test_a_switch_of_all_that_a_service_has_names_the_application():
    shop = {"SHOP_ENABLED": "false", "SHOP_SECRET": "your_api_key_here", "SHOP_A": "1", "SHOP_B": "1"}
    assert production(shop)["environment.placeholder/SHOP_SECRET@prod"].status == "open"


def test_a_service_that_has_no_such_switch_reads_the_setting():
    secret = {"S3_SECRET_KEY": "your_api_key_here"}
    found = production({**secret, "S3_ENABLED": "false"}, secret)
    assert found["environment.placeholder/S3_SECRET_KEY@prod"].status == "open"


def test_production_decides_about_what_it_lacks_or_shares():
    def sides(dev: str, prod: str) -> Mapping[str, Any]:
        own = {"S3_KEY_ID": "alpha", "S3_SECRET_KEY": "Vx8kQ2mZ7tLp4Wn9"}
        given = {"dev": {**own, "S3_ENABLED": dev}, "prod": {"S3_SECRET_KEY": own["S3_SECRET_KEY"], "S3_ENABLED": prod}}
        return audited(
            *(stack(name, declared={"app": {**APP, "environment": {**REST, **one}}}) for name, one in given.items())
        )

    for finding in ("environment.missing/S3_KEY_ID@prod", "environment.same-secret/S3_SECRET_KEY@dev+prod"):
        assert sides("true", "false")[finding].status == "expected"
        assert sides("false", "true")[finding].status == "open"


def test_what_production_must_not_have_stays_so_where_its_feature_is_off():
    found = production({"MAIL_ENABLED": "false", "MAIL_TLS_SKIP_VERIFY": "true"})
    assert found["environment.verification-off-in-production/MAIL_TLS_SKIP_VERIFY@prod"].status == "open"
