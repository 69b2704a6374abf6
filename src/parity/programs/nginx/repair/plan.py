"""What a repair comes to: the files afterwards, the steps that led there, and what needs a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from parity.programs.nginx.syntax.problem import Problem


@dataclass(frozen=True)
class RepairStep:
    """One change that was made. `line` is that of the file as it stood before this step.

    `verify` asks a person to look at it: the files prove that nginx takes it, not that it is what was meant.
    """

    file: str
    line: int
    action: str
    why: str
    verify: bool = False

    def __str__(self) -> str:
        """Return the step as a sentence."""
        return f"{self.file}:{self.line}: {self.action}: {self.why}"


@dataclass(frozen=True)
class Left:
    """What needs a person's decision: the problem, why it was not repaired, and lines that would, where some fit."""

    problem: Problem
    why: str
    lines: str = ""


@dataclass(frozen=True)
class Plan:
    """`files` after the `steps`, every file that was given among them; `left` is what was not repaired."""

    files: Mapping[str, bytes]
    steps: tuple[RepairStep, ...] = ()
    left: tuple[Left, ...] = ()


class Refused(Exception):  # noqa: N818 - an answer, not a program error
    """A fault that must not be repaired from here, with the reason and, where sensible, the lines that would do it."""

    def __init__(self, why: str, lines: str = "") -> None:
        """`why` is a sentence that names the thing."""
        super().__init__(why)
        self.why = why
        self.lines = lines


@dataclass(frozen=True)
class Edit:
    """The bytes from `start` to `end` of a file become `new`."""

    file: str
    start: int
    end: int
    new: bytes


@dataclass(frozen=True)
class Proposal:
    """One way to repair a fault; it is tried before it is believed.

    structural: blocks are opened or closed, so no fault about blocks may follow in the file
    unseen: the fault is one that only the environment shows, so its absence cannot be checked here
    """

    edits: tuple[Edit, ...]
    action: str
    why: str
    verify: bool = False
    structural: bool = False
    unseen: bool = False


def applied(files: Mapping[str, bytes], edits: tuple[Edit, ...]) -> dict[str, bytes]:
    """Return the files with all edits made; offsets are those before any, equal ones keep their order."""
    result = dict(files)
    numbered = sorted(enumerate(edits), key=lambda one: (one[1].file, one[1].start, one[0]), reverse=True)
    for _, edit in numbered:
        data = result[edit.file]
        result[edit.file] = data[: edit.start] + edit.new + data[edit.end :]
    return result
