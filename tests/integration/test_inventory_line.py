"""Environments named on the command line, without an inventory file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

COMPOSE = "services:\n  api:\n    image: app:1\n    environment: {API_LEVEL: '%d'}\n"
SNAPSHOTS = ROOT / "inventory" / "demo" / "snapshots"


def audited(folder: Path, *inventories: str) -> subprocess.CompletedProcess[str]:
    arguments = [part for one in inventories for part in ("-i", one)]
    return subprocess.run(
        [
            str(Path(sys.executable).with_name("ansible-playbook")),
            *arguments,
            str(ROOT / "audit.yml"),
            *("-e", f"parity_reports_dir={folder / 'reports'}", "-e", "parity_fail_on=never"),
        ],
        cwd=folder,
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def ids(folder: Path) -> list[str]:
    data = json.loads((folder / "reports" / "latest" / "findings.json").read_text())
    return [one["id"] for one in data["findings"] if one["status"] == "open"]


def test_compose_files_of_one_checkout_with_the_policy_of_the_current_folder(tmp_path):
    for number, name in enumerate(("dev", "prod")):
        (tmp_path / f"{name}.yml").write_text(COMPOSE % number)
    run = audited(tmp_path, "dev=./dev.yml,prod=./prod.yml")
    assert run.returncode == 0, run.stdout + run.stderr
    assert ids(tmp_path) == ["environment.differs/API_LEVEL@dev+prod"]
    (tmp_path / "policy.yml").write_text(
        "expected:\n  - {rules: [environment.differs], items: [API_LEVEL], why: It is meant.}\n"
    )
    run = audited(tmp_path, "dev=./dev.yml,prod=./prod.yml")
    assert run.returncode == 0, run.stdout + run.stderr
    assert ids(tmp_path) == []


def test_two_sources_without_a_comma_and_a_snapshot_of_another_environment(tmp_path):
    run = audited(tmp_path, f"last={SNAPSHOTS / 'dev.json'}", f"prod={SNAPSHOTS / 'prod.json'}")
    assert run.returncode == 0, run.stdout + run.stderr
    data = json.loads((tmp_path / "reports" / "latest" / "findings.json").read_text())
    assert [one["name"] for one in data["environments"]] == ["last", "prod"]
    assert any(one.endswith("@last+prod") for one in ids(tmp_path))


def test_the_wrong_part_is_named_and_nothing_is_gathered(tmp_path):
    run = audited(tmp_path, "dev=./none,prod=local")
    assert run.returncode == 2
    assert f"Inventory: dev=./none: {tmp_path / 'none'} does not exist on this machine." in " ".join(run.stdout.split())
    assert "Gather" not in run.stdout.partition("TASK [Check the inventory")[2]
