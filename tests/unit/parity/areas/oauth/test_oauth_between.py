"""One environment's applications against another's."""

from __future__ import annotations

import pytest
from oauth_stacks import DEV, PROD, about, audited, judged, oauth, snapshot, without

GOOGLE = ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET", "GOOGLE_REDIRECT_URI")


@pytest.mark.parametrize("how", ["not set", "empty"])
def test_an_application_of_one_environment_is_said_once(how):
    prod = without(PROD, *GOOGLE) if how == "not set" else {**PROD, **dict.fromkeys(GOOGLE, "")}
    findings = audited(DEV, prod)
    assert oauth(findings) == {"oauth.one-sided/google@prod"}
    assert findings["oauth.one-sided/google@prod"].severity.word == "medium"
    assert about(findings, GOOGLE) == set()
    findings = audited(without(DEV, *GOOGLE), PROD)
    assert oauth(findings) == {"oauth.one-sided/google@dev"}
    assert findings["oauth.one-sided/google@dev"].severity.word == "low"


def test_an_environment_whose_service_was_not_seen_lacks_nothing():
    assert oauth(judged(snapshot("dev", {"api": DEV}), snapshot("prod", {"web": {}}))) == set()
    unreachable = {**snapshot("prod", {}), "hosts": {"prod1": {"state": "unreachable", "reason": "no route"}}}
    assert oauth(judged(snapshot("dev", {"api": DEV}), unreachable)) == set()


def test_an_api_key_is_left_to_the_environment_area():
    findings = audited({"YOUTUBE_API_KEY": "yt-2Lm7xR9pD4sW"}, {})
    assert oauth(findings) == set()
    assert "environment.missing/YOUTUBE_API_KEY@prod" in findings


def test_one_secret_in_both_is_said_once():
    findings = audited(DEV, {**PROD, "GOOGLE_CLIENT_SECRET": DEV["GOOGLE_CLIENT_SECRET"]})
    assert oauth(findings) == {"oauth.same-secret/google@dev+prod"}
    assert findings["oauth.same-secret/google@dev+prod"].severity.word == "high"
    assert about(findings, ["GOOGLE_CLIENT_SECRET"]) == set()
    shown = [(piece.environment, piece.place) for piece in findings["oauth.same-secret/google@dev+prod"].evidence]
    assert shown == [("dev", "container dev-api"), ("prod", "container prod-api")]


def test_a_secret_that_two_of_three_share_is_said_once():
    stage = {**PROD, "GOOGLE_CLIENT_SECRET": DEV["GOOGLE_CLIENT_SECRET"]}
    prod = without(PROD, "GOOGLE_CLIENT_SECRET")
    findings = judged(snapshot("dev", {"api": DEV}), snapshot("stage", {"api": stage}), snapshot("prod", {"api": prod}))
    assert "oauth.same-secret/google@dev+stage" in oauth(findings)
    assert about(findings, ["GOOGLE_CLIENT_SECRET"]) == set()


@pytest.mark.parametrize("value", ["200-prod.apps", "200", "8a61f9b3a7aba7668a61"])
def test_client_ids_differ_as_expected(value):
    findings = audited({**DEV, "GOOGLE_CLIENT_ID": "100"}, {**PROD, "GOOGLE_CLIENT_ID": value})
    assert about(findings, ["GOOGLE_CLIENT_ID"]) == set()


def test_one_client_in_both_is_said_once():
    findings = audited(DEV, {**PROD, "GOOGLE_CLIENT_ID": DEV["GOOGLE_CLIENT_ID"]})
    assert oauth(findings) == {"oauth.same-client-id/google@dev+prod"}
    both = audited(DEV, {**PROD, **{name: DEV[name] for name in GOOGLE[:2]}})
    assert oauth(both) == {"oauth.same-secret/google@dev+prod"}
    assert "client id and client secret" in both["oauth.same-secret/google@dev+prod"].title


def test_one_client_under_two_spellings_is_found():
    prod = {**without(PROD, "GOOGLE_CLIENT_ID"), "GOOGLE_OAUTH_CLIENT_ID": DEV["GOOGLE_CLIENT_ID"]}
    assert "oauth.same-client-id/google@dev+prod" in oauth(audited(DEV, prod))


def test_secrets_of_different_runs_cannot_be_said_to_be_equal():
    prod = {**PROD, "GOOGLE_CLIENT_SECRET": DEV["GOOGLE_CLIENT_SECRET"]}
    findings = judged(snapshot("dev", {"api": DEV}), snapshot("prod", {"api": prod}, run="two"))
    assert "oauth.same-secret/google@dev+prod" not in findings


def test_one_placeholder_in_both_is_no_shared_secret():
    same = {"GOOGLE_CLIENT_SECRET": "your_secret_here", "GOOGLE_CLIENT_ID": "<client-id>"}
    assert oauth(audited({**DEV, **same}, {**PROD, **same})) == {
        "oauth.placeholder/google@dev",
        "oauth.placeholder/google@prod",
    }


def test_a_provider_of_ones_own_may_call_its_clients_alike():
    dev = {"KEYCLOAK_CLIENT_ID": "shop", "KEYCLOAK_CLIENT_SECRET": "6Tn8wZ2kQ9vXr4"}
    prod = {"KEYCLOAK_CLIENT_ID": "shop", "KEYCLOAK_CLIENT_SECRET": "8Rk4vN6wP1zCq7"}
    findings = audited(dev, prod)
    assert oauth(findings) == set()
    assert "oauth.same-client-id/keycloak@dev+prod" in oauth(findings, "expected")
    alike = audited(dev, {**prod, "KEYCLOAK_CLIENT_SECRET": dev["KEYCLOAK_CLIENT_SECRET"]})
    assert oauth(alike) == {"oauth.same-secret/keycloak@dev+prod"}


@pytest.mark.parametrize(
    ("uri", "how"),
    [
        ("https://app.example.org/auth/google/return", "path"),
        ("https://app.example.org/auth/google/callback/", "trailing slash"),
        ("https://app.example.org/auth/Google/callback", "case"),
        ("https://app.example.org/auth/google/callback?next=1", "query"),
    ],
)
def test_another_path_is_a_fault_and_said_once(uri, how):
    findings = audited(DEV, {**PROD, "GOOGLE_REDIRECT_URI": uri})
    assert oauth(findings) == {"oauth.redirect-path-differs/google@dev+prod"}
    finding = findings["oauth.redirect-path-differs/google@dev+prod"]
    assert finding.severity.word == "high"
    assert f"the Google redirect URI differs ({how})" in finding.title
    assert about(findings, ["GOOGLE_REDIRECT_URI"]) == set()


def test_another_host_port_or_scheme_is_expected():
    for uri in ("http://127.0.0.1:8000/auth/google/callback", "http://localhost:9000/auth/google/callback"):
        findings = audited({**DEV, "GOOGLE_REDIRECT_URI": uri}, PROD)
        assert oauth(findings) == set()
        assert oauth(findings, "expected") == {"oauth.redirect-host-differs/google@dev+prod"}


def test_a_path_that_names_its_environment_is_expected():
    findings = audited(
        {**DEV, "GOOGLE_REDIRECT_URI": "http://localhost/dev/cb"},
        {**PROD, "GOOGLE_REDIRECT_URI": "http://localhost/prod/cb"},
    )
    assert "oauth.redirect-path-differs/google@dev+prod" in oauth(findings, "expected")


def test_redirect_uris_under_other_names_are_compared_where_there_is_one_each():
    prod = {**without(PROD, "GOOGLE_REDIRECT_URI"), "GOOGLE_CALLBACK_URL": "https://app.example.org/other"}
    assert "oauth.redirect-path-differs/google@dev+prod" in oauth(audited(DEV, prod))


def test_redirect_uris_under_other_names_are_not_compared_where_there_are_several():
    prod = without(PROD, "GOOGLE_REDIRECT_URI")
    prod |= {"GOOGLE_CALLBACK_URL": "https://app.example.org/a", "GOOGLE_CALLBACK_URI": "https://app.example.org/b"}
    assert not any("redirect" in name for name in oauth(audited(DEV, prod)))


def test_an_environment_without_a_redirect_uri_does_not_keep_the_others_from_being_compared():
    stage = without(
        {**PROD, "GOOGLE_CLIENT_ID": "300", "GOOGLE_CLIENT_SECRET": "7Tn8wZ2kQ9vXr4"}, "GOOGLE_REDIRECT_URI"
    )
    prod = {**without(PROD, "GOOGLE_REDIRECT_URI"), "GOOGLE_CALLBACK_URL": "https://app.example.org/other"}
    findings = judged(snapshot("dev", {"api": DEV}), snapshot("stage", {"api": stage}), snapshot("prod", {"api": prod}))
    assert oauth(findings) == {"oauth.incomplete/google@stage", "oauth.redirect-path-differs/google@dev+prod"}


def test_lists_are_compared_each_with_what_is_most_like_it():
    local = "http://localhost:8000"
    dev = {**DEV, "GOOGLE_REDIRECT_URI": f"{local}/one,{local}/two"}
    prod = {**PROD, "GOOGLE_REDIRECT_URI": "https://app.example.org/two https://app.example.org/one"}
    assert oauth(audited(dev, prod)) == set()
    prod["GOOGLE_REDIRECT_URI"] = "https://app.example.org/two"
    assert oauth(audited(dev, prod)) == {"oauth.redirect-path-differs/google@dev+prod"}


def test_several_redirect_uris_of_one_application_are_told_apart():
    dev = {**DEV, "GOOGLE_CALLBACK_URL": "http://localhost:8000/a"}
    prod = {**PROD, "GOOGLE_CALLBACK_URL": "https://app.example.org/b"}
    assert oauth(audited(dev, prod)) == {"oauth.redirect-path-differs/google/GOOGLE_CALLBACK_URL@dev+prod"}


def test_a_placeholder_or_an_invalid_one_is_not_compared():
    for uri in ("https://your-domain.com/x", "app.example.org/x"):
        findings = audited(DEV, {**PROD, "GOOGLE_REDIRECT_URI": uri})
        assert not any(name.startswith("oauth.redirect-path-differs") for name in findings)


def test_one_address_for_both_is_a_fault_where_nothing_else_says_so():
    uri = {"GOOGLE_REDIRECT_URI": PROD["GOOGLE_REDIRECT_URI"]}
    unknown = audited(without({**DEV, **uri}, "DOMAIN"), without(PROD, "DOMAIN"))
    assert oauth(unknown) == {"oauth.redirect-same/google@dev+prod"}
    assert oauth(audited({**DEV, **uri}, PROD)) == {"oauth.redirect-other-environment/google@dev"}
    native = {"GOOGLE_REDIRECT_URI": "com.example.app:/oauth2redirect"}
    assert oauth(audited({**DEV, **native}, {**PROD, **native})) == set()
    local = {"GOOGLE_REDIRECT_URI": "http://localhost:8000/cb"}
    stage = {"GOOGLE_CLIENT_ID": "300", "GOOGLE_CLIENT_SECRET": "7Tn8wZ2kQ9vXr4", **local}
    assert oauth(judged(snapshot("dev", {"api": {**DEV, **local}}), snapshot("stage", {"api": stage}))) == set()
    assert oauth(audited({**DEV, **local}, {**PROD, **local})) == {"oauth.redirect-local/google@prod"}


def test_three_environments_are_compared_with_the_first():
    stage = {
        "DOMAIN": "stage.example.org",
        "GOOGLE_CLIENT_ID": "300-stage.apps.googleusercontent.com",
        "GOOGLE_CLIENT_SECRET": DEV["GOOGLE_CLIENT_SECRET"],
        "GOOGLE_REDIRECT_URI": "https://stage.example.org/other",
    }
    findings = judged(snapshot("dev", {"api": DEV}), snapshot("stage", {"api": stage}), snapshot("prod", {"api": PROD}))
    assert oauth(findings) == {
        "oauth.redirect-path-differs/google@dev+prod+stage",
        "oauth.same-secret/google@dev+stage",
    }
    assert findings["oauth.same-secret/google@dev+stage"].severity.word == "low"
