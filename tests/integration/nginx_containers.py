"""An nginx of the lab's image whose configuration is mounted from a folder, as the tests of `nginx -t` need it."""

from __future__ import annotations

import hashlib
import json
import secrets
import subprocess
import time
from pathlib import Path
from typing import Any

from parity_host.engine import trial_container
from parity_host.engine.change import ChangingEngine
from parity_host.nginx import configtest as nginx_trial
from parity_host.nginx import files as nginx_files
from parity_host.secrets.redact import Redactor

GOOD = "events {}\nhttp {\n    include conf.d/*.conf;\n}\n"
SITE = "server {\n    listen 8080;\n    location / { return 200 ok; }\n}\n"
MASTER = "nginx: master process"
BROKEN = "proxy_pass http://api;\n"


def docker(*words: str, check: bool = True) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stderr
    return done.stdout.strip()


class Nginx:
    """Containers whose /etc/nginx is `folder`, read-only as people mount it."""

    def __init__(self, image: str, folder: Path) -> None:
        self.image, self.folder = image, folder
        self.prefix = f"nginx-trial-{secrets.token_hex(3)}"
        self.made: list[str] = []
        self.networks: list[str] = []
        (folder / "conf.d").mkdir(parents=True)
        self.write("nginx.conf", GOOD)
        self.write("conf.d/site.conf", SITE)
        self.engine = ChangingEngine("unix:///var/run/docker.sock", {})
        self.engine.negotiate()

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def start(
        self,
        *options: str,
        command: tuple[str, ...] = ("-g", "daemon off;"),
        entrypoint: str = "nginx",
        mounted: bool = True,
        image: str = "",
    ) -> dict[str, Any]:
        mount = ["-v", f"{self.folder}:/etc/nginx:ro"] if mounted else []
        words = [*mount, *options, "--entrypoint", entrypoint, image or self.image, *command]
        return self.settled(self.run(*words))

    def run(self, *words: str) -> str:
        """Return the id of a new container."""
        name = docker("run", "-d", "--name", f"{self.prefix}-{len(self.made)}", *words)
        self.made.append(name)
        return name

    def settled(self, name: str) -> dict[str, Any]:
        """Return a container of nginx once its master has named itself, or has fallen; that may take a loaded machine."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            inspected = self.inspect(name)
            if inspected["State"]["Status"] != "running" or inspected["RestartCount"]:
                return inspected
            if MASTER in docker("top", name, "-eo", "pid,args", check=False):
                return self.inspect(name)
            time.sleep(0.1)
        raise AssertionError(f"nginx of {name} did not start or fall in 30 s: {docker('logs', name)}")

    def inspect(self, name: str) -> dict[str, Any]:
        inspected: dict[str, Any] = json.loads(docker("inspect", name))[0]
        return inspected

    def stopped(self, inspected: dict[str, Any]) -> dict[str, Any]:
        docker("stop", "-t", "2", inspected["Id"])
        return self.inspect(inspected["Id"])

    def network(self) -> str:
        name = f"{self.prefix}-net-{len(self.networks)}"
        docker("network", "create", name)
        self.networks.append(name)
        return name

    def test(self, inspected: dict[str, Any]) -> dict[str, Any]:
        redactor = Redactor(b"a key")
        words = nginx_trial.started(self.engine, inspected)
        entry = nginx_files.gather(self.engine, inspected["Id"], words, redactor)
        return nginx_trial.test(self.engine, inspected, words, entry, redactor)

    def trial(self, inspected: dict[str, Any], edits: dict[str, str]) -> trial_container.Tried:
        contents = {path: text.encode() for path, text in edits.items()}
        return nginx_trial.trial(self.engine, inspected, contents, time.monotonic() + 30)

    def hashes(self) -> dict[str, str]:
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    def copies(self) -> list[str]:
        """Return the copies of these containers that are there."""
        labels = [f"label={trial_container.LABEL}={name}" for name in self.made]
        return [line for label in labels for line in docker("ps", "-aq", "--filter", label).splitlines()]

    def close(self) -> None:
        for name in [*self.made, *self.copies()]:
            docker("rm", "-f", "-v", name, check=False)
        for name in self.networks:
            docker("network", "rm", name, check=False)
