"""The live lab, audited as a user would."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(1500)
def test_the_live_lab_shows_every_planted_fault_and_none_that_is_not_there(engine, audit):
    up = subprocess.run([sys.executable, "lab/lab.py", "up"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert up.returncode == 0, up.stdout[-3000:]
    try:
        run = audit(ROOT / "inventory/lab")
        listed = yaml.safe_load((ROOT / "lab/faults.yml").read_text())
        planted = {fault["finding"] for fault in listed["faults"]}
        of_the_machine = {fault["finding"] for fault in listed["of_the_machine"]}
        found = {finding["id"] for finding in run.findings["findings"]}
        assert run.findings["unseen"] == []
        assert planted - found == set()
        assert set(run.open) - planted - of_the_machine == set()
        assert run.rc != 0
    finally:
        subprocess.run([sys.executable, "lab/lab.py", "down"], cwd=ROOT, check=True, capture_output=True)
