"""Builds the collection: what Ansible loads goes where collections have it, and its names become full names.

    python collection/build.py FOLDER

`src`, and the data that it reads next to it, go to `plugins/`: there every plugin finds `src` as it does in a checkout.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[1]
OWN: Final = ROOT / "collection"
# From where in the checkout to where in the collection; the rest is not a part of it. A schedule runs a checkout.
PLACES: Final = (
    ("action_plugins", "plugins/action"),
    ("callback_plugins", "plugins/callback"),
    ("filter_plugins", "plugins/filter"),
    ("inventory_plugins", "plugins/inventory"),
    ("library", "plugins/modules"),
    ("src/parity_host", "plugins/module_utils/parity_host"),
    ("playbooks", "playbooks"),
    ("roles", "roles"),
    # What the controller reads: `src`, and what that looks for next to itself.
    ("src/parity", "plugins/src/parity"),
    ("src/parity_host", "plugins/src/parity_host"),
    ("knowledge", "plugins/knowledge"),
    ("schemas", "plugins/schemas"),
    ("templates", "plugins/templates"),
    ("roles", "plugins/roles"),
)
LEFT_OUT: Final = shutil.ignore_patterns("__pycache__", "schedule", "schedule.yml", "audit.yml", ".*")


def main(folder: Path) -> None:
    """Build the collection's file in `folder`."""
    with tempfile.TemporaryDirectory() as made:
        collect(Path(made))
        program = Path(sys.executable).with_name("ansible-galaxy")
        command = [program, "collection", "build", "--force", "--output-path", folder, made]
        subprocess.run(command, check=True)


def collect(tree: Path) -> None:
    """Fill `tree` with the collection's files."""
    shutil.copytree(OWN, tree, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "build.py"))
    (tree / "metadata.yml").rename(tree / "galaxy.yml")
    for place, there in PLACES:
        shutil.copytree(ROOT / place, tree / there, ignore=LEFT_OUT)
    for name in ("audit.yml", "remediate.yml"):
        shutil.copy(ROOT / name, tree / "playbooks" / name)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [one for one in project["dependencies"] if not one.startswith("ansible")]
    (tree / "requirements.txt").write_text("".join(f"{one}\n" for one in needed), encoding="utf-8")
    galaxy = yaml.safe_load((OWN / "metadata.yml").read_text(encoding="utf-8"))
    rename(tree, galaxy)


def rename(tree: Path, galaxy: dict[str, Any]) -> None:
    """Replace the names of modules, filters and roles by full ones, and paths by those in a collection."""
    prefix = f"{galaxy['namespace']}.{galaxy['name']}."
    modules = "|".join(path.stem for path in (ROOT / "library").glob("*.py"))
    filters = "|".join(path.stem for path in (ROOT / "filter_plugins").glob("*.yml"))
    roles = "|".join(path.name for path in (ROOT / "roles").iterdir())
    rules = [
        (rf"(?m)^(\s+)({modules}):(?=$| [&*])", rf"\g<1>{prefix}\g<2>:"),
        (rf"(\| *)({filters})\b", rf"\g<1>{prefix}\g<2>"),
        (rf"'({filters})' is filter", rf"'{prefix}\g<1>' is filter"),
        (rf"(?m)^(\s+(?:- )?(?:role|name|__remedy_role): )({roles})$", rf"\g<1>{prefix}\g<2>"),
        (r"import_playbook: playbooks/", "import_playbook: "),
    ]
    loaded = [
        *(tree / "playbooks").rglob("*.yml"),
        *(tree / "roles").glob("*/tasks/*"),
        *(tree / "roles").glob("*/vars/*"),
    ]
    for path in loaded:
        text = path.read_text(encoding="utf-8")
        for pattern, replacement in rules:
            text = re.sub(pattern, replacement, text)
        path.write_text(text, encoding="utf-8")
    utils = f"ansible_collections.{prefix}plugins.module_utils.parity_host"
    for path in (tree / "plugins/modules").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("ansible.module_utils.parity_host", utils), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
