"""A value that a role would reject is reported in a sentence: name, value, what is allowed, where to read."""

from __future__ import annotations

from typing import Any

import pytest

from parity.preflight.role_specs import role_specs
from parity.preflight.wrong_values import wrong_values


def reported(role: str, **values: Any) -> list[str]:
    return wrong_values({"one": values}, ["one"], [role])


@pytest.mark.parametrize(
    ("role", "name", "value", "sentence"),
    [
        ("gather", "parity_log_lines", "many", 'parity_log_lines is "many"; it must be a whole number'),
        ("gather", "parity_log_lines", 1.5, "parity_log_lines is 1.5; it must be a whole number"),
        ("gather", "parity_probe_timeout", "3s", 'parity_probe_timeout is "3s"; it must be a number'),
        ("gather", "parity_files_only", "maybe", 'parity_files_only is "maybe"; it must be true or false'),
        ("gather", "parity_project", ["shop"], "parity_project is a list; it must be text"),
        ("gather", "parity_compose_files", {"a": "b"}, "parity_compose_files is a mapping; it must be a list"),
        ("report", "parity_renames", ["a"], "parity_renames is a list; it must be a mapping"),
        (
            "report",
            "parity_fail_on",
            "bad",
            'parity_fail_on is "bad"; it must be one of critical, high, medium, low, info, never',
        ),
        (
            "gather",
            "parity_endpoints",
            [{"service": "api"}, {"service": "web", "port": "http"}],
            'parity_endpoints, entry 2: port is "http"; it must be a whole number',
        ),
        (
            "gather",
            "parity_endpoints",
            [{"service": "api", "urll": "x"}],
            "parity_endpoints, entry 1: unknown key urll. Valid keys: service, url, path, port, kind",
        ),
        ("gather", "parity_endpoints", [{"port": 80}], "parity_endpoints, entry 1: the key service is missing"),
        ("gather", "parity_endpoints", ["api"], "parity_endpoints, entry 1, is text; it must be a mapping"),
        (
            "notify",
            "parity_notify",
            {"mail": {"to": "ops@example.org", "sender": "x", "secure": "tls"}},
            'parity_notify.mail.secure is "tls"; it must be one of always, never, try, starttls',
        ),
    ],
)
def test_a_value_that_is_not_allowed_is_reported_with_what_is(role: str, name: str, value: Any, sentence: str) -> None:
    assert reported(role, **{name: value}) == [f"{sentence}. See roles/{role}/README.md."]


def test_a_value_where_a_secret_may_be_is_not_printed() -> None:
    [sentence] = reported("remedy_env", parity_env_values="S3cretValue")
    assert sentence == "parity_env_values is text; it must be a mapping. See roles/remedy_env/README.md."


@pytest.mark.parametrize("role", sorted(role_specs()))
def test_every_default_is_allowed(role: str) -> None:
    defaults = {name: spec["default"] for name, spec in role_specs()[role].items() if "default" in spec}
    assert reported(role, **defaults) == []


@pytest.mark.parametrize("value", ["40", 40])
def test_what_ansible_converts_is_allowed(value: Any) -> None:
    assert reported("gather", parity_log_lines=value, parity_files_only="yes", parity_profiles="a,b") == []


def test_the_hosts_are_named_where_only_some_have_the_value() -> None:
    variables: dict[str, dict[str, Any]] = {f"web{number}": {"parity_log_lines": "x"} for number in range(5)}
    [sentence] = wrong_values({**variables, "db": {}}, [*variables, "db"], ["gather"])
    assert sentence.startswith('web0, web1, web2 and 2 more: parity_log_lines is "x"; ')


class Undefined(dict[str, Any]):
    """Variables of which one cannot be filled in."""

    def __getitem__(self, name: str) -> Any:
        raise KeyError(f"{name} is undefined")


def test_what_cannot_be_filled_in_is_left_to_ansible() -> None:
    assert wrong_values({"one": Undefined(parity_log_lines="")}, ["one"], ["gather"]) == []
