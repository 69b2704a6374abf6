"""A secret in production's env file that no service gets, though one is meant to have it."""

from __future__ import annotations

import pytest
from stacks import audited, stack

APP = {"image": "example/app:1", "restart": "always"}
KEY = "Hd5Rw3Yb6Cq1Js0G"


def _found(compose: str, env: str, here: dict[str, str], elsewhere: dict[str, str]) -> dict[str, str]:
    files = {"compose.yml": ("compose", f"services: {{app: {compose}}}\n"), ".env": ("project", env)}
    dev = stack("dev", declared={"app": {**APP, "environment": elsewhere}})
    prod = stack("prod", declared={"app": {**APP, "environment": here}}, files=files)
    return {one.item: one.cause for one in audited(dev, prod).values() if one.rule == "environment.idle-secret"}


def test_another_environment_passes_it_on() -> None:
    found = _found("{image: 'example/app:1'}", f"SECRET_KEY={KEY}\n", {}, {"SECRET_KEY": "other"})
    assert found == {"SECRET_KEY": "No compose file refers to it, and app gets it in dev."}


def test_the_service_has_another_value() -> None:
    written = "{image: 'example/app:1', environment: {SECRET_KEY: ''}}"
    found = _found(written, f"SECRET_KEY={KEY}\n", {"SECRET_KEY": ""}, {})
    assert found == {"SECRET_KEY": "No compose file refers to it, and app has another value: (empty)."}


@pytest.mark.parametrize(
    ("compose", "env", "here", "elsewhere"),
    [
        # Nobody is meant to have it: one line of the list of unused variables.
        ("{image: 'example/app:1'}", f"SECRET_KEY={KEY}\n", {}, {}),
        ("{image: 'example/app:1', environment: ['SECRET_KEY=${SECRET_KEY}']}", f"SECRET_KEY={KEY}\n",
         {"SECRET_KEY": KEY}, {"SECRET_KEY": "other"}),
        ("{image: 'example/app:1', env_file: .env}", f"SECRET_KEY={KEY}\n", {}, {"SECRET_KEY": "other"}),
        ("{image: 'example/app:1'}", "SECRET_KEY=changeme\n", {}, {"SECRET_KEY": "other"}),
        ("{image: 'example/app:1'}", "COLOUR=blue\n", {}, {"COLOUR": "red"}),
        ("{image: 'example/app:1'}", f"CI_SECRET_KEY={KEY}\n", {}, {"CI_SECRET_KEY": "other"}),
    ],
)  # fmt: skip
def test_it_is_no_secret_or_reaches_its_service(
    compose: str, env: str, here: dict[str, str], elsewhere: dict[str, str]
) -> None:
    assert _found(compose, env, here, elsewhere) == {}
