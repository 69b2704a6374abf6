"""What the real Loki printed is recognised as the rule that predicted it."""

from __future__ import annotations

import json
from datetime import date

import pytest
from loki_verdicts import CASES, by_case

from parity.programs.loki.check.check import check
from parity.programs.loki.check.explain import explain

TODAY = date(2026, 1, 1)
PRINTED = json.loads((CASES / "verdicts.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", by_case())
def test_observation_is_the_prediction(name: str) -> None:
    for verdict in by_case()[name]:
        lines = PRINTED[name][verdict.version]["output"]
        predicted = [problem for problem in check(verdict.text, verdict.version, TODAY) if not problem.hidden]
        for prefix in ("", "loki-1  | "):
            seen = explain("\n".join(prefix + line for line in lines))
            assert [(p.rule, str(p)) for p in seen] == [(p.rule, str(p)) for p in predicted], verdict.version


@pytest.mark.parametrize("name", ["schema-v14", "two-common-stores", "retention-period-12h", "w2-periods-unsorted"])
def test_a_log_in_json_tells_the_same(name: str) -> None:
    for verdict in by_case()[name]:
        lines = PRINTED[name][verdict.version]["output"]
        if any("validating config" in line for line in lines):
            entry = {"caller": "main.go:73", "err": verdict.said, "level": "error", "msg": "validating config"}
            told = explain("loki-1  | " + json.dumps(entry))
            assert told == explain("\n".join(lines)), verdict.version
            assert told


@pytest.mark.parametrize(
    "text", ['{"msg":"validating config"', '{"msg":"validating config","err":5}', '["validating config"]']
)
def test_json_that_tells_nothing(text: str) -> None:
    assert not explain(text)


def test_repeated_attempts_are_told_once() -> None:
    line = (
        'level=error ts=2026-01-01 caller=main.go:70 msg="validating config" err="CONFIG ERROR: invalid x config: odd"'
    )
    (problem,) = explain(f"{line}\n{line}\n")
    assert problem.rule == "validation.other"
    assert "odd" in problem.cause


@pytest.mark.parametrize("text", ["", "level=info msg=started", 'err="half', "failed parsing config: "])
def test_other_lines_are_passed_over(text: str) -> None:
    assert all(problem.rule.startswith("parser.") for problem in explain(text))
