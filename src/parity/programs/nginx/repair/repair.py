"""`repair`: a configuration that nginx refuses made one that it takes, one proven edit after the other."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from parity.programs.nginx.check.check import check, modules_of
from parity.programs.nginx.check.state import Handler
from parity.programs.nginx.check.walker import Walker
from parity.programs.nginx.repair.certificates import chain_proposals
from parity.programs.nginx.repair.missing_semicolon import swallowed_values
from parity.programs.nginx.repair.outline_source import Source
from parity.programs.nginx.repair.plan import Edit, Left, Plan, Proposal, Refused, RepairStep, applied
from parity.programs.nginx.repair.register import proposals
from parity.programs.nginx.syntax.directives import OLDEST, release
from parity.programs.nginx.syntax.explain import explain
from parity.programs.nginx.syntax.problem import Problem
from parity.programs.nginx.syntax.tokens import Statement

_MOST_STEPS: Final = 200
# Bytes of all texts that are tried, and how often all files are at least. Nobody writes what would be tried longer.
_MOST_TRIED: Final = 2_000_000
_LEAST_TRIES: Final = 8
_TOO_MUCH: Final = "Too many faults in files of this size to try all repairs: fix the first one by hand."
_BLOCKS: Final = frozenset({"unexpected_brace", "unexpected_eof", "unexpected_char"})
_PASSED: Final = "test is successful"


def repair(
    files: Mapping[str, bytes],
    main: str = "/etc/nginx/nginx.conf",
    version: str = OLDEST,
    output: str = "",
    *,
    built_in: Collection[str] | None = None,
    twins: Mapping[str, bytes] | None = None,
) -> Plan:
    """Return the plan that makes nginx take a configuration.

    files: every file that belongs to it, by the path that nginx has for it; certificates may be among them
    main: the file that nginx begins with
    version: the nginx that will read it; raises ValueError where it is no version
    output: what `nginx -t` printed; it decides what the fault is. Empty: what `check` finds.
    built_in: as for `check`
    twins: other environments' copies of the files, by the same paths

    Only what the files prove is done, at single bytes; an edit is taken when its fault is gone and none came by it.
    What was not repaired is in `left`. nginx stops at its first fault, so nothing is known of what stands behind one
    that is left.
    """
    names = {posixpath.normpath(path): path for path in files}
    built = modules_of(release(version)) if built_in is None else built_in
    copies = {posixpath.normpath(path): data for path, data in (twins or {}).items()}
    work = _Work({posixpath.normpath(path): files[path] for path in files}, main, version, built, copies)
    work.run(output)
    changed = {names[path]: data for path, data in work.files.items() if path in names}
    return Plan({**files, **changed}, tuple(work.steps), tuple(work.left))


@dataclass
class _State:
    """What nginx says of some files, and how far it came."""

    problems: Sequence[Problem]
    reached: int

    @property
    def fault(self) -> Problem | None:
        return next((problem for problem in self.problems if problem.fatal), None)

    def count(self, one: Problem) -> int:
        return sum(_key(problem) == _key(one) for problem in self.problems)


class _Counting(Walker):
    """Counts the directives that nginx gets done with."""

    done = 0

    def _directive(self, statement: Statement) -> None:
        super()._directive(statement)
        self.done += 1

    def _entry(self, statement: Statement, handler: Handler) -> None:
        super()._entry(statement, handler)
        self.done += 1


@dataclass
class _Work:
    files: dict[str, bytes]
    main: str
    version: str
    built_in: Collection[str]
    twins: Mapping[str, bytes]
    steps: list[RepairStep] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    tried: int = 0
    source: Source | None = None

    def run(self, output: str) -> None:
        if output.strip() and not self._said(output):
            return
        state = self._state(self.files)
        refused: set[tuple[str, str, str | None]] = set()
        for _ in range(_MOST_STEPS):
            problem = next((one for one in state.problems if one.fatal), None)
            problem = problem or next((one for one in state.problems if _key(one) not in refused), None)
            if problem is None:
                break
            after = self._try(problem, state)
            if after is None:
                refused.add(_key(problem))
                if problem.fatal:
                    return
            else:
                state = after
        self._silent(state)
        self._chains(state)

    def _said(self, output: str) -> bool:
        """Repair what nginx printed; False where nothing more is known after it."""
        said = explain(output)
        state = self._state(self.files)
        first = next((one for one in said if one.fatal), None)
        if first is None:
            if state.fault is not None:
                return _PASSED not in output
            for problem in said:
                if not any(_same(problem, one) for one in state.problems):
                    self._try(problem, state, unseen=True)
            return True
        if state.fault is not None and _same(first, state.fault):
            return True
        return self._try(first, state, unseen=True) is not None

    def _read(self) -> Source:
        self.source = Source(self.files, self.main, self.version, self.source, self.twins)
        return self.source

    def _state(self, files: Mapping[str, bytes]) -> _State:
        walker = _Counting(files, self.main, release(self.version), self.built_in)
        walker.run()
        # A file that is read often is short to look at and long to try.
        self.tried += sum(map(len, files.values())) + walker.done
        return _State(check(files, self.main, self.version, built_in=self.built_in), walker.done)

    def _try(self, problem: Problem, state: _State, *, unseen: bool = False) -> _State | None:
        """Make the first proposal that holds; None, with the reason in `left`, where none does."""
        source = self._read()
        try:
            for proposal in proposals(source, problem):
                self._bounded()
                if proposal.unseen or not unseen:
                    after = self._accepted(proposal, problem, state)
                    if after is not None:
                        self._take(proposal, source)
                        return after
            why, lines = f"{problem.cause} No single change fixes it.", ""
        except Refused as refused:
            why, lines = refused.why, refused.lines
        self.left.append(Left(problem, why.strip(), lines))
        return None

    def _bounded(self) -> None:
        if self.tried > max(_MOST_TRIED, _LEAST_TRIES * sum(map(len, self.files.values()))):
            raise Refused(_TOO_MUCH)

    def _accepted(self, proposal: Proposal, problem: Problem, state: _State) -> _State | None:
        files = applied(self.files, proposal.edits)
        if files == self.files:
            return None
        after = self._state(files)
        # Of things that stand twice nginx tells when all of the block is read: less is read where one of them is gone.
        other = (
            after.fault is not None and _twice(after.fault) and _twice(problem) and _key(after.fault) != _key(problem)
        )
        if after.fault and after.reached < state.reached and not other:
            return None
        if proposal.unseen and (problem.fatal or not state.count(problem)):
            same = after.fault is None or (state.fault is not None and _key(after.fault) == _key(state.fault))
            return after if same else None
        if not problem.fatal:
            fewer = after.count(problem) < state.count(problem)
            return after if fewer and len(after.problems) < len(state.problems) and not after.fault else None
        found = after.fault
        if found is None:
            return after
        touched = {edit.file for edit in proposal.edits}
        # One of two things that stand twice was taken away: the other shows now, and it did not come by that.
        wrong = found.rule in _BLOCKS or (_twice(found) and not _twice(problem))
        if proposal.structural and found.file in touched and wrong:
            return None
        same_place = _key(found) == _key(problem) and found.line == problem.line and after.reached <= state.reached
        return None if same_place else after

    def _take(self, proposal: Proposal, source: Source) -> None:
        first = proposal.edits[0]
        line = source.line(first.file, first.start)
        self.steps.append(RepairStep(first.file, line, proposal.action, proposal.why, proposal.verify))
        self.files = applied(self.files, proposal.edits)

    def _silent(self, state: _State) -> None:
        """Add the `;` that nginx does not miss, as long as it takes what comes of it."""
        refused: set[tuple[Edit, ...]] = set()
        while state.fault is None and len(self.steps) < _MOST_STEPS:
            source = self._read()
            proposal = next((one for one in swallowed_values(source) if one.edits not in refused), None)
            if proposal is None:
                return
            after = self._state(applied(self.files, proposal.edits))
            if after.fault is None:
                self._take(proposal, source)
            else:
                refused.add(proposal.edits)

    def _chains(self, state: _State) -> None:
        """Put the server's own certificate first in its chain; nginx says nothing of it where key types differ."""
        if state.fault is not None:
            return
        for proposal in chain_proposals(self._read()):
            self._take(proposal, self._read())


def _twice(problem: Problem) -> bool:
    return problem.rule.startswith("duplicate_")


def _key(problem: Problem) -> tuple[str, str, str | None]:
    """A name for a problem that survives moved lines."""
    return problem.message_class, problem.message.rpartition(" in ")[0] or problem.message, problem.file


def _same(said: Problem, found: Problem) -> bool:
    """Whether what nginx printed is what the files show."""
    if said.message == found.message:
        return True
    return said.message_class == found.message_class and (said.file, said.line) == (found.file, found.line)
