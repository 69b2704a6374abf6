"""The action, the component and the examples of docs/ci.md keep to the vendors' schemas and to one another."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema

ROOT = Path(__file__).resolve().parents[2]
INPUT = re.compile(r"(?:\[\[|\{\{|&&) inputs\.([\w-]+)")


def read(text: str) -> list[Any]:
    # BaseLoader: `on` is a key, and not the truth value that YAML 1.1 makes of it.
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.yaml_implicit_resolvers = {
        first: [one for one in ones if one[0] != "tag:yaml.org,2002:bool" or first not in "oO"]
        for first, ones in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return list(yaml.load_all(text, loader))


EXAMPLES = [
    example
    for text in (ROOT / "docs/ci.md").read_text().split("```yaml\n")[1:]
    for example in read(text.partition("```")[0])
]
ACTION = read((ROOT / "action.yml").read_text())[0]
SPEC, JOBS = read((ROOT / "templates/audit.yml").read_text())
HOOKS = read((ROOT / ".pre-commit-hooks.yaml").read_text())[0]


def errors(schema: str, document: Any) -> list[str]:
    read_schema = get_builtin_schema(schema)
    validator = jsonschema.validators.validator_for(read_schema)(read_schema)
    return [error.message for error in validator.iter_errors(document)]


@pytest.mark.parametrize(
    ("schema", "document", "broken"),
    [
        ("vendor.github-actions", ACTION, {**ACTION, "runs": {"using": "composite"}}),
        ("vendor.github-workflows", EXAMPLES[0], {**EXAMPLES[0], "jobs": {"files": {"steps": 1}}}),
        ("vendor.github-workflows", EXAMPLES[1], {**EXAMPLES[1], "on": {"scheduled": []}}),
        ("vendor.gitlab-ci", SPEC, {"spec": {"inputs": {"a": {"type": "none"}}}}),
        ("vendor.gitlab-ci", JOBS, {"parity": {**JOBS["parity"], "artifacts": {"when": "later"}}}),
        ("vendor.gitlab-ci", EXAMPLES[2], {"include": [{"component": 1}]}),
    ],
)
def test_vendors_schemas_accept_ours_and_not_a_broken_one(schema: str, document: Any, broken: Any) -> None:
    assert errors(schema, document) == []
    assert errors(schema, broken)


def test_no_input_is_a_part_of_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]
    assert "$[[" not in "\n".join(JOBS["parity"]["script"])


def test_every_input_is_used_and_none_is_unknown() -> None:
    for name, declared in (("action.yml", ACTION["inputs"]), ("templates/audit.yml", SPEC["spec"]["inputs"])):
        used = set(INPUT.findall((ROOT / name).read_text()))
        assert used == set(declared)


def test_the_examples_give_inputs_that_exist() -> None:
    ours = [
        step["with"]
        for workflow in EXAMPLES[:2]
        for job in workflow["jobs"].values()
        for step in job["steps"]
        if step["uses"].startswith("OWNER/parity@")
    ]
    assert len(ours) == 2
    for given in ours:
        assert {"inventory"} <= set(given) <= set(ACTION["inputs"])
    required = {name for name, one in SPEC["spec"]["inputs"].items() if "default" not in one}
    assert required <= set(EXAMPLES[2]["include"][0]["inputs"]) <= set(SPEC["spec"]["inputs"])
    assert set(EXAMPLES[2]) - {"include"} <= set(JOBS)
    assert EXAMPLES[3]["repos"][0]["hooks"][0]["id"] == HOOKS[0]["id"]


def test_variables_and_files_that_the_page_names_exist() -> None:
    page = (ROOT / "docs/ci.md").read_text()
    defaults = "".join(path.read_text() for path in ROOT.glob("roles/*/defaults/main.yml"))
    for name in set(re.findall(r"parity_\w+", page)):
        assert re.search(rf"(?m)^{name}:", defaults), name


def test_the_examples_say_what_to_pin_and_leave_no_credential() -> None:
    page = (ROOT / "docs/ci.md").read_text()
    used = [line for line in page.splitlines() if re.match(r"\s+(- )?uses: ", line)]
    assert len(used) == 7
    for line in used:
        assert re.search(r"@[0-9a-f]{40}|# pin to a commit$", line), line
    checkouts = page.split("actions/checkout")[1:]
    assert [text.splitlines()[1].strip() for text in checkouts] == ["with: {persist-credentials: false}"] * 2
    for script in (ACTION["runs"]["steps"][0]["run"], JOBS["parity"]["script"][0]):
        assert script.splitlines()[1] == "trap 'rm -rf \"$folder\"' EXIT"


def test_programs_that_others_start_can_be_started() -> None:
    for path in (ROOT / "bin").iterdir():
        assert path.stat().st_mode & 0o111 == 0o111, path
