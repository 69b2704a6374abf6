"""As what the stack reads the files of a checkout: the most telling reason counts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from parity_host.gather.stack_reads import StackReads


def bind(source: Path, destination: str, read_only: bool = False) -> dict[str, Any]:
    return {"type": "bind", "source": str(source), "destination": destination, "read_only": read_only}


@pytest.fixture
def reads(tmp_path: Path) -> StackReads:
    for name in ("nginx/conf.d", "data", "conf", "both"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "link.env").symlink_to(tmp_path / "conf/app.env")
    volume = {"type": "volume", "source": "certs", "destination": "/etc/nginx/certs", "read_only": True}
    web = [bind(tmp_path / "nginx", "/etc/nginx"), volume, bind(tmp_path / "both", "/b", read_only=True)]
    worker = [bind(tmp_path / "data", "/data"), bind(tmp_path / "both", "/b"), bind(Path("/etc"), "/e")]
    engine = {"containers": [{"name": "web", "mounts": web}, {"name": "worker", "mounts": worker}]}
    files = {"/etc/nginx/nginx.conf": {}, "/etc/nginx/certs/x.conf": {}, "/usr/share/nginx/mime.types": {}}
    config = {"found": [{"kind": "nginx", "container": "web", "files": files}]}
    roles = {"compose.yml": "compose", "link.env": "env_file", ".env.template": "template"}
    project = {"files": {str(tmp_path / name): {"roles": [role]} for name, role in roles.items()}}
    return StackReads(str(tmp_path), project, engine, config)


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("compose.yml", "compose-file"),
        ("link.env", "env-file"),
        ("conf/app.env", "env-file"),
        (".env.template", ""),
        ("nginx/nginx.conf", "nginx-configuration"),
        ("nginx/unused.conf", "writable-file"),
        ("nginx/certs/x.conf", "writable-file"),
        ("data/app.db", "writable-file"),
        ("both/x", "writable-file"),
        ("nginx2/x", ""),
        ("app/main.py", ""),
        ("../etc/passwd", ""),
    ],
)
def test_what_a_file_is_read_as(reads: StackReads, path: str, role: str) -> None:
    assert reads.role(os.fsencode(path)) == role
