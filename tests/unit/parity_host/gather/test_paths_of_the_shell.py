"""Paths that begin with the folder in which Compose is run, as its shell calls it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parity_host.gather import project
from parity_host.secrets.redact import Redactor


def _paths(folder: Path, source: str, env: str = "") -> dict[str, Any]:
    (folder / "compose.yml").write_text(f"services: {{a: {{image: e/a:1, volumes: ['{source}:/x']}}}}\n")
    (folder / ".env").write_text(env)
    wanted = project.Wanted(str(folder), [], [], "")
    found: dict[str, Any] = project.ProjectReader(wanted, Redactor(b"k" * 48)).gather()["paths"]
    return found


@pytest.mark.parametrize("source", ["${PWD}/app.conf", "$PWD/app.conf", "${PWD:-.}/app.conf", "./app.conf"])
def test_pwd_is_the_projects_folder(tmp_path: Path, source: str) -> None:
    assert _paths(tmp_path, source) == {str(tmp_path / "app.conf"): "missing"}


def test_the_shell_counts_before_an_env_file(tmp_path: Path) -> None:
    assert _paths(tmp_path, "${PWD}/app.conf", "PWD=/srv/other\n") == {str(tmp_path / "app.conf"): "missing"}
