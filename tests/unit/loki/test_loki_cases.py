"""Every measured case on every measured release: exit status and every word of the message."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest
from loki_verdicts import Verdict, verdicts

from parity.loki import check, output

# A day between those on which the cases were measured and the one period that lies in the future.
TODAY = date(2026, 1, 1)


@pytest.mark.parametrize("verdict", verdicts(), ids=lambda verdict: f"{verdict.name}-{verdict.version}")
def test_prediction_is_what_loki_did(verdict: Verdict) -> None:
    problems = check(verdict.text, verdict.version, TODAY)
    shown = [problem for problem in problems if not problem.hidden]
    assert max((problem.exit for problem in shown), default=0) == verdict.exit
    assert output(problems, f"{verdict.name}.yaml", verdict.version) == verdict.said
    assert bool(problems) == bool(verdict.exit)


def test_nothing_is_left_unattempted(capsys: pytest.CaptureFixture[str]) -> None:
    cases = Counter(verdict.version for verdict in verdicts())
    failing = Counter(verdict.version for verdict in verdicts() if verdict.exit)
    with capsys.disabled():
        for version, number in cases.items():
            print(f"\nLoki {version}: {number} cases attempted, {failing[version]} that it refuses", end="")
    assert set(cases.values()) == {len({verdict.name for verdict in verdicts()})}


@pytest.mark.parametrize("verdict", [v for v in verdicts() if v.exit], ids=lambda v: f"{v.name}-{v.version}")
def test_every_problem_has_its_sentences(verdict: Verdict) -> None:
    for problem in check(verdict.text, verdict.version, TODAY):
        assert problem.cause
        assert problem.impact
        assert problem.action
        assert not re.search(r"(?<!\$)\{[a-z_]+\}", problem.cause + problem.action)
