"""Every measured case on every measured release: exit status and every word of the message."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest
from loki_output import output
from loki_verdicts import by_case, verdicts

from parity.programs.loki.check.check import check

# A day between those on which the cases were measured and the one period that lies in the future.
TODAY = date(2026, 1, 1)


@pytest.mark.parametrize("name", by_case())
def test_prediction_is_what_loki_did(name: str) -> None:
    for verdict in by_case()[name]:
        problems = check(verdict.text, verdict.version, TODAY)
        shown = [problem for problem in problems if not problem.hidden]
        assert max((problem.exit for problem in shown), default=0) == verdict.exit, verdict.version
        assert output(problems, verdict.file, verdict.version) == verdict.said, verdict.version
        assert bool(problems) == bool(verdict.exit), verdict.version


def test_nothing_is_left_unattempted(capsys: pytest.CaptureFixture[str]) -> None:
    cases = Counter(verdict.version for verdict in verdicts())
    failing = Counter(verdict.version for verdict in verdicts() if verdict.exit)
    with capsys.disabled():
        for version, number in cases.items():
            print(f"\nLoki {version}: {number} cases attempted, {failing[version]} that it refuses", end="")
    names = {verdict.name for verdict in verdicts()}
    late = {name for name in names if name.startswith("w2-")}  # of these the newest release alone was asked
    assert set(cases.values()) == {len(names), len(names - late)}


def test_every_problem_has_its_sentences() -> None:
    found = [problem for verdict in verdicts() for problem in check(verdict.text, verdict.version, TODAY)]
    assert len(found) > 300
    for problem in found:
        assert problem.cause
        assert problem.impact
        assert problem.action
        assert not re.search(r"(?<!\$)\{[a-z_]+\}", problem.cause + problem.action)
