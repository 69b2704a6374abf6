"""An area, a rule and a remedy are in every place where CONTRIBUTING.md has them; a place that lacks one is named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from parity.areas.register import AREAS
from parity.judge import knowledge
from parity.remedy import register
from parity_host.gather import understood
from parity_host.remedy.register import KINDS

ROOT = Path(__file__).resolve().parents[2]
# Its rules are made from signatures.
WITHOUT_RULES = {"logs"}
# Its rules are found by what judges, and not by an area.
WITHOUT_AREA = {"policy"}


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def found(pattern: str) -> list[Path]:
    return sorted(ROOT.glob(pattern))


def none(found: Iterable[str]) -> None:
    lines = list(found)
    assert not lines, "\n".join(lines)


# The roles that are run, with their tags; and the program whose files a role has repaired, by role.
PLAYED = {play["vars"]["__remedy_role"]: play["tags"] for play in load("playbooks/remedies.yml") if "vars" in play}
REPAIRED = {
    path.parents[1].name: task["vars"]["remedy_kind"]
    for path in found("roles/remedy_*/tasks/main.yml")
    for task in yaml.safe_load(path.read_text(encoding="utf-8"))
    if "remedy_kind" in task.get("vars", {})
}
# Each remedy that one place knows; those of `PROGRAMS` repair the files of a program.
PROGRAMS = {*KINDS, *REPAIRED.values()}
REMEDIES = sorted(
    {rule.remedy for rule in knowledge.load().rules.values() if rule.remedy}
    | {role.removeprefix("remedy_") for role in (*PLAYED, *(path.name for path in found("roles/remedy_*")))}
    | PROGRAMS
)


def test_every_area_has_its_folder_its_line_and_its_file_of_rules() -> None:
    listed = {area.name for area in AREAS}
    folders = {path.parent.name for path in found("src/parity/areas/*/area.py")}
    folders |= {path.stem for path in found("src/parity/areas/*.py")} - {"__init__", "register"}
    files = {path.stem for path in found("knowledge/rules/*.yml")}
    known = sorted(listed | folders | files - WITHOUT_AREA)
    no_line = [f"src/parity/areas/register.py has no area {name}" for name in known if name not in listed]
    no_folder = [f"src/parity/areas/{name}.py, or {name}/area.py, is missing" for name in known if name not in folders]
    no_rules = [f"knowledge/rules/{name}.yml is missing" for name in known if name not in files | WITHOUT_RULES]
    none(no_line + no_folder + no_rules)


@pytest.mark.parametrize("path", found("knowledge/rules/*.yml"), ids=lambda path: path.stem)
def test_every_rule_is_of_its_files_area_and_is_found_by_something(path: Path) -> None:
    rules = load(f"knowledge/rules/{path.name}")
    finders = [*(ROOT / "src/parity").rglob("*.py"), ROOT / "knowledge/policy.yml"]
    said = "".join(finder.read_text(encoding="utf-8") for finder in finders)
    strangers = [f"{rule} is no rule of {path.stem}" for rule in rules if not rule.startswith(f"{path.stem}.")]
    unfound = [rule for rule in rules if not re.search(rf"{re.escape(rule)}(?![\w-])", said)]
    unnamed = [f"src/parity/ does not name {rule}; its id stands whole where it is found" for rule in unfound]
    none(strangers + unnamed)


@pytest.mark.parametrize("name", REMEDIES)
def test_a_remedy_is_in_every_place(name: str) -> None:
    none([*missing(name), *(missing_for_files(name) if name in PROGRAMS else ())])


def missing(name: str) -> Iterator[str]:
    """Yield the places that lack a remedy, a sentence each."""
    role = f"remedy_{name}"
    if not knowledge.answered(name):
        yield f"no rule in knowledge/rules/ has the remedy {name}"
    for path in (f"roles/{role}/tasks/main.yml", f"roles/{role}/README.md", f"molecule/{role}/molecule.yml"):
        if not (ROOT / path).is_file():
            yield f"{path} is missing"
    if PLAYED.get(role) != [name, role]:
        yield f"playbooks/remedies.yml does not run {role} with the tags {name} and {role}"


def missing_for_files(kind: str) -> Iterator[str]:
    """Yield the places that lack a remedy for the files of a program, a sentence each."""
    plan = f"src/parity/remedy/{kind}.py"
    if kind not in KINDS:
        yield f"KINDS of src/parity_host/remedy/register.py has no {kind}"
    if f"choices: [{', '.join(sorted({*KINDS, kind}))}]" not in (ROOT / "library/parity_remedy.py").read_text():
        yield f"library/parity_remedy.py documents no kind {kind}"
    if not (ROOT / plan).is_file():
        yield f"{plan} is missing"
    elif kind in KINDS:
        offered = vars(register.program(kind))
        yield from (f"{plan} has no {name}()" for name in ("version", "plan") if name not in offered)
    if kind not in understood.PROGRAMS:
        yield f"PROGRAMS of src/parity_host/gather/understood.py has no {kind}"
    if REPAIRED.get(f"remedy_{kind}") != kind:
        yield f"roles/remedy_{kind}/tasks/main.yml does not have the role remedy repair the files of {kind}"


def test_every_folder_of_modules_is_a_package() -> None:
    """What is no package is seen by no contract of `make lint`, and hosts do not get it."""
    folders = {path.parent for path in (ROOT / "src").rglob("*.py")}
    none(f"{folder.relative_to(ROOT)}/__init__.py is missing" for folder in sorted(folders) if not is_package(folder))


def is_package(folder: Path) -> bool:
    return folder == ROOT / "src" or (folder / "__init__.py").is_file()
