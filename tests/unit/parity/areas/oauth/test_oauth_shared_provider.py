"""One client id is one client at one provider only."""

from __future__ import annotations

import pytest
from stacks import audited, stack

ID = "OIDC_CLIENT_ID"
IDP = {"keycloak": {"image": "quay.io/keycloak/keycloak:26.0", "restart": "always"}}


def _side(environment, name, issuer, own):
    given = {name: "shop-web", **({"OIDC_ISSUER": issuer} if issuer else {})}
    app = {"image": "example/app:1", "restart": "always", "environment": given}
    return stack(environment, declared={"app": app, **(IDP if own else {})})


@pytest.mark.parametrize(
    ("name", "issuers", "own", "shared"),
    [
        ("GOOGLE_CLIENT_ID", ("", ""), (True, True), True),
        (ID, ("", ""), (False, False), True),
        (ID, ("", ""), (True, False), True),
        (ID, ("", ""), (True, True), False),
        (ID, ("https://localhost/oidc", "https://localhost/oidc"), (True, True), False),
        (ID, ("https://id.example.org/a", "https://id.example.org/a"), (True, True), True),
        (ID, ("https://id.dev.example.org/a", "https://id.example.org/a"), (False, False), False),
    ],
)
def test_the_same_id_at_different_providers_is_no_fault(name, issuers, own, shared):
    sides = [_side(*one) for one in zip(("dev", "prod"), (name, name), issuers, own, strict=True)]
    assert any(one.startswith("oauth.same-client-id") for one in audited(*sides)) is shared
