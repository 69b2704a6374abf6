"""`migrate`: a configuration made fit for the Loki that will read it, step by step, each step checked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from parity.loki.check import check, problem_of, start_problems
from parity.loki.config import Config
from parity.loki.decode import Decoded, decode
from parity.loki.goscalar import whole
from parity.loki.migration import edit
from parity.loki.migration.edit import CannotEdit
from parity.loki.migration.parser_repairs import repair_fatal, repair_issue
from parity.loki.migration.plan import Left, Plan, Step
from parity.loki.migration.special import Memory
from parity.loki.migration.validation_repairs import lines_to_add, repair_problem
from parity.loki.problem import Problem
from parity.loki.tables import Table, table

_MOST_STEPS: Final = 1000
# Characters of all texts that are tried. A file that would be tried longer is no file that somebody wrote.
_MOST_TRIED: Final = 600_000
_TOO_MUCH: Final = "So much is wrong in a file of this size that not all of it was tried; repair the first by hand."


def migrate(text: str, version: str, today: date) -> Plan:
    """Return the plan that makes `text` start Loki `version` on `today`.

    Only what can be derived is done: fields that are gone are removed, renamed or moved, empty blocks taken out, then
    what the validation asks for is set where the file itself tells the value. Comments, order and line endings stay.
    What only the owner can decide is in `left`; `check(plan.text)` finds that and nothing else. Raises ValueError
    when `version` is not a Loki version.
    """
    return _Migration(text, table(version), version, today).run()


@dataclass
class _Migration:
    text: str
    fields: Table
    version: str
    today: date
    before: str = ""
    steps: list[Step] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    tried: int = 0

    def run(self) -> Plan:
        """Repair the first problem that can be repaired until none is left that can."""
        self.before = self.text
        for _ in range(_MOST_STEPS):
            if not self._advance():
                break
        return Plan(self.text, tuple(_joined(self.steps)), tuple(self._left()))

    def _advance(self) -> bool:
        decoded = decode(self.text, self.fields)
        for problem in self._problems():
            if _name(problem) in self.refused:
                continue
            if self.tried > _MOST_TRIED:
                self.refused[_name(problem)] = _TOO_MUCH
                continue
            self.tried += len(self.text)
            try:
                text, step = self._repair(problem, decoded)
                self._accept(problem, text, step)
            except CannotEdit as reason:
                self.refused[_name(problem)] = str(reason)
                continue
            return True
        return False

    def _problems(self) -> list[Problem]:
        found = list(check(self.text, self.version, self.today))
        return found or list(start_problems(self.text, self.version, self.today))

    def _repair(self, problem: Problem, decoded: Decoded) -> tuple[str, Step]:
        if decoded.fatal:
            return repair_fatal(self.text, decoded)
        for issue in decoded.issues:
            if problem_of(issue) == problem:
                return repair_issue(self.text, issue, decoded, self.fields, self.memory)
        return repair_problem(self.text, problem, Config(decoded.values, self.fields, self.today), self.memory)

    def _accept(self, problem: Problem, text: str, step: Step) -> None:
        """Take the new text if it is still YAML and the problem is gone without a new one of the parser's."""
        before = _count(self._problems())
        after = _count(list(check(text, self.version, self.today)))
        decoded = decode(text, self.fields)
        if decoded.fatal and decoded.fatal.startswith("yaml: "):
            raise CannotEdit("the change would break the file")
        gone = after.get(_name(problem), 0) < before.get(_name(problem), 0)
        new = [name for name in after if name.startswith("1 ") and after[name] > before.get(name, 0)]
        if not gone or (new and problem.rule != "parser.value"):
            raise CannotEdit("the change would not cure it alone")
        self.text = text
        # The reader has the file as it was.
        line = _line(self.before, step.path) if step.action != "set" else None
        self.steps.append(replace(step, line=line))

    def _left(self) -> list[Left]:
        decoded = decode(self.text, self.fields)
        config = Config({} if decoded.fatal else decoded.values, self.fields, self.today)
        left = []
        for problem in self._problems():
            why = self.refused.get(_name(problem), problem.action)
            line = problem.line or _line(self.text, problem.path)
            left.append(Left(problem, why, line, lines_to_add(problem, config, self.today)))
        return left


def _name(problem: Problem) -> str:
    """A name for a problem that survives moved lines."""
    return f"{problem.wave} {problem.rule} {problem.path} {problem.text}"


def _count(problems: list[Problem]) -> dict[str, int]:
    return Counter(map(_name, problems))


def _line(text: str, path: str) -> int | None:
    """The line of the setting at `path`, or of the innermost block above it that is there."""
    names: list[str | int] = [whole(name) if name.isdigit() else name for name in path.split(".")] if path else []
    while names:
        try:
            place = edit.find(text, tuple(names))
        except CannotEdit:
            return None
        if place is not None:
            return (place.key or place.value).line
        names.pop()
    return None


def _joined(steps: list[Step]) -> list[Step]:
    """Steps that set the same thing for two reasons are one step."""
    joined: list[Step] = []
    for step in steps:
        same = next(
            (other for other in joined if (other.action, other.path, other.to) == (step.action, step.path, step.to)),
            None,
        )
        if same is None or step.action != "set":
            joined.append(step)
        elif step.why not in same.why:
            joined[joined.index(same)] = replace(same, why=f"{same.why}; {step.why}")
    return joined
