"""The audit on another machine through `ansible-runner`: what is sent, run and sent back goes through a pipe on loopback."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

PROGRAMS = Path(sys.executable).parent
# What `audit.yml` needs is the tracked tree; these are the rest, or nothing that runs there.
LEFT = shutil.ignore_patterns(".*", "reports", "snapshots-*", "tests", "__pycache__", "run")


def audited(folder: Path, inventory: str = "") -> tuple[int, Path]:
    """Run the audit through transmit, worker and process; return the worker's exit code and the report sent back."""
    here, there = folder / "here", folder / "there"
    there.mkdir()
    given = [f"-i {inventory}"] if inventory else []
    words = " ".join([*given, "-e parity_reports_dir=../artifacts/audit/reports"])
    runner = shlex.quote(str(PROGRAMS / "ansible-runner"))
    command = (
        f"{runner} transmit here -p audit.yml --ident audit --cmdline={shlex.quote(words)} | "
        f"{runner} worker --private-data-dir there | {runner} process here --ident audit"
    )
    env = {name: value for name, value in os.environ.items() if name != "ANSIBLE_CONFIG"}
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        env={**env, "PATH": f"{PROGRAMS}:{env['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert (here / "artifacts/audit/rc").exists(), done.stdout + done.stderr
    return int((here / "artifacts/audit/rc").read_text()), here / "artifacts/audit/reports/latest"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT, tmp_path / "here/project", ignore=LEFT, symlinks=True)
    return tmp_path / "here/project"


def test_the_demo_on_another_machine(project: Path, tmp_path: Path) -> None:
    code, report = audited(tmp_path)
    assert code == 0
    data = json.loads((report / "findings.json").read_text())
    planted = {one["finding"] for one in yaml.safe_load((ROOT / "lab/faults.yml").read_text())["faults"]}
    assert planted <= {one["id"] for one in data["findings"]}


def test_files_that_are_sent_along(project: Path, tmp_path: Path) -> None:
    (project / "shop").mkdir()
    for number, name in enumerate(("dev", "prod")):
        compose = f"services: {{api: {{image: 'app:1', environment: {{API_LEVEL: '{number}'}}}}}}\n"
        (project / f"shop/{name}.yml").write_text(compose)
    _, report = audited(tmp_path, "dev=./shop/dev.yml,prod=./shop/prod.yml")
    found = {one["id"] for one in json.loads((report / "findings.json").read_text())["findings"]}
    assert "environment.differs/API_LEVEL@dev+prod" in found
