"""Endpoints that send whatever they like, as slowly as they like: the probe ends in time and holds no more than it may."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from parity_host.health import gather, http_readers
from parity_host.health.http_endpoints import HttpEndpoint
from parity_host.health.http_probe import (
    Address,
    ClosedError,
    HttpAnswer,
    NoAnswerError,
    UnreachableError,
    get,
    parse_url,
)
from parity_host.secrets.redact import Redactor
from parity_host.secrets.token import parse

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def drip(sock: socket.socket, start: bytes, piece: bytes) -> None:
    sock.sendall(start)
    while True:
        sock.sendall(piece)
        time.sleep(0.02)


def flood(sock: socket.socket, start: bytes, piece: bytes) -> None:
    sock.sendall(start)
    while True:
        sock.sendall(piece * 1000)


@pytest.fixture
def served() -> Iterator[Callable[[Callable[[socket.socket, bytes], None]], Address]]:
    listeners: list[socket.socket] = []

    def serve(answer: Callable[[socket.socket, bytes], None]) -> Address:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def one(sock: socket.socket) -> None:
            try:
                answer(sock, sock.recv(65536))
            except OSError:
                pass
            finally:
                sock.close()

        def accept() -> None:
            while True:
                try:
                    sock, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=one, args=(sock,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return Address("127.0.0.1", listener.getsockname()[1])

    yield serve
    for listener in listeners:
        listener.close()


def ask(address: Address, target: str = "/health", seconds: float = 1.0, limit: int = 256 * 1024) -> HttpAnswer:
    return get(address, target, f"localhost:{address.port}", time.monotonic() + seconds, limit)


def test_an_answer_is_read_with_its_status_and_kind(served):
    address = served(lambda sock, _: sock.sendall(HEAD + b"Content-Length: 15\r\n\r\n" + b'{"status":"ok"}'))
    answer = ask(address)
    assert (answer.status, answer.body, answer.whole) == (200, b'{"status":"ok"}', True)
    assert answer.headers["content-type"] == "application/json"
    assert 0 < answer.seconds < 1


def test_the_request_asks_for_the_path_as_a_browser_on_the_host_would(served):
    asked: list[bytes] = []
    address = served(lambda sock, request: (asked.append(request), sock.sendall(HEAD + b"\r\n{}"))[0])
    ask(address, "/health?full=1")
    assert asked[0].startswith(b"GET /health?full=1 HTTP/1.1\r\n")
    assert b"\r\nHost: localhost:%d\r\n" % address.port in asked[0]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda sock, _: drip(sock, HEAD, b"X-A: b\r\n"), id="head drips"),
        pytest.param(lambda sock, _: drip(sock, HEAD + b"\r\n", b"x"), id="body drips"),
        pytest.param(
            lambda sock, _: drip(sock, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), id="chunks drip"
        ),
        pytest.param(lambda sock, _: time.sleep(30), id="silence"),
        pytest.param(lambda sock, _: drip(sock, b"", b"HTTP/1.1 100 Continue\r\n\r\n"), id="100 for ever"),
    ],
)
def test_what_drips_ends_at_the_deadline(served, answer):
    address = served(answer)
    started = time.monotonic()
    with pytest.raises(NoAnswerError):
        ask(address, seconds=0.4)
    assert time.monotonic() - started < 1.0


@pytest.mark.parametrize(
    "head",
    [
        HEAD + b"\r\n",
        HEAD + b"Content-Length: 1073741824\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n40000000\r\n",
    ],
    ids=["no length", "a gigabyte", "a gigabyte in one chunk"],
)
def test_of_an_endless_body_a_bounded_part_is_read(served, head):
    address = served(lambda sock, _: flood(sock, head, b"x"))
    tracemalloc.start()
    answer = ask(address, seconds=5, limit=1000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(answer.body), answer.whole) == (1000, False)
    assert peak < 8 * 1024 * 1024


def test_a_head_of_long_lines_is_bounded_too(served):
    line = b"X-Long: " + b"y" * 60_000 + b"\r\n"
    address = served(lambda sock, _: [sock.sendall(HEAD), *(sock.sendall(line) for _ in range(90))][0])
    tracemalloc.start()
    with contextlib.suppress(NoAnswerError):
        ask(address, seconds=5, limit=1000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1024 * 1024


def test_one_slow_moment_is_not_the_services(served):
    waits = iter([0.7, 0.0])
    address = served(lambda sock, _: (time.sleep(next(waits, 0.7)), sock.sendall(HEAD + b"\r\n{}"))[0])
    assert gather._fastest(address, "/health", "localhost", time.monotonic() + 3).seconds < 0.5
    assert gather._fastest(address, "/health", "localhost", time.monotonic() + 3).seconds > 0.6


def test_an_endless_head_is_not_read_to_its_end(served):
    address = served(lambda sock, _: flood(sock, HEAD, b"X-Long: " + b"y" * 500 + b"\r\n"))
    with pytest.raises(NoAnswerError):
        ask(address, seconds=5)


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (b"", ClosedError, "without a response"),
        (b"SSH-2.0-OpenSSH_9\r\n", UnreachableError, "does not speak HTTP"),
        (b"HTTP/1.1 abc OK\r\n\r\n", UnreachableError, "does not speak HTTP"),
    ],
)
def test_what_is_no_http_is_said_to_be_none(served, answer, error, words):
    with pytest.raises(error, match=words):
        ask(served(lambda sock, _: sock.sendall(answer)))


@pytest.mark.parametrize(("kind", "state"), [("nginx", "unknown"), ("http", "failed")])
def test_nginx_alone_may_close_a_connection_on_purpose(served, monkeypatch, kind, state):
    address = served(lambda sock, _: None)
    monkeypatch.setattr(gather, "look_up", lambda endpoint: [address])
    asked = HttpEndpoint("web", "web-1", kind, (80,), ("/",), False, "localhost", ())
    outcome = gather._ask_http(asked, Redactor(b"k"), time.monotonic() + 5)
    assert (outcome.state, outcome.facts) == (state, {})


@pytest.mark.parametrize("head", [b"Content-Length: -5\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"])
def test_a_length_that_is_none_leaves_no_body(served, head):
    assert ask(served(lambda sock, _: sock.sendall(HEAD + head))).body == b""


def test_nobody_listening_is_a_refusal():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Address("127.0.0.1", listener.getsockname()[1])
    with pytest.raises(NoAnswerError, match=r"connection to \S+ refused$") as caught:
        ask(address)
    assert not isinstance(caught.value, UnreachableError)


def test_a_redirect_to_the_same_address_is_followed_and_to_another_is_not(served):
    visited: list[bytes] = []
    elsewhere = served(lambda sock, request: (visited.append(request), sock.sendall(HEAD + b"\r\n{}"))[0])

    def answer(sock: socket.socket, request: bytes) -> None:
        path = request.split(b" ")[1]
        host = request.split(b"Host: ")[1].split(b"\r\n")[0]
        to = {
            b"/health": b"http://%s/health/" % host,
            b"/relative": b"/health/",
            b"/away": b"http://127.0.0.1:%d/" % elsewhere.port,
            b"/scheme": b"https://%s/health/" % host,
            b"/name": b"http://example.org/",
            b"/loop": b"/loop?again",
            b"/loop?again": b"/loop",
            b"/bad": b"http://[::1/",
        }.get(path)
        if to is None:
            sock.sendall(HEAD + b'\r\n{"status":"ok"}')
        else:
            sock.sendall(b"HTTP/1.1 307 Temporary\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % to)

    address = served(answer)
    statuses = {
        path: ask(address, path).status
        for path in ("/health", "/relative", "/away", "/scheme", "/name", "/loop", "/bad")
    }
    assert statuses == {
        "/health": 200,
        "/relative": 200,
        "/away": 307,
        "/scheme": 307,
        "/name": 307,
        "/loop": 307,
        "/bad": 307,
    }
    assert visited == []
    outcome = http_readers.read("http", "/away", ask(address, "/away"), Redactor(b"k"))
    assert (outcome.state, "is not followed" in outcome.reason) == ("unknown", True)


def test_headers_of_the_endpoint_cannot_be_put_into_the_next_request(served):
    requests: list[bytes] = []

    def answer(sock: socket.socket, request: bytes) -> None:
        requests.append(request)
        sock.sendall(b"HTTP/1.1 302 F\r\nLocation: /x\x0b\tHTTP/1.1 X: y\r\nContent-Length: 0\r\n\r\n")

    assert ask(served(answer)).status == 302
    assert len(requests) == 1


@pytest.mark.parametrize(
    "url", ["ftp://x/", "http://", "http://a b/", "http://x:99999999/", "x", "http://h/\r\nX: y", "http://é/"]
)
def test_what_is_no_http_address_is_refused(url):
    with pytest.raises(ValueError):  # noqa: PT011
        parse_url(url)


def read(
    body: bytes, status: int = 200, kind: str = "http", path: str = "/health", content_type: str = "application/json"
):
    answer = HttpAnswer(status, {"content-type": content_type, "location": ""}, body, True, 0.1)
    return http_readers.read(kind, path, answer, Redactor(b"k"))


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 100_000, b"\xff\xfe", b'{"a":' * 50_000 + b"1" + b"}" * 50_000, b"9" * 5000]
)
def test_json_that_is_none_is_no_fault_of_ours(body):
    outcome = read(body)
    assert outcome.state == "ok"
    assert len(json.dumps(dict(outcome.facts))) < 500


def test_a_large_or_deep_answer_leaves_pruned():
    wide = json.dumps({str(n): {"status": "ok", "text": "x" * 5000} for n in range(5000)}).encode()
    assert len(json.dumps(dict(read(wide).facts))) < 200_000
    deep = (b'{"a":' * 200) + b'"deep"' + b"}" * 200
    shown = json.dumps(dict(read(deep).facts))
    assert "deep" not in shown
    assert shown.count("{") < 20


def test_numbers_that_are_none_are_left_out():
    facts = read(
        b'{"a": NaN, "b": 1e999, "c": -Infinity, "d": 12, "e": 0.5, "f": true, "g": 123456789012345678901}'
    ).facts
    assert facts["health"] == {
        "a": None,
        "b": None,
        "c": None,
        "d": 12,
        "e": 0.5,
        "f": True,
        "g": 123456789012345678901.0,
    }


def test_secrets_in_a_health_answer_stay_on_the_host():
    secrets = {
        "password": "hunter2-Zq81",
        "dsn": "postgresql://app:Wq7-pLx2@db/app",
        "error": "could not connect with postgresql://app:Wq7-pLx2@db/app and password=hunter2-Zq81",
        "api_key": "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
    }
    body = json.dumps({"status": "healthy", "services": {"database": {"status": "up", **secrets}}}).encode()
    shown = json.dumps(dict(read(body).facts))
    assert '"healthy"' in shown
    assert [s for s in ("hunter2-Zq81", "Wq7-pLx2", "sk_live_4eC39HqLyjWDarjtT1zdp7dc") if s in shown] == []


@pytest.mark.parametrize(
    ("kind", "path", "status", "body", "state"),
    [
        ("http", "/health", 503, b'{"status":"DOWN"}', "failed"),
        ("http", "/health", 404, b"", "failed"),
        ("http", "/health", 401, b"", "unknown"),
        ("nginx", "/", 404, b"", "ok"),
        ("nginx", "/", 301, b"", "ok"),
        ("nginx", "/", 502, b"", "failed"),
        ("nginx", "/", 500, b"", "failed"),
        ("loki", "/ready", 503, b"Ingester not ready: waiting for 15s after being ready", "failed"),
        ("loki", "/ready", 200, b"ready\n", "ok"),
        ("grafana", "/api/health", 200, b'{"database":"failing","version":"10.4.2"}', "failed"),
        ("grafana", "/api/health", 200, b'{"database":"ok","version":"10.4.2"}', "ok"),
        ("prometheus", "/-/healthy", 200, b"Prometheus Server is Healthy.", "ok"),
        ("prometheus", "/api/v1/targets?state=active", 200, b'{"data":{"activeTargets":7}}', "unknown"),
    ],
)
def test_each_kind_is_judged_by_its_own_words(kind, path, status, body, state):
    assert read(body, status, kind, path, "text/plain").state == state


def test_loki_says_why_it_is_not_ready():
    outcome = read(b"Ingester not ready: waiting for 15s after being ready", 503, "loki", "/ready", "text/plain")
    assert "waiting for 15s" in outcome.reason


def test_lokis_series_are_summed_and_its_version_is_found():
    body = (
        b'loki_build_info{branch="main",version="3.4.3"} 1\nloki_panic_total 2\n'
        b'loki_discarded_samples_total{reason="rate_limited"} 5\nloki_discarded_samples_total{reason="x"} 7e0\n'
        b"loki_other 9\nloki_panic_total NaN\n# loki_panic_total 100\n"
    )
    facts = read(body, 200, "loki", "/metrics", "text/plain").facts
    assert facts["version"] == "3.4.3"
    assert facts["series"] == {"loki_panic_total": 2, "loki_discarded_samples_total": 12}


def test_prometheus_targets_are_bounded_and_without_secrets():
    target = {
        "labels": {"job": "api", "instance": "api:8000"},
        "scrapeUrl": "http://user:Wq7-pLx2-Tz@api:8000/metrics?token=abc",
        "health": "down",
        "lastError": "server returned HTTP status 404 Not Found",
    }
    body = json.dumps({"data": {"activeTargets": [target, *([{"labels": []}] * 300), 7]}}).encode()
    facts = read(body, 200, "prometheus", "/prometheus/api/v1/targets?state=active").facts
    assert facts["targets"][0]["job"] == "api"
    assert facts["targets"][0]["error"] == "server returned HTTP status 404 Not Found"
    assert "Wq7-pLx2-Tz" not in str(facts)
    assert "token" not in str(facts)
    assert (len(facts["targets"]), facts["more_targets"]) == (200, 102)


def test_nginx_stub_status_is_read():
    body = b"Active connections: 2 \nserver accepts handled requests\n 5 5 9 \nReading: 0 Writing: 1 Waiting: 1 \n"
    assert read(body, 200, "nginx", "/nginx_status").facts["connections"] == {
        "active": 2,
        "reading": 0,
        "writing": 1,
        "waiting": 1,
    }


def test_jobs_and_targets_are_shown_by_their_form_and_an_error_may_speak_of_them():
    target = {
        "labels": {"job": "lantern-kelp", "instance": "grotto-exporter:9187"},
        "scrapeUrl": "http://grotto-exporter:9187/metrics",
        "health": "down",
        "lastError": 'Get "http://grotto-exporter:9187/metrics": dial tcp: lookup grotto-exporter: no such host',
    }
    made_up = {"labels": {"job": "Xk9vTq2LmWz8", "instance": "kelpBarge!83"}, "health": "up"}
    body = json.dumps({"data": {"activeTargets": [target, made_up]}}).encode()
    shown, hidden = read(body, 200, "prometheus", "/api/v1/targets?state=active").facts["targets"]
    assert shown == {
        "job": "lantern-kelp",
        "instance": "grotto-exporter:9187",
        "url": target["scrapeUrl"],
        "health": "down",
        "error": target["lastError"],
    }
    assert parse(hidden["job"]) is not None
    assert parse(hidden["instance"]) is not None
    assert hidden["health"] == "up"


def test_parts_of_an_answer_are_shown_by_their_form():
    answer = {"components": {"grotto-api": {"status": "UP"}}, "checks": [{"name": "kelpQueue", "status": "fail"}]}
    assert read(json.dumps(answer).encode(), 200).facts["health"] == answer
    elsewhere = read(b'{"grotto-api": 1}', 200).facts["health"]
    assert [parse(key) is not None for key in elsewhere] == [True]
