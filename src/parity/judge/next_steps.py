"""What to do next, in order: now, this week, this month; with the command that begins it and how long it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from parity.domain.findings import Severity
from parity.judge.problems.problem import Problem

_WHEN: Final = {Severity.CRITICAL: "now", Severity.HIGH: "now", Severity.MEDIUM: "week", Severity.LOW: "month"}
Step = dict[str, Any]


def steps(problems: Sequence[Problem]) -> list[Step]:
    """Return a step for each open problem of low severity or above, in the problems' order, the worst first.

    What one run of a remedy fixes is one step: that of its first problem.
    """
    still = [one for one in problems if one.status == "open" and one.severity in _WHEN]
    together: dict[str, list[Problem]] = {}
    for one in still:
        together.setdefault(f"remedy {one.remedy}" if one.remedy else f"problem {one.id}", []).append(one)
    return [_step(first, others) for first, *others in together.values()]


def _step(problem: Problem, others: Sequence[Problem]) -> Step:
    return {
        "problem": problem.id,
        "also": [one.id for one in others],
        "when": _WHEN[problem.severity],
        "severity": problem.severity.word,
        "title": problem.title,
        "action": problem.action,
        "command": problem.command,
        "effort": problem.effort,
        "remedy": problem.remedy,
        "done": False,
        "by": "",
    }


def done(resolved: Sequence[Mapping[str, Any]]) -> Iterator[Step]:
    """Yield the problems that were resolved since the previous run, as steps that are done."""
    for one in resolved:
        empty = {"also": [], "action": "", "command": "", "effort": "", "remedy": ""}
        named = {"problem": one["id"], "severity": one["severity"], "title": one["title"], "by": one["by"]}
        yield {**named, **empty, "when": "now", "done": True}
