"""Playbooks run through ansible-runner, each in a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ansible_runner
import pytest
from nginx_containers import Nginx

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Run:
    """What one run of audit.yml left behind."""

    rc: int
    output: str
    folder: Path

    @property
    def report(self) -> Path:
        return self.folder / "reports" / "latest"

    @property
    def findings(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads((self.report / "findings.json").read_text())
        return data

    @property
    def open(self) -> dict[str, str]:
        return {f["id"]: f["severity"] for f in self.findings["findings"] if f["status"] == "open"}


@pytest.fixture
def audit(tmp_path: Path) -> Callable[..., Run]:
    def run(
        inventory: Path, *arguments: str, extra: dict[str, Any] | None = None, env: dict[str, str] | None = None
    ) -> Run:
        variables = {"parity_reports_dir": str(tmp_path / "reports"), **(extra or {})}
        (tmp_path / "runner").mkdir(exist_ok=True)
        result = ansible_runner.run(
            private_data_dir=str(tmp_path / "runner"),
            project_dir=str(ROOT),
            playbook=str(ROOT / "audit.yml"),
            inventory=str(inventory),
            extravars=variables,
            cmdline=" ".join(arguments) or None,
            envvars={"ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1", **(env or {})},
            quiet=True,
        )
        return Run(int(result.rc), result.stdout.read(), tmp_path)

    return run


def engine_answers() -> bool:
    done = subprocess.run(
        ["docker", "info", "--format", "{{.ServerVersion}}"], capture_output=True, check=False, timeout=30
    )
    return done.returncode == 0


@pytest.fixture(scope="session")
def engine() -> None:
    """A Docker Engine; without one the test is skipped, unless PARITY_REQUIRE_ENGINE says that it must run."""
    if not engine_answers():
        if os.environ.get("PARITY_REQUIRE_ENGINE"):
            pytest.fail("no Docker Engine answers, and PARITY_REQUIRE_ENGINE is set")
        pytest.skip("no Docker Engine answers: the live lab was not audited")


@pytest.fixture(scope="session")
def lab_image(engine: None) -> str:
    """The name of the lab's image, built if it is not there."""
    made = subprocess.run([sys.executable, "lab/lab.py", "image"], cwd=ROOT, capture_output=True, text=True, check=True)
    return made.stdout.split()[-1]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium; without one the test is skipped, unless PARITY_REQUIRE_ENGINE says that it must run."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("PARITY_REQUIRE_ENGINE"):
            pytest.fail("no Chromium is installed, and PARITY_REQUIRE_ENGINE is set")
        pytest.skip("no Chromium is installed: the HTML report was not looked at (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        chromium = playwright.chromium.launch(executable_path=program, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def nginx(lab_image: str, tmp_path: Path) -> Iterator[Nginx]:
    """An nginx of the lab's image in a container; none of its copies is left."""
    made = Nginx(lab_image, tmp_path / "nginx")
    yield made
    left = made.copies()
    made.close()
    assert left == []
