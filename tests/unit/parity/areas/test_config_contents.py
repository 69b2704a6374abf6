"""Configs that compose files write out themselves are compared by their lines."""

from __future__ import annotations

import pytest
from stacks import audited, stack

RULE = "compose.config-differs"
ONE = "parity-secret-00000000000000000000000000000001-len8to15-none"
OTHER = "parity-secret-00000000000000000000000000000002-len8to15-none"


def found(first: str, second: str, used: bool = True) -> list[str]:
    uses = {"configs": [{"source": "app", "target": "/app.conf"}]} if used else {}
    declared = {"api": {"image": "example/api:1", "restart": "always", **uses}}
    sides = [
        stack(name, declared=declared, resources={"configs": {"app": {"name": f"{name}_app", "content": content}}})
        for name, content in (("dev", first), ("prod", second))
    ]
    return [one.id for one in audited(*sides).values() if one.rule == RULE]


def test_another_setting_is_told_with_the_config():
    assert found("a = 1\nb = 2\n", "a = 1\nb = 3\n") == [f"{RULE}/app@dev+prod"]


def test_a_line_that_one_lacks_is_told():
    assert found("a = 1\n", "a = 1\nb = 2\n") == [f"{RULE}/app@dev+prod"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a = 1\n", "a = 1\n\n"),
        ("a = 1\nb = 2\n", "b = 2\na = 1\n"),
        ("host = db-dev\n", "host = db-prod\n"),
        (f"password = {ONE}\n", f"password = {OTHER}\n"),
    ],
)
def test_order_blank_lines_secrets_and_the_environment_s_word_are_no_difference(first, second):
    assert found(first, second) == []


def test_what_no_service_uses_is_left_out():
    assert found("a = 1\n", "a = 2\n", used=False) == []
