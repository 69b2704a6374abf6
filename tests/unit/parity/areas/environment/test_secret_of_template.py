"""Secrets of production that are the ones of the template, which everybody has who has the repository."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

OURS = "Vx8kQ2mZ7tLp4Wn9"
OTHER = "Hd5Rw3Yb6Cq1Js0G"
SHORT = "Vx8kQ"


def _side(environment: str, name: str, value: str, template: str) -> dict[str, Any]:
    declared = {"api": {"image": "example/api:1", "restart": "always", "environment": {name: value}}}
    return stack(environment, declared=declared, files={".env.example": ("template", template)})


def _found(name: str, value: str, example: str = OURS, dev: str = OTHER) -> Any:
    template = f"{name}={example}\n"
    found = audited(_side("dev", name, dev, template), _side("prod", name, value, template))
    return found.get(f"environment.placeholder/{name}@prod")


@pytest.mark.parametrize(
    ("name", "severity"),
    [("JWT_SECRET", "high"), ("ADMIN_PASSWORD", "high"), ("PROVIDER_API_KEY", "medium"), ("CACHE_PREFIX", "")],
)
def test_the_template_s_own_secret_is_reported(name: str, severity: str) -> None:
    found = _found(name, OURS)
    assert (found.severity.word if found else "") == severity
    assert _found(name, OTHER, dev=OURS) is None


def test_a_word_that_is_only_hidden_by_its_name_is_none() -> None:
    assert _found("MAIL_PASSWORD", SHORT, SHORT) is None


def test_a_secret_that_development_shares_is_reported_once() -> None:
    template = f"JWT_SECRET={OURS}\n"
    found = audited(_side("dev", "JWT_SECRET", OURS, template), _side("prod", "JWT_SECRET", OURS, template))
    assert "environment.same-secret/JWT_SECRET@dev+prod" in found
    assert "environment.placeholder/JWT_SECRET@prod" not in found
