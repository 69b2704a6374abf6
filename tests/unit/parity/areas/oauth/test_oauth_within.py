"""One environment's applications: complete, real, alike in all services."""

from __future__ import annotations

import pytest
from oauth_stacks import DEV, PROD, about, audited, judged, oauth, snapshot, without

HOST = {"oauth.redirect-host-differs/google@dev+prod"}


def test_two_complete_environments_differ_as_expected_and_in_nothing_else():
    findings = audited(DEV, PROD)
    assert oauth(findings) == set()
    assert oauth(findings, "expected") == HOST
    finding = findings["oauth.redirect-host-differs/google@dev+prod"]
    assert "Each environment has its own URL" in finding.because
    assert not any(name.startswith("environment.differs/GOOGLE_REDIRECT_URI") for name in findings)


@pytest.mark.parametrize("missing", ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET", "GOOGLE_REDIRECT_URI"])
@pytest.mark.parametrize("how", ["not set", "empty", "blank"])
def test_a_part_that_is_missing_is_said_once(missing, how):
    prod = without(PROD, missing) if how == "not set" else {**PROD, missing: "" if how == "empty" else "  "}
    findings = audited(DEV, prod)
    assert oauth(findings) == {"oauth.incomplete/google@prod"}
    finding = findings["oauth.incomplete/google@prod"]
    assert finding.severity.word == "high"
    assert missing in finding.cause
    if how != "blank":
        assert about(findings, [missing]) == set()


def test_development_that_lacks_a_part_is_less_grave():
    findings = audited(without(DEV, "GOOGLE_CLIENT_SECRET"), PROD)
    assert oauth(findings) == {"oauth.incomplete/google@dev"}
    assert findings["oauth.incomplete/google@dev"].severity.word == "medium"


def test_a_part_that_no_environment_has_is_missing_in_both():
    findings = audited(without(DEV, "GOOGLE_CLIENT_ID"), without(PROD, "GOOGLE_CLIENT_ID"))
    assert oauth(findings) == {"oauth.incomplete/google@dev", "oauth.incomplete/google@prod"}


def test_a_missing_redirect_uri_is_meant_where_no_environment_sets_any():
    findings = audited(without(DEV, "GOOGLE_REDIRECT_URI"), without(PROD, "GOOGLE_REDIRECT_URI"))
    assert oauth(findings) == set()
    assert oauth(findings, "expected") == {"oauth.incomplete/google@dev", "oauth.incomplete/google@prod"}


def test_a_missing_redirect_uri_is_a_fault_where_other_applications_set_theirs():
    notion = {"NOTION_CLIENT_ID": "a1", "NOTION_CLIENT_SECRET": "real-8Rk4vN6wP1zC"}
    assert oauth(audited({**DEV, **notion}, PROD)) == {"oauth.incomplete/notion@dev", "oauth.one-sided/notion@prod"}


def test_a_provider_that_needs_no_redirect_uri_has_none_missing():
    azure = {"AZURE_CLIENT_ID": "a1", "AZURE_CLIENT_SECRET": "real-8Rk4vN6wP1zC"}
    findings = audited({**DEV, **azure}, {**PROD, **azure, "AZURE_CLIENT_SECRET": "real-9Rk4vN6wP1zD"})
    assert "oauth.incomplete/azure@prod" not in findings


@pytest.mark.parametrize(
    "variables", [{}, {"GOOGLE_CLIENT_ID": "", "GOOGLE_CLIENT_SECRET": "", "GOOGLE_REDIRECT_URI": ""}]
)
def test_a_provider_that_is_not_used_lacks_nothing(variables):
    assert oauth(audited(variables, variables)) == set()


def test_a_secret_kept_in_a_file_is_not_missing_and_is_no_value():
    dev = {**without(DEV, "GOOGLE_CLIENT_SECRET"), "GOOGLE_CLIENT_SECRET_FILE": "/run/secrets/google"}
    prod = {**without(PROD, "GOOGLE_CLIENT_SECRET"), "GOOGLE_CLIENT_SECRET_FILE": "/run/secrets/google"}
    assert oauth(audited(dev, prod)) == set()


def test_a_client_of_the_browser_needs_no_secret():
    dev = {"VITE_AZURE_AD_CLIENT_ID": "one", "VITE_AZURE_AD_REDIRECT_URI": "http://localhost:5173/"}
    prod = {"VITE_AZURE_AD_CLIENT_ID": "two", "VITE_AZURE_AD_REDIRECT_URI": "https://app.example.org/"}
    assert oauth(audited(dev, prod)) == set()
    assert oauth(audited({**dev, "AZURE_AD_CLIENT_SECRET": "8Rk4vN6wP1"}, prod)) == {"oauth.incomplete/microsoft@prod"}


def test_an_id_alone_in_all_environments_is_meant_and_in_one_is_not():
    dev, prod = {"GOOGLE_CLIENT_ID": "one"}, {"GOOGLE_CLIENT_ID": "two"}
    assert oauth(audited(dev, prod)) == set()
    assert oauth(audited({}, prod)) >= {"oauth.incomplete/google@prod"}


def test_a_redirect_uri_alone_has_its_credentials_elsewhere():
    names = ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"]
    assert oauth(audited(without(DEV, *names), without(PROD, *names))) == set()
    findings = audited(DEV, without(PROD, *names))
    assert oauth(findings) == {"oauth.incomplete/google@prod"}
    assert "client id and client secret" in findings["oauth.incomplete/google@prod"].title


def test_a_switch_is_no_redirect_uri():
    switch = {"FLAG_ALLOW_UNSAFE_OAUTH_REDIRECT_URI": "false"}
    assert oauth(audited({**DEV, **switch}, {**PROD, **switch})) == oauth(audited(DEV, PROD))


def test_one_application_completes_another_of_its_provider():
    dev = {**DEV, "GOOGLE_CALENDAR_REDIRECT_URI": "http://localhost:8000/calendar"}
    prod = {**PROD, "GOOGLE_CALENDAR_REDIRECT_URI": "https://app.example.org/calendar"}
    assert oauth(audited(dev, prod)) == set()
    shared = {"OAUTH_REDIRECT_URI": "https://app.example.org/cb"}
    findings = audited(DEV, {**without(PROD, "GOOGLE_REDIRECT_URI"), **shared})
    assert "oauth.incomplete/google@prod" not in findings


def test_an_application_of_another_program_does_not_complete_one():
    grafana = {"GF_AUTH_GOOGLE_CLIENT_ID": "9-gf", "GF_AUTH_GOOGLE_CLIENT_SECRET": "9Rk4vN6wP1zCq7"}
    findings = audited({**DEV, **grafana}, {**without(PROD, "GOOGLE_CLIENT_ID"), **grafana})
    assert "oauth.incomplete/google@prod" in oauth(findings)


def test_a_short_name_counts_beside_its_other_half_only():
    assert oauth(audited({"NOTION_SECRET": "secret_8Rk4vN6wP1zC"}, {})) == set()
    findings = audited({}, {"AUTH_GITHUB_ID": "Iv1.8a61f9b3a7aba766", "AUTH_GITHUB_SECRET": ""})
    assert "oauth.incomplete/github@prod" in findings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GOOGLE_CLIENT_SECRET", "your_google_client_secret_here"),
        ("GOOGLE_CLIENT_SECRET", "changeme"),
        ("GOOGLE_CLIENT_SECRET", "<client-secret>"),
        ("GOOGLE_CLIENT_SECRET", "xxxxxxxxxxxx"),
        ("GOOGLE_CLIENT_SECRET", "secret"),
        ("GOOGLE_CLIENT_SECRET", "dummy"),
        ("GOOGLE_CLIENT_ID", "your-client-id.apps.googleusercontent.com"),
        ("GOOGLE_CLIENT_ID", "<client-id>"),
        ("GOOGLE_REDIRECT_URI", "https://your-domain.com/auth/google/callback"),
    ],
)
def test_a_placeholder_is_said_once(name, value):
    findings = audited(DEV, {**PROD, name: value})
    assert oauth(findings) == {"oauth.placeholder/google@prod"}
    assert name in findings["oauth.placeholder/google@prod"].title
    assert about(findings, [name]) == set()


@pytest.mark.parametrize("value", ["secret", "dummy"])
def test_development_may_choose_a_simple_secret_for_a_provider_of_its_own(value):
    dev = {"OIDC_CLIENT_ID": "app", "OIDC_CLIENT_SECRET": value, "OIDC_REDIRECT_URI": "http://localhost:1/cb"}
    prod = {"OIDC_CLIENT_ID": "shop", "OIDC_CLIENT_SECRET": "8Rk4vN6wP1zCq7", "OIDC_REDIRECT_URI": "https://a.org/cb"}
    assert oauth(audited(dev, prod)) == set()


def test_placeholders_in_both_environments_are_two_faults_and_no_difference():
    findings = audited(
        {**DEV, "GOOGLE_CLIENT_SECRET": "your_dev_secret_here"},
        {**PROD, "GOOGLE_CLIENT_SECRET": "your_prod_secret_here"},
    )
    assert oauth(findings) == {"oauth.placeholder/google@dev", "oauth.placeholder/google@prod"}
    assert "environment.differs/GOOGLE_CLIENT_SECRET@dev+prod" not in findings


def _services(**changed):
    return judged(
        snapshot("dev", {"api": DEV, "worker": DEV}), snapshot("prod", {"api": PROD, "worker": {**PROD, **changed}})
    )


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("GOOGLE_CLIENT_ID", "300-old.apps.googleusercontent.com", "client id"),
        ("GOOGLE_CLIENT_SECRET", "GOCSPX-1Zk4vN6wP1zCq9", "client secret"),
        ("GOOGLE_REDIRECT_URI", "https://app.example.org/other", "redirect URI"),
    ],
)
def test_services_with_different_values_disagree(name, value, part):
    findings = _services(**{name: value})
    assert "oauth.services-disagree/google@prod" in oauth(findings)
    finding = findings["oauth.services-disagree/google@prod"]
    assert part in finding.title
    assert {piece.service for piece in finding.evidence} == {"api", "worker"}
    assert oauth(findings) == {"oauth.services-disagree/google@prod"}
    assert about(findings, [name]) == set()


def test_services_that_agree_or_lack_a_value_do_not_disagree():
    assert oauth(_services()) == set()
    assert "oauth.services-disagree/google@prod" not in _services(GOOGLE_CLIENT_ID="")


def test_the_browsers_client_may_be_another_one():
    front = {"VITE_GOOGLE_CLIENT_ID": "300-web.apps.googleusercontent.com"}
    findings = judged(snapshot("dev", {"api": DEV}), snapshot("prod", {"api": PROD, "web": front}))
    assert "oauth.services-disagree/google@prod" not in findings


def test_another_spelling_in_another_service_is_the_same_part():
    worker = {"GOOGLE_OAUTH_CLIENT_ID": "300-old.apps.googleusercontent.com"}
    findings = judged(snapshot("dev", {"api": DEV}), snapshot("prod", {"api": PROD, "worker": worker}))
    assert "oauth.services-disagree/google@prod" in oauth(findings)


def test_what_runs_counts_and_not_what_is_declared():
    wrong = {**PROD, "GOOGLE_CLIENT_SECRET": "changeme"}
    declared = {"state": "rendered", "services": {"api": {"environment": {**PROD, "GOOGLE_CLIENT_ID": "<client-id>"}}}}
    findings = judged(snapshot("dev", {"api": DEV}), snapshot("prod", {"api": wrong}, rendered=declared))
    assert oauth(findings) == {"oauth.placeholder/google@prod"}
    piece = findings["oauth.placeholder/google@prod"].evidence[0]
    assert piece.shown.startswith("GOOGLE_CLIENT_SECRET")
    assert piece.place == "container prod-api"


def test_what_is_declared_counts_where_nothing_runs():
    wrong = {**PROD, "GOOGLE_CLIENT_SECRET": "changeme"}
    findings = judged(snapshot("dev", {"api": DEV}), snapshot("prod", {"api": wrong}, declared=True))
    assert oauth(findings) == {"oauth.placeholder/google@prod"}
    assert findings["oauth.placeholder/google@prod"].evidence[0].place == "compose service api"


def test_a_container_that_runs_counts_before_one_that_ended():
    prod = snapshot("prod", {"api": {**PROD, "GOOGLE_CLIENT_ID": "<client-id>"}}, state="exited")
    running = snapshot("prod", {"api": PROD})["hosts"]["prod1"]["engine"]["containers"]
    prod["hosts"]["prod1"]["engine"]["containers"] += running
    assert oauth(judged(snapshot("dev", {"api": DEV}), prod)) == set()
    del prod["hosts"]["prod1"]["engine"]["containers"][1]
    assert oauth(judged(snapshot("dev", {"api": DEV}), prod)) == {"oauth.placeholder/google@prod"}


def test_the_names_of_two_spellings_in_one_service_are_both_shown():
    prod = {**PROD, "GOOGLE_OAUTH_CLIENT_SECRET": "changeme", "GOOGLE_CLIENT_SECRET": "changeme"}
    found = audited(DEV, prod)["oauth.placeholder/google@prod"]
    assert "GOOGLE_CLIENT_SECRET, GOOGLE_OAUTH_CLIENT_SECRET" in found.cause
    assert found.title == "prod: placeholder in GOOGLE_CLIENT_SECRET and 1 more (Google OAuth)"


def test_no_secret_is_shown():
    findings = audited(without(DEV, "GOOGLE_CLIENT_ID"), {**PROD, "GOOGLE_CLIENT_SECRET": DEV["GOOGLE_CLIENT_SECRET"]})
    assert {"oauth.incomplete/google@dev", "oauth.same-secret/google@dev+prod"} <= oauth(findings)
    assert "GOCSPX" not in repr(findings)
    assert "parity-secret" not in repr(findings)
