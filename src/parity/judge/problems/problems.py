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
    environments: Sequence[str],
) -> tuple[list[Problem], list[Finding]]:
    """Return the problems, and the findings with the problem that each belongs to; an expected difference has none.

    `environments` are all that were compared, in their order.
    """
    found = [problem(group, rules, environments) for group in grouped(findings, groupings, environments)]
    of = {finding: one.id for one in found for finding in one.findings}
    return sorted(found, key=_order), [replace(one, problem=of.get(one.id, "")) for one in findings]


def _order(one: Problem) -> tuple[bool, int, int, int, str]:
    """The worst come first, of those what has the most to it, then the quickest to fix."""
    return one.status != "open", -one.severity, -len(one.findings), EFFORTS.index(one.effort), one.id
