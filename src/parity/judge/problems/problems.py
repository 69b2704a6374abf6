"""The problems of an audit, the worst first, and which finding belongs to which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from parity.domain.findings import Finding
from parity.judge.problems.group import grouped
from parity.judge.problems.problem import Problem, problem
from parity.knowledge.groupings import Grouping
from parity.knowledge.rules import EFFORTS, Rule


def problems(
    findings: Sequence[Finding],
    groupings: Sequence[Grouping],
    rules: Mapping[str, Rule],
    environments: Mapping[str, bool],
) -> tuple[list[Problem], list[Finding]]:
    """Return the problems, and the findings with the problem that each belongs to; an expected difference has none.

    `environments` are all that were compared, in their order, each with whether it is production.
    """
    found = [problem(group, rules, environments) for group in grouped(findings, groupings, [*environments])]
    of = {finding: one.id for one in found for finding in one.findings}
    return sorted(found, key=order), [replace(one, problem=of.get(one.id, "")) for one in findings]


def order(one: Problem) -> tuple[bool, int, bool, int, int, str]:
    """Return what to sort by: the worst, those of production, what has the most to it, what is the quickest to fix."""
    size, effort = -len(one.findings), EFFORTS.index(one.effort)
    return one.status != "open", -one.severity, not one.production, size, effort, one.id
