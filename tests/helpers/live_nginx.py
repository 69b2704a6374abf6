"""Runs a real nginx on a loopback port in front of a server that tells what reached it."""

from __future__ import annotations

import http.client
import http.server
import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nginx_mutation.oracle import Nginx, programs

PROGRAMS = programs()
NOT_OURS = frozenset(
    {
        "server",
        "date",
        "content-type",
        "content-length",
        "connection",
        "last-modified",
        "etag",
        "accept-ranges",
        "location",
        "www-authenticate",
    }
)

HEAD = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
"""


@dataclass
class Answer:
    """What came back: our own headers by lower-case name, and what the server behind nginx was sent (if it was asked)."""

    status: int
    headers: dict[str, list[str]]
    path: str | None = None
    version: str = ""
    sent: dict[str, list[str]] | None = None
    body: bytes = b""


class _Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _echo(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        sent: dict[str, list[str]] = {}
        for name, value in self.headers.items():
            sent.setdefault(name.lower(), []).append(value)
        body = json.dumps({"path": self.path, "version": self.request_version, "sent": sent}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-echo")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _echo  # noqa: N815 - http.server's names

    def log_message(self, *_args: object) -> None:
        pass


@dataclass
class Live:
    """A running nginx; `files` is its configuration as read_model takes it."""

    nginx: Nginx
    port: int
    behind: int
    folder: Path
    files: dict[str, bytes]

    @property
    def main(self) -> str:
        return str(self.folder / "nginx.conf")

    def ask(self, path: str, method: str = "GET", headers: dict[str, str] | None = None, body: bytes = b"") -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, body or None, headers or {})
        reply = connection.getresponse()
        data = reply.read()
        connection.close()
        own: dict[str, list[str]] = {}
        for name, value in reply.getheaders():
            if name.lower() not in NOT_OURS:
                own.setdefault(name.lower(), []).append(value)
        answer = Answer(reply.status, own, body=data)
        if reply.getheader("Content-Type") == "application/x-echo":
            told = json.loads(data)
            answer.path, answer.version, answer.sent = told["path"], told["version"], told["sent"]
        return answer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(nginx: Nginx, http_text: str, folder: Path) -> Iterator[Live]:
    """Start nginx with `http_text` within http{}: PORT is where it must listen, BEHIND the server behind, FOLDER ours."""
    echo = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=echo.serve_forever, args=(0.02,), daemon=True).start()
    port, behind = _free_port(), int(echo.server_address[1])
    text = HEAD.format(folder=folder) + http_text + "\n}\n"
    text = text.replace("PORT", str(port)).replace("BEHIND", str(behind)).replace("FOLDER", str(folder))
    main = folder / "nginx.conf"
    main.write_text(text)
    process = subprocess.Popen([nginx.program, "-p", str(folder), "-c", str(main)], stderr=subprocess.PIPE)
    try:
        _wait(process, port)
        yield Live(nginx, port, behind, folder, {str(main): text.encode()})
    finally:
        process.terminate()
        process.wait(timeout=10)
        echo.shutdown()
        echo.server_close()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(200):
        if process.poll() is not None:
            assert process.stderr is not None
            raise AssertionError(process.stderr.read().decode())
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nginx does not listen")
