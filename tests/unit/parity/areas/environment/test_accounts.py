"""The name of an account is public where its secret stands beside it, and what a port is has to be a number."""

from __future__ import annotations

import pytest
from stacks import audited, stack

APP = {"image": "example/app:1", "restart": "always"}


def found(environment: dict[str, str | None], **more: dict[str, object]) -> set[str]:
    return set(audited(stack("prod", declared={"app": {**APP, "environment": environment}, **more})))


@pytest.mark.parametrize(
    ("name", "secret", "told"),
    [
        ("ROOMS_API_KEY", "ROOMS_API_SECRET", False),
        ("PUSH_APP_KEY", "PUSH_APP_SECRET", False),
        ("FEED_CONSUMER_KEY", "FEED_CONSUMER_SECRET", False),
        ("ROOMS_API_KEY", "MAPS_API_SECRET", True),
        ("ROOMS_API_KEY", "REGION", True),
        ("APP_KEY", "APP_SECRET", True),  # a framework's own signing key
    ],
)
def test_the_key_beside_a_secret_is_no_password(name: str, secret: str, told: bool) -> None:
    given: dict[str, str | None] = {name: "admin", secret: "Vx8kQ2mZ7tLp4Wn9"}
    assert (f"environment.default-password/{name}@prod" in found(given)) is told


def test_a_login_that_nobody_filled_in_is_one_finding() -> None:
    given: dict[str, str | None] = {"MAIL_HOST_USER": "<your user>", "MAIL_HOST_PASSWORD": "<your password>"}
    assert {one for one in found(given) if "placeholder" in one} == {"environment.placeholder/MAIL_HOST_PASSWORD@prod"}
    given["MAIL_HOST_PASSWORD"] = "Vx8kQ2mZ7tLp4Wn9"
    assert {one for one in found(given) if "placeholder" in one} == {"environment.placeholder/MAIL_HOST_USER@prod"}


@pytest.mark.parametrize(
    ("name", "ways", "severity"),
    [("MAIL_PORT", ("number",), "high"), ("MAIL_REGION", ("plain",), "medium")],
)
def test_a_placeholder_is_no_number(name: str, ways: tuple[str, ...], severity: str) -> None:
    one = audited(stack("prod", declared={"app": {**APP, "environment": {name: "<your value>"}}}))
    told = one[f"environment.placeholder/{name}@prod"]
    assert (told.ways, told.severity.word) == (ways, severity)


@pytest.mark.parametrize(
    ("image", "user", "told"),
    [("example/postfix:1", None, False), ("example/postfix:1", "shop", True), ("postgres:15.14", None, True)],
)
def test_a_relay_of_the_stack_asks_for_no_login(image: str, user: str | None, told: bool) -> None:
    given = {"RELAY_HOST": "relay", "RELAY_USERNAME": user, "RELAY_PASSWORD": None}
    assert ("environment.not-passed/RELAY_PASSWORD@prod" in found(given, relay={**APP, "image": image})) is told
