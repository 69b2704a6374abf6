"""A registry of images that a test makes, on this machine, from which a Docker Engine pulls."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import http.server
import io
import json
import tarfile
import threading
from collections.abc import Iterator, Mapping
from typing import Any

_TYPES = "application/vnd.docker."
_MANIFEST = _TYPES + "distribution.manifest.v2+json"
_INDEX = _TYPES + "distribution.manifest.list.v2+json"


class Registry:
    """Images by tag, and what they are made of by digest."""

    def __init__(self) -> None:
        self.blobs: dict[str, tuple[str, bytes]] = {}
        self.tags: dict[str, str] = {}

    def add(self, kind: str, content: bytes) -> dict[str, Any]:
        """Keep a blob and return its descriptor."""
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        self.blobs[digest] = (kind, content)
        return {"mediaType": kind, "size": len(content), "digest": digest}

    def image(self, files: Mapping[str, bytes | str], labels: Mapping[str, str], created: str, platform: str) -> Any:
        """Make an image of files by path, a text being the target of a link; return its manifest's descriptor."""
        layer = packed(files)
        config = {
            "architecture": platform,
            "os": "linux",
            "created": created,
            "config": {"Labels": dict(labels), "Cmd": ["/none"]},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
        }
        manifest = {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": self.add(_TYPES + "container.image.v1+json", json.dumps(config).encode()),
            "layers": [self.add(_TYPES + "image.rootfs.diff.tar.gzip", gzip.compress(layer, mtime=0))],
        }
        return self.add(_MANIFEST, json.dumps(manifest).encode())

    def index(self, manifests: Mapping[str, Any]) -> Any:
        """Make an index of images by platform; return its descriptor."""
        listed = [{**one, "platform": {"architecture": name, "os": "linux"}} for name, one in manifests.items()]
        return self.add(_INDEX, json.dumps({"schemaVersion": 2, "mediaType": _INDEX, "manifests": listed}).encode())

    def tag(self, name: str, descriptor: Mapping[str, Any]) -> None:
        """Let a name with its tag, as `shop:1.4`, mean an image or an index."""
        self.tags[name] = descriptor["digest"]


def packed(files: Mapping[str, bytes | str]) -> bytes:
    """Return an archive of files by path, a text being the target of a link."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for path, content in files.items():
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.mode = 0o755
            if isinstance(content, str):
                entry.type, entry.linkname = tarfile.SYMTYPE, content
            else:
                entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content) if isinstance(content, bytes) else None)
    return stream.getvalue()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        registry: Registry = self.server.registry  # type: ignore[attr-defined]
        parts = self.path.strip("/").split("/")
        kind, body = "application/json", b"{}"
        if len(parts) > 1:
            name, what, wanted = "/".join(parts[1:-2]), parts[-2], parts[-1]
            digest = registry.tags.get(f"{name}:{wanted}", wanted) if what == "manifests" else wanted
            kind, body = registry.blobs.get(digest, ("", b""))
        self.send_response(200 if kind else 404)
        self.send_header("Content-Type", kind or "application/json")
        self.send_header("Content-Length", str(len(body)))
        if len(parts) > 1 and kind:
            self.send_header("Docker-Content-Digest", digest)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None: ...


@contextlib.contextmanager
def serving() -> Iterator[tuple[Registry, str]]:
    """Serve a new registry; yield it with its address, from which an engine pulls without TLS."""
    registry = Registry()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.registry = registry  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield registry, f"127.0.0.1:{server.server_port}"
        server.shutdown()
