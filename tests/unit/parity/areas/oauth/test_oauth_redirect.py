"""Redirect URIs as authorization servers read them."""

from __future__ import annotations

import pytest

from parity.areas.oauth.redirects import accepted_for, is_loopback, is_private, origin_ways, path_ways, read_redirects


def _one(text):
    (redirect,) = read_redirects(text)
    return redirect


@pytest.mark.parametrize(
    "text",
    [
        "https://app.example.org/auth/callback",
        "https://app.example.org",
        "http://localhost:8000/cb",
        "http://127.0.0.1/cb",
        "http://[::1]:8000/cb",
        "https://app.example.org/cb?provider=google",
        "https://app.example.org/~user/%7Bx%7D",
        "com.example.app:/oauth2redirect",
        "myapp://callback",
        "/auth/google/callback",
    ],
)
def test_what_servers_accept_has_no_problem(text):
    assert _one(text).problem == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("https://app.example.org/cb#done", "fragment"),
        ("https://app.example.org/cb#", "fragment"),
        ("https://*.example.org/cb", "wildcard"),
        ("https://app.example.org/*", "wildcard"),
        ("app.example.org/cb", "no scheme"),
        ("localhost:8000/cb", "no scheme"),
        ("//app.example.org/cb", "no scheme"),
        ("https:///cb", "has no host"),
        ("https:/cb", "has no host"),
        ("https://app.example.org:/cb", "but no port"),
        ("https://app.example.org:port/cb", "is not valid"),
        ("https://app.example.org:99999/cb", "is not valid"),
        ("https://[app.example.org/cb", "is not valid"),
        ("https://me@app.example.org/cb", "user name before the host"),
        ("https://${DOMAIN}/cb", "a variable that is not set"),
        ("https://$DOMAIN/cb", "a variable that is not set"),
        ("https://{domain}/cb", "a variable that is not set"),
        ("/cb#x", "fragment"),
        (" https://app.example.org/cb", "a space"),
        ("https://app.example.org/cb ", "a space"),
        ("https://app.example.org/c b", "a space"),
        ("https://app.example.org\\cb", "a space"),
        ('"https://app.example.org/cb"', "a space"),
    ],
)
def test_what_no_server_accepts_says_why(text, problem):
    assert problem in _one(text).problem


def test_a_list_is_several_and_nothing_is_none():
    hosts = [r.host for r in read_redirects("https://a.example.org/cb,http://localhost:1/cb https://b.example.org/x,y")]
    assert hosts == ["a.example.org", "localhost", "b.example.org"]
    assert read_redirects("") == ()
    assert read_redirects("  ") == ()


@pytest.mark.parametrize(
    ("one", "other", "ways"),
    [
        ("http://localhost:8000/cb", "https://app.example.org/cb", ()),
        ("http://localhost:8000", "https://app.example.org/", ()),
        ("http://localhost:8000/", "https://app.example.org", ()),
        ("https://a.example.org/cb", "https://b.example.org/cb/", ("trailing-slash",)),
        ("https://a.example.org/cb", "https://b.example.org/CB", ("case",)),
        ("https://a.example.org/dev/cb", "https://b.example.org/prod/cb", ("environment-word",)),
        ("https://a.example.org/cb", "https://b.example.org/return", ("path",)),
        ("https://a.example.org/cb?a=1", "https://b.example.org/cb", ("query",)),
        ("/auth/cb", "https://b.example.org/auth/cb", ()),
        ("/auth/cb", "https://b.example.org/api/auth/cb", ("path",)),
    ],
)
def test_what_comes_behind_the_host_is_compared_character_by_character(one, other, ways):
    assert path_ways(_one(one), _one(other)) == ways


@pytest.mark.parametrize(
    ("one", "other", "ways"),
    [
        ("http://localhost:8000/cb", "https://app.example.org/cb", ("scheme", "host", "port")),
        ("https://App.example.org/cb", "https://app.example.org/cb", ()),
        ("https://app.example.org:443/cb", "https://app.example.org/cb", ("port",)),
        ("/cb", "https://app.example.org/cb", ()),
    ],
)
def test_the_place_is_scheme_host_and_port(one, other, ways):
    assert origin_ways(_one(one), _one(other)) == ways


@pytest.mark.parametrize(
    ("host", "loopback", "private"),
    [
        ("localhost", True, False),
        ("app.localhost", True, False),
        ("127.0.0.1", True, False),
        ("127.8.0.1", True, False),
        ("::1", True, False),
        ("0.0.0.0", True, False),  # noqa: S104 - recognised, not bound
        ("host.docker.internal", True, False),
        ("10.0.0.5", False, True),
        ("192.168.1.4", False, True),
        ("169.254.1.1", False, True),
        ("100.64.0.1", False, True),
        ("fd00::1", False, True),
        ("api", False, True),
        ("nas.local", False, True),
        ("app.internal", False, True),
        ("8.8.8.8", False, False),
        ("app.example.org", False, False),
        ("localhost.example.org", False, False),
    ],
)
def test_hosts_are_the_visitors_own_private_or_public(host, loopback, private):
    assert (is_loopback(host), is_private(host)) == (loopback, private)


@pytest.mark.parametrize(
    ("sent", "registered", "taken"),
    [
        ("https://app.example.org/cb", "https://app.example.org/cb", True),
        ("https://app.example.org/cb/", "https://app.example.org/cb", False),
        ("https://app.example.org/CB", "https://app.example.org/cb", False),
        ("https://app.example.org:443/cb", "https://app.example.org/cb", False),
        ("http://app.example.org/cb", "https://app.example.org/cb", False),
        ("http://127.0.0.1:51004/cb", "http://127.0.0.1/cb", True),
        ("http://[::1]:51004/cb", "http://[::1]:61023/cb", True),
        ("http://127.0.0.1:51004/cb", "http://127.0.0.1/other", False),
        ("http://127.0.0.1:51004/cb#x", "http://127.0.0.1/cb#x", False),
    ],
)
def test_a_server_takes_the_same_characters_and_any_port_of_the_users_own_machine(sent, registered, taken):
    assert accepted_for(sent, registered) is taken
