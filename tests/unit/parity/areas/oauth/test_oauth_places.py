"""Redirect URIs that lead elsewhere than to their own environment."""

from __future__ import annotations

import pytest
from oauth_stacks import DEV, PROD, about, audited, judged, oauth, snapshot, without

PLACES = ("oauth.redirect-invalid", "oauth.redirect-local", "oauth.redirect-other-environment")
PLACES += ("oauth.redirect-foreign-host", "oauth.redirect-neighbour-host", "oauth.redirect-http")


def _prod(uri, **more):
    return audited(DEV, {**PROD, "GOOGLE_REDIRECT_URI": uri, **more})


def _dev(uri, **more):
    return audited({**DEV, "GOOGLE_REDIRECT_URI": uri, **more}, PROD)


def _places(findings, environment):
    return {i.partition("/")[0] for i in oauth(findings) if i.startswith(PLACES) and i.endswith(f"@{environment}")}


@pytest.mark.parametrize(
    ("uri", "rules"),
    [
        ("https://app.example.org/auth/google/callback", set()),
        ("https://api.app.example.org/auth/google/callback", set()),
        ("/auth/google/callback", set()),
        ("https://app.example.org/auth/google/callback#", {"oauth.redirect-invalid"}),
        ("https://*.example.org/auth/google/callback", {"oauth.redirect-invalid"}),
        ("app.example.org/auth/google/callback", {"oauth.redirect-invalid"}),
        ("https://${DOMAIN}/auth/google/callback", {"oauth.redirect-invalid"}),
        ("http://localhost:8000/auth/google/callback", {"oauth.redirect-local"}),
        ("https://127.0.0.1/auth/google/callback", {"oauth.redirect-local"}),
        ("http://192.168.1.20:8000/auth/google/callback", {"oauth.redirect-local"}),
        ("http://api:8000/auth/google/callback", {"oauth.redirect-local"}),
        ("https://nas.local/auth/google/callback", {"oauth.redirect-local"}),
        ("http://app.example.org/auth/google/callback", {"oauth.redirect-http"}),
        ("https://app.example.net/auth/google/callback", {"oauth.redirect-foreign-host"}),
        ("https://dev.app.example.org/auth/google/callback", {"oauth.redirect-foreign-host"}),
        ("https://app-staging.example.org/auth/google/callback", {"oauth.redirect-foreign-host"}),
        ("https://ap.example.org/auth/google/callback", {"oauth.redirect-neighbour-host"}),
        ("https://example.org/auth/google/callback", {"oauth.redirect-neighbour-host"}),
        ("http://app.example.net/auth/google/callback", {"oauth.redirect-foreign-host", "oauth.redirect-http"}),
    ],
)
def test_production_is_led_back_to_its_own_host_over_https(uri, rules):
    assert _places(_prod(uri), "prod") == rules


@pytest.mark.parametrize(
    ("uri", "rules"),
    [
        ("http://localhost:8000/auth/google/callback", set()),
        ("http://127.0.0.1:8000/auth/google/callback", set()),
        ("http://app.localhost/auth/google/callback", set()),
        ("https://app.example.org/auth/google/callback", {"oauth.redirect-other-environment"}),
        ("https://abc.ngrok.app/auth/google/callback", {"oauth.redirect-foreign-host"}),
        ("http://localhost:8000/*", {"oauth.redirect-invalid"}),
    ],
)
def test_development_may_be_led_back_to_the_machine_it_runs_on(uri, rules):
    assert _places(_dev(uri), "dev") == rules


def test_localhost_in_production_is_one_finding_and_grave():
    findings = _prod("http://localhost:8000/auth/google/callback")
    assert oauth(findings) == {"oauth.redirect-local/google@prod"}
    assert findings["oauth.redirect-local/google@prod"].severity.word == "high"
    assert about(findings, ["GOOGLE_REDIRECT_URI"]) == set()


def test_production_led_to_development_is_said_to_be():
    findings = audited(
        {**DEV, "DOMAIN": "dev.example.org", "GOOGLE_REDIRECT_URI": "https://dev.example.org/auth/google/callback"},
        {**PROD, "DOMAIN": "example.org", "GOOGLE_REDIRECT_URI": "https://dev.example.org/auth/google/callback"},
    )
    assert oauth(findings) == {"oauth.redirect-other-environment/google@prod"}
    assert "dev.example.org belongs to dev" in findings["oauth.redirect-other-environment/google@prod"].cause


@pytest.mark.parametrize("name", ["PUBLIC_URL", "FRONTEND_URL", "SERVER_NAME", "APP_DOMAIN", "ALLOWED_HOSTS"])
@pytest.mark.parametrize(
    "value", ["app.example.net", "https://app.example.net:8443/start", "other.org, app.example.net"]
)
def test_any_variable_that_names_the_host_makes_it_its_own(name, value):
    uri = "https://app.example.net/auth/google/callback"
    assert _places(_prod(uri, **{name: value}), "prod") == set()


@pytest.mark.parametrize("name", ["COOKIE_DOMAIN", "AUTH0_DOMAIN", "DATABASE_URL", "SENTRY_URL"])
def test_other_variables_do_not(name):
    uri = "https://app.example.net/auth/google/callback"
    assert _places(_prod(uri, **{name: "https://app.example.net"}), "prod") == {"oauth.redirect-foreign-host"}


def test_another_services_variable_and_the_web_servers_names_count_too():
    uri = {"GOOGLE_REDIRECT_URI": "https://app.example.net/auth/google/callback"}
    services = {"api": {**PROD, **uri}, "web": {"SITE_URL": "https://app.example.net"}}
    assert _places(judged(snapshot("dev", {"api": DEV}), snapshot("prod", services)), "prod") == set()
    named = snapshot("prod", {"api": {**PROD, **uri}}, server_names=["_", "app.example.net", "localhost"])
    assert _places(judged(snapshot("dev", {"api": DEV}), named), "prod") == set()


def test_where_nothing_names_the_host_none_is_foreign():
    prod = without({**PROD, "GOOGLE_REDIRECT_URI": "https://app.example.net/auth/google/callback"}, "DOMAIN")
    assert _places(audited(DEV, prod), "prod") == set()
    assert _places(audited(DEV, {**prod, "FRONTEND_URL": "http://localhost:3000"}), "prod") == set()
    assert _places(audited(DEV, {**prod, "FRONTEND_URL": "http://frontend:3000"}), "prod") == set()


def test_a_private_host_that_is_productions_own_is_no_fault():
    for own in ("app.corp.internal", "10.0.0.5"):
        findings = _prod(f"https://{own}/auth/google/callback", DOMAIN=own)
        assert _places(findings, "prod") == set()


def test_plain_http_in_development_is_refused_by_some_providers_only():
    names = {"DOMAIN": "dev.example.net"}
    assert _places(_dev("http://dev.example.net/auth/google/callback", **names), "dev") == {"oauth.redirect-http"}
    dev = {f"GITHUB_{key}": value for key, value in {"CLIENT_ID": "Iv1.8a61f9", "CLIENT_SECRET": "8Rk4vN6wP1"}.items()}
    dev["GITHUB_REDIRECT_URI"] = "http://dev.example.net/cb"
    assert _places(audited({**dev, **names}, {}), "dev") == set()
    own = {"PUBLIC_URL": "https://dev.example.net"}
    assert _places(audited({**dev, **own}, {}), "dev") == {"oauth.redirect-http"}


def test_plain_http_in_production_is_a_fault_with_any_provider():
    names = {"CLIENT_ID": "Iv1.8a61f9", "CLIENT_SECRET": "8Rk4vN6wP1", "REDIRECT_URI": "http://app.example.org/cb"}
    prod = {f"GITHUB_{name}": value for name, value in names.items()}
    assert _places(audited({}, {**prod, "DOMAIN": "app.example.org"}), "prod") == {"oauth.redirect-http"}


@pytest.mark.parametrize(
    "uri", ["https://app.example.org/other#x", " https://app.example.org/other", "app.example.org"]
)
def test_an_invalid_one_is_said_once(uri):
    findings = _prod(uri)
    assert oauth(findings) == {"oauth.redirect-invalid/google@prod"}
    assert about(findings, ["GOOGLE_REDIRECT_URI"]) == set()


def test_each_address_of_a_list_is_looked_at():
    uri = "https://app.example.org/auth/google/callback,http://localhost:8000/auth/google/callback"
    findings = _prod("x", GOOGLE_REDIRECT_URIS=uri)
    assert _places(findings, "prod") == {"oauth.redirect-invalid", "oauth.redirect-local"}
    assert "localhost:8000" in findings["oauth.redirect-local/google@prod"].cause
