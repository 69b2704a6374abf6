"""What people read agrees with what runs: argument specs with defaults, pages with modules and filters, the list of rules."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from parity.docs import repairs_page, rules_page
from parity.judge import knowledge
from parity.knowledge import user_file
from parity.knowledge.rules import Rule
from parity.report import text as text_view

ROOT = Path(__file__).resolve().parents[4]
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())
MODULES = sorted(path.stem for path in (ROOT / "library").glob("*.py"))
FILTERS = sorted(path.stem for path in (ROOT / "filter_plugins").glob("*.yml"))


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("role", ROLES)
def test_a_roles_argument_specs_are_its_defaults(role: str) -> None:
    options = load(ROOT / "roles" / role / "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    specified = {name: option["default"] for name, option in options.items() if "default" in option}
    defaults = load(ROOT / "roles" / role / "defaults/main.yml")
    assert specified == defaults, f"meta/argument_specs.yml and defaults/main.yml of roles/{role} do not agree"
    assert all(option.get("description") for option in options.values()), f"a variable of roles/{role} is not described"


@pytest.mark.parametrize("role", ROLES)
def test_a_roles_page_describes_every_variable_as_its_argument_specs_do(role: str) -> None:
    page = (ROOT / "roles" / role / "README.md").read_text(encoding="utf-8")
    options = load(ROOT / "roles" / role / "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    rows = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}
    assert list(rows) == list(options), (
        f"the table of roles/{role}/README.md must have the rows of meta/argument_specs.yml"
    )
    for name, option in options.items():
        said = option["description"]
        wanted = f" {said if isinstance(said, str) else ' '.join(said)} |"
        assert rows[name].endswith(wanted), f"the row of {name} in roles/{role}/README.md must end with:{wanted}"


@pytest.mark.parametrize(("kind", "names"), [("module", MODULES), ("filter", FILTERS)])
def test_ansible_doc_shows_every_plugin(kind: str, names: list[str]) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "ansible-doc", "-t", kind, "--json", *names],
        cwd=ROOT,
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg")},
        capture_output=True,
        text=True,
        check=True,
    )
    shown = json.loads(done.stdout)
    assert sorted(shown) == names
    for name, page in shown.items():
        assert page["doc"]["short_description"], name
        assert page["examples"], name
        assert page["return"], name


def test_every_filter_has_its_page() -> None:
    spec = importlib.util.spec_from_file_location("parity_filters", ROOT / "filter_plugins" / "parity.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    named = sorted(module.FilterModule().filters())
    assert named == FILTERS, (
        f"filters of parity.py without a page, or pages without one: {sorted(set(named) ^ set(FILTERS))}"
    )


def test_the_page_of_rules_is_current() -> None:
    assert rules_page.PAGE.read_text(encoding="utf-8") == rules_page.page(), "run make docs"


PAGE = rules_page.PAGE.read_text(encoding="utf-8")
RULES = [rule for rule in knowledge.load().rules.values() if not rule.id.startswith("logs.")]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_page_of_rules_shows_all_of_a_rule(rule: Rule) -> None:
    (section,) = re.findall(
        rf'(?s)<a id="{re.escape(rule.id)}"></a>\n\n### `{re.escape(rule.id)}`\n(.*?)(?:\n<a id|\Z)', PAGE
    )
    shown = [f"{rule.production.word} / {rule.elsewhere.word}", f"Effort: {rule.effort}", rule.example.strip()]
    shown += [text_view.markdown(text) for text in (rule.title, rule.cause, rule.impact, rule.action)]
    shown += [f"roles/remedy_{rule.remedy}/README.md"] if rule.remedy else []
    shown += [f"raised by the fact {fact}" for fact in rule.raised_by]
    shown += [f"lowered by the fact {fact}" for fact in rule.lowered_by]
    shown += [f"`{effect}`" for link in rule.explains for effect in link.effects]
    assert not [text for text in shown if text not in section]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_page_of_rules_silences_the_example_of_a_rule(rule: Rule) -> None:
    section = PAGE.partition(f'<a id="{rule.id}"></a>')[2].partition("\n<a id")[0]
    blocks = re.findall(r"```yaml\n(# (?:policy|waivers)\.yml.*?)```", section, re.DOTALL)
    if rule.id.startswith("policy.waiver-"):
        assert blocks == []
        return
    policy, waivers = blocks
    (entry,) = user_file.parse(policy, "policy.yml", "policy").data["expected"]
    (waiver,) = user_file.parse(waivers, "waivers.yml", "waivers").data["waivers"]
    assert entry["rules"] == [rule.id]
    assert waiver["finding"] == yaml.safe_load(rule.example)["finding"]


def test_every_link_on_the_page_of_rules_leads_somewhere() -> None:
    anchors = set(re.findall(r'<a id="([^"]+)">', PAGE))
    assert not set(re.findall(r"\]\(#([^)]+)\)", PAGE)) - anchors
    assert not [path for path in re.findall(r"\]\(([^)#]+)\)", PAGE) if not (rules_page.PAGE.parent / path).is_file()]


def test_the_page_of_repairs_is_current() -> None:
    assert repairs_page.PAGE.read_text(encoding="utf-8") == repairs_page.page(), "run make docs"


@pytest.mark.parametrize("schema", ["policy", "waivers"])
def test_the_examples_of_policy_and_waivers_keep_to_their_schemas(schema: str) -> None:
    page = (ROOT / "docs/policy.md").read_text()
    blocks = re.findall(r"(?m)(?:^    .*\n)+", page)
    found = [textwrap.dedent(block) for block in blocks if block.lstrip().startswith(("remove:", "waivers:"))]
    wanted = [block for block in found if block.startswith("waivers:") is (schema == "waivers")]
    assert len(wanted) == 1
    assert user_file.parse(wanted[0], "docs/policy.md", schema).data


def test_the_readme_says_of_secrets_what_is_true():
    said = (ROOT / "README.md").read_text().partition("## Secrets")[2].partition("## ")[0]
    assert "nothing can be guessed" not in said
    for words in ("keyed fingerprint", "length class", "placeholder", "can test guesses"):
        assert words in said
