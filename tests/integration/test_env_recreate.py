"""The env remedy with a real Docker Compose: containers that read the file are made anew, or all is as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nginx_containers import docker

from parity_host.gather import containers
from parity_host.remedy import compose as compose_command
from parity_host.remedy import env, switch_journal
from parity_host.secrets.redact import Redactor

KEY = "the key of this test"
COMPOSE = str(Path(sys.executable).parent / "docker-compose")
OLD = "MODE=fast\n"
NEW = "MODE=fast\nNOTION_KEY=nt-7Yp2cV9kQ4\n"
VALUES = {"NOTION_KEY": "nt-7Yp2cV9kQ4"}
# `api` has the file, `worker` reads it by ${NAME}, `job` has it and is stopped, `store` has nothing to do with it.
FILE = """\
services:
  api: &api
    image: {image}
    init: true
    entrypoint: [sh, -c, 'case "$$NOTION_KEY" in falls) exit 3;; esac; exec sleep 600']
    env_file: [app.env]
  job:
    <<: *api
  worker:
    image: {image}
    init: true
    entrypoint: [sleep, "600"]
    environment:
      TOKEN: ${{NOTION_KEY:-none}}
  store:
    image: {image}
    init: true
    entrypoint: [sleep, "600"]
"""


class Stack:
    """A Compose project whose env file is its own and that of its services."""

    def __init__(self, folder: Path, image: str) -> None:
        self.folder, self.name = folder, f"parity-recreate-{os.getpid()}"
        self.file = folder / "app.env"
        self.file.write_text(OLD)
        (folder / ".env.template").write_text("MODE=\nNOTION_KEY=\n")
        (folder / "compose.yml").write_text(FILE.format(image=image))
        self.compose("--env-file", "app.env", "up", "--detach", "--scale", "api=2")
        self.compose("--env-file", "app.env", "stop", "--timeout", "2", "job")
        self.before = self.ids()

    def compose(self, *arguments: str) -> None:
        subprocess.run(
            [COMPOSE, "--project-name", self.name, *arguments], cwd=self.folder, check=True, capture_output=True
        )

    def ids(self) -> dict[str, set[str]]:
        shown = docker("ps", "-a", "--no-trunc", "--filter", f"label=com.docker.compose.project={self.name}",
                       "--format", '{{.Label "com.docker.compose.service"}} {{.ID}} {{.State}}')  # fmt: skip
        found: dict[str, set[str]] = {}
        for line in shown.splitlines():
            service, *rest = line.split()
            found.setdefault(service, set()).add(" ".join(rest))
        return found

    def read(self, service: str, name: str) -> set[str]:
        """Return what the running containers of a service have in a variable."""
        return {docker("exec", one.split()[0], "sh", "-c", f"echo -n ${{{name}-unset}}") for one in self.ids()[service]}

    def asked(self, **more: Any) -> env.EnvFileOptions:
        digest = Redactor(KEY.encode()).fingerprint(self.file.read_bytes())
        asked = env.EnvFileOptions(str(self.file), str(self.folder / ".env.template"), digest, ["NOTION_KEY"], VALUES)
        asked = asked._replace(recreate=True, project=self.name, services=["api"])
        return asked._replace(timeout=10.0, **more)

    def repair(self, check: bool = False, **more: Any) -> dict[str, Any]:
        return env.repair(self.asked(**more), KEY, dict(os.environ), check)

    def leftovers(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if ".parity-" in path.name)

    def is_untouched(self) -> bool:
        return self.file.read_text() == OLD and self.leftovers() == [] and self.ids() == self.before

    def is_back(self) -> bool:
        """Return whether all runs from the old file, in whatever containers."""
        states = {name: sorted(one.split()[1] for one in ids) for name, ids in self.ids().items()}
        assert states == {"api": ["running", "running"], "worker": ["running"], "store": ["running"], "job": ["exited"]}
        read = self.read("api", "NOTION_KEY") | self.read("worker", "TOKEN")
        return self.file.read_text() == OLD and self.leftovers() == [] and read == {"unset", "none"}


@pytest.fixture
def stack(lab_image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    monkeypatch.setenv("PATH", str(Path(COMPOSE).parent), prepend=os.pathsep)
    made = Stack(tmp_path, lab_image)
    yield made
    made.compose("--profile", "*", "--env-file", "app.env", "down", "--timeout", "0", "--remove-orphans")


def test_what_reads_the_file_is_made_anew_and_nothing_else(stack):
    shown = stack.repair(check=True)
    assert (shown["state"], stack.is_untouched()) == ("changed", True), shown
    done = stack.repair()
    assert done["state"] == "changed", done
    assert stack.file.read_text() == NEW
    assert stack.read("api", "NOTION_KEY") == stack.read("worker", "TOKEN") == {"nt-7Yp2cV9kQ4"}
    after = stack.ids()
    assert (after["store"], after["job"]) == (stack.before["store"], stack.before["job"])
    assert (len(after["api"]), len(after["worker"])) == (2, 1)
    assert not after["api"] & stack.before["api"]
    assert done["said"][1:] == [
        "NOTION_KEY was added",
        "api was recreated",
        "worker was recreated",
        "job was stopped and was not recreated",
    ]
    assert stack.repair()["state"] == "unchanged"
    assert stack.ids() == after


def test_a_container_that_falls_with_the_new_key_is_made_from_the_old_file_again(stack):
    done = stack.repair(values={"NOTION_KEY": "falls"})
    assert done["state"] == "restored", done
    assert "Compose failed" in done["said"][0]
    assert stack.is_back()


def test_what_would_change_more_than_the_keys_is_refused(stack):
    compose = stack.folder / "compose.yml"
    text = compose.read_text()
    compose.write_text(text.replace("init: true", "init: true\n    hostname: other", 1))
    done = stack.repair()
    assert done["state"] == "refused"
    assert "api was created from different settings, or by a different Compose version" in done["said"][0]
    compose.write_text(text)
    assert stack.is_untouched()


def test_a_container_that_shares_a_namespace_is_not_cut_off(stack):
    compose = stack.folder / "compose.yml"
    image = docker("inspect", "-f", "{{.Config.Image}}", min(stack.before["store"]).split()[0])
    mate = (
        f"  mate:\n    image: {image}\n    network_mode: service:api\n    entrypoint: [sleep, '600']\n    init: true\n"
    )
    compose.write_text(compose.read_text() + mate)
    stack.compose("--env-file", "app.env", "up", "--detach", "--no-recreate", "--scale", "api=2", "mate")
    stack.before = stack.ids()
    done = stack.repair()
    assert done["state"] == "refused"
    assert "mate shares a namespace of api" in done["said"][0]
    assert stack.is_untouched()


def test_one_that_failed_before_is_made_from_the_old_file_again_and_may_fail(stack):
    ids = [one.split()[0] for one in stack.before["api"]]
    docker("kill", "-s", "USR1", *ids)
    docker("wait", *ids)
    stack.before = stack.ids()
    assert {one.split()[1] for one in stack.before["api"]} == {"exited"}
    done = stack.repair(values={"NOTION_KEY": "falls"})
    assert done["state"] == "restored", done
    assert (stack.file.read_text(), stack.leftovers()) == (OLD, [])


def test_an_image_that_was_built_since_is_not_brought_along(stack, lab_image):
    name = f"parity-recreate:{os.getpid()}"
    docker("tag", lab_image, name)
    (stack.folder / "compose.yml").write_text(FILE.format(image=name))
    stack.compose("--env-file", "app.env", "up", "--detach", "--no-deps", "api")
    stack.before = stack.ids()
    made = docker("commit", min(stack.before["store"]).split()[0], name)
    done = stack.repair()
    docker("rmi", "-f", name, made)
    assert done["state"] == "refused"
    assert f"api would get a different image: {name} was built or pulled since" in done["said"][0]
    assert stack.is_untouched()


def test_a_service_of_which_some_containers_are_stopped_is_left(stack):
    docker("stop", "-t", "0", min(stack.before["api"]).split()[0])
    stack.before = stack.ids()
    done = stack.repair()
    assert done["state"] == "refused"
    assert "api has both running and stopped containers" in done["said"][0]
    assert stack.is_untouched()


def test_a_paused_one_stays_so_and_is_said_to_be(stack):
    (worker,) = (one.split()[0] for one in stack.ids()["worker"])
    docker("pause", worker)
    asked = stack.asked(keys=["NOTION_KEY", "POOL_SIZE"], values={**VALUES, "POOL_SIZE": "5"})
    done = env.repair(asked, KEY, dict(os.environ), False)
    docker("unpause", worker)
    assert done["state"] == "changed", done
    assert {"NOTION_KEY, POOL_SIZE were added", "worker was paused and was not recreated"} <= set(done["said"])
    assert stack.read("worker", "TOKEN") == {"none"}


def test_without_compose_on_the_host_nothing_is_touched(stack, monkeypatch):
    monkeypatch.setattr(compose_command.shutil, "which", lambda *_, **__: None)
    done = stack.repair()
    assert done["state"] == "refused"
    assert "no Docker Compose 2 or newer" in done["said"][0]
    assert stack.is_untouched()


@pytest.mark.parametrize("when", ["before", "between", "after"])
def test_a_run_that_is_killed_while_containers_are_made_is_undone_by_the_next(stack, when):
    child = os.fork()
    if child == 0:
        real = compose_command.Compose.up

        def dies(*arguments: Any, **more: Any) -> None:
            if when == "after":
                real(*arguments, **more)
            if when == "between":
                docker("stop", "-t", "0", min(stack.before["api"]).split()[0])
            os.kill(os.getpid(), signal.SIGKILL)

        compose_command.Compose.up = dies  # type: ignore[method-assign]
        stack.repair()
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    assert stack.file.read_text() == NEW
    journal = switch_journal.find(str(stack.folder))
    assert journal is not None
    assert journal.step == switch_journal.TAKING

    refused = stack.repair(recreate=False)
    assert refused["state"] == "refused"
    assert f"the containers of project {stack.name} (parity_env_recreate) was interrupted" in refused["said"][0]

    undone = stack.repair(keys=[])
    assert (undone["state"], undone["said"][-1]) == ("changed", "run the remedy again")
    assert stack.is_back()
    assert stack.repair()["state"] == "changed"
    assert stack.read("api", "NOTION_KEY") == {"nt-7Yp2cV9kQ4"}


def test_labels_of_an_image_make_compose_read_and_run_nothing(lab_image, tmp_path, monkeypatch):
    """Whoever makes an image could else have the host's root, by a compose file of its own, or another's values."""
    monkeypatch.setenv("PATH", str(Path(COMPOSE).parent), prepend=os.pathsep)
    name, own = f"parity-forged-{os.getpid()}", tmp_path / "data"
    own.mkdir()
    evil = own / "evil.yml"
    evil.write_text(
        f"services: {{api: {{image: {name}, entrypoint: [sleep, '60'], env_file: [{tmp_path}/app.env], privileged: true}}}}"
    )
    asked = env.EnvFileOptions(str(tmp_path / "app.env"), "", "", ["NOTION_KEY"], VALUES, recreate=True, project=name)
    (tmp_path / "app.env").write_text(OLD)
    hashed = subprocess.run(
        [COMPOSE, "-p", name, "-f", evil, "config", "--hash=api"], check=True, capture_output=True, text=True
    )
    labels = {
        "project": name,
        "service": "api",
        "oneoff": "False",
        "container-number": "1",
        "config-hash": hashed.stdout.split()[1],
        "project.working_dir": own,
        "project.config_files": evil,
    }
    lines = [f"FROM {lab_image}", *(f"LABEL com.docker.compose.{key}={value}" for key, value in labels.items())]
    subprocess.run(
        ["docker", "build", "-t", name, "-"], input="\n".join(lines), check=True, capture_output=True, text=True
    )
    try:
        docker("run", "-d", "--name", name, "--entrypoint", "sleep", name, "60")
        digest = Redactor(KEY.encode()).fingerprint(OLD.encode())
        env.repair(asked._replace(digest=digest, timeout=10.0), KEY, dict(os.environ), False)
        made = docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={name}").split()
        assert [docker("inspect", "-f", "{{.HostConfig.Privileged}} {{.Name}}", one) for one in made] == [
            f"false /{name}"
        ]
        facts = containers.gather(containers.ContainerOptions("", name, "", "", 0), dict(os.environ), Redactor(b"key"))
        assert (facts["containers"], facts["config_files"], len(facts["unread"])) == ([], [], 1)
    finally:
        for one in docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={name}").split():
            docker("rm", "-fv", one)
        docker("rmi", name)
