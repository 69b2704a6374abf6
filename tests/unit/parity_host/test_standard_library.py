"""Host code runs where nothing is installed: it imports itself, relatively, and Python's standard library."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import parity_host

FOLDER = Path(parity_host.__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))
# Sent into a Celery container and run there, by the application's own Python.
IN_A_CONTAINER = {"celery_inside.py": {"celery"}}


def absolute_imports(path: Path) -> set[str]:
    """Return the top-level packages that a file imports by their full names."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.partition(".")[0] for name in named}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_only_the_standard_library_is_imported_by_name(path: Path) -> None:
    assert absolute_imports(path) - IN_A_CONTAINER.get(path.name, set()) <= sys.stdlib_module_names


def test_every_folder_is_a_package_that_ansible_ships() -> None:
    folders = {path.parent for path in FILES}
    assert [folder.name for folder in folders if not (folder / "__init__.py").is_file()] == []
