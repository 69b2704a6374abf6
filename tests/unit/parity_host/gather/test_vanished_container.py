"""A container that goes away between being listed and being inspected: the rest is seen, and it is said."""

from __future__ import annotations

import http.server
import json
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parity_host.gather import host

LABELS = {
    "com.docker.compose.project": "app",
    "com.docker.compose.service": "api",
    "com.docker.compose.project.working_dir": "/nowhere",
}
STAYS = {
    "Id": "a" * 64,
    "Name": "/app-api-1",
    "State": {"Status": "running"},
    "Config": {"Image": "app:1", "Labels": LABELS, "Env": ["MODE=x"], "Cmd": ["serve"]},
    "HostConfig": {},
    "NetworkSettings": {"Networks": {}},
    "Mounts": [],
}
ANSWERS: dict[str, Any] = {
    "/version": {"ApiVersion": "1.41", "Version": "20.10"},
    "/containers/json": [
        {"Id": "a" * 64, "Names": ["/app-api-1"], "Labels": LABELS, "ImageID": "sha256:1"},
        {"Id": "b" * 64, "Names": ["/app-gone-1"], "Labels": {**LABELS, "com.docker.compose.service": "gone"}},
    ],
    f"/containers/{'a' * 64}/json": STAYS,
}


class _Engine(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0].removeprefix("/v1.41")
        found = ANSWERS.get(path)
        body = json.dumps({"message": "No such container"} if found is None else found).encode()
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "a socket"

    def log_message(self, *_: object) -> None: ...


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[str]:
    path = tmp_path / "docker.sock"
    with _Server(str(path), _Engine) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"unix://{path}"
        server.shutdown()


def test_the_rest_is_seen_and_it_is_said(engine: str) -> None:
    names = host.GatherOptions._fields
    asked = dict.fromkeys(names, "") | {"files_only": False, "log_lines": 0, "probe_timeout": 1.0, "nginx_test": False}
    asked |= {name: [] for name in ("compose_files", "env_files", "oauth_authorize", "endpoints")}
    facts = host.gather(host.GatherOptions(**{**asked, "docker_host": engine}), "k" * 48, {})  # type: ignore[arg-type]
    assert facts["engine"]["state"] == "seen"
    assert [one["name"] for one in facts["engine"]["containers"]] == ["app-api-1"]
    assert facts["engine"]["unread"] == ["container app-gone-1 was gone between listing and inspecting it"]
