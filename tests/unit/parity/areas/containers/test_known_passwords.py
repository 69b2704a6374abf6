"""A well-known password in a command is reported, unless a variable that is judged holds the same."""

from __future__ import annotations

import pytest
from stacks import audited, redacted_environment, stack

from parity_host.secrets.redact import Redactor


def _token(value: str) -> str:
    return redacted_environment({"environment": {"PASSWORD": value}}, Redactor(b"one key for all"))["PASSWORD"]


def _found(command: list[str], variables: dict[str, str], environment: str = "prod") -> list[str]:
    services = {
        "cache": {"image": "redis:7.2", "restart": "always", "command": command},
        "app": {"image": "example/app:1", "restart": "always", "environment": variables},
    }
    return [one.id for one in audited(stack(environment, declared=services)).values() if "known-password" in one.rule]


COMMAND = ["redis-server", "--requirepass", _token("changeme")]


@pytest.mark.parametrize(
    "command", [COMMAND, [f"--requirepass={_token('secret')}"], ["sh", "-c", f"redis-server --requirepass {_token('redis')}"]]
)  # fmt: skip
def test_everybody_tries_it(command: list[str]) -> None:
    assert _found(command, {}) == ["containers.known-password/cache/requirepass@prod"]


def test_it_is_reported_once() -> None:
    assert _found(COMMAND, {"REDIS_PASSWORD": "changeme"}) == []
    assert _found(COMMAND, {"REDIS_URL": "redis://:changeme@cache:6379"}) == []


def test_a_password_of_its_own_and_development_s_are_none() -> None:
    assert _found(["redis-server", "--requirepass", _token("Hd5Rw3Yb6Cq1Js0G")], {}) == []
    assert _found(COMMAND, {}, "dev") == []
