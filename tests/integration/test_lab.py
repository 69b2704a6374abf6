"""The live lab, audited as a user would."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


def lab(*words: str) -> None:
    done = subprocess.run([sys.executable, "lab/lab.py", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.fixture
def cleared(engine: None) -> Iterator[None]:
    """A machine on which the lab is not up, before and after."""
    lab("down")
    yield
    lab("down")


@pytest.mark.timeout(1500)
def test_the_repaired_lab_has_nothing_of_medium_severity_or_above(cleared, audit):
    lab("up", "--repaired")
    run = audit(ROOT / "inventory/lab")
    assert run.findings["unseen"] == []
    assert {name: severity for name, severity in run.open.items() if severity not in ("low", "info")} == {}
    assert run.rc == 0, run.output[-2000:]


@pytest.mark.timeout(1500)
def test_the_live_lab_shows_every_planted_fault_and_none_that_is_not_there(cleared, audit):
    lab("up")
    run = audit(ROOT / "inventory/lab")
    listed = yaml.safe_load((ROOT / "lab/faults.yml").read_text())
    planted = {fault["finding"] for fault in listed["faults"]}
    of_the_machine = {fault["finding"] for fault in listed["of_the_machine"]}
    found = {finding["id"] for finding in run.findings["findings"]}
    open_ones = {finding["id"]: finding for finding in run.findings["findings"] if finding["id"] in run.open}
    assert run.findings["unseen"] == []
    assert planted - found == set()
    assert {name: one for name, one in open_ones.items() if name not in planted | of_the_machine} == {}
    assert run.rc != 0
