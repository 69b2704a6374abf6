"""What a switch does when the service, or somebody else, does not do what it should; what it keeps and refuses."""

from __future__ import annotations

import errno
import os
import signal
import stat
import tempfile
import threading
from pathlib import Path

import pytest
from switching import NEW, OLD, Site, calls, clean_run, fail, kill

from parity_host.remedy import live_file, stopping, switch, switch_back, switch_journal
from parity_host.remedy.live_file import FileError

with tempfile.TemporaryDirectory() as name:
    EVERY = clean_run(Path(name))
FAILING = {
    "the proof fails": (("prove",), switch.REFUSED),
    "the service does not read": (("take before reading",), switch.RESTORED),
    "the service fails when it has read": (("take",), switch.RESTORED),
    "the running service is not well": (("verify",), switch.RESTORED),
}


@pytest.mark.parametrize("case", FAILING)
def test_the_service_fails(tmp_path: Path, case: str) -> None:
    fails, state = FAILING[case]
    site = Site(tmp_path, fails)
    outcome = site.switch()
    assert outcome.state == state
    assert any(f"{fails[0]} was made to fail" in said for said in outcome.said)
    assert (site.content(), site.service.runs_with(), site.metadata()) == (OLD, OLD, site.belongs)
    assert site.leftovers() == []


def test_a_service_that_does_not_come_back_is_said_to_be_broken_and_the_next_run_goes_on(tmp_path: Path) -> None:
    site = Site(tmp_path, ("verify", "back"))
    outcome = site.switch()
    assert outcome.state == switch.BROKEN
    assert "the service does not run as before: back was made to fail" in outcome.said
    assert site.content() == OLD
    assert site.service.runs_with() == NEW
    assert "the service was reloaded with the old files" in site.recover()
    assert site.service.runs_with() == OLD


@pytest.mark.parametrize("number", stopping.SIGNALS)
def test_a_signal_does_not_cut_off_what_is_put_back(tmp_path: Path, number: signal.Signals) -> None:
    site = Site(tmp_path, ("verify",))
    real = site.service.back

    def back(since: int) -> bool:
        os.kill(os.getpid(), number)
        return real(since)

    site.service.back = back  # type: ignore[method-assign]
    child = os.fork()
    if child == 0:
        stopping.by_exception()
        outcome = site.switch()
        os._exit(3 if (outcome.state, outcome.step) == (switch.RESTORED, "taking") else 0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
    assert (site.content(), site.service.runs_with(), site.leftovers()) == (OLD, OLD, [])


def test_a_signal_outside_of_a_switch_is_told_with_what_is_left(tmp_path: Path) -> None:
    by = SystemExit("it was stopped by SIGTERM")
    assert switch.stopped(by, [str(tmp_path)]) == (switch.RESTORED, [str(by), "nothing was changed"], "", (), "")
    (tmp_path / switch_journal.NAME).write_text("{}")
    told = switch.stopped(by, [str(tmp_path)])
    assert told.state == switch.BROKEN
    assert f"run the remedy again to complete the rollback (from {tmp_path}/{switch_journal.NAME})" in told.said[1]


@pytest.mark.parametrize("dies", [False, True])
def test_a_service_that_was_not_told_yet_is_left_as_it_runs(tmp_path: Path, dies: bool) -> None:
    """A Loki whose file was broken behind it runs well until it is restarted."""
    site = Site(tmp_path)
    earlier = site.service.memory / "main.conf"
    earlier.write_bytes(b"as it was read when the file was good")
    # The last rename is the journal's, when both files are in place.
    second = [at for at, name in enumerate(EVERY, 1) if name == "rename"][-2]
    if dies:
        child = os.fork()
        if child == 0:
            with calls(kill(second)):
                site.switch()
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        said = site.recover()
    else:
        with calls(fail(second, errno.EPERM, lasting=False)):
            said = site.switch().said
    assert site.content() == OLD
    assert said[-1] == "the service was not reloaded or restarted"
    assert earlier.read_bytes() == b"as it was read when the file was good"


def test_the_backup_is_the_very_file_and_the_second_run_changes_nothing(tmp_path: Path) -> None:
    site = Site(tmp_path)
    inode = (site.folder / "main.conf").stat().st_ino
    outcome = site.switch()
    backup = Path(outcome.backups[0])
    assert backup.name == ".main.conf.parity-20261124T083000Z.bak"
    assert backup.stat().st_ino == inode
    assert backup.read_bytes() == OLD["main.conf"]
    assert site.switch().state == switch.UNCHANGED
    assert len(site.leftovers()) == len(OLD)


def test_where_a_file_cannot_have_two_names_the_backup_is_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    site = Site(tmp_path)
    outcome = site.switch()
    assert outcome.state == switch.CHANGED
    kept = live_file.read(outcome.backups[0])
    assert (kept.content, kept.kept) == (OLD["main.conf"], site.belongs["main.conf"])


def test_a_file_that_was_changed_since_the_audit_is_refused(tmp_path: Path) -> None:
    site = Site(tmp_path)
    (site.folder / "main.conf").write_bytes(b"edited")
    outcome = site.switch()
    assert outcome.state == switch.REFUSED
    assert "changed since the audit" in outcome.said[0]
    assert (site.folder / "main.conf").read_bytes() == b"edited"


@pytest.mark.parametrize("how", ["written to", "replaced"])
def test_a_file_that_is_changed_while_the_new_one_is_proved_stays_as_it_was_left(tmp_path: Path, how: str) -> None:
    site = Site(tmp_path)
    path = site.folder / "main.conf"

    def edit() -> None:
        if how == "replaced":
            path.unlink()
        path.write_bytes(b"edited")

    site.service.prove = edit  # type: ignore[method-assign]
    outcome = site.switch()
    assert outcome.state == switch.RESTORED
    assert any("another process" in said for said in outcome.said)
    assert site.content() == {**OLD, "main.conf": b"edited"}
    assert site.leftovers() == []


def test_a_file_that_is_changed_while_the_service_takes_it_stays_and_the_old_one_is_kept(tmp_path: Path) -> None:
    site = Site(tmp_path)

    def edit() -> None:
        (site.folder / "main.conf").write_bytes(b"edited")
        raise switch.ServiceError("it fails")

    site.service.take = edit  # type: ignore[method-assign]
    outcome = site.switch()
    assert outcome.state == switch.BROKEN
    assert any("main.conf is another process's file, complete" in said for said in outcome.said)
    assert site.content() == {**OLD, "main.conf": b"edited"}
    assert (site.folder / ".main.conf.parity-20261124T083000Z.bak").read_bytes() == OLD["main.conf"]


def test_of_two_runs_at_once_the_second_refuses(tmp_path: Path) -> None:
    site = Site(tmp_path)
    inside, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        inside.set()
        assert go_on.wait(10)

    site.service.prove = wait  # type: ignore[method-assign]
    first: list[switch.SwitchOutcome] = []
    thread = threading.Thread(target=lambda: first.append(site.switch()))
    thread.start()
    assert inside.wait(10)
    with pytest.raises(FileError, match="another remedy is running"):
        site.switch()
    go_on.set()
    thread.join(10)
    assert first[0].state == switch.CHANGED


def test_a_file_with_two_names_is_refused(tmp_path: Path) -> None:
    site = Site(tmp_path)
    os.link(site.folder / "main.conf", tmp_path / "other")
    outcome = site.switch()
    assert outcome.state == switch.REFUSED
    assert "hard links" in outcome.said[0]


def test_a_link_or_a_pipe_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    site = Site(tmp_path)
    for make in (lambda path: path.symlink_to("/etc/hostname"), os.mkfifo):
        (site.folder / "main.conf").unlink()
        make(site.folder / "main.conf")
        assert site.switch().state == switch.REFUSED


@pytest.mark.parametrize("at", ["prove", "take"])
@pytest.mark.parametrize("which", ["conf.d", "."])
def test_a_folder_that_becomes_a_link_meanwhile_leads_nowhere(tmp_path: Path, at: str, which: str) -> None:
    """A container may swap a folder that it mounts for a link: the remedy, which is root, writes nothing there."""
    site = Site(tmp_path)
    other = Site(tmp_path / "elsewhere").folder
    aside = tmp_path / "aside"

    def swap() -> None:
        folder = site.folder / which
        folder.rename(aside)
        folder.symlink_to(other / which)
        if at == "take":
            raise switch.ServiceError("it fails")

    setattr(site.service, at, swap)
    before = touched(other)
    outcome = site.switch()
    assert outcome.state in (switch.REFUSED, switch.RESTORED, switch.BROKEN)
    assert "it is reached through a symbolic link" in "".join(outcome.said)
    assert touched(other) == before


def touched(folder: Path) -> dict[Path, tuple[int, ...]]:
    """Return what a change of anything below a folder changes: its looks, and not when somebody last looked."""
    return {path: (*path.lstat()[:7], path.lstat().st_mtime_ns, path.lstat().st_ctime_ns) for path in folder.rglob("*")}


@pytest.mark.parametrize("at", range(1, len(EVERY) + 1))
def test_a_folder_that_becomes_a_link_before_any_call_leads_nowhere(tmp_path: Path, at: int) -> None:
    site = Site(tmp_path)
    other = Site(tmp_path / "elsewhere").folder
    folder = site.folder / "conf.d"

    def swap(number: int, _: str) -> None:
        if number == at:
            folder.rename(tmp_path / "aside")
            folder.symlink_to(other / "conf.d")

    before = touched(other)
    with calls(swap):
        outcome = site.switch()
    # The very last calls come when all is done.
    assert outcome.state in (switch.REFUSED, switch.RESTORED, switch.BROKEN, switch.CHANGED)
    assert touched(other) == before


def test_a_device_in_the_place_of_a_file_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a watchdog starts it, and the host with it: root of a container may make one in what it mounts."""
    site = Site(tmp_path)
    path = site.folder / "main.conf"
    path.unlink()
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(10, 130))
    except PermissionError:
        os.mkfifo(path)
    opened: list[int] = []
    real = os.open

    def seen(name: str, flags: int, *more: int, **how: int) -> int:
        opened.append(flags) if not flags & (os.O_PATH | os.O_DIRECTORY) else None
        return real(name, flags, *more, **how)

    monkeypatch.setattr(os, "open", seen)
    assert site.switch().state == switch.REFUSED
    assert opened == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"schema": 2, "step": "taking", "started": "", "container": "", "entries": []}',
        '{"schema": 1, "step": "taking", "started": "", "container": "", "entries": [{"path": "/etc/passwd", '
        '"backup": "/tmp/x", "new": "/tmp/y", "before": "", "after": ""}]}',
        '{"schema": 1, "step": "taking", "started": "", "container": "", "entries": [{"path": "/etc/passwd", "backup": '
        '"/etc/.passwd.parity-1.bak", "new": "/etc/.passwd.parity-1.new", "before": "", "after": ""}]}',
    ],
)
def test_a_journal_that_somebody_else_wrote_moves_nothing(tmp_path: Path, text: str) -> None:
    site = Site(tmp_path)
    (site.folder / switch_journal.NAME).write_text(text)
    with pytest.raises(FileError):
        site.recover()
    assert site.content() == OLD


def test_who_may_not_write_is_told_the_way_out():
    said = switch_back.why(PermissionError(13, "Permission denied", "app.env"))
    assert said == "Permission denied (app.env); set ansible_become if Ansible's user lacks permission"
    assert "ansible_become" not in switch_back.why(OSError(28, "No space left on device"))
