"""Whatever variables hold: never an error, and the same findings whatever their order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from oauth_stacks import judged, snapshot

from parity.areas.oauth.redirects import accepted_for, is_loopback, is_private, origin_ways, path_ways, read_redirects
from parity.areas.oauth.vocabulary import load

NAMES = st.sampled_from(
    [
        "GOOGLE_CLIENT_ID",
        "GOOGLE_CLIENT_SECRET",
        "GOOGLE_REDIRECT_URI",
        "GOOGLE_CALLBACK_URLS",
        "GOOGLE_CLIENT_SECRET_FILE",
        "VITE_GOOGLE_CLIENT_ID",
        "AZURE_AD_CLIENT_ID",
        "AZURE_AD_CALLBACK_URL",
        "GITHUB_ID",
        "GITHUB_SECRET",
        "OIDC_CLIENT_ID",
        "OIDC_REDIRECT_URI",
        "SHOPIFY_OAUTH_CLIENT_SECRET",
        "GOOGLE_CALENDAR_REDIRECT_URI",
        "DOMAIN",
        "PUBLIC_URL",
        "ALLOWED_HOSTS",
    ]
)
_SCHEMES = st.sampled_from(["", "https://", "http://", "http:", "//", "urn:", "com.example.app:/", "HTTPS://"])
_HOSTS = st.sampled_from(
    ["localhost", "127.0.0.1", "[::1]", "[::", "api", "app.example.org", "dev.example.org", "*", "a@b", ""]
)
_PORTS = st.sampled_from(["", ":8000", ":", ":99999", ":x"])
_PATHS = st.sampled_from(
    ["", "/", "/cb", "/cb/", "/CB", "/dev/cb", "/cb#x", "/*", "/{x}", "/cb?a=1&code=8Rk4vN6wP1zCq7"]
)
_URIS = st.builds("".join, st.tuples(_SCHEMES, _HOSTS, _PORTS, _PATHS))
VALUES = st.one_of(
    _URIS,
    st.lists(_URIS, max_size=3).map(",".join),
    st.sampled_from(["", " ", "changeme", "<client-id>", "your_secret_here", "GOCSPX-8Rk4vN6wP1zCq7", "${X}"]),
    st.text(st.characters(), max_size=40),
)
VARIABLES = st.dictionaries(NAMES, VALUES, max_size=8)
SERVICES = st.dictionaries(st.sampled_from(["api", "worker"]), VARIABLES, max_size=2)
TEXTS = st.one_of(_URIS, st.text(max_size=60))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["provider", "url", "status", "location", "address", "client_id", "redirect_uri", "reason"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(SERVICES, SERVICES, JSON, st.lists(TEXTS, max_size=3))
def test_any_values_are_judged(dev, prod, oauth, server_names):
    findings = judged(snapshot("dev", dev), snapshot("prod", prod, oauth=oauth, server_names=server_names))
    for finding in findings.values():
        shown = (finding.title, finding.cause, finding.impact, finding.action)
        if finding.area == "oauth":
            assert "{application}" not in "".join(shown)
            assert "parity-secret-" not in repr(finding)


@settings(max_examples=100, deadline=None)
@given(SERVICES, SERVICES)
def test_one_placeholder_is_one_finding(dev, prod):
    findings = judged(snapshot("dev", dev), snapshot("prod", prod))
    for finding in findings.values():
        if finding.rule == "oauth.placeholder":
            named = finding.title.partition("set up: ")[2].partition(" is still")[0].split(", ")
            assert named
            assert not any(
                f.rule == "environment.placeholder" and f.item in named and f.environments == finding.environments
                for f in findings.values()
            )


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS)
def test_any_two_redirect_uris_are_compared(one, other):
    for first in read_redirects(one):
        assert path_ways(first, first) == ()
        assert origin_ways(first, first) == ()
        assert accepted_for(first.text, first.text)
        assert not (is_loopback(first.host) and is_private(first.host))
        for second in read_redirects(other):
            assert path_ways(first, second) == path_ways(second, first)
            assert origin_ways(first, second) == origin_ways(second, first)


@given(st.text(max_size=200))
def test_any_name_is_read(name):
    load().meaning(name)
    load().application(name)
    load().names_own_host(name)
