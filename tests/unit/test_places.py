"""An area, a rule and a remedy stand in every place where CONTRIBUTING.md has them; a place that lacks one is named."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from parity.areas.register import AREAS
from parity.judge import knowledge
from parity_host.gather import configurations, configurations_in_project
from parity_host.remedy import remedy

ROOT = Path(__file__).resolve().parents[2]
KNOWN = knowledge.load()
REMEDIES = sorted({rule.remedy for rule in KNOWN.rules.values()} - {""})
# Its rules are made from signatures.
WITHOUT_RULES = {"logs"}
# Its rules are found by what judges, and not by an area.
WITHOUT_AREA = {"policy"}


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def none(found: Iterable[str]) -> None:
    lines = list(found)
    assert not lines, "\n".join(lines)


def test_every_area_has_its_file_of_rules_and_every_file_its_area() -> None:
    areas = {area.name for area in AREAS}
    files = {path.stem for path in (ROOT / "knowledge/rules").glob("*.yml")}
    no_file = [f"knowledge/rules/{name}.yml is missing" for name in sorted(areas - WITHOUT_RULES - files)]
    no_area = [f"src/parity/areas/register.py has no area {name}" for name in sorted(files - WITHOUT_AREA - areas)]
    none(no_file + no_area)


@pytest.mark.parametrize("path", sorted((ROOT / "knowledge/rules").glob("*.yml")), ids=lambda path: path.stem)
def test_every_rule_is_of_its_files_area_and_is_found_by_something(path: Path) -> None:
    rules = load(f"knowledge/rules/{path.name}")
    finders = [*(ROOT / "src/parity").rglob("*.py"), ROOT / "knowledge/policy.yml"]
    said = "".join(finder.read_text(encoding="utf-8") for finder in finders)
    strangers = [f"{rule} is no rule of {path.stem}" for rule in rules if not rule.startswith(f"{path.stem}.")]
    unfound = [rule for rule in rules if not re.search(rf"{re.escape(rule)}(?![\w-])", said)]
    unnamed = [f"src/parity/ does not name {rule}; its id stands whole where it is found" for rule in unfound]
    none(strangers + unnamed)


def test_a_configuration_is_read_with_and_without_containers() -> None:
    running, declared = set(configurations._READERS), set(configurations_in_project._READERS)
    none(f"configurations_in_project.py has no reader of {kind}" for kind in sorted(running - declared))
    none(f"configurations.py has no reader of {kind}" for kind in sorted(declared - running))


def test_every_remedys_role_is_for_a_finding() -> None:
    roles = {path.name.removeprefix("remedy_") for path in (ROOT / "roles").glob("remedy_*")}
    none(f"no rule in knowledge/rules/ has the remedy {tag}" for tag in sorted(roles - set(REMEDIES)))


@pytest.mark.parametrize("tag", REMEDIES)
def test_a_remedy_stands_in_every_place(tag: str) -> None:
    none([*missing(tag), *not_played(tag)])


def missing(tag: str) -> Iterator[str]:
    """Yield the files that a remedy has not, and those that do not name it, a sentence each."""
    role = f"remedy_{tag}"
    for path in (f"playbooks/{role}.yml", f"roles/{role}/README.md", f"molecule/{role}/molecule.yml"):
        if not (ROOT / path).is_file():
            yield f"{path} is missing"
    if f"(roles/{role}/README.md)" not in (ROOT / "README.md").read_text(encoding="utf-8"):
        yield f"README.md does not lead to roles/{role}/README.md"
    schema = json.loads((ROOT / "schemas/findings.schema.json").read_text(encoding="utf-8"))["properties"]
    for part in ("findings", "steps"):
        if tag not in schema[part]["items"]["properties"]["remedy"]["enum"]:
            yield f"schemas/findings.schema.json allows no remedy {tag} of {part}"


def not_played(tag: str) -> Iterator[str]:
    """Yield where a remedy's tag does not lead to its plays, a sentence each."""
    role = f"remedy_{tag}"
    for door, tags in {"audit.yml": {"never", role}, "remediate.yml": {tag, role}}.items():
        plays = {play["ansible.builtin.import_playbook"]: play.get("tags", []) for play in load(door)}
        found = {name: {tagged} if isinstance(tagged, str) else set(tagged) for name, tagged in plays.items()}
        if found.get(f"playbooks/{role}.yml") != tags:
            yield f"{door} does not import playbooks/{role}.yml with the tags {', '.join(sorted(tags))}"
        for step in ("gather", "judge", "remedied"):
            if not {role, "always"} & found[f"playbooks/{step}.yml"]:
                yield f"{door} does not import playbooks/{step}.yml with the tag {role}"


def test_every_program_whose_files_are_repaired_can_be_named() -> None:
    kinds = sorted(remedy.KINDS)
    module = (ROOT / "library/parity_remedy.py").read_text(encoding="utf-8")
    role = load("roles/remedy/meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    options = {
        "library/parity_remedy.py": yaml.safe_load(module.split('"""')[3])["options"]["kind"],
        "filter_plugins/remedy_plan.yml": load("filter_plugins/remedy_plan.yml")["DOCUMENTATION"]["options"]["kind"],
        "roles/remedy/meta/argument_specs.yml": role["remedy_kind"],
    }
    chosen = {place: option["choices"] for place, option in options.items()}
    none(f"{place} has the choices {found}, and not {kinds}" for place, found in chosen.items() if found != kinds)
    none(f"configurations.py has no reader of {kind}" for kind in kinds if kind not in configurations._READERS)
    none(f"no rule in knowledge/rules/ has the remedy {kind}" for kind in kinds if kind not in REMEDIES)
