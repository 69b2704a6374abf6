"""Remedies on a real engine and real containers: what fails, and what is there afterwards."""

from __future__ import annotations

import contextlib
import datetime
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parity.programs.loki.migrate.migrate import migrate as migrate_loki
from parity_host.engine import trial_container
from parity_host.engine.change import ChangingEngine
from parity_host.engine.client import EngineUnavailableError
from parity_host.remedy import live_file, remedy

KEY = "the key of this test"
PATH = "/etc/loki/config.yaml"
OLD = """# The password of the lab is Tr0ub4dor-and-3
auth_enabled: false
server:
  http_listen_port: 3100
ingester:
  max_transfer_retries: 0
schema_config:
  configs:
    - {from: 2023-01-01, store: boltdb-shipper, object_store: filesystem, schema: v11, index: {prefix: index_, period: 24h}}
common:
  path_prefix: /loki
"""
VERSION = "3.4.3"


def docker(*words: str) -> str:
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=True).stdout.strip()


class Stack:
    """One Loki (a stand-in) whose configuration is mounted from `folder`, alone or with its folder."""

    def __init__(self, image: str, folder: Path, mount: str) -> None:
        self.folder, self.file = folder, folder / "config.yaml"
        folder.mkdir(exist_ok=True)
        self.file.write_text(OLD)
        self.file.chmod(0o640)
        source, at = (self.file, PATH) if mount == "file" else (folder, "/etc/loki")
        command = ["--entrypoint", "python3", image, "/opt/lab/standin.py", "loki", PATH]
        self.id = docker("run", "-d", "--init", "--restart=unless-stopped", "-v", f"{source}:{at}:ro", *command)
        self.before = live_file.read(str(self.file))

    def planned(self) -> tuple[str, str]:
        """Return the file's fingerprint and the sealed text of its migration, as the controller makes it."""
        found = remedy.read(self.asked([{"path": PATH}]), KEY, {})["files"][PATH]
        return found["digest"], migrate_loki(found["sealed"], VERSION, datetime.date(2026, 11, 24)).text

    def asked(self, files: list[dict[str, Any]], seconds: float = 20.0) -> remedy.RemedyOptions:
        return remedy.RemedyOptions("loki", self.id, "", files, True, True, seconds)

    def repair(self, more: str = "", check: bool = False) -> dict[str, Any]:
        digest, text = self.planned()
        return self.apply(digest, text + more, check)

    def apply(self, digest: str, text: str, check: bool = False) -> dict[str, Any]:
        return remedy.repair(self.asked([{"path": PATH, "digest": digest, "sealed": text}]), KEY, {}, check)

    def state(self) -> str:
        return docker("inspect", "-f", "{{.State.Status}}", self.id)

    def is_as_it_was(self) -> bool:
        return live_file.read(str(self.file)) == self.before and self.leftovers() == []

    def leftovers(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if ".parity-" in path.name)

    def trials(self) -> str:
        return docker("ps", "-aq", "--filter", f"label={trial_container.LABEL}={self.id}")


@pytest.fixture(params=["file", "folder"])
def stack(lab_image: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stack]:
    made = Stack(lab_image, tmp_path / "loki", request.param)
    yield made
    assert made.trials() == ""
    docker("rm", "-fv", made.id)


def test_it_is_repaired_and_runs_and_the_second_time_nothing_changes(stack: Stack) -> None:
    assert stack.repair(check=True)["state"] == "changed"
    assert stack.is_as_it_was()
    done = stack.repair()
    assert done["state"] == "changed", done
    assert stack.state() == "running"
    assert "max_transfer_retries" not in stack.file.read_text()
    assert "Tr0ub4dor-and-3" in stack.file.read_text()
    assert "Tr0ub4dor-and-3" not in str(done)
    assert live_file.read(str(stack.file)).kept == stack.before.kept
    assert Path(done["backups"][0]).read_text() == OLD
    assert docker("exec", stack.id, "cat", PATH) == stack.file.read_text().strip()
    started = docker("inspect", "-f", "{{.State.StartedAt}}", stack.id)
    assert stack.repair()["state"] == "unchanged"
    assert docker("inspect", "-f", "{{.State.StartedAt}}", stack.id) == started


def test_loki_itself_refuses_the_file(stack: Stack) -> None:
    digest, _ = stack.planned()
    done = stack.apply(digest, OLD.split("\n", 1)[1] + "compactor:\n  shared_store: s3\n")
    assert done["state"] == "refused"
    assert "field shared_store not found in type compactor.Config" in done["said"][0]
    assert stack.is_as_it_was()


def test_a_file_that_verifies_and_does_not_start_is_put_back(stack: Stack) -> None:
    done = stack.repair(more="target: bogus\n")
    assert done["state"] == "restored", done
    assert "no such module: bogus" in done["said"][0]
    assert stack.is_as_it_was()


def test_the_engine_does_not_restart_it(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    real = ChangingEngine.ask
    broken = ["once"]

    def ask(self: ChangingEngine, method: str, path: str, *rest: Any, **named: Any) -> Any:
        if path.endswith("/restart") and broken:
            broken.pop()
            raise EngineUnavailableError("the engine was made to fail")
        return real(self, method, path, *rest, **named)

    monkeypatch.setattr(ChangingEngine, "ask", ask)
    done = stack.repair()
    assert done["state"] == "restored", done
    assert "could not be restarted: the engine was made to fail" in done["said"][0]
    assert stack.is_as_it_was()


def test_it_is_killed_between_backup_and_switch_and_the_next_run_puts_all_back(stack: Stack) -> None:
    digest, text = stack.planned()
    child = os.fork()
    if child == 0:
        real = os.rename

        def rename(source: str, target: str, **how: int) -> None:
            if target == stack.file.name:
                os.kill(os.getpid(), signal.SIGKILL)
            real(source, target, **how)

        os.rename = rename  # type: ignore[assignment]
        stack.apply(digest, text)
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    assert stack.file.read_text() == OLD
    assert len(stack.leftovers()) == 3  # the backup, the new file, the journal
    read = remedy.read(stack.asked([{"path": PATH}]), KEY, {})
    assert "was interrupted at the step 'switching'" in read["unfinished"][0]
    done = remedy.repair(stack.asked([{"path": PATH}]), KEY, {}, check=False)
    assert done["state"] == "changed", done
    assert stack.is_as_it_was()
    assert stack.repair()["state"] == "changed"


def test_it_is_killed_before_the_restart_and_the_next_run_puts_all_back(stack: Stack) -> None:
    digest, text = stack.planned()
    child = os.fork()
    if child == 0:
        from parity_host.remedy.loki import LokiService

        LokiService.take = lambda _: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
        stack.apply(digest, text)
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    assert "max_transfer_retries" not in stack.file.read_text()
    # The engine restarts it later each time: on a busy machine it is up again after more than the usual 20 s.
    done = remedy.repair(stack.asked([{"path": PATH}], seconds=60.0), KEY, {}, check=False)
    assert any("was restored byte for byte" in said for said in done["said"]), done
    assert stack.is_as_it_was()


def test_of_two_runs_at_once_one_refuses(stack: Stack) -> None:
    digest, text = stack.planned()
    outcomes: list[dict[str, Any]] = []
    threads = [threading.Thread(target=lambda: outcomes.append(stack.apply(digest, text))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done["state"] for done in outcomes) == ["changed", "refused"]
    assert stack.state() == "running"


def test_the_file_was_changed_since_it_was_audited(stack: Stack) -> None:
    digest, text = stack.planned()
    stack.file.write_text(OLD + "# edited\n")
    done = stack.apply(digest, text)
    assert done["state"] == "refused"
    assert "changed since the audit" in done["said"][0]
    assert stack.file.read_text() == OLD + "# edited\n"


def test_a_loki_that_somebody_stopped_is_repaired_and_stays_stopped(lab_image: str, tmp_path: Path) -> None:
    stack = Stack(lab_image, tmp_path / "loki", "file")
    try:
        stack.file.write_text(OLD.replace("  max_transfer_retries: 0\n", "  max_chunk_age: 1h\n"))
        docker("restart", "-t", "1", stack.id)
        time.sleep(1)
        docker("stop", "-t", "1", stack.id)
        stack.file.write_text(OLD)
        assert stack.repair()["state"] == "changed"
        assert stack.state() == "exited"
    finally:
        docker("rm", "-fv", stack.id)


def test_the_container_is_gone(lab_image: str, tmp_path: Path) -> None:
    stack = Stack(lab_image, tmp_path / "loki", "file")
    digest, text = stack.planned()
    docker("rm", "-fv", stack.id)
    done = stack.apply(digest, text)
    assert done["state"] == "refused"
    assert "is gone" in done["said"][0]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for a few pages; only root may mount one."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    at = tmp_path / "disk"
    at.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(at)], check=True)
    yield at
    subprocess.run(["umount", "-l", str(at)], check=True)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as ballast, contextlib.suppress(OSError):
        while True:
            ballast.write(b"0" * 4096)


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_the_disk_takes_nothing(lab_image: str, small_disk: Path, fault: str) -> None:
    stack = Stack(lab_image, small_disk / "loki", "folder")
    try:
        digest, text = stack.planned()
        if fault == "full":
            fill(small_disk / "ballast")
        else:
            subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
        done = stack.apply(digest, text)
        assert done["state"] in ("refused", "restored"), done
        assert ("No space left" if fault == "full" else "Read-only") in " ".join(done["said"])
        assert stack.is_as_it_was()
    finally:
        docker("rm", "-fv", stack.id)


def test_a_user_without_permission_touches_nothing(stack: Stack) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    digest, text = stack.planned()
    stack.file.chmod(0o644)
    before = live_file.read(str(stack.file))
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        groups = [os.stat("/var/run/docker.sock").st_gid]
        for folder in (stack.folder, *stack.folder.parents[:3]):  # pytest keeps its folders from others
            folder.chmod(folder.stat().st_mode | 0o055)
        os.setgroups(groups)
        os.setgid(65534)
        os.setuid(65534)
        done = stack.apply(digest, text)
        os.write(write, f"{done['state']}: {' '.join(done['said'])}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    said = os.read(read, 4096).decode()
    assert said.startswith(("refused", "restored"))
    assert "Permission denied" in said
    assert live_file.read(str(stack.file)) == before
    assert stack.leftovers() == []
