"""A Loki that a container's owner made: it is not listened to for longer than was said."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time

import pytest

from parity_host.health.http_probe import Address
from parity_host.remedy import loki


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "])
def test_an_answer_that_drips_ends(head: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)

        def drip() -> None:
            client, _ = server.accept()
            with client, contextlib.suppress(OSError):
                client.sendall(head)
                for _ in range(100):
                    client.sendall(b"x")
                    time.sleep(0.1)

        threading.Thread(target=drip, daemon=True).start()
        began = time.monotonic()
        with pytest.raises((OSError, http.client.HTTPException)):
            loki._request(Address("127.0.0.1", server.getsockname()[1]), "GET", "/", None, began + 1.0)
        assert time.monotonic() - began < 5.0
