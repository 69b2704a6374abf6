"""What a migration comes to: the text afterwards, the steps that led there, and what is left to the owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parity.programs.loki.check.problem import LokiProblem
from parity.programs.loki.migrate.owner_lines import Lines


@dataclass(frozen=True)
class MigrationStep:
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
    """What only the owner can decide: the problem, why, its line in `Plan.text`, and what to write where.

    `todo` speaks of the file that was given, since that is the one that the owner has.
    """

    problem: LokiProblem
    why: str
    line: int | None = None
    todo: tuple[Lines, ...] = ()

    @property
    def lines(self) -> str:
        """The exact lines to write, "" where none can be given."""
        return "\n".join(one.text for one in self.todo if one.text)

    def __str__(self) -> str:
        """Return what is left as sentences, with the lines to write."""
        return "; ".join([f"{self.problem.text}: {self.why}", *map(str, self.todo)])


def told(lefts: Sequence[Left]) -> list[str]:
    """Return what is left, a text each; lines that cure several problems are said once."""
    said: set[tuple[Lines, ...]] = set()
    texts = []
    for left in lefts:
        again = bool(left.todo) and left.todo in said
        said.add(left.todo)
        texts.append(f"{left.problem.text}: {left.why}; the lines above fix this too" if again else str(left))
    return texts


@dataclass(frozen=True)
class Plan:
    """`text` after the `steps`; Loki starts with it once what is `left` has been done."""

    text: str
    steps: tuple[MigrationStep, ...] = ()
    left: tuple[Left, ...] = ()
