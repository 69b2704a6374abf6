"""A Docker Engine that answers what a test says, at a socket of its own."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.server
import io
import json
import socketserver
import tarfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from parity_host.gather import host

PREFIX = "com.docker.compose."
VERSION = {"/version": {"ApiVersion": "1.41", "Version": "20.10"}}


class _Engine(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        path, query = unquote(asked.path).removeprefix("/v1.41"), parse_qs(asked.query)
        found = self.server.answers.get(path)  # type: ignore[attr-defined]
        if path.endswith("/archive") and found is not None:
            found = _archive(query["path"][0], found)
        body = json.dumps({"message": "not found"}).encode() if found is None else _body(found)
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_HEAD(self) -> None:
        asked = urlsplit(self.path)
        path, query = unquote(asked.path).removeprefix("/v1.41"), parse_qs(asked.query)
        found = self.server.answers.get(path, {}).get(query["path"][0])  # type: ignore[attr-defined]
        self.send_response(404 if found is None else 200)
        if found is not None:
            self.send_header("X-Docker-Container-Path-Stat", found if isinstance(found, str) else stat(len(found)))
        self.end_headers()

    def address_string(self) -> str:
        return "a socket"

    def log_message(self, *_: object) -> None: ...


def _body(found: Any) -> bytes:
    return found if isinstance(found, bytes) else json.dumps(found).encode()


def stat(size: int, mode: int = 0o755, link: str = "") -> str:
    """Return the engine's header about what stands at a path; `mode` is Go's."""
    told = {"name": "x", "size": size, "mode": mode, "mtime": "2026-11-24T08:00:00Z", "linkTarget": link}
    return base64.b64encode(json.dumps(told).encode()).decode()


def _archive(path: str, files: Mapping[str, Any]) -> bytes | None:
    """Return what the engine sends of `path`, from files by their path in the container."""
    if not isinstance(files.get(path), bytes):
        return None
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        entry = tarfile.TarInfo(path.rpartition("/")[2])
        entry.size = len(files[path])
        tar.addfile(entry, io.BytesIO(files[path]))
    return packed.getvalue()


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    answers: Mapping[str, Any]


@contextlib.contextmanager
def serving(answers: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Serve `answers` by their path (an archive's are files, or `stat` of what is none, by their path in the container); yield the address."""
    path = folder / "docker.sock"
    with _Server(str(path), _Engine) as server:
        server.answers = {**VERSION, **answers}
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"unix://{path}"
        server.shutdown()
        path.unlink()


def asked(address: str = "", **settings: Any) -> host.GatherOptions:
    """Return what the module is asked for by its defaults, but for `settings`."""
    wanted: dict[str, Any] = dict.fromkeys(host.GatherOptions._fields, "")
    wanted |= {"files_only": not address, "log_lines": 0, "probe_timeout": 1.0, "nginx_test": False, "packages": False}
    wanted |= {name: [] for name in ("compose_files", "env_files", "oauth_authorize", "endpoints")}
    return host.GatherOptions(**{**wanted, "docker_host": address, **settings})


def container(service: str, **parts: Any) -> dict[str, Any]:
    """Return the engine's inspect answer for a container that Compose made; `parts` are what else is in it."""
    labels = {PREFIX + "project": "app", PREFIX + "service": service, PREFIX + "project.working_dir": "/nowhere"}
    config = {"Image": f"{service}:1", "Env": [], "Cmd": ["serve"], **parts.pop("Config", {})}
    return {
        "Id": hashlib.sha256(service.encode()).hexdigest()[:12],  # short, as Parity names it again
        "Name": f"/app-{service}-1",
        "Image": f"sha256:{service}",
        "State": {"Status": "running"},
        "HostConfig": {},
        "NetworkSettings": {"Networks": {}},
        "Mounts": [],
        **parts,
        "Config": {**config, "Labels": {**labels, **config.get("Labels", {})}},
    }


def listed(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entry of a container in the engine's list, from its inspect answer."""
    return {"Id": one["Id"], "Names": [one["Name"]], "Labels": one["Config"]["Labels"], "ImageID": one["Image"]}


def answers(*containers: Mapping[str, Any]) -> dict[str, Any]:
    """Return an engine's answers for these containers."""
    return {
        "/containers/json": [listed(one) for one in containers],
        **{f"/containers/{one['Id']}/json": one for one in containers},
    }
