"""`nginx -t` where nginx runs, and in a throw-away copy where it does not, on a real engine with a real nginx."""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parity_host import nginx_trial, trial_container
from parity_host.engine_change import ChangingEngine
from parity_host.engine_client import EngineUnavailableError
from parity_host.redact import Redactor

GOOD = "events {}\nhttp {\n    include conf.d/*.conf;\n}\n"
SITE = "server {\n    listen 8080;\n    location / { return 200 ok; }\n}\n"


def docker(*words: str) -> str:
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=True).stdout.strip()


class Nginx:
    """One nginx whose configuration is mounted from `folder`, read-only as people mount it."""

    def __init__(self, image: str, folder: Path) -> None:
        self.image, self.folder = image, folder
        self.made: list[str] = []
        (folder / "conf.d").mkdir(parents=True)
        self.write("nginx.conf", GOOD)
        self.write("conf.d/site.conf", SITE)
        self.engine = ChangingEngine("unix:///var/run/docker.sock", {})
        self.engine.negotiate()

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def start(self, *options: str, command: tuple[str, ...] = ("-g", "daemon off;")) -> dict[str, Any]:
        mount = ["-v", f"{self.folder}:/etc/nginx:ro", "--restart=unless-stopped"]
        name = docker("run", "-d", *mount, *options, "--entrypoint", "nginx", self.image, *command)
        self.made.append(name)
        return self.settled(name)

    def settled(self, name: str) -> dict[str, Any]:
        """Return what the engine says of it once it stays up or has fallen."""
        time.sleep(1.5)
        inspected: dict[str, Any] = json.loads(docker("inspect", name))[0]
        return inspected

    def test(self, inspected: dict[str, Any]) -> dict[str, Any]:
        return nginx_trial.test(self.engine, inspected, Redactor(b"a key"))

    def hashes(self) -> dict[str, str]:
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    def leftovers(self) -> str:
        return docker("ps", "-aq", "--filter", f"label={trial_container.LABEL}")


@pytest.fixture
def nginx(lab_image: str, tmp_path: Path) -> Iterator[Nginx]:
    made = Nginx(lab_image, tmp_path / "nginx")
    yield made
    for name in made.made:
        with contextlib.suppress(subprocess.CalledProcessError):
            docker("rm", "-f", "-v", name)


def test_a_running_nginx_is_asked_in_its_container(nginx):
    before = nginx.hashes()
    said = nginx.test(nginx.start())
    assert (said["how"], said["code"], said["why"]) == ("exec", 0, "")
    assert "test is successful" in said["output"]
    assert said["version"].startswith("1.")
    assert nginx.hashes() == before
    assert nginx.leftovers() == ""


def test_a_file_that_broke_since_the_start_is_told(nginx):
    inspected = nginx.start()
    nginx.write("conf.d/site.conf", SITE.replace("listen 8080;", "listen 8080"))
    said = nginx.test(inspected)
    assert (said["how"], said["code"]) == ("exec", 1)
    assert "in /etc/nginx/conf.d/site.conf:" in said["output"]


def test_one_that_cannot_start_is_tried_in_a_copy_that_vanishes(nginx):
    nginx.write("conf.d/site.conf", "proxy_pass http://api;\n")
    before = nginx.hashes()
    inspected = nginx.start()
    assert inspected["State"]["Status"] != "running"
    said = nginx.test(inspected)
    assert (said["how"], said["code"]) == ("throw-away", 1)
    assert '"proxy_pass" directive is not allowed here in /etc/nginx/conf.d/site.conf:1' in said["output"]
    assert nginx.hashes() == before
    assert nginx.leftovers() == ""


def test_the_masters_own_options_are_used(nginx):
    nginx.write("other.conf", "events {}\nhttp { server { listen 8081; } }\n")
    nginx.write("nginx.conf", "this is not read")
    said = nginx.test(
        nginx.start(command=("-c", "/etc/nginx/other.conf", "-g", "daemon off; error_log stderr notice;"))
    )
    assert (said["how"], said["code"]) == ("exec", 0)
    assert "/etc/nginx/other.conf" in said["output"]


def test_names_resolve_in_a_copy_as_they_do_in_its_networks(nginx):
    docker("network", "create", "nginx-trial-net")
    try:
        nginx.write("conf.d/site.conf", SITE.replace("return 200 ok", "proxy_pass http://backend:80"))
        waiting = nginx.start("--network", "nginx-trial-net")
        assert 'host not found in upstream "backend"' in nginx.test(waiting)["output"]
        backend = docker(
            "run",
            "-d",
            "--network",
            "nginx-trial-net",
            "--network-alias",
            "backend",
            "--entrypoint",
            "sleep",
            nginx.image,
            "99",
        )
        nginx.made.append(backend)
        docker("stop", waiting["Id"])
        assert nginx.test(nginx.settled(waiting["Id"]))["code"] == 0
    finally:
        for name in nginx.made:
            docker("rm", "-f", name)
        nginx.made.clear()
        docker("network", "rm", "nginx-trial-net")


def test_a_log_on_a_volume_says_nothing_of_a_copy_that_may_not_write(nginx):
    nginx.write("nginx.conf", "error_log /logs/error.log;\n" + GOOD)
    inspected = nginx.start("-v", "/logs")
    docker("stop", inspected["Id"])
    said = nginx.test(nginx.settled(inspected["Id"]))
    assert said["how"] == ""
    assert "needs to write /logs/error.log" in said["why"]


def test_edits_are_tried_without_a_live_byte_changed(nginx):
    nginx.write("conf.d/site.conf", "proxy_pass http://api;\n")
    inspected, before = nginx.start(), nginx.hashes()
    argv = nginx_trial.command(nginx_trial.configured(inspected))
    deadline = time.monotonic() + 30
    tried = trial_container.run(nginx.engine, inspected, argv, {"/etc/nginx/conf.d/site.conf": SITE.encode()}, deadline)
    assert tried.code == 0, tried
    assert "test is successful" in tried.errors
    assert tried.output == ""
    assert nginx.hashes() == before


def test_a_mount_within_an_edited_folder_is_copied_and_never_written(nginx, tmp_path):
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "note.conf").write_text("# of its own mount\n")
    nginx.write("nginx.conf", "include keys/note.conf;\n" + GOOD)
    (nginx.folder / "keys").mkdir()
    inspected = nginx.start("-v", f"{keys}:/etc/nginx/keys")
    argv = nginx_trial.command(nginx_trial.configured(inspected))
    edits = {"/etc/nginx/keys/note.conf": b"not nginx\n", "/etc/nginx/conf.d/site.conf": SITE.encode()}
    tried = trial_container.run(nginx.engine, inspected, argv, edits, time.monotonic() + 30)
    assert tried.code == 1
    assert (keys / "note.conf").read_text() == "# of its own mount\n"


def test_what_a_killed_run_left_is_removed_and_a_secret_is_hidden(nginx):
    nginx.write("conf.d/site.conf", "server { listen 8080; set $x postgresql://u:Vx8kQ2mZ7tLp@db/x y; }\n")
    inspected = nginx.start()
    docker("create", "--label", f"{trial_container.LABEL}={inspected['Id']}", nginx.image, "true")
    assert nginx.leftovers() != ""
    docker("stop", inspected["Id"])
    said = nginx.test(nginx.settled(inspected["Id"]))
    assert said["code"] == 1
    assert "Vx8kQ2mZ7tLp" not in json.dumps(said)
    assert nginx.leftovers() == ""


def test_an_engine_that_refuses_is_said_and_nothing_fails(nginx):
    nginx.write("conf.d/site.conf", "nonsense;\n")
    inspected = nginx.start()

    class Refusing(ChangingEngine):
        def ask(self, *_: Any, **__: Any) -> tuple[int, bytes]:
            raise EngineUnavailableError("the engine refuses: not allowed by policy")

    engine = Refusing("unix:///var/run/docker.sock", {})
    engine.negotiate()
    said = nginx_trial.test(engine, inspected, Redactor(b"a key"))
    assert said["how"] == ""
    assert said["why"] == "nginx -t could not be run: the engine refuses: not allowed by policy"
