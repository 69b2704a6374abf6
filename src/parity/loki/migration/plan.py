"""What a migration comes to: the text afterwards, the steps that led there, and what is left to the owner."""

from __future__ import annotations

from dataclasses import dataclass

from parity.loki.problem import Problem


@dataclass(frozen=True)
class Step:
    """One change: what was done to which setting, and why. `verify` asks a person to look at it.

    Values are not repeated here: they may be secrets.
    """

    action: str  # removed, moved, renamed, set, changed
    path: str
    why: str
    line: int | None = None
    to: str = ""
    verify: bool = False

    def __str__(self) -> str:
        """Return the step as a sentence."""
        place = f"line {self.line}: " if self.line else ""
        target = f" to `{self.to}`" if self.to else ""
        return f"{place}{self.action} `{self.path}`{target}: {self.why}"


@dataclass(frozen=True)
class Left:
    """What only the owner can decide: the problem, where it stands, and the exact lines to add or change."""

    problem: Problem
    why: str
    line: int | None = None
    lines: str = ""


@dataclass(frozen=True)
class Plan:
    """`text` after the `steps`; Loki starts with it once what is `left` has been done."""

    text: str
    steps: tuple[Step, ...] = ()
    left: tuple[Left, ...] = ()
