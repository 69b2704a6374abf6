"""An engine that answers a byte at a time: each read is in time, and the whole answer must be too."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from parity_host.engine import client
from parity_host.engine.change import ChangingEngine
from parity_host.engine.client import Engine, EngineUnavailableError

SECONDS = 0.5
OK = b"HTTP/1.1 200 OK\r\n"
ENDLESS = [
    pytest.param(b"", b"H", id="the status line"),
    pytest.param(OK, b"X: y\r\n", id="the head"),
    pytest.param(OK + b"Content-Length: 9999\r\n\r\n", b" ", id="the body"),
    pytest.param(OK + b"\r\n", b" ", id="a body without a length"),
    pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", id="chunks"),
]


@pytest.fixture
def dripping(tmp_path: Path) -> Iterator[Callable[[bytes, bytes], str]]:
    server, over = socket.socket(socket.AF_UNIX), threading.Event()
    server.bind(str(tmp_path / "docker.sock"))
    server.listen()

    def serve(start: bytes, piece: bytes) -> str:
        def answer() -> None:
            peer, _ = server.accept()
            with peer, suppress(OSError):
                peer.sendall(start)
                while not over.wait(0.05):
                    peer.sendall(piece)

        threading.Thread(target=answer, daemon=True).start()
        return f"unix://{tmp_path}/docker.sock"

    yield serve
    over.set()
    server.close()


def late(ask: Callable[[], object]) -> float:
    started = time.monotonic()
    with pytest.raises(EngineUnavailableError, match="request timed out"):
        ask()
    return time.monotonic() - started


@pytest.mark.parametrize(("start", "piece"), ENDLESS)
def test_what_an_audit_asks_ends_in_time(
    dripping: Callable[[bytes, bytes], str], monkeypatch: pytest.MonkeyPatch, start: bytes, piece: bytes
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", SECONDS)
    engine = Engine(dripping(start, piece), {})
    assert late(lambda: engine.get_bytes("/containers/json")) < 4 * SECONDS


@pytest.mark.parametrize(("start", "piece"), ENDLESS)
def test_what_is_posted_ends_at_its_deadline(
    dripping: Callable[[bytes, bytes], str], start: bytes, piece: bytes
) -> None:
    engine = Engine(dripping(start, piece), {})
    assert late(lambda: engine.post("/exec/x/start", {}, time.monotonic() + SECONDS, 1 << 20)) < 4 * SECONDS


def test_a_head_and_a_change_end_too(dripping: Callable[[bytes, bytes], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", SECONDS)
    address = dripping(OK, b"X: y\r\n")
    assert late(lambda: Engine(address, {}).has("/images/x/json")) < 4 * SECONDS
    address = dripping(OK, b"X: y\r\n")
    assert late(lambda: ChangingEngine(address, {}).ask("POST", "/x", time.monotonic() + SECONDS)) < 4 * SECONDS


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[socket.socket]:
    """Yield a socket that takes nobody at the moment, with a queue that is full."""
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as first:
        server.bind(str(tmp_path / "docker.sock"))
        server.listen(0)
        first.connect(str(tmp_path / "docker.sock"))
        yield server


def test_an_engine_that_is_busy_is_waited_for(busy: socket.socket, tmp_path: Path) -> None:
    def answer() -> None:
        time.sleep(SECONDS / 2)
        busy.accept()[0].close()
        peer, _ = busy.accept()
        with peer:
            peer.recv(1 << 10)
            peer.sendall(OK + b"Content-Length: 2\r\n\r\n[]")

    threading.Thread(target=answer, daemon=True).start()
    assert Engine(f"unix://{tmp_path}/docker.sock", {}).get("/containers/json") == []


def test_an_engine_that_stays_busy_is_not_waited_for_without_end(
    busy: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", SECONDS)
    assert late(lambda: Engine(f"unix://{tmp_path}/docker.sock", {}).get("/containers/json")) < 4 * SECONDS
