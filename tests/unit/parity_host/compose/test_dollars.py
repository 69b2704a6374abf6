"""Which secrets of a compose file lose a part, because a `$` of theirs is one that Compose takes for a variable's."""

from __future__ import annotations

import pytest

from parity_host.compose.dollars import cut
from parity_host.compose.redaction import redact_compose
from parity_host.secrets.redact import Redactor


def _cut(line: str, place: str = "environment", variables: dict[str, str] | None = None) -> list[tuple[int, str]]:
    text = f"services:\n  app:\n    {place}:\n      {line}\n"
    return [tuple(one) for one in cut(text, redact_compose(text, Redactor(b"key")), variables or {})]


@pytest.mark.parametrize(
    "line",
    [
        "- SMTP_PASS=ab$cd9Kx2mZ7",
        "- 'SMTP_PASS=ab$cd9Kx2mZ7'",
        'SMTP_PASS: "admin:$apr1$Prd$q9w8e7Zz"',
        "SMTP_PASS: 'admin:$apr1$Prd$q9w8e7Zz'",
    ],
)
def test_a_part_behind_a_bare_dollar_is_lost(line: str) -> None:
    assert _cut(line) == [(4, "SMTP_PASS")]


@pytest.mark.parametrize(
    "line",
    [
        "- SMTP_PASS=ab$$cd9Kx2mZ7",
        "- SMTP_PASS=ab9Kx2mZ7",
        "- SMTP_PASS=$SMTP_PASS",
        "- SMTP_PASS=${SMTP_PASS}",
        "- SMTP_PASS=ab${cd}9Kx2mZ7",
        "# - SMTP_PASS=ab$cd9Kx2mZ7",
    ],
)
def test_nothing_is_lost_where_dollars_are_doubled_or_named(line: str) -> None:
    assert _cut(line) == []


def test_a_word_that_is_set_is_a_variable() -> None:
    assert _cut("- SMTP_PASS=ab$cd9Kx2mZ7", variables={"cd9Kx2mZ7": "x"}) == []


def test_labels_have_secrets_too() -> None:
    label = "traefik.http.middlewares.auth.basicauth.users"
    assert _cut(f"{label}: 'admin:$apr1$Prd$q9w8e7Zz'", "labels") == [(4, label)]
    assert _cut("- PASSWORD=ab$cd9Kx2mZ7", "command") == []


def test_what_compose_refuses_it_says_itself() -> None:
    assert _cut("- SMTP_PASS=ab$cd9Kx2${") == []
