"""Env files of services may have templates of their own beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from parity_host.gather import project
from parity_host.secrets.redact import Redactor


def _templates(folder: Path, *names: str) -> set[str]:
    (folder / "compose.yml").write_text("services: {a: {image: e/a:1, env_file: [.env, app.env]}}\n")
    for name in names:
        (folder / name).write_text("A=1\n")
    facts = project.ProjectReader(project.Wanted(str(folder), [], [], ""), Redactor(b"k" * 48)).gather()
    return {Path(path).name for path, record in facts["files"].items() if "template" in record["roles"]}


@pytest.mark.parametrize("template", ["app.env.example", "app.env.template", "app.env.sample", "app.env.dist"])
def test_a_template_is_called_after_its_file(tmp_path: Path, template: str) -> None:
    assert _templates(tmp_path, "app.env", template, "other.env.example") == {template}


def test_a_template_of_a_file_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert _templates(tmp_path, "app.env.example") == set()


def test_the_projects_own_file_has_the_template_that_fits_it_best(tmp_path: Path) -> None:
    (tmp_path / ".env.example_docker").write_text("A=1\nB=2\n")
    (tmp_path / ".env.example").write_text("C=1\nD=2\n")
    (tmp_path / ".env").write_text("A=1\nB=2\n")
    (tmp_path / "compose.yml").write_text("services: {a: {image: e/a:1, env_file: [.env]}}\n")
    facts = project.ProjectReader(project.Wanted(str(tmp_path), [], [], ""), Redactor(b"k" * 48)).gather()
    assert [Path(p).name for p, one in facts["files"].items() if "template" in one["roles"]] == [".env.example_docker"]
