"""What an authorize endpoint answered, against the variables."""

from __future__ import annotations

import pytest
from oauth_stacks import DEV, PROD, judged, oauth, snapshot, without

LOCATION = {
    "address": "https://accounts.google.com/o/oauth2/v2/auth",
    "client_id": PROD["GOOGLE_CLIENT_ID"],
    "redirect_uri": PROD["GOOGLE_REDIRECT_URI"],
}
RECORD = {
    "provider": "google",
    "url": "http://127.0.0.1:8000/auth/google/login",
    "status": 302,
    "location": LOCATION,
    "reason": "",
}


def _asked(record, prod=PROD):
    return judged(snapshot("dev", {"api": DEV}), snapshot("prod", {"api": prod}, oauth=[record]))


def test_a_redirect_with_the_client_id_and_redirect_uri_of_the_variables_is_right():
    for status in (301, 302, 303, 307, 308):
        assert oauth(_asked({**RECORD, "status": status})) == set()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": 200, "location": {}}, "it answers 200"),
        ({"status": 500, "location": {}}, "it answers 500"),
        ({"status": 404, "location": LOCATION}, "it answers 404"),
        ({"status": 302, "location": {}}, "without a Location header"),
        ({"location": {"address": "http://127.0.0.1:8000/login"}}, "redirects to http://127.0.0.1:8000/login without"),
        ({"status": 0, "location": {}, "reason": "Connection refused"}, "Connection refused"),
    ],
)
def test_anything_else_does_not_begin_a_login(change, said):
    findings = _asked({**RECORD, **change})
    assert oauth(findings) == {"oauth.authorize-broken/google@prod"}
    finding = findings["oauth.authorize-broken/google@prod"]
    assert said in finding.cause
    assert finding.evidence[0].shown.startswith(
        str(change.get("status", 302)) if change.get("status", 302) else "no answer"
    )
    assert finding.evidence[0].place == "http://127.0.0.1:8000/auth/google/login on prod1"


def test_another_client_id_is_found():
    findings = _asked({**RECORD, "location": {**LOCATION, "client_id": "999-old.apps.googleusercontent.com"}})
    assert oauth(findings) == {"oauth.authorize-other-client/google@prod"}
    assert "999-old" in findings["oauth.authorize-other-client/google@prod"].cause


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "https://app.example.org/auth/google/callback/",
        "http://app.example.org/auth/google/callback",
        "https://other.example.org/auth/google/callback",
        "http://127.0.0.1:8000/auth/google/callback",
    ],
)
def test_another_redirect_uri_is_found(sent):
    findings = _asked({**RECORD, "location": {**LOCATION, "redirect_uri": sent}})
    assert oauth(findings) == {"oauth.authorize-other-redirect/google@prod"}


def test_a_relative_redirect_uri_is_sent_behind_the_applications_address():
    prod = {**PROD, "GOOGLE_REDIRECT_URI": "/auth/google/callback"}
    assert "oauth.authorize-other-redirect/google@prod" not in oauth(_asked(RECORD, prod))
    sent = {**LOCATION, "redirect_uri": "https://app.example.org/callback"}
    assert "oauth.authorize-other-redirect/google@prod" in oauth(_asked({**RECORD, "location": sent}, prod))


def test_where_the_variables_say_nothing_there_is_nothing_to_compare():
    prod = without(PROD, "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET", "GOOGLE_REDIRECT_URI")
    assert not any("authorize" in name for name in oauth(_asked(RECORD, prod)))
    assert "oauth.authorize-broken/google@prod" in oauth(_asked({**RECORD, "status": 500}, prod))
    for name in ("GOOGLE_CLIENT_ID", "GOOGLE_REDIRECT_URI"):
        assert not any("authorize" in found for found in oauth(_asked(RECORD, without(PROD, name))))


def test_an_id_that_one_side_hides_cannot_be_compared():
    names = {"TWITTER_CONSUMER_KEY": "aXb93kd93jd93jd9FFx2", "TWITTER_CONSUMER_SECRET": "8Rk4vN6wP1zCq78Rk4vN6wP1zCq7"}
    record = {**RECORD, "provider": "twitter", "location": {**LOCATION, "client_id": "aXb93kd93jd93jd9FFx2"}}
    assert "oauth.authorize-other-client/twitter@prod" not in oauth(_asked(record, {**PROD, **names}))


@pytest.mark.parametrize("record", [3, None, [], {}, {"provider": 5, "status": "x", "location": 7}, {"location": [1]}])
def test_a_record_of_any_shape_is_read(record):
    oauth(_asked(record))
