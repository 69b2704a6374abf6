"""Inventories that are no file with hosts: one in a line, and one that is asked of an engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

COMPOSE = "services:\n  api:\n    image: app:1\n    restart: always\n    environment: {API_LEVEL: '%d'}\n"
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


def docker(*words: str) -> str:
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=True, timeout=60).stdout.strip()


@pytest.fixture
def projects(lab_image: str) -> Iterator[list[str]]:
    """Names of two Compose projects of which a container exists."""
    tag = f"inventory{os.getpid()}"
    names = [f"{tag}_dev", f"{tag}_prod"]
    labels = [[f"com.docker.compose.project={name}", "com.docker.compose.service=nginx"] for name in names]
    made = [docker("create", *(f"--label={label}" for label in ones), lab_image, "true") for ones in labels]
    yield names
    docker("rm", *made)


def test_the_documented_inventory_of_an_engine_finds_its_stacks(projects, tmp_path):
    documented = (ROOT / "docs/inventory.md").read_text().partition("```yaml\n")[2].partition("```")[0]
    (tmp_path / "engine.docker.yml").write_text(documented)
    done = subprocess.run(
        [str(Path(sys.executable).with_name("ansible-inventory")), "-i", str(tmp_path), "--list"],
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg")},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    listed = json.loads(done.stdout)
    found = {
        (group, next(iter(variables["parity_project"].values())))
        for group in ("dev", "prod")
        for name, variables in listed["_meta"]["hostvars"].items()
        if name in listed[group]["hosts"]
    }
    assert {("dev", projects[0]), ("prod", projects[1])} <= found
    assert "docker_config" not in done.stdout
