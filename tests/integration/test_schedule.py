"""The audit on a schedule: what is installed, and what it runs, run once for real."""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "inventory/demo"


def schedule(folder: Path, by: str, **variables: str) -> subprocess.CompletedProcess[str]:
    settings = {
        "parity_schedule_by": by,
        "parity_schedule_inventory": str(DEMO),
        "parity_schedule_folder": str(folder / "kept"),
        "parity_schedule_systemd_folder": str(folder),
        "parity_schedule_cron_folder": str(folder),
        "parity_schedule_user": getpass.getuser(),
        "parity_schedule_keep": "2",
        **variables,
    }
    program = Path(sys.executable).parent / "ansible-playbook"
    return subprocess.run(
        [program, "playbooks/schedule.yml", "-e", json.dumps(settings)],
        cwd=ROOT,
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def run_entry(path: Path) -> int:
    """Run the command of cron's entry as cron does: with the variables above it, and nothing else."""
    *head, last = path.read_text().splitlines()
    environment = dict(line.split("=", 1) for line in head if not line.startswith("#"))
    command = last.split(" ", 6)[6]
    done = subprocess.run(
        [environment["SHELL"], "-c", command], env={"HOME": os.environ["HOME"], **environment}, check=False
    )
    return done.returncode


def test_an_entry_of_cron_is_made_once_and_taken_away(tmp_path):
    done = schedule(tmp_path, "cron")
    assert done.returncode == 0, done.stdout
    assert "changed=0" in schedule(tmp_path, "cron").stdout
    entry = tmp_path / "parity"
    text = entry.read_text()
    assert schedule(tmp_path, "cron", parity_schedule_state="absent").returncode == 0
    assert not entry.is_file()
    assert text.splitlines()[-1].startswith(f"17 6 * * * {getpass.getuser()} cd {ROOT} && flock -n ")
    assert (tmp_path / "kept").is_dir()  # what was kept stays


def test_what_is_scheduled_runs_and_keeps_what_it_was_told_to(tmp_path):
    assert schedule(tmp_path, "cron").returncode == 0
    folder, entry = tmp_path / "kept", tmp_path / "parity"
    assert [run_entry(entry) for _ in range(3)] == [0, 0, 0]
    runs = sorted((folder / "artifacts").iterdir())
    assert len(runs) == 2
    assert {(run / "rc").read_text().strip() for run in runs} == {"0"}
    assert "Parity: dev and prod:" in (runs[0] / "stdout").read_text()
    assert "\x1b" not in (runs[0] / "stdout").read_text()
    reports = sorted(path.name for path in (folder / "reports").iterdir() if path.name.startswith("20"))
    assert len(reports) == 2
    assert (folder / "reports/latest").resolve().name == reports[-1]
    assert (folder / "reports/latest/report.html").is_file()
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert run_entry(entry) == 1  # one is at work
    assert len(list((folder / "artifacts").iterdir())) == 2


def test_systemd_is_given_units_that_it_takes(tmp_path):
    done = schedule(tmp_path, "systemd", parity_schedule_calendar="Mon..Fri 06:00", parity_schedule_user="root")
    assert done.returncode == 0, done.stdout
    service, timer = (tmp_path / "parity.service").read_text(), (tmp_path / "parity.timer").read_text()
    assert f"--project-dir {ROOT} --playbook audit.yml --inventory {DEMO} --rotate-artifacts 2" in service
    assert "OnCalendar=Mon..Fri 06:00\n" in timer
    if shutil.which("systemd-analyze"):
        units = [str(tmp_path / "parity.service"), str(tmp_path / "parity.timer")]
        told = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
        assert [line for line in told.stderr.splitlines() if "parity." in line] == []
    assert schedule(tmp_path, "systemd", parity_schedule_state="absent").returncode == 0
    assert not (tmp_path / "parity.service").exists()
    assert not (tmp_path / "parity.timer").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("parity_schedule_inventory", "inventory/demo"),
        ("parity_schedule_inventory", "/no/such/inventory"),
        ("parity_schedule_folder", "/tmp/x;id"),  # noqa: S108 - refused
        ("parity_schedule_vault_password_file", "/root/%pass"),
    ],
)
def test_what_cannot_be_scheduled_is_told_and_nothing_is_written(tmp_path, name, value):
    done = schedule(tmp_path, "cron", **{name: value})
    assert done.returncode != 0
    assert "parity_schedule_inventory must be the absolute path" in done.stdout
    assert value in done.stdout
    assert list(tmp_path.iterdir()) == []
