"""What to do next, in order: now, this week, this month; with the command that begins it and how long it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from parity.domain.findings import Finding, Severity
from parity.knowledge.rules import EFFORTS

_WHEN: Final = {Severity.CRITICAL: "now", Severity.HIGH: "now", Severity.MEDIUM: "week", Severity.LOW: "month"}
Step = dict[str, Any]


def steps(findings: Sequence[Finding]) -> list[Step]:
    """Return a step for each open finding of low severity or above that is no consequence of another one.

    The gravest come first, of those the ones with consequences, then the quickest. What one run of a remedy mends is
    one step: that of its gravest finding.
    """
    still = [one for one in findings if one.status == "open" and one.severity in _WHEN and not one.caused_by]
    still.sort(key=lambda one: (-one.severity, not one.consequences, EFFORTS.index(one.effort), one.id))
    together: dict[str, list[Finding]] = {}
    for one in still:
        together.setdefault(f"remedy {one.remedy}" if one.remedy else f"finding {one.id}", []).append(one)
    return [_step(first, others) for first, *others in together.values()]


def _step(finding: Finding, others: Sequence[Finding]) -> Step:
    return {
        "finding": finding.id,
        "also": [one.id for one in others],
        "when": _WHEN[finding.severity],
        "title": finding.title,
        "action": finding.action,
        "command": finding.command,
        "effort": finding.effort,
        "remedy": finding.remedy,
        "done": False,
        "by": "",
    }


def done(resolved: Sequence[Mapping[str, Any]]) -> Iterator[Step]:
    """Yield what was resolved since the last run, as steps that are done."""
    for one in resolved:
        empty = {"also": [], "action": "", "command": "", "effort": "", "remedy": ""}
        yield {"finding": one["id"], "when": "now", "title": one["title"], **empty, "done": True, "by": one["by"]}
