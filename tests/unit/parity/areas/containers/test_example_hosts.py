"""Host names of examples in labels and commands, and names that only look like them."""

from __future__ import annotations

import pytest
from stacks import audited, stack

WEB = {"image": "example/web:1.2", "restart": "always"}
RULE = "traefik.http.routers.web.rule"


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("mydomain.com", True),
        ("app.my-domain.org", True),
        ("api.domain.tld", True),
        ("www.example.com", True),
        ("notmydomain.com", False),
        ("mydomain.com.acme-shop.net", False),
        ("domain.acme-shop.net", False),
        ("counterexample.com", False),
        ("acme-shop.net", False),
    ],
)
def test_a_route_for_a_name_that_nobody_has(host: str, found: bool) -> None:
    one = audited(stack("prod", declared={"web": {**WEB, "labels": {RULE: f"Host(`{host}`) && PathPrefix(`/a`)"}}}))
    assert ("containers.example-host@prod" in one) is found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"command": ["--acme.email=me@mydomain.com"]}, True),
        ({"labels": {"maintainer": "me@example.com"}}, False),  # nobody reads it
        ({"labels": {RULE: "Host(`mydomain.com`)"}, "scale": 0}, False),
    ],
)
def test_what_a_program_reads_counts(said: dict[str, object], found: bool) -> None:
    one = audited(stack("prod", declared={"web": {**WEB, **said}}))
    assert ("containers.example-host@prod" in one) is found


def test_the_value_of_a_variable_is_told_as_the_variable_s() -> None:
    declared = {"web": {**WEB, "labels": {RULE: "Host(`mydomain.com`)"}}}
    text = f"services: {{web: {{image: 'example/web:1.2', labels: {{{RULE}: 'Host(`${{DOMAIN}}`)'}}}}}}\n"
    files = {"compose.yml": ("compose", text), ".env": ("project", "DOMAIN=mydomain.com\n")}
    assert "containers.example-host@prod" not in audited(stack("prod", declared=declared, files=files))
