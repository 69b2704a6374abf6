"""`migrate`: a configuration made fit for the Loki that will read it, step by step, each step checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, TypeVar

from parity.programs.loki.check.check import check, every_problem, problem_of, start_problems
from parity.programs.loki.check.problem import LokiProblem
from parity.programs.loki.go.scalars import whole
from parity.programs.loki.migrate import edit
from parity.programs.loki.migrate.advice import todo, wanted
from parity.programs.loki.migrate.carried_values import Memory
from parity.programs.loki.migrate.edit import CannotEdit
from parity.programs.loki.migrate.meaning import FIELDS, meaning
from parity.programs.loki.migrate.owner_lines import Lines
from parity.programs.loki.migrate.parser_repairs import repair_fatal, repair_issue
from parity.programs.loki.migrate.plan import Left, MigrationStep, Plan
from parity.programs.loki.migrate.validation_repairs import repair_problem
from parity.programs.loki.read.config import LokiConfig
from parity.programs.loki.read.decode import Decoded, Issue, decode
from parity.programs.loki.read.expand import UNKNOWN, VARIABLE
from parity.programs.loki.read.flags import read_flags
from parity.programs.loki.read.releases import FieldTable, table
from parity.programs.loki.read.run import PLAIN, Run

_Found = TypeVar("_Found")
_MOST_STEPS: Final = 300  # no Loki file needs a tenth of it
# Characters of all texts that are tried. A file that would be tried longer is no file that somebody wrote.
_MOST_TRIED: Final = 600_000
_TOO_MUCH: Final = "Too many faults in a file of this size to try all repairs: fix the first one by hand."
_REMEMBERED: Final = 4
_MOST_TOLD: Final = 40  # more is no reading for anybody, and each place is looked for anew


def migrate(text: str, version: str, today: date, *, expand_env: bool = False, run: Run = PLAIN) -> Plan:
    """Return the plan that makes `text` start Loki `version` on `today`.

    Only what can be derived is done: fields that are gone are removed, renamed or moved, empty blocks taken out, then
    what the validation asks for is set where the file itself tells the value. Comments, order and line endings stay.
    What only the owner can decide is in `left`; `check(plan.text)` finds that and nothing else. `expand_env` and `run`
    are meant as for `check`: what stands in `${…}` or is hidden is taken to fit, and stays. Raises ValueError when
    `version` is not a Loki version.
    """
    run = run._replace(expand_env=expand_env or run.expand_env)
    return _Migration(text, table(version), version, today, run).run()


@dataclass
class _Migration:
    text: str
    fields: FieldTable
    version: str
    today: date
    how: Run = PLAIN
    looks_ahead: bool = True
    before: str = ""
    steps: list[MigrationStep] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    reasons: dict[str, str] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    set_aside: dict[str, str] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    known_decoded: dict[str, Decoded] = field(default_factory=dict)
    known_problems: dict[str, list[LokiProblem]] = field(default_factory=dict)
    tried: int = 0

    def run(self) -> Plan:
        """Repair the first problem that can be repaired until none is left that can."""
        self.before = self.text
        if not self.how.reads(self.text).complaint:
            for pattern in ([VARIABLE] if self.how.expand_env else []) + ([self.how.hidden] if self.how.hidden else []):
                self.text = pattern.sub(lambda match: self._token(match[0]), self.text)
        done = 0
        for _ in range(_MOST_STEPS):
            if self._advance():
                continue
            if len(self.steps) == done:
                break
            done = len(self.steps)  # what was refused may be possible by now
            self.refused.clear()
        written = self._as_written
        self.steps = [replace(step, why=written(step.why), to=written(step.to)) for step in self.steps]
        self.text = written(self.text)
        return Plan(self.text, tuple(_joined(self.steps)), tuple(self._left()))

    def _advance(self) -> bool:
        decoded = self._decoded(self.text)
        for problem in self._problems():
            if _name(problem) in self.refused:
                continue
            if self.tried > _MOST_TRIED:
                self.refused.add(_name(problem))
                self.reasons[_name(problem)] = _TOO_MUCH
                continue
            self.tried += len(self.text)
            try:
                text, step = self._repair(problem, decoded)
                self._accept(problem, text, step)
            except CannotEdit as reason:
                self.refused.add(_name(problem))
                self.reasons[_name(problem)] = str(reason)
                if not self._put_aside(decoded):
                    continue
            return True
        return False

    def _put_aside(self, decoded: Decoded) -> bool:
        """Stand something that fits any field in for a value that ends the reading, so that the rest can be done."""
        place = edit.find(self.text, decoded.fatal_path) if decoded.fatal and decoded.fatal_path else None
        if place is None or place.value.kind != "scalar":
            return False
        written = self.text[place.value.start : place.value.end]
        if not written or "\n" in written or UNKNOWN in written:
            return False
        self.ended.append(".".join(map(str, decoded.fatal_path)))
        self.text = self.text[: place.value.start] + self._token(written) + self.text[place.value.end :]
        return True

    def _token(self, written: str) -> str:
        """Something that fits any field, to stand for `written` until the end."""
        token = f"{UNKNOWN}{len(self.set_aside)}{UNKNOWN}"
        self.set_aside[token] = written
        return token

    def _as_written(self, text: str) -> str:
        for token, written in self.set_aside.items():
            text = text.replace(token, written)
        return text

    def _decoded(self, text: str) -> Decoded:
        return _remembered(self.known_decoded, text, lambda: decode(self._expanded(text), self.fields))

    def _config(self, decoded: Decoded) -> LokiConfig:
        flags = read_flags(self.how.arguments, self.fields, self.how.hidden)
        return LokiConfig({} if decoded.fatal else decoded.values, self.fields, self.today, flags)

    def _checked(self, text: str) -> list[LokiProblem]:
        return _remembered(
            self.known_problems, text, lambda: list(every_problem(text, self.version, self.today, self.how))
        )

    def _expanded(self, text: str) -> str:
        return self.how.reads(text).text

    def _problems(self) -> list[LokiProblem]:
        return self._checked(self.text) or list(start_problems(self.text, self.version, self.today, self.how))

    def _repair(self, problem: LokiProblem, decoded: Decoded) -> tuple[str, MigrationStep]:
        if decoded.fatal:
            return repair_fatal(self.text, decoded)
        for issue in decoded.issues:
            if problem_of(issue) == problem:
                return repair_issue(self.text, self._literal(issue, decoded), self.fields, self.memory)
        return repair_problem(self.text, problem, self._config(decoded), self.memory)

    def _literal(self, issue: Issue, decoded: Decoded) -> Issue:
        """The same fault where the block says it itself, if `issue` is about what an anchor brings into it."""
        same = [other for other in decoded.issues if (other.path, other.kind) == (issue.path, issue.kind)]
        if len(same) == 1 or edit.find(self.text, issue.path, issue.line) is not None:
            return issue
        return next((other for other in same if edit.find(self.text, other.path, other.line) is not None), issue)

    def _accept(self, problem: LokiProblem, text: str, step: MigrationStep) -> None:
        """Take the new text if it is still YAML and the problem is gone without a new one of the parser's."""
        before = _count(self._problems())
        after = _count(self._checked(text))
        decoded = self._decoded(text)
        if decoded.fatal and decoded.fatal.startswith("yaml: "):
            raise CannotEdit("the change would break the file")
        gone = after.get(_name(problem), 0) < before.get(_name(problem), 0)
        new = [name for name in after if name.startswith("1 ") and after[name] > before.get(name, 0)]
        if gone and new and problem.rule != "parser.value":
            raise CannotEdit("Loki would reject its value in the new place too")
        if not gone:
            raise CannotEdit("the change alone would not fix it")
        if problem.field in FIELDS and meaning(self._expanded(self.text)) != meaning(self._expanded(text)):
            raise CannotEdit("the setting comes from a YAML anchor, so the change would affect other settings")
        if not _touches_only(self.text, text, step):
            raise CannotEdit("the change would affect other settings")
        made = set(edit.top_names(text)) - set(edit.top_names(self.text))
        self.text = edit.in_order(text, self.before) if made and step.action != "renamed" else text
        # The reader has the file as it was.
        line = _line(self.before, step.path) if step.action != "set" else None
        self.steps.append(replace(step, line=line))

    def _left(self) -> list[Left]:
        decoded = self._decoded(self.text)
        config = self._config(decoded)
        left = []
        printed = check(self.text, self.version, self.today, run=self.how) or self._problems()
        for number, problem in enumerate(printed):
            why = self.reasons.get(_name(problem), problem.action)
            line = problem.line or _line(self.text, problem.path)
            # Of values that end the reading Loki names the first alone; all are told at once.
            ended = [problem, *(replace(problem, path=path) for path in self.ended if path != problem.path)]
            same = ended if problem.rule == "parser.value" else [problem]
            told = same if number < _MOST_TOLD else ()
            lines = [line for one in told for line in todo(one, config, self.before, self.today)]
            left.append(Left(problem, why, line, tuple(lines)))
        if left and self.looks_ahead:
            behind = [problem for problem in self._problems()[:_MOST_TOLD] if problem not in printed]
            lines = [line for one in behind for line in todo(one, config, self.before, self.today)]
            further = dict.fromkeys((*left[-1].todo, *lines, *self._next(config)))
            left[-1] = replace(left[-1], todo=tuple(further))
        return left

    def _next(self, config: LokiConfig) -> list[Lines]:
        """What the owner would be asked next, once they have written what we can tell: all of it in one go."""
        problems = self._problems()[:_MOST_TOLD]
        text = self.text
        for path, value in filter(None, (wanted(problem, config) for problem in problems)):
            with suppress(CannotEdit):
                text = edit.put(text, path, value) if "<" not in value else text
        if text == self.text:
            return []
        then = _Migration(text, self.fields, self.version, self.today, self.how, looks_ahead=False)
        plan, told = then.run(), {_name(problem) for problem in problems}
        decoded = self._decoded(plan.text)
        config = self._config(decoded)
        asked = [left.problem for left in plan.left[:_MOST_TOLD] if _name(left.problem) not in told]
        return list(dict.fromkeys(line for one in asked for line in todo(one, config, self.before, self.today)))


def _remembered(known: dict[str, _Found], text: str, make: Callable[[], _Found]) -> _Found:
    """What was made of `text` before: each step looks at the same two texts several times."""
    if text not in known:
        if len(known) >= _REMEMBERED:
            known.pop(next(iter(known)))
        known[text] = make()
    return known[text]


def _touches_only(before: str, after: str, step: MigrationStep) -> bool:
    """Whether nothing but what `step` names differs: an edit that would reach further is not made.

    A setting that moves within its block may take others of that block along.
    """
    path = _names(step.path)
    allowed = [path, *(_names(target) for target in step.to.split(", ")), (*path[:-1], step.to)]
    allowed += [path[:-1] for target in allowed[1:-1] if _within(target, path[:-1])]
    changed = (edit.leaves(before) - edit.leaves(after)) + (edit.leaves(after) - edit.leaves(before))
    return all(any(_within(found, target) for target in allowed) or (found in _above(allowed)) for found, _ in changed)


def _within(path: edit.Path, block: edit.Path) -> bool:
    return bool(block) and path[: len(block)] == block


def _above(paths: list[edit.Path]) -> set[edit.Path]:
    """The blocks around `paths`: an empty one is filled by what is put into it."""
    return {path[:depth] for path in paths for depth in range(1, len(path))}


def _names(path: str) -> edit.Path:
    return tuple(whole(name) if name.isdigit() else name for name in path.split(".")) if path else ()


def _name(problem: LokiProblem) -> str:
    """A name for a problem that survives moved lines."""
    return f"{problem.wave} {problem.rule} {problem.path} {problem.text}"


def _count(problems: list[LokiProblem]) -> dict[str, int]:
    return Counter(map(_name, problems))


def _line(text: str, path: str) -> int | None:
    """The line of the setting at `path`, or of the innermost block above it that is there."""
    names = list(_names(path))
    while names:
        try:
            place = edit.find(text, tuple(names))
        except CannotEdit:
            return None
        if place is not None:
            return (place.key or place.value).line
        names.pop()
    return None


def _joined(steps: list[MigrationStep]) -> list[MigrationStep]:
    """Steps that set the same thing for two reasons are one step."""
    joined: list[MigrationStep] = []
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
