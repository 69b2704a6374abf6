"""The probe and the judgement against a real OpenID provider on loopback, and an application that logs in by it."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from oauth_stacks import judged, oauth, snapshot
from oidc_provider_mock import run_server_in_thread

from parity.areas.oauth.redirects import accepted_for
from parity_host.gather.oauth_probe import probe
from parity_host.secrets.redact import Redactor

SECONDS = 10.0
RUN = "one"


class _App(ThreadingHTTPServer):
    """An application with /login, which redirects to the provider, and /callback, which the provider leads back to."""

    daemon_threads = True

    def __init__(self, provider: str) -> None:
        super().__init__(("127.0.0.1", 0), _Pages)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.authorize = requests.get(f"{provider}/.well-known/openid-configuration", timeout=SECONDS).json()[
            "authorization_endpoint"
        ]
        self.client_id = ""
        self.redirect_uri = f"{self.url}/callback"
        self.states: list[str] = []


class _Pages(BaseHTTPRequestHandler):
    server: _App

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if path == "/login":
            self.server.states.append(secrets.token_urlsafe(16))
            asked = {
                "response_type": "code",
                "scope": "openid",
                "client_id": self.server.client_id,
                "redirect_uri": self.server.redirect_uri,
                "state": self.server.states[-1],
                "nonce": secrets.token_urlsafe(16),
            }
            self.send_response(302)
            self.send_header("Location", f"{self.server.authorize}?{urlencode(asked)}")
        elif path == "/callback" and query.get("code") and query.get("state") == self.server.states[-1:]:
            self.send_response(204)
        else:
            self.send_response(404)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with run_server_in_thread(require_client_registration=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def app(provider: str) -> Iterator[_App]:
    server = _App(provider)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.client_id = _register(provider, server.redirect_uri)["client_id"]
    yield server
    server.shutdown()
    server.server_close()
    thread.join(SECONDS)


def _register(provider: str, redirect_uri: str) -> dict[str, str]:
    body = {"redirect_uris": [redirect_uri]}
    return dict(requests.post(f"{provider}/oauth2/clients", json=body, timeout=SECONDS).json())


def _log_in(app: _App) -> int:
    """Log a user in as a browser would; return the status of the last page."""
    begun = requests.get(f"{app.url}/login", allow_redirects=False, timeout=SECONDS).headers["Location"]
    back = requests.post(begun, data={"sub": "somebody"}, allow_redirects=False, timeout=SECONDS)
    if back.status_code not in (302, 303):
        return back.status_code
    return requests.get(back.headers["Location"], allow_redirects=False, timeout=SECONDS).status_code


def _findings(app: _App, **variables: str) -> set[str]:
    """Return the open findings about the endpoint, where the variables are the application's own but for these."""
    record = probe("OIDC", f"{app.url}/login", Redactor(RUN.encode()), SECONDS)
    own = {
        "OIDC_CLIENT_ID": app.client_id,
        "OIDC_CLIENT_SECRET": "8Rk4vN6wP1zCq7",
        "OIDC_REDIRECT_URI": app.redirect_uri,
    }
    dev = snapshot("dev", {"api": {**own, **variables}}, run=RUN, oauth=[record])
    return {name for name in oauth(judged(dev, snapshot("prod", {"web": {}}, run=RUN))) if "authorize" in name}


def test_where_a_user_can_log_in_nothing_is_found(app):
    assert _log_in(app) == 204
    assert _findings(app) == set()


def test_what_belongs_to_one_login_is_not_told(app):
    record = probe("OIDC", f"{app.url}/login", Redactor(RUN.encode()), SECONDS)
    assert record["location"] == {
        "address": app.authorize,
        "client_id": app.client_id,
        "redirect_uri": app.redirect_uri,
    }
    assert app.states
    assert app.states[-1] not in repr(record)


def test_a_redirect_uri_that_the_provider_refuses_is_found(app):
    registered = app.redirect_uri
    app.redirect_uri = f"{registered}/"
    assert _log_in(app) >= 400
    assert _findings(app, OIDC_REDIRECT_URI=registered) == {"oauth.authorize-other-redirect/oauth@dev"}


def test_a_client_that_the_provider_does_not_know_is_found(app):
    registered, app.client_id = app.client_id, "an-older-client"
    assert _log_in(app) >= 400
    assert _findings(app, OIDC_CLIENT_ID=registered) == {"oauth.authorize-other-client/oauth@dev"}


def test_an_endpoint_that_is_not_there_is_found(app):
    record = probe("OIDC", f"{app.url}/auth", Redactor(RUN.encode()), SECONDS)
    dev = snapshot("dev", {"api": {"OIDC_CLIENT_ID": "a"}}, oauth=[record])
    assert "oauth.authorize-broken/oauth@dev" in oauth(judged(dev, snapshot("prod", {})))


@pytest.mark.parametrize(
    "sent",
    [
        "https://app.example.org/auth/callback",
        "https://app.example.org/auth/callback/",
        "https://app.example.org/auth/Callback",
        "https://app.example.org/auth/callback?a=1",
        "https://app.example.org:443/auth/callback",
        "https://app.example.org:8443/auth/callback",
        "https://App.example.org/auth/callback",
        "http://app.example.org/auth/callback",
        "https://example.org/auth/callback",
    ],
)
def test_the_provider_itself_compares_as_we_do(provider, sent):
    registered = "https://app.example.org/auth/callback"
    client = _register(provider, registered)["client_id"]
    asked = {"response_type": "code", "scope": "openid", "client_id": client, "redirect_uri": sent}
    answer = requests.get(f"{provider}/oauth2/authorize", params=asked, allow_redirects=False, timeout=SECONDS)
    assert (answer.status_code == 200) == accepted_for(sent, registered)
