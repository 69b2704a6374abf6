"""Loki: would a file start the Loki that will read it, what changes it needs, and how two files differ in effect."""

from parity.loki.check import check, output, start_problems
from parity.loki.effective import Difference, Setting, differences, effective
from parity.loki.explain import explain
from parity.loki.migrate import migrate
from parity.loki.migration.plan import Left, Plan, Step, told
from parity.loki.problem import Problem
from parity.loki.tables import nearest

__all__ = [
    "Difference",
    "Left",
    "Plan",
    "Problem",
    "Setting",
    "Step",
    "check",
    "differences",
    "effective",
    "explain",
    "migrate",
    "nearest",
    "output",
    "start_problems",
    "told",
]
