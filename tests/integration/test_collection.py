"""The collection, built, installed into an empty folder, and used by its full names."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

PROGRAMS = Path(sys.executable).parent
DEMO = ROOT / "inventory/demo/snapshots"
ENABLED = {
    "ANSIBLE_INVENTORY_ENABLED": "compose.parity.parity_hosts,host_list,auto,yaml,ini",
    "ANSIBLE_CALLBACKS_ENABLED": "compose.parity.parity_summary,compose.parity.parity_progress",
}


def run(folder: Path, program: str, *arguments: str, code: int = 0) -> str:
    """Run a program of Ansible in an empty folder, with the installed collection and nothing of the checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE", "PYTHONPATH"))}
    env = {**kept, **ENABLED, "ANSIBLE_COLLECTIONS_PATH": str(folder / "installed"), "ANSIBLE_NOCOLOR": "1"}
    (folder / "empty").mkdir(exist_ok=True)
    command = [str(PROGRAMS / program), *arguments]
    done = subprocess.run(
        command, cwd=folder / "empty", env=env, capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("collection")
    build = [sys.executable, str(ROOT / "collection/build.py"), str(folder)]
    subprocess.run(build, capture_output=True, text=True, check=True, timeout=120)
    (built,) = folder.glob("compose-parity-*.tar.gz")
    run(folder, "ansible-galaxy", "collection", "install", str(built), "-p", str(folder / "installed"))
    return folder


@pytest.fixture
def installed(collection: Path) -> Path:
    return collection / "installed/ansible_collections/compose/parity"


def open_ids(folder: Path) -> set[str]:
    data = json.loads((folder / "empty/reports/latest/findings.json").read_text())
    return {one["id"] for one in data["findings"] if one["status"] == "open"}


def test_files_are_audited_and_explained(collection: Path) -> None:
    for number, name in enumerate(("dev", "prod")):
        compose = f"services: {{api: {{image: 'app:1', environment: {{API_LEVEL: '{number}'}}}}}}\n"
        (collection / f"{name}.yml").write_text(compose)
    said = run(collection, "ansible-playbook", "-i", "dev=../dev.yml,prod=../prod.yml", "compose.parity.audit")
    assert "environment.differs/API_LEVEL@dev+prod" in open_ids(collection)
    assert "Report: reports/" in said
    said = run(
        collection,
        "ansible-playbook",
        "compose.parity.explain",
        "-e",
        "parity_explain=fault:environment.differs/API_LEVEL",
    )
    assert "API_LEVEL" in said


def test_the_demos_snapshots_show_what_was_planted(collection: Path) -> None:
    line = f"dev={DEMO}/dev.json,prod={DEMO}/prod.json"
    run(collection, "ansible-playbook", "-i", line, "compose.parity.audit", "-e", "parity_fail_on=never")
    planted = {one["finding"] for one in yaml.safe_load((ROOT / "lab/faults.yml").read_text())["faults"]}
    found = json.loads((collection / "empty/reports/latest/findings.json").read_text())["findings"]
    assert planted <= {one["id"] for one in found}


def test_a_remedy_says_that_a_recording_cannot_be_repaired(collection: Path) -> None:
    line = f"dev={DEMO}/dev.json,prod={DEMO}/prod.json"
    said = run(collection, "ansible-playbook", "-i", line, "compose.parity.remediate", "--tags", "nginx", code=2)
    assert "which cannot be repaired" in " ".join(said.split())


@pytest.mark.parametrize("name", ["audit_explain", "nginx_check", "loki_migrate"])
def test_filters_are_documented_by_their_full_names(collection: Path, name: str) -> None:
    assert f"compose.parity.{name}" in run(collection, "ansible-doc", "-t", "filter", f"compose.parity.{name}")


def test_modules_and_plugins_are_documented_by_their_full_names(collection: Path) -> None:
    listed = run(collection, "ansible-doc", "--list", "compose.parity", "--json")
    assert set(json.loads(listed)) == {f"compose.parity.{path.stem}" for path in (ROOT / "library").glob("*.py")}
    run(collection, "ansible-doc", "-t", "module", "compose.parity.parity_stack_info")
    run(collection, "ansible-doc", "-t", "inventory", "compose.parity.parity_hosts")


def test_no_short_name_is_left(installed: Path) -> None:
    filters = "|".join(path.stem for path in (ROOT / "filter_plugins").glob("*.yml"))
    modules = "|".join(path.stem for path in (ROOT / "library").glob("*.py"))
    short = re.compile(rf"(?m)(?:\| *|\(|')(?:{filters})\b|^ +(?:{modules}):(?: [&*]\w+)?$")
    loaded = [*installed.glob("playbooks/**/*.yml"), *installed.glob("roles/*/[tv]a*/*.yml")]
    assert len(loaded) > 20
    assert {str(path): found for path in loaded if (found := short.findall(path.read_text()))} == {}


def test_the_version_is_that_of_the_project() -> None:
    galaxy = yaml.safe_load((ROOT / "collection/metadata.yml").read_text())
    assert f'version = "{galaxy["version"]}"' in (ROOT / "pyproject.toml").read_text()
    assert f"compose-parity-{galaxy['version']}.tar.gz" in (ROOT / "collection/README.md").read_text()
