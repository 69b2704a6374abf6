"""Files of secrets: of what is in them, only a digest under the run's key leaves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from parity_host.gather import project
from parity_host.secrets.redact import Redactor

COMPOSE = "services: {db: {image: example/db:1, secrets: [pw]}}\nsecrets: {pw: {file: ./pw.txt}}\n"


def _facts(folder: Path, key: bytes, content: str | None) -> dict[str, Any]:
    folder.mkdir()
    (folder / "compose.yml").write_text(COMPOSE)
    if content is not None:
        (folder / "pw.txt").write_text(content)
    wanted = project.Wanted(str(folder), [], [], "")
    return project.ProjectReader(wanted, Redactor(key)).gather()


def test_equal_files_of_one_run_have_equal_digests(tmp_path: Path) -> None:
    keys = {"one": b"k" * 48, "two": b"k" * 48, "other": b"o" * 48}
    facts = {name: _facts(tmp_path / name, key, "orchard-gate-7\n") for name, key in keys.items()}
    found = {name: one["digests"][str(tmp_path / name / "pw.txt")] for name, one in facts.items()}
    assert found["one"] == found["two"] != found["other"]
    assert "orchard" not in json.dumps(facts)


@pytest.mark.parametrize("content", [None, "", " \n"], ids=["missing", "empty", "blank"])
def test_a_file_without_content_has_none(tmp_path: Path, content: str | None) -> None:
    assert _facts(tmp_path / "one", b"k" * 48, content)["digests"] == {}
