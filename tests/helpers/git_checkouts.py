"""Git repositories made by the real git, and what Parity reads of them."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from parity_host.gather import checkout
from parity_host.gather.project import ProjectReader, Wanted
from parity_host.secrets.redact import Redactor

COMPOSE = """services:
  api:
    image: example/api:1
    env_file: [app.env]
    volumes: ["./nginx:/etc/nginx/conf.d:ro"]
"""
FILES = {
    "compose.yml": COMPOSE,
    "app.env": "MODE=fast\n",
    "nginx/default.conf": "server { listen 80; }\n",
    "app/main.py": "print(1)\n",
}
# No configuration but the repository's own, and the same commits each time.
_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_TERMINAL_PROMPT": "0",
}
_BEGINNING = 1793577600  # in November 2026


class Repository:
    """A repository with a compose file; every commit is an hour younger than the one before."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.hours = 0
        folder.mkdir(parents=True)
        self.git("init", "-q", "-b", "main", *options)
        self.write(FILES)
        self.commit("first")

    def git(self, *words: str, check: bool = True, **settings: Any) -> str:
        when = f"{_BEGINNING + self.hours * 3600} +0000"
        environment = {**os.environ, **_ENVIRONMENT, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        done = subprocess.run(
            ["git", *words], cwd=self.folder, env=environment, capture_output=True, text=True, check=False, **settings
        )
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout.strip()

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def commit(self, subject: str, **files: str) -> str:
        self.hours += 1
        self.write({name.replace("__", "/"): text for name, text in files.items()})
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", subject)
        return self.git("rev-parse", "HEAD")

    def clone(self, folder: Path, *options: str) -> Repository:
        made = object.__new__(Repository)
        made.folder, made.hours = folder, self.hours
        self.git("clone", "-q", *options, f"file://{self.folder}", str(folder))
        return made


def prepared(
    folder: Path, engine: dict[str, Any] | None = None, redactor: Redactor | None = None
) -> Callable[[], dict[str, Any]]:
    """Return what gathers the facts of the checkout around a folder with a compose file, which is read before."""
    redactor = redactor or Redactor(b"k" * 48)
    project = ProjectReader(Wanted(str(folder), [], [], ""), redactor).gather()
    assert project["state"] == "seen", project
    seen = engine or running(folder)
    return lambda: checkout.gather(project, seen, {}, redactor)


def running(folder: Path, read_only: bool = True, **mounts: str) -> dict[str, Any]:
    """Return what the engine shows of a container: `nginx` below the folder is mounted, and `mounts` are."""
    sources = mounts or {"nginx": "/etc/nginx/conf.d"}
    binds = [
        {"type": "bind", "source": str(folder / source), "destination": destination, "read_only": read_only}
        for source, destination in sources.items()
    ]
    return {"containers": [{"name": "app-nginx-1", "mounts": binds}]}


def facts(folder: Path, engine: dict[str, Any] | None = None, redactor: Redactor | None = None) -> dict[str, Any]:
    """Return what the host tells of the checkout around a folder with a compose file."""
    return prepared(folder, engine, redactor)()


def state(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Return every file below a folder with its time, its mode and the digest of its content, without following links."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = os.readlink(path).encode() if path.is_symlink() else path.read_bytes() if path.is_file() else b""
        found[str(path.relative_to(folder))] = (status.st_mtime_ns, status.st_mode, hashlib.sha256(content).hexdigest())
    return found
