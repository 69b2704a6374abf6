"""Compiled templates are kept, and never used once anything that they depend on has changed."""

from __future__ import annotations

import sys
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

from parity.report import templates
from parity.report.write import TEMPLATES

SOURCES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.j2"))


def kept(folder: Path) -> list[Path]:
    """Return the compiled templates next to those in a folder."""
    return sorted((folder / "__pycache__").glob("*"))


def rendered(folder: Path, **options: bool) -> str:
    """Return what the template in a folder makes of a value."""
    environment = templates.environment(folder, **{"autoescape": False, **options})
    return environment.get_template("one.j2").render(value="<b>")


@pytest.fixture(name="folder")
def folder_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "one.j2").write_text("{{ value }}")
    return tmp_path


def test_a_template_is_compiled_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rendered(folder) == "<b>"
    assert len(kept(folder)) == 1
    monkeypatch.setattr(jinja2.Environment, "compile", lambda *_: pytest.fail("compiled again"))
    assert rendered(folder) == "<b>"


def test_a_changed_template_is_compiled_again(folder: Path) -> None:
    rendered(folder)
    (folder / "one.j2").write_text("now {{ value }}")
    assert rendered(folder) == "now <b>"


def test_text_and_html_are_compiled_apart(folder: Path) -> None:
    assert rendered(folder) == "<b>"
    assert rendered(folder, autoescape=True) == "&lt;b&gt;"


def test_another_jinja_compiles_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered(folder)
    before = kept(folder)[0].read_bytes()
    monkeypatch.setattr(jinja2, "__version__", "0.0")
    rendered(folder)
    assert kept(folder)[0].read_bytes() != before


@pytest.mark.parametrize("content", [b"", b"no bytecode"])
def test_a_damaged_file_counts_as_none(folder: Path, content: bytes) -> None:
    rendered(folder)
    kept(folder)[0].write_bytes(content)
    assert rendered(folder) == "<b>"


def test_nothing_is_written_where_python_writes_no_bytecode(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered(folder) == "<b>"
    assert not kept(folder)


def test_a_report_needs_no_folder_to_write_to(folder: Path) -> None:
    (folder / "__pycache__").write_text("in the way")
    assert rendered(folder) == "<b>"


@pytest.mark.parametrize("name", SOURCES)
def test_no_template_calls_a_filter_with_nothing_but_constants(name: str) -> None:
    environment = templates.environment(TEMPLATES, autoescape=True)
    # What Jinja computes when it compiles would be kept, though the filter's code may change.
    for node in environment.parse((TEMPLATES / name).read_text(encoding="utf-8")).find_all(nodes.Output):
        printed = [child for child in node.nodes if not isinstance(child, nodes.TemplateData)]
        assert not [
            child for child in printed if not isinstance(child, nodes.Name) and not any(child.find_all(nodes.Name))
        ]
