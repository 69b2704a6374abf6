"""Asking the real Compose what a project's files mean, with an environment of its own and no way out of its folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final, NamedTuple

from parity.record import confine

SECONDS: Final = 20
_CONFINE: Final = str(Path(confine.__file__).resolve())
# What an env file of the host could set; what is set here wins.
_SETTINGS: Final = {
    "COMPOSE_ANSI": "never",
    "COMPOSE_DISABLE_ENV_FILE": "1",
    "COMPOSE_EXPERIMENTAL_GIT_REMOTE": "0",
    "COMPOSE_EXPERIMENTAL_OCI_REMOTE": "0",
}
_NO_ENGINE: Final = "unix:///nowhere"
_CRASH: Final = "fatal error: "
_PANIC: Final = "panic: "
_TOO_MUCH: Final = (
    "these files exceed the limits of an audit for Compose "
    f"({confine.MEMORY_BYTES // 1024**2} MB of memory, {confine.OUTPUT_BYTES // 1024**2} MB of output)"
)


class Answer(NamedTuple):
    """What Compose said; `code` is its exit status."""

    code: int
    output: str
    errors: str


def program() -> str:
    """Return the docker-compose program: the virtual environment's, else the one on the path."""
    beside = Path(sys.executable).parent / "docker-compose"
    return str(beside) if beside.exists() else "docker-compose"


class Compose:
    """The docker-compose program, for one project: `folder` is all that it may read, `home` its empty home in there."""

    def __init__(self, program: str, folder: Path, home: Path) -> None:
        """Take the program's path or name; all calls together get SECONDS."""
        self._program = shutil.which(program) or program
        self._folder, self._home = folder, home
        self._until = time.monotonic() + SECONDS

    def config(self, directory: str, options: Sequence[str], flags: Sequence[str]) -> Answer:
        """Return what `docker-compose config` says in `directory`."""
        command = [
            # Nothing here talks to an engine, and nothing could.
            *("--host", _NO_ENGINE),
            *("--project-directory", directory, *options, "config", "--format", "json", *flags),
        ]
        # Nothing of this machine's environment: a `KEY` without a value would take it over.
        variables = {"HOME": str(self._home), **_SETTINGS}
        # Into files: what a pipe takes has no end.
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            try:
                done = subprocess.run(
                    [sys.executable, "-I", "-S", _CONFINE, str(self._folder), self._program, *command],
                    stdout=output,
                    stderr=errors,
                    timeout=max(self._until - time.monotonic(), 0),
                    check=False,
                    stdin=subprocess.DEVNULL,
                    env=variables,
                    cwd=directory,
                )
            except subprocess.TimeoutExpired:
                return Answer(1, "", f"Compose did not finish within {SECONDS} seconds")
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or "invalid project name"
                return Answer(1, "", f"docker-compose cannot be run: {reason}")
            said = _text(errors)
            if done.returncode < 0 or _CRASH in said:
                return Answer(1, "", _TOO_MUCH)
            if said.startswith(_PANIC):
                return Answer(1, "", "Compose crashes on these files")
            return Answer(done.returncode, _text(output), said)


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8", "replace")
