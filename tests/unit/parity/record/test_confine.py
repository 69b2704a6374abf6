"""A program that is confined reads its folder and itself, and what it uses has an end."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from parity.record import confine

PYTHON = str(Path(sys.executable).resolve())


def confined(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    runner = [sys.executable, "-I", "-S", confine.__file__, str(folder), *command]
    return subprocess.run(runner, capture_output=True, text=True, check=False, env={}, cwd=folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    below = tmp_path / "folder"
    below.mkdir()
    (below / "mine").write_text("mine")
    (tmp_path / "other").write_text("other")
    return below


def test_it_reads_its_folder_and_nothing_else(folder: Path):
    assert confined(folder, "/bin/cat", "mine").stdout == "mine"
    assert confined(folder, "/bin/cat", "../other").stderr.endswith("Permission denied\n")
    assert confined(folder, "/bin/cat", "/etc/hostname").stdout == ""
    assert confined(folder, "/bin/ls", "/").stdout == ""


def test_it_follows_no_link_out_of_its_folder(folder: Path):
    (folder / "link").symlink_to(folder.parent / "other")
    assert confined(folder, "/bin/cat", "link").stdout == ""


def test_it_writes_nothing(folder: Path):
    confined(folder, "/bin/cp", "mine", "copy")
    assert sorted(path.name for path in folder.iterdir()) == ["mine"]


def test_it_runs_no_other_program(folder: Path):
    assert "Permission denied" in confined(folder, "/bin/sh", "-c", "/bin/cat mine").stderr


def test_it_connects_to_nobody(folder: Path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        said = confined(folder, "/bin/bash", "-c", f"echo > /dev/tcp/127.0.0.1/{server.getsockname()[1]}")
    assert "Permission denied" in said.stderr


def test_a_program_that_is_not_there_is_a_sentence(folder: Path):
    said = confined(folder, "/nowhere/docker-compose")
    assert said.returncode == 1
    assert said.stderr == (
        "docker-compose cannot be run: No such file or directory. Recreate the virtual environment with `make setup`.\n"
    )


@pytest.mark.parametrize("system", ["an older kernel", "macOS"])
def test_elsewhere_the_limits_remain(system: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    class OldKernel:
        def syscall(self, *_: object) -> int:
            return -1

    monkeypatch.setattr(sys, "platform", "darwin" if system == "macOS" else "linux")
    monkeypatch.setattr(confine.ctypes, "CDLL", lambda *_, **__: OldKernel())
    assert confine.confine(str(tmp_path), PYTHON) is False
