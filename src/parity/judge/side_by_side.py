"""The environments side by side: each fact that can be compared, what agrees, and what the findings say of the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from parity.compare import host_facts
from parity.compare.comparison import Comparison
from parity.compare.match_services import Match
from parity.compare.service_facts import FACTS
from parity.compare.variable import COMPOSE, Variable
from parity.domain.checkout import Checkout
from parity.domain.findings import Difference, Finding
from parity.domain.resources import Machine
from parity.domain.stack import Service, Stack
from parity.domain.values import Same, has_secret, same, show

# What a cell is. `missing`: the others have it; `none`: there is nothing that could have it; `not-seen`: nobody knows.
VALUE, MISSING, NONE, NOT_SEEN = "value", "missing", "none", "not-seen"
# What a row is. All but the last are facts that were compared.
SAME, EXPECTED, DIFFERENT, LACKING, UNKNOWN = "same", "expected", "different", "missing", "not-compared"
_PRESENT: Final = "service"
_PRESENCE: Final = frozenset({"containers.service-missing", "containers.renamed"})
_ENVIRONMENT: Final = "environment"
_COMMITS: Final = frozenset({"code.production-ahead", "code.behind", "code.commit-differs"})
_HOSTS: Final = frozenset({"code.hosts-differ", "code.on-no-remote"})
_CHANGED: Final = frozenset({"code.changed-file", "code.uncommitted"})
_MACHINES: Final = frozenset({"resources.host-differs"})
_FILES_SHOWN: Final = 3
_BETWEEN: Final = ("environment.missing", "environment.empty", "environment.differs")
_BY_FILE: Final = "environment.file-not-given"
_NOT_SHOWN: Final = {MISSING: "not set", NONE: "-", NOT_SEEN: "not seen"}
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Cell:
    """What one environment has: its kind, and its value as the host sent it (secrets are tokens)."""

    kind: str
    value: str = ""

    @property
    def compared(self) -> bool:
        """Whether it says anything about the environment."""
        return self.kind in (VALUE, MISSING)


@dataclass(frozen=True)
class Row:
    """One fact: its name, what each environment has in their order, and the findings that speak of it.

    `differs` judge a difference in it, `faults` what single environments have.
    """

    name: str
    cells: tuple[Cell, ...]
    differs: tuple[Finding, ...] = ()
    faults: tuple[Finding, ...] = ()
    services: tuple[str, ...] = ()


def side_by_side(
    comparison: Comparison, findings: Sequence[Finding], differences: Sequence[Difference]
) -> dict[str, Any]:
    """Return the facts of services and variables by environment, and how many of them agree, as `findings.json` has it.

    `differences` are those that the findings were made of. A fact that fewer than two environments show is not
    compared, and what was not seen equals nothing.
    """
    told = _Told(findings, differences)
    runs = [stack.run for stack in comparison.stacks]
    services: list[dict[str, Any]] = [
        {"service": match.name, "rows": [_judged(row, runs) for row in _service_rows(comparison, match, told)]}
        for match in comparison.matches
    ]
    checkout = [_judged(row, runs) for row in _checkout_rows(comparison, told)]
    host = [_judged(row, runs) for row in _host_rows(comparison, told)]
    variables = [_judged(row, runs) for row in _variable_rows(comparison, told)]
    rows = [*checkout, *host, *(row for one in services for row in one["rows"]), *variables]
    counted = Counter(row["verdict"] for row in rows)
    return {
        "agree": counted[SAME],
        "compared": counted.total() - counted[UNKNOWN],
        "expected": counted[EXPECTED],
        "differ": counted[DIFFERENT] + counted[LACKING],
        "not_compared": counted[UNKNOWN],
        "checkout": checkout,
        "host": host,
        "services": services,
        "variables": variables,
    }


class _Told:
    """The findings by what they speak of."""

    def __init__(self, findings: Iterable[Finding], differences: Iterable[Difference]) -> None:
        by_id = {finding.id: finding for finding in findings}
        self._of_service: dict[tuple[str, str], list[Finding]] = {}
        self._of_item: dict[str, list[Finding]] = {}
        self._of_rule: dict[str, list[Finding]] = {}
        self._files: list[Finding] = []
        for finding in by_id.values():
            self._of_service.setdefault((finding.rule, finding.service), []).append(finding)
            self._of_rule.setdefault(finding.rule, []).append(finding)
            if finding.area == _ENVIRONMENT:
                self._of_item.setdefault(finding.item, []).append(finding)
            if finding.rule == _BY_FILE:
                self._files.append(finding)
        # What a more special rule tells instead, by rule and item: the id without its environments.
        self._instead: dict[str, list[Finding]] = {}
        for difference in differences:
            for name in sorted(difference.covers) if difference.id in by_id else ():
                self._instead.setdefault(name.rpartition("@")[0], []).append(by_id[difference.id])

    def of_service(self, rules: Iterable[str], service: str) -> tuple[Finding, ...]:
        """Return what rules say of a service."""
        return tuple(one for rule in sorted(rules) for one in self._of_service.get((rule, service), ()))

    def of_rules(self, rules: Iterable[str]) -> tuple[Finding, ...]:
        """Return what rules say, of whatever."""
        return tuple(one for rule in sorted(rules) for one in self._of_rule.get(rule, ()))

    def differs(self, name: str) -> tuple[Finding, ...]:
        """Return what says that a variable differs, or is missing."""
        own = [one for one in self._of_item.get(name, ()) if one.rule in _BETWEEN]
        instead = [one for rule in _BETWEEN for one in self._instead.get(f"{rule}/{name}", ())]
        return (*own, *instead, *(one for one in self._files if name in one.mentions))

    def faults(self, name: str) -> tuple[Finding, ...]:
        """Return what else is said of a variable: what is wrong in one environment, or should not be the same."""
        return tuple(one for one in self._of_item.get(name, ()) if one.rule not in _BETWEEN)


def _checkout_rows(comparison: Comparison, told: _Told) -> Iterator[Row]:
    """Yield what the Git checkouts have: commit, branch, and changed files."""
    reads: tuple[tuple[str, Callable[[Checkout], str], frozenset[str], frozenset[str]], ...] = (
        ("commit", lambda one: one.shown, _COMMITS, _HOSTS),
        ("branch", lambda one: one.branch or "detached", _COMMITS, frozenset()),
        ("changed files", _changed_files, _CHANGED, _CHANGED),
    )
    for name, read, differs, faults in reads:
        cells = tuple(_of_checkouts(stack, read) for stack in comparison.stacks)
        row = Row(name, cells, told.of_rules(differs), told.of_rules(faults))
        if _worth_a_row(row):
            yield row


def _of_checkouts(stack: Stack, read: Callable[[Checkout], str]) -> Cell:
    if not stack.checkouts:
        unread = any(piece.part in ("host", "project", "checkout") for piece in stack.unseen)
        return Cell(NOT_SEEN if unread else NONE)
    return Cell(VALUE, ", ".join(dict.fromkeys(map(read, stack.checkouts))))


def _changed_files(checkout: Checkout) -> str:
    more = f" and {len(checkout.dirty) - _FILES_SHOWN} more" if len(checkout.dirty) > _FILES_SHOWN else ""
    return (", ".join(checkout.dirty[:_FILES_SHOWN]) or "none") + more


def _host_rows(comparison: Comparison, told: _Told) -> Iterator[Row]:
    """Yield what the hosts have; of several hosts of an environment each value once."""
    for name, read in host_facts.FACTS:
        row = Row(name, tuple(_of_hosts(stack, read) for stack in comparison.stacks), told.of_rules(_MACHINES))
        if _worth_a_row(row):
            yield row


def _of_hosts(stack: Stack, read: Callable[[Machine], str]) -> Cell:
    if value := host_facts.shown(read, stack.machines):
        return Cell(VALUE, value)
    return Cell(NOT_SEEN if stack.runs or stack.unseen else NONE)


def _service_rows(comparison: Comparison, match: Match, told: _Told) -> Iterator[Row]:
    present = tuple(
        _absent(stack, MISSING) if member is None else Cell(VALUE, member.name)
        for stack, member in _members(comparison, match)
    )
    yield Row(_PRESENT, present, told.of_service(_PRESENCE, match.name))
    for fact in FACTS:
        cells = []
        for stack, member in _members(comparison, match):
            if member is None or member.config is None:
                cells.append(_absent(stack, NONE))
                continue
            found = fact.read(stack, member, member.config)
            cells.append(Cell(NOT_SEEN) if found is None else Cell(VALUE, found) if found else Cell(NONE))
        row = Row(
            fact.name,
            tuple(cells),
            told.of_service(fact.differs | fact.faults, match.name),
            told.of_service(fact.faults, match.name),
        )
        if _worth_a_row(row):
            yield row


def _members(comparison: Comparison, match: Match) -> Iterator[tuple[Stack, Service | None]]:
    for stack in comparison.stacks:
        yield stack, match.members.get(stack.environment)


def _worth_a_row(row: Row) -> bool:
    """Return whether two environments at least could have a fact, and one has it."""
    kinds = [cell.kind for cell in row.cells]
    return VALUE in kinds and len(kinds) - kinds.count(NONE) > 1


def _absent(stack: Stack, seen: str) -> Cell:
    """Return the cell of a service that an environment does not have: `seen` where that is certain."""
    parts = {piece.part for piece in stack.unseen}
    blind = parts & {"host", "engine", "container"} or ("project" in parts and not stack.runs) or not stack.services
    return Cell(NOT_SEEN if blind else seen)


def _variable_rows(comparison: Comparison, told: _Told) -> Iterator[Row]:
    for name, found in sorted(comparison.variables.by_name.items()):
        having = {service for variable in found.values() for service in variable.values}
        by_cells = _by_cells(comparison, found, having - {COMPOSE})
        if not by_cells:
            # Only Compose reads it. Where an environment does not set it, its compose files may not use it.
            values = [found[s.environment].values if s.environment in found else {} for s in comparison.stacks]
            by_cells[tuple(Cell(VALUE, own[COMPOSE]) if COMPOSE in own else Cell(NONE) for own in values)] = []
        differs, faults = told.differs(name), told.faults(name)
        for cells, services in by_cells.items():
            row = Row(name, cells, differs, faults, tuple(services))
            if _worth_a_row(row):
                yield row


def _by_cells(
    comparison: Comparison, found: Mapping[str, Variable], having: Iterable[str]
) -> dict[tuple[Cell, ...], list[str]]:
    """Return the services that have a variable, by the cells of its row."""
    own = [found[stack.environment].values if stack.environment in found else {} for stack in comparison.stacks]
    by_cells: dict[tuple[Cell, ...], list[str]] = {}
    whole: dict[tuple[str, ...], tuple[Cell, ...]] = {}  # where each environment has a value, no more matters
    for match in comparison.matches_of(having):
        values = tuple(values[match.name] for values in own if match.name in values)
        if len(values) < len(own):
            members = zip(_members(comparison, match), own, strict=True)
            cells = tuple(_variable(stack, member, values.get(match.name)) for (stack, member), values in members)
        elif values in whole:
            cells = whole[values]
        else:
            cells = whole[values] = tuple(Cell(VALUE, value) for value in values)
        by_cells.setdefault(cells, []).append(match.name)
    return by_cells


def _variable(stack: Stack, service: Service | None, value: str | None) -> Cell:
    if value is not None:
        return Cell(VALUE, value)
    if service is None:
        return _absent(stack, NONE)
    # A container shows all that it has; what files alone say is whole only where all of them were read.
    unread = any(piece.part in ("host", "project", "file") for piece in stack.unseen)
    whole = bool(service.containers) or (stack.render_state == "rendered" and not unread)
    return Cell(MISSING if whole else NOT_SEEN)


def _judged(row: Row, runs: Sequence[str]) -> dict[str, Any]:
    """Return a fact as `findings.json` has it: what each cell shows, how they compare, and what was said of it."""
    keys = [_key(run, cell) for run, cell in zip(runs, row.cells, strict=True)]
    verdict = _verdict(row, runs)
    told = row.faults if verdict == SAME else (*row.differs, *row.faults)
    still_open = sorted((one for one in told if one.status == "open"), key=lambda one: (-one.severity, one.id))
    odd = _odd([key for key in keys if key is not None]) if verdict not in (SAME, UNKNOWN) else frozenset()
    return {
        "name": row.name,
        "services": list(row.services),
        "verdict": verdict,
        "severity": still_open[0].severity.word if still_open else "",
        "findings": [one.id for one in still_open or (row.differs if verdict == EXPECTED else ())],
        "cells": [
            {"is": cell.kind, "shown": _shown(row, cell), "mark": mark, "odd": key in odd}
            for cell, key, mark in zip(row.cells, keys, _marks(keys), strict=True)
        ],
    }


def _key(run: str, cell: Cell) -> Key | None:
    """Return what equal cells have in common: a secret's fingerprint says nothing outside of its run."""
    return (cell.kind, run if has_secret(cell.value) else "", cell.value) if cell.compared else None


def _verdict(row: Row, runs: Sequence[str]) -> str:
    compared = [(run, cell) for run, cell in zip(runs, row.cells, strict=True) if cell.compared]
    if len(compared) < 2:
        return UNKNOWN
    present = [(run, cell.value) for run, cell in compared if cell.kind == VALUE]
    pairs = {same(present[0][1], value, present[0][0] == run) for run, value in present[1:]}
    lacks = len(present) < len(compared)
    if not lacks and Same.NO not in pairs:
        return UNKNOWN if Same.UNKNOWN in pairs else SAME
    if row.differs and all(one.status != "open" for one in row.differs):
        return EXPECTED
    return LACKING if lacks else DIFFERENT


def _odd(keys: Sequence[Key]) -> frozenset[Key]:
    """Return what differs from that which more than half of the environments have; secrets of another run may not."""
    if len(set(keys)) == len(keys) > 1:
        return frozenset()
    usual, count = Counter(keys).most_common(1)[0]
    known = {key for key in keys if key[1] == usual[1] or "" in (key[1], usual[1])}
    return frozenset(known - {usual}) if count * 2 > len(keys) else frozenset()


def _marks(keys: Sequence[Key | None]) -> list[str]:
    """Return a number for each secret, the same for equal ones of a row; `?` where they cannot be compared."""
    secrets = dict.fromkeys(key for key in keys if key and key[1])
    if not secrets:
        return [""] * len(keys)
    whole = len({key[1] for key in secrets}) == 1
    numbers = {key: str(number) if whole else "?" for number, key in enumerate(secrets, 1)}
    return [numbers.get(key, "") if key else "" for key in keys]


def _shown(row: Row, cell: Cell) -> str:
    if cell.kind == VALUE:
        return show(cell.value)
    return "no such service" if cell.kind == MISSING and row.name == _PRESENT else _NOT_SHOWN[cell.kind]
