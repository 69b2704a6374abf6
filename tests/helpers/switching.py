"""Two files of a service that remembers which bytes it runs with, and the faults that a switch of them may meet."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from parity_host.remedy import live_file, switch
from parity_host.remedy.service import ServiceError
from parity_host.remedy.switch_back import recover

OLD = {"main.conf": b"old main\r\n", "conf.d/site.conf": b"old site \xff without an end"}
NEW = {"main.conf": b"new main, and longer\r\n", "conf.d/site.conf": b"new site"}
CALLS = ("open", "write", "link", "rename", "fsync", "fchmod", "fchown", "setxattr", "unlink")
ERRORS = {
    "disk full": errno.ENOSPC,
    "input/output error": errno.EIO,
    "read-only file system": errno.EROFS,
    "no permission": errno.EACCES,
}


class FileService:
    """A service whose files are `folder`'s, and which runs with the bytes that it read when it was last made to.

    What it runs with stands in a file, so that it outlives the process that switches. `fails` names the methods that
    fail, as often as they stand in it.
    """

    container = "0123456789ab"

    def __init__(self, folder: Path, fails: tuple[str, ...] = ()) -> None:
        self.folder, self.fails = folder, list(fails)
        self.memory = folder.parent / "memory"
        self.memory.mkdir(exist_ok=True)

    def runs_with(self) -> dict[str, bytes]:
        return {name: (self.memory / name.replace("/", "_")).read_bytes() for name in OLD}

    def _read(self) -> None:
        for name in OLD:
            (self.memory / name.replace("/", "_")).write_bytes((self.folder / name).read_bytes())

    def _may_fail(self, method: str) -> None:
        if method in self.fails:
            self.fails.remove(method)
            raise ServiceError(f"{method} was made to fail")

    def prove(self) -> None:
        self._may_fail("prove")

    def take(self) -> None:
        self._may_fail("take before reading")
        self._read()
        self._may_fail("take")

    def verify(self) -> None:
        self._may_fail("verify")

    def back(self, since: int) -> bool:
        self._may_fail("back")
        self._read()
        return True

    def done(self) -> tuple[str, ...]:
        return ("it runs with it",)


class Site:
    """The files in a folder of their own, the service that runs with them, and the switch to the new ones."""

    def __init__(self, folder: Path, fails: tuple[str, ...] = ()) -> None:
        self.folder = folder / "site"
        (self.folder / "conf.d").mkdir(parents=True, exist_ok=True)
        for name, content in OLD.items():
            path = self.folder / name
            path.write_bytes(content)
            path.chmod(0o640)
            if os.geteuid() == 0:
                os.chown(path, 1234, 1235)
            with suppress(OSError):  # a file system without extended attributes
                os.setxattr(path, "user.parity", name.encode())
        self.belongs = self.metadata()
        self.service = FileService(self.folder, fails)
        self.service._read()
        self.folders = [str(self.folder), str(self.folder / "conf.d")]

    def switch(self, stamp: str = "20261124T083000Z") -> switch.SwitchOutcome:
        edits = [
            switch.Replacement(str(self.folder / name), live_file.digest(OLD[name]), content)
            for name, content in NEW.items()
        ]
        with switch.locked(self.folders):
            return switch.switch(edits, self.service, stamp)

    def recover(self) -> list[str]:
        with switch.locked(self.folders):
            return recover(self.folders, self.service)

    def content(self) -> dict[str, bytes]:
        return {name: (self.folder / name).read_bytes() for name in OLD}

    def metadata(self) -> dict[str, live_file.Kept]:
        return {name: live_file.read(str(self.folder / name)).kept for name in OLD}

    def leftovers(self) -> list[str]:
        return sorted(str(p.relative_to(self.folder)) for p in self.folder.rglob("*") if ".parity-" in p.name)


@contextmanager
def calls(act: Callable[[int, str], None] = lambda number, name: None) -> Iterator[list[str]]:
    """Have `act(number, name)` called before every call of `os` that touches a file; yield the calls' names."""
    made: list[str] = []

    def wrap(name: str) -> None:
        real = getattr(os, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            made.append(name)
            act(len(made), name)
            return real(*args, **kwargs)

        patch.setattr(os, name, wrapped)

    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            wrap(name)
        yield made


def clean_run(folder: Path) -> list[str]:
    """Return the calls of a switch that nothing disturbs."""
    site = Site(folder)
    with calls() as made:
        assert site.switch().state == switch.CHANGED
    return made


def fail(at: int, code: int, lasting: bool) -> Callable[[int, str], None]:
    """Return what makes call number `at` fail; a `lasting` fault makes every later call of that name fail too."""
    broken: list[str] = []

    def act(number: int, name: str) -> None:
        if number == at:
            broken.append(name)
        if number == at or (lasting and name in broken):
            raise OSError(code, os.strerror(code))

    return act


def kill(at: int) -> Callable[[int, str], None]:
    """Return what kills the process at call number `at`."""

    def act(number: int, _: str) -> None:
        if number == at:
            os.kill(os.getpid(), signal.SIGKILL)

    return act
