"""What was not seen is never judged, and no fault turns on it."""

from __future__ import annotations

import re

import pytest
from loki_texts import HEAD, TODAY
from loki_verdicts import CASES

from parity.programs.loki.check.check import check, every_problem, start_problems
from parity.programs.loki.go.yaml_nodes import GoYamlError, YamlNode, parse
from parity.programs.loki.migrate.migrate import migrate
from parity.programs.loki.read.run import Run

HIDDEN = re.compile("parity-secret-[0-9]+")
RUN = Run(hidden=HIDDEN)
TOKEN = "parity-secret-1"


def rules(text: str, version: str = "3.4.3") -> list[str]:
    return [
        problem.rule for problem in (*check(text, version, TODAY, run=RUN), *start_problems(text, version, TODAY, RUN))
    ]


@pytest.mark.parametrize(
    "lines",
    [
        "limits_config: {retention_period: TOKEN, max_query_series: TOKEN, deletion_mode: TOKEN}",
        "limits_config: {retention_stream: [{selector: TOKEN, period: TOKEN, priority: TOKEN}, TOKEN]}",
        "limits_config: TOKEN",
        "ingester: {chunk_encoding: TOKEN, index_shards: TOKEN}",
        "compactor: {retention_enabled: true, delete_request_store: TOKEN}",
        "compactor: {retention_enabled: TOKEN}",
        "compactor: {TOKEN: 1, retention_enabled: true}",
        "TOKEN: {a: b}",
        "memberlist: {join_members: TOKEN}",
        "target: TOKEN",
        "frontend_worker: {frontend_address: a, scheduler_address: TOKEN}",
        "storage_config: {azure: {environment: TOKEN}, aws: {signature_version: TOKEN}}",
        "query_range: {shard_aggregations: TOKEN}",
        "server: {log_level: TOKEN, log_format: TOKEN}",
    ],
)
def test_a_hidden_value_is_no_fault(lines: str) -> None:
    assert rules(HEAD + lines.replace("TOKEN", TOKEN) + "\n") == []


@pytest.mark.parametrize("name", ["from", "store", "object_store", "schema", "period"])
@pytest.mark.parametrize("version", ["2.9.10", "3.4.3"])
def test_a_hidden_value_of_a_period_is_no_fault(name: str, version: str) -> None:
    text = re.sub(rf"(?m)(\b{name}:).*", rf"\1 {TOKEN}", HEAD)
    assert text != HEAD
    assert rules(text, version) == []


@pytest.mark.parametrize(
    "periods", ["schema_config: TOKEN", "schema_config: {configs: TOKEN}", "schema_config: {TOKEN: 1}"]
)
def test_hidden_periods_are_no_fault(periods: str) -> None:
    assert rules("common: {path_prefix: /loki}\n" + periods.replace("TOKEN", TOKEN) + "\n") == []


def test_beside_a_hidden_value_faults_are_found() -> None:
    text = HEAD + f"limits_config: {{retention_period: {TOKEN}}}\nnonsense: 1\ncompactor: {{retention_enabled: true}}\n"
    assert rules(text)[0] == "parser.unknown"
    assert "compactor.delete-store" in rules(text)


@pytest.mark.parametrize("version", ["2.9.10", "3.4.3", "3.7.6"])
def test_hiding_a_value_never_adds_a_fault(version: str) -> None:
    for path in sorted(CASES.glob("*.yaml")):
        text = path.read_bytes().decode()
        before = {problem.rule for problem in every_problem(text, version, TODAY)}
        for node in scalars(parse_or_none(text)):
            hidden = text[: node.start] + TOKEN + text[node.end :]
            after = {problem.rule for problem in check(hidden, version, TODAY, run=RUN)}
            assert after <= before, (path.name, node.line, after - before)


def parse_or_none(text: str) -> YamlNode | None:
    try:
        return parse(text)
    except GoYamlError:
        return None


def scalars(node: YamlNode | None) -> list[YamlNode]:
    if node is None:
        return []
    if node.kind == "scalar":
        return [node] if node.end > node.start else []
    values = node.children[1::2] if node.kind == "mapping" else node.children
    return [found for child in values for found in scalars(child)]


def test_a_migration_keeps_what_is_hidden() -> None:
    text = HEAD + f"chunk_store_config: {{max_look_back_period: {TOKEN}}}\n# {TOKEN}\n"
    plan = migrate(text, "3.4.3", TODAY, run=RUN)
    assert f"max_query_lookback: {TOKEN}" in plan.text
    assert f"# {TOKEN}" in plan.text
    assert not plan.left
