"""docs/awx.md gives the modules of `awx.awx` arguments that they have, and execution-environment.yml makes a context."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PLAY = yaml.safe_load((ROOT / "docs/awx.md").read_text().partition("```yaml\n")[2].partition("```")[0])[0]
TYPES = {"str": str, "list": list, "dict": dict, "bool": bool, "int": int}


def options(module: str) -> dict[str, Any]:
    """Return what the collection documents of a module's arguments."""
    found = importlib.util.find_spec("ansible_collections")
    assert found is not None
    (folder,) = found.submodule_search_locations or []
    text = (Path(folder) / f"awx/awx/plugins/modules/{module}.py").read_text()
    documented = re.search(r"(?s)^DOCUMENTATION = r?('''|\"\"\")(.*?)\1", text, re.MULTILINE)
    assert documented is not None
    read: dict[str, Any] = yaml.safe_load(documented[2])["options"]
    return read


@pytest.mark.parametrize("task", PLAY["tasks"], ids=lambda task: task["name"])
def test_arguments_are_those_of_the_modules(task: dict[str, Any]) -> None:
    (name,) = set(task) - {"name"}
    known = options(name.removeprefix("awx.awx."))
    assert {option for option, one in known.items() if one.get("required")} <= set(task[name]) <= set(known)
    for option, value in task[name].items():
        assert isinstance(value, TYPES[known[option].get("type", "str")]), option
        assert value in known[option].get("choices", [value]), option


def test_what_is_named_is_added_before_and_variables_exist() -> None:
    made: dict[str, set[str]] = {"organization": {"Default"}, "credentials": {"Shop servers"}}
    kinds = {"source_project": "project", "default_environment": "execution_environment"}
    kinds |= {"unified_job_template": "job_template", "notification_templates_error": "notification_template"}
    for task in PLAY["tasks"]:
        (module,) = set(task) - {"name"}
        for option, value in task[module].items():
            kind = kinds.get(option, option)
            if kind in made and kind != module.removeprefix("awx.awx."):
                assert set(value if isinstance(value, list) else [value]) <= made[kind], option
        made.setdefault(module.removeprefix("awx.awx."), set()).add(task[module].get("name", ""))
    defaults = "".join(path.read_text() for path in ROOT.glob("roles/*/defaults/main.yml"))
    for name in set(re.findall(r"parity_\w+", (ROOT / "docs/awx.md").read_text())):
        assert re.search(rf"(?m)^{name}:", defaults), name


def test_ansible_builder_makes_a_context_that_installs_the_lock(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("ansible-builder")
    command = [
        program,
        "create",
        "-f",
        ROOT / "execution-environment.yml",
        "-c",
        tmp_path,
        "--output-filename",
        "Dockerfile",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    image = (tmp_path / "Dockerfile").read_text()
    base = image.partition(" AS base")[2].partition("\nFROM ")[0]
    assert "--require-hashes -r /tmp/run.txt" in base
    assert (tmp_path / "_build/locked/run.txt").read_bytes() == (ROOT / "requirements/run.txt").read_bytes()
    (tmp_path / "bad.yml").write_text("version: 3\npictures: {}\n")
    command[3] = tmp_path / "bad.yml"
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=60).returncode != 0
