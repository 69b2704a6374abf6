"""Values that production must not have, whether containers run or only files declare them."""

from __future__ import annotations

import pytest
from stacks import audited, stack


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
