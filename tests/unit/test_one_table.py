"""What cannot import a table (schemas, specs, styles) says the same as the table; a place that does not is named."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from parity.domain.findings import SEVERITIES, STATUSES
from parity.judge.gate import NEVER
from parity.knowledge.rules import EFFORTS
from parity.programs.nginx.syntax.directives import GENERATIONS, OLDEST
from parity.programs.nginx.syntax.problem import LEVELS
from parity.report.html import view
from parity_host.health.kinds import KINDS
from parity_host.nginx import configtest

ROOT = Path(__file__).resolve().parents[2]


def schema(name: str) -> Any:
    return json.loads((ROOT / f"schemas/{name}.schema.json").read_text(encoding="utf-8"))


def options(role: str) -> Any:
    text = (ROOT / f"roles/{role}/meta/argument_specs.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)["argument_specs"]["main"]["options"]


def severities() -> Iterator[tuple[str, list[str]]]:
    """Yield every place that lists the severities, with what it lists."""
    found = schema("findings")["properties"]
    yield "schemas/findings.schema.json, findings", found["findings"]["items"]["properties"]["severity"]["enum"]
    runs = found["history"]["properties"]["runs"]["items"]["required"]
    yield "schemas/findings.schema.json, history.runs", [word for word in runs if word != "generated"]
    yield "schemas/policy.schema.json", schema("policy")["$defs"]["level"]["enum"]
    notify = options("notify")["parity_notify"]["options"]["severity"]["choices"]
    yield "roles/notify/meta/argument_specs.yml", notify
    gate = options("report")["parity_fail_on"]["choices"]
    yield "roles/report/meta/argument_specs.yml", [word for word in gate if word != NEVER]
    style = (ROOT / "templates/html/report.css").read_text(encoding="utf-8")
    yield "templates/html/report.css", re.findall(r"(?m)^\.([a-z]+) \{ --tone: var\(--\1\); --tint", style)


def test_every_list_of_the_severities_is_the_tables() -> None:
    wrong = [f"{place} has {listed}" for place, listed in severities() if listed != list(SEVERITIES)]
    assert not wrong, "\n".join([f"the severities are {list(SEVERITIES)}", *wrong])


def test_the_schema_has_the_statuses_and_the_efforts() -> None:
    parts = schema("findings")["properties"]
    finding, step = (parts[name]["items"]["properties"] for name in ("findings", "steps"))
    assert finding["status"]["enum"] == list(STATUSES)
    assert finding["effort"]["enum"] == list(EFFORTS)
    assert step["effort"]["enum"] == ["", *EFFORTS]
    assert set(view.STATUSES) == set(STATUSES)


@pytest.mark.parametrize("name", ["nginx_check", "nginx_repair"])
def test_a_filter_reads_for_the_nginx_that_its_page_says(name: str) -> None:
    page = yaml.safe_load((ROOT / f"filter_plugins/{name}.yml").read_text(encoding="utf-8"))
    assert page["DOCUMENTATION"]["options"]["version"]["default"] == OLDEST


def test_every_generation_of_nginx_was_probed() -> None:
    probed = {path.stem for path in (ROOT / "knowledge/nginx").glob("directives-*.json")}
    assert probed == {f"directives-{generation}" for generation in GENERATIONS}


def test_the_host_takes_the_levels_that_refuse_for_what_nginx_refused() -> None:
    refused = [level for level in LEVELS if configtest._REFUSED.search(f"nginx: [{level}] what is wrong")]
    assert refused == list(LEVELS[: LEVELS.index("error") + 1])


def test_the_page_of_the_facts_has_every_kind_of_program() -> None:
    page = yaml.safe_load((ROOT / "library/parity_stack_info.py").read_text(encoding="utf-8").split('"""')[3])
    said = page["options"]["endpoints"]["suboptions"]["kind"]["description"]
    assert set(re.findall(r"V\(([\w-]+)\)", " ".join(said))) == KINDS
