"""What stops Loki from starting, as Loki itself would print it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LokiProblem:
    """One thing Loki would print before it exits.

    `text` is Loki's wording without the place, `line` the line it names (None where it names none). `wave` is 1 for the
    parser, 2 for the validation behind it, 3 for what only a start shows. `hidden` problems are not printed yet: they
    come once the parser is content. `field` and `type` are set where the message is about a field; `path` is where it
    stands in the file, `exit` the status Loki ends with.
    """

    text: str
    rule: str
    line: int | None = None
    field: str = ""
    type: str = ""
    wave: int = 1
    hidden: bool = False
    exit: int = 1
    path: str = ""
    cause: str = ""
    impact: str = ""
    action: str = ""

    def __str__(self) -> str:
        """Return the problem as it stands in Loki's output."""
        return self.text if self.line is None else f"line {self.line}: {self.text}"
