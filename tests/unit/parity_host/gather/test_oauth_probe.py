"""The probe against endpoints that answer well, badly, slowly or not at all."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time

import pytest

from parity_host.gather.oauth_probe import HEAD_LIMIT_BYTES, probe, probe_all
from parity_host.secrets.redact import Redactor

LOGIN = (
    b"https://accounts.example.net/authorize?response_type=code&client_id=100-dev.apps&scope=openid"
    b"&redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fcb&state=kq83hf0sl2mzX7&nonce=9fHs72kqLw0Zx3&code_challenge=E9Melhoa2OwvFrEM"
)


@contextlib.contextmanager
def _server(*pieces: bytes, pause: float = 0.0, hold: bool = False):
    """Answer every connection with these pieces, a pause before each; `hold` keeps the connection open behind them."""
    listening = socket.create_server(("127.0.0.1", 0))
    requests: list[bytes] = []
    done = threading.Event()

    def serve():
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                requests.append(connection.recv(65536))
                for piece in pieces:
                    done.wait(pause)
                    connection.sendall(piece)
                if hold:
                    done.wait(20)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/auth/google/login", requests
    finally:
        done.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def _ask(url, seconds=5.0):
    return probe("google", url, Redactor(b"key"), seconds)


def _redirect(location: bytes, status: bytes = b"302 Found") -> bytes:
    return b"HTTP/1.1 " + status + b"\r\nSet-Cookie: session=8Rk4vN6wP1zCq7\r\nLocation: " + location + b"\r\n\r\n"


def test_a_redirect_is_told_in_parts_and_without_what_belongs_to_one_login():
    with _server(_redirect(LOGIN)) as (url, requests):
        record = _ask(url + "?next=/home")
    assert record == {
        "provider": "google",
        "url": url + "?next=/home",
        "status": 302,
        "location": {
            "address": "https://accounts.example.net/authorize",
            "client_id": "100-dev.apps",
            "redirect_uri": "http://localhost:8000/cb",
        },
        "reason": "",
    }
    assert len(requests) == 1
    assert requests[0].startswith(b"GET /auth/google/login?next=/home HTTP/1.1\r\nHost: 127.0.0.1:")
    for secret in ("kq83hf0sl2mzX7", "9fHs72kqLw0Zx3", "E9Melhoa2OwvFrEM", "8Rk4vN6wP1zCq7"):
        assert secret not in json.dumps(record)


@pytest.mark.parametrize(
    ("tail", "line"),
    [
        ("", b"GET / "),
        ("/", b"GET / "),
        ("/?", b"GET / "),
        ("?a=1", b"GET /?a=1 "),
        ("/ü%20/x?q=ü", b"GET /%C3%BC%20/x?q=%C3%BC "),
    ],
)
def test_what_is_asked_for_is_what_the_url_names(tail, line):
    with _server(_redirect(LOGIN)) as (url, requests):
        assert _ask(url.replace("/auth/google/login", tail))["status"] == 302
    assert requests[0].startswith(line + b"HTTP/1.1\r\n")
    assert requests[0].endswith(b"\r\n\r\n")


def test_secrets_in_what_is_told_are_hidden():
    location = b"https://me:hunter2hunter@accounts.example.net/x?client_id=a&redirect_uri=https%3A%2F%2Fa.org%2Fcb%3Ftoken%3D8Rk4vN6wP1zCq7"
    with _server(_redirect(location)) as (url, _):
        record = _ask(url)
    assert record["location"]["address"] == "https://accounts.example.net/x"
    assert record["location"]["redirect_uri"].startswith("https://a.org/cb?token=parity-secret-")
    assert "hunter2" not in json.dumps(record)


@pytest.mark.parametrize(
    ("location", "address"),
    [
        (b"/login", "/login"),
        (b"callback", "/auth/google/callback"),
        (b"//other.example.net/x", "http://other.example.net/x"),
        (b"https://other.example.net:8443/x#state=abc", "https://other.example.net:8443/x"),
        (b"https://[::1]:8443/x", "https://[::1]:8443/x"),
        (b"https://[::1", "(no address)"),
        (b"https://a.example.net:port/", "(no address)"),
        ("https://a.example.net/ü".encode(), "https://a.example.net/ü"),
        (b"https://a.example.net/?" + b"&".join(b"a=1" for _ in range(500)), "(no address)"),
    ],
)
def test_any_location_is_read(location, address):
    with _server(_redirect(location)) as (url, requests):
        record = _ask(url)
    wanted = url.replace("/auth/google/login", "") + address if address.startswith("/") else address
    assert record["location"]["address"] == wanted
    assert len(requests) == 1


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 200, ""),
        (b"HTTP/1.0 500 Oops\n\n", 500, ""),
        (b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\n", 404, ""),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 9, 0, "only interim responses (1xx)"),
        (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", 0, "the answer is not HTTP"),
        (b"HTTP/2 302\r\n\r\n", 0, "the answer is not HTTP"),
        (b"HTTP/1.1 302 Found\r\nLocation: https://a", 0, "the response is incomplete"),
        (b"", 0, "the connection was closed before a response"),
        (b"HTTP/1.1 302 Found\r\n" + b"X: y\r\n" * 200 + b"\r\n", 0, "got more than 100 headers"),
    ],
)
def test_other_answers_are_told_as_they_are(answer, status, reason):
    with _server(answer) as (url, _):
        record = _ask(url)
    assert (record["status"], record["location"], record["reason"]) == (status, {}, reason)


def test_a_body_is_not_waited_for():
    with _server(_redirect(LOGIN), hold=True) as (url, _):
        begun = time.monotonic()
        assert _ask(url, 10)["status"] == 302
        assert time.monotonic() - begun < 3


def test_an_answer_without_end_is_cut():
    with _server(b"HTTP/1.1 302 Found\r\nX: " + b"x" * (HEAD_LIMIT_BYTES * 4)) as (url, _):
        assert "longer than" in _ask(url)["reason"]


@pytest.mark.parametrize("pieces", [[], [b"HTTP/1.1 302 Found\r\n"], [b"X: y\r\n"] * 400])
def test_a_slow_answer_ends_at_the_deadline(pieces):
    with _server(*pieces, pause=0.05, hold=True) as (url, _):
        begun = time.monotonic()
        record = _ask(url, 0.6)
        assert time.monotonic() - begun < 2
    assert (record["status"], record["reason"]) == (0, "no answer within 0.6 seconds")


def test_several_are_asked_at_once():
    with _server(pause=0, hold=True) as (slow, _), _server(_redirect(LOGIN)) as (quick, _):
        begun = time.monotonic()
        asked = [{"provider": name, "url": url} for name, url in (("a", slow), ("b", quick), ("c", slow))]
        records = probe_all(asked, Redactor(b"key"), 1)
        assert time.monotonic() - begun < 2.5
    assert [(r["provider"], r["status"]) for r in records] == [("a", 0), ("b", 302), ("c", 0)]


def test_nobody_listening_is_said():
    with _server() as (url, _):
        pass
    record = _ask(url)
    assert (record["status"], record["reason"]) == (0, "Connection refused")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "127.0.0.1:8000/login",
        "http://",
        "http://127.0.0.1:99999/",
        "http://[::1/",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/a\r\nHost: b",
        "http://127.0.0.1/a\\b",
        "http://127.0.0.1/a\tb",
        "http://me:hunter2hunter@127.0.0.1/",
        "http://ü.example/",
    ],
)
def test_only_an_address_of_the_web_is_asked(url):
    record = _ask(url)
    assert record["status"] == 0
    assert "configured url" in record["reason"]
    assert "hunter2" not in json.dumps(record)


@pytest.mark.parametrize("configured", [None, "google", {"provider": "google"}, 3])
def test_what_is_no_list_asks_nobody(configured):
    assert probe_all(configured, Redactor(b"key"), 1) == []


def test_entries_of_any_shape_have_a_record_each():
    records = probe_all([3, None, {}, {"url": ["x"], "provider": {}}], Redactor(b"key"), 1)
    assert [record["status"] for record in records] == [0, 0, 0, 0]
