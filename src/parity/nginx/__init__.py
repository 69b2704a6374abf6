"""nginx: what it would say about a configuration, and what it said, explained."""

from __future__ import annotations

from parity.nginx.check import check
from parity.nginx.explain import explain
from parity.nginx.problem import Problem
from parity.nginx.repair import repair
from parity.nginx.repairs.plan import Left, Plan, Step

__all__ = ["Left", "Plan", "Problem", "Step", "check", "explain", "repair"]
