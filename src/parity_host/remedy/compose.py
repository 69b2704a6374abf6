"""The Compose of a host, run as its containers say that they were made: same files, same project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from ..engine.compose_labels import label
from ..secrets.redact import Redactor
from .service import ServiceError

_VERSION = re.compile(r"v?([0-9]+)\.[0-9]+")
_HASH = re.compile(r"([\w.-]+) ([0-9a-f]{64})")
_ASK_SECONDS = 60.0
# What the environment may say that would make `up` do more than is asked.
_OTHERS = ("COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "COMPOSE_PROFILES", "COMPOSE_ENV_FILES", "COMPOSE_REMOVE_ORPHANS")


class Project(NamedTuple):
    """A Compose project as the labels of its containers tell: name, folder, compose files and env files."""

    name: str
    folder: str
    files: Sequence[str]
    env_files: Sequence[str]


def project_of(containers: Sequence[Mapping[str, Any]]) -> Project:
    """Return the project that all `containers` (the engine's `inspect` answers) were made from.

    Raises ServiceError where they were made from different files, or from no file at all.
    """
    found = {
        Project(
            label(one, "project"),
            label(one, "project.working_dir"),
            tuple(_paths(label(one, "project.config_files"))),
            tuple(_paths(label(one, "project.environment_file"))),
        )
        for one in containers
    }
    if len(found) != 1:
        raise ServiceError("its containers were created from different Compose files; recreate them yourself")
    project = found.pop()
    for path in (*project.files, *project.env_files):
        if not os.path.isabs(path) or not os.path.isfile(path):
            raise ServiceError("its containers were created from %s, which does not exist on this host" % path)
    if not project.files:
        raise ServiceError("its containers have no label with the Compose files they were created from")
    return project


def _paths(said: str) -> List[str]:
    return [path for path in said.split(",") if path]


class Compose:
    """Compose's command for one project."""

    def __init__(self, project: Project, endpoint: str, redactor: Redactor) -> None:
        """Find the command on this host; raises ServiceError where there is none, or one before Compose 2."""
        self._redactor = redactor
        self._environ = {key: value for key, value in os.environ.items() if key not in _OTHERS}
        self._environ["DOCKER_HOST"] = endpoint
        self._argv = [
            *self._found(),
            "--ansi=never",
            "--progress=plain",
            "--profile=*",
            "--project-name=" + project.name,
            "--project-directory=" + project.folder,
            *("--file=" + path for path in project.files),
            *("--env-file=" + path for path in project.env_files),
        ]

    def hashes(self) -> Dict[str, str]:
        """Return by service the digest of what Compose would make it from now; raises ServiceError."""
        said = self._run(["config", "--hash=*"], _ASK_SECONDS)
        return {match[1]: match[2] for match in map(_HASH.fullmatch, said.split("\n")) if match}

    def up(self, amounts: Mapping[str, int], seconds: float, wait: bool) -> None:
        """Make the containers of services anew, by service as many as there are to be; raises ServiceError.

        Nothing is built, pulled or started beside them. With `wait`, they must run, and be healthy where they say so.
        """
        waiting = ["--wait", "--wait-timeout=%d" % max(seconds, 1)] if wait else []
        scale = ["--scale=%s=%d" % one for one in sorted(amounts.items())]
        only = ["--detach", "--no-deps", "--no-build", "--pull=never", *waiting, *scale]
        self._run(["up", *only, "--", *sorted(amounts)], seconds + _ASK_SECONDS)

    def _found(self) -> List[str]:
        for argv in (["docker", "compose"], ["docker-compose"]):
            program = shutil.which(argv[0], path=self._environ.get("PATH"))
            version = self._version([program, *argv[1:]]) if program else None
            if program and version and int(version[1]) > 1:
                return [program, *argv[1:]]
        raise ServiceError("this host has no Docker Compose 2 or newer, which is needed to recreate containers")

    def _version(self, argv: List[str]) -> Optional["re.Match[str]"]:
        try:
            return _VERSION.match(self._output([*argv, "version", "--short"], _ASK_SECONDS))
        except ServiceError:
            return None

    def _run(self, arguments: Sequence[str], seconds: float) -> str:
        return self._output([*self._argv, *arguments], seconds)

    def _output(self, argv: Sequence[str], seconds: float) -> str:
        try:
            ran = subprocess.run(
                argv,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ServiceError("Compose did not finish within %d seconds" % seconds) from None
        except OSError as error:
            raise ServiceError("Compose could not be run: %s" % error.strerror) from None
        if ran.returncode:
            said = ran.stderr.decode("utf-8", "replace").strip()
            raise ServiceError("Compose failed: %s" % str(self._redactor.sweep(self._redactor.text(said)))[-1000:])
        return ran.stdout.decode("utf-8", "replace")
