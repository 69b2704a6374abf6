"""Loki: would a file start the Loki that will read it, what changes it needs, and how two files differ in effect."""

from parity.loki.check import check, output
from parity.loki.problem import Problem
from parity.loki.tables import nearest

__all__ = ["Problem", "check", "nearest", "output"]
