"""An nginx in front of a container that the env remedy recreates: it serves from the new address, or all is put back."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from nginx_containers import docker

from parity_host.remedy import compose as compose_command
from parity_host.remedy import env
from parity_host.secrets.redact import Redactor

KEY = "the key of this test"
COMPOSE = str(Path(sys.executable).parent / "docker-compose")
OLD = "MODE=fast\n"
FILE = """\
services:
  api:
    image: {image}
    init: true
    entrypoint: [sh, -c, 'case "$$NOTION_KEY" in deaf) exec sleep 600;; esac; exec python3 -m http.server 8000']
    env_file: [app.env]
  nginx:
    image: {image}
    entrypoint: [nginx, -g, "daemon off;"]
    volumes: [./nginx.conf:/etc/nginx/nginx.conf:ro]
    depends_on: [api]
"""
NGINX = """\
events {}
http {
  access_log off;
  server { listen 80; location / { proxy_connect_timeout 2s; proxy_pass http://api:8000; } }
}
"""


class Pair:
    """An application and the nginx in front of it."""

    def __init__(self, folder: Path, image: str) -> None:
        self.folder, self.name = folder, f"parity-dependents-{os.getpid()}"
        self.file = folder / "app.env"
        self.file.write_text(OLD)
        (folder / ".env.template").write_text("MODE=\nNOTION_KEY=\n")
        (folder / "nginx.conf").write_text(NGINX)
        (folder / "compose.yml").write_text(FILE.format(image=image))
        self.compose("up", "--detach")
        late = time.monotonic() + 30
        while self.status() != "200":
            assert time.monotonic() < late, "nginx does not answer"
            time.sleep(0.2)

    def compose(self, *arguments: str) -> None:
        subprocess.run([COMPOSE, "-p", self.name, *arguments], cwd=self.folder, check=True, capture_output=True)

    @property
    def url(self) -> str:
        form = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        return f"http://{docker('inspect', '-f', form, f'{self.name}-nginx-1')}/"

    def status(self) -> str:
        """Return the status of nginx's answer."""
        words = ["curl", "-so", "/dev/null", "-w", "%{http_code}", "--max-time", "5", self.url]
        return subprocess.run(words, capture_output=True, text=True, check=False).stdout

    def repair(self, value: str) -> dict[str, Any]:
        digest = Redactor(KEY.encode()).fingerprint(self.file.read_bytes())
        template = str(self.folder / ".env.template")
        asked = env.EnvFileOptions(str(self.file), template, digest, ["NOTION_KEY"], {"NOTION_KEY": value})
        asked = asked._replace(recreate=True, project=self.name, services=["api"], timeout=10.0)
        return env.repair(asked, KEY, dict(os.environ), False)


@pytest.fixture
def pair(lab_image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    monkeypatch.setenv("PATH", str(Path(COMPOSE).parent), prepend=os.pathsep)
    made = Pair(tmp_path, lab_image)
    yield made
    docker("rm", "-f", f"{made.name}-squatter", check=False)
    made.compose("down", "--timeout", "0", "--remove-orphans")


def elsewhere(pair: Pair, image: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the next container of `api` get another address: something else takes its own first."""
    up = compose_command.Compose.up

    def taken(self: compose_command.Compose, amounts: Mapping[str, int], seconds: float, wait: bool) -> None:
        docker("rm", "-f", f"{pair.name}-squatter", check=False)
        docker("stop", "--time", "1", f"{pair.name}-api-1")
        docker("run", "-d", "--init", "--name", f"{pair.name}-squatter", "--network", f"{pair.name}_default",
               "--entrypoint", "sleep", image, "600")  # fmt: skip
        up(self, amounts, seconds, wait)

    monkeypatch.setattr(compose_command.Compose, "up", taken)


def test_nginx_looks_up_the_new_address(pair, lab_image, monkeypatch):
    elsewhere(pair, lab_image, monkeypatch)
    done = pair.repair("nt-7Yp2cV9kQ4")
    assert done["state"] == "changed", done
    assert done["said"][-2:] == ["api was recreated", "nginx was reloaded to resolve the new addresses"]
    assert pair.status() == "200"


def test_what_no_longer_answers_behind_nginx_is_put_back(pair, lab_image, monkeypatch):
    elsewhere(pair, lab_image, monkeypatch)
    done = pair.repair("deaf")
    assert done["state"] == "restored", done
    assert "nginx answered at :80/ before the change but not after it: it answers with status 502" in done["said"][0]
    assert pair.file.read_text() == OLD
    time.sleep(1)
    assert pair.status() == "200"


def test_nothing_is_touched_where_nginx_could_not_be_reloaded(pair):
    conf = pair.folder / "nginx.conf"
    conf.write_text(conf.read_text().replace("listen 80;", "listen 80"))
    before = docker("inspect", "-f", "{{.Id}}", f"{pair.name}-api-1")
    done = pair.repair("nt-7Yp2cV9kQ4")
    assert done["state"] == "refused", done
    assert "cannot be reloaded. Repair it first." in done["said"][0]
    assert pair.file.read_text() == OLD
    assert docker("inspect", "-f", "{{.Id}}", f"{pair.name}-api-1") == before
    assert pair.status() == "200"
