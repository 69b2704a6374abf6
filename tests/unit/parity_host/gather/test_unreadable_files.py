"""A file of a project that cannot be read is unseen, with its reason; the rest of the project is seen."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fake_engine
import pytest

from parity_host.gather import host, project

COMPOSE = "services:\n  web:\n    image: example/web:1\n    env_file: [web.env]\n"


def folder(path: Path) -> None:
    path.mkdir()


def fifo(path: Path) -> None:
    os.mkfifo(path)


def unix_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


def circle(path: Path) -> None:
    path.symlink_to(path)


def large(path: Path) -> None:
    path.write_bytes(b"#" * (project.FILE_LIMIT_BYTES + 1))


def made_up(path: Path) -> None:
    path.symlink_to("/proc/self/mem")


def facts_of(directory: Path) -> dict[str, Any]:
    found: dict[str, Any] = host.gather(fake_engine.asked(directory=str(directory)), "k" * 48, {})["project"]
    return found


@pytest.mark.parametrize("name", [".env", "web.env", "compose.override.yaml", ".env.example"])
@pytest.mark.parametrize("make", [folder, fifo, unix_socket, circle, large, made_up])
def test_what_is_no_readable_file_is_unseen_by_itself(tmp_path: Path, name: str, make: Callable[[Path], None]) -> None:
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    make(tmp_path / name)
    facts = facts_of(tmp_path)
    assert facts["state"] == "seen"
    one = facts["files"].get(str(tmp_path / name))
    if one is not None:  # a template that is no file is no template
        assert one["text"] is None
        assert str(tmp_path / name) in one["problem"]
    assert "image: example/web:1" in facts["files"][str(tmp_path / "compose.yaml")]["text"]


def test_a_folder_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / ".env").mkdir()
    path = str(tmp_path / ".env")
    assert facts_of(tmp_path)["files"][path]["problem"] == f"{path} is a directory"


def test_a_disk_that_fails_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / ".env").write_text("A=1\n")
    failing = os.stat(tmp_path / ".env").st_ino
    really = os.fstat

    def fails(descriptor: int) -> os.stat_result:
        found = really(descriptor)
        if found.st_ino == failing:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return found

    monkeypatch.setattr(project.os, "fstat", fails)
    path = str(tmp_path / ".env")
    assert facts_of(tmp_path)["files"][path]["problem"] == f"{path} cannot be read: Input/output error"


def test_what_is_read_of_a_project_is_bounded_in_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "compose.yml").write_text(COMPOSE)
    (tmp_path / "web.env").write_text("A=1\n" * 100)
    monkeypatch.setattr(project, "ALL_FILES_LIMIT_BYTES", len(COMPOSE) + 50)
    facts = facts_of(tmp_path)
    files = facts["files"]
    assert files[str(tmp_path / "compose.yml")]["text"]
    assert "together have more than" in files[str(tmp_path / "web.env")]["problem"]


def test_a_file_of_the_kernel_that_has_nothing_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as /proc/kmsg, which is a regular file and gives nothing without waiting."""
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / "web.env").write_text("A=1\n")
    inode = os.stat(tmp_path / "web.env").st_ino
    really = os.fdopen

    def opened(descriptor: int, *mode: Any, **more: Any) -> Any:
        return _Silent(really(descriptor, *mode, **more), os.fstat(descriptor).st_ino == inode)

    monkeypatch.setattr(project.os, "fdopen", opened)
    path = str(tmp_path / "web.env")
    assert facts_of(tmp_path)["files"][path]["problem"] == f"{path} cannot be read: it has no content yet"


class _Silent:
    """A stream; one that is silent gives nothing."""

    def __init__(self, stream: Any, silent: bool) -> None:
        self._stream, self._silent = stream, silent

    def __enter__(self) -> _Silent:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, count: int) -> Any:
        return None if self._silent else self._stream.read(count)
