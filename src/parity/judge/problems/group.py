"""Which findings are one problem: by what causes what, and by the kinds of grouping in `knowledge/problems.yml`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from parity.domain.findings import Finding
from parity.domain.near_names import buckets, near
from parity.knowledge.groupings import Grouping
from parity.knowledge.patterns import named

_NEAR: Final = "near-item"
_Joined = dict[str, tuple[int, Grouping]]  # by a finding's id: which kind of grouping joined it


@dataclass(frozen=True)
class Group:
    """Findings that are one problem: `roots`, its cause first, and `effects` by the id of what they follow from.

    by: the kind of grouping that joined the cause with others; None where it is one fault
    """

    roots: tuple[Finding, ...]
    effects: Mapping[str, Sequence[Finding]]
    by: Grouping | None

    @property
    def cause(self) -> Finding:
        """The finding for which the problem is named."""
        return self.roots[0]

    @property
    def causes(self) -> tuple[Finding, ...]:
        """The roots that make it a problem: not those that only come along (`with`)."""
        by = self.by
        return tuple(one for one in self.roots if by is None or named(by.causes, one.rule))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them, the cause first, and below each what follows from it."""
        return tuple(one for root in self.roots for one in (root, *_below(root, self.effects)))


def grouped(findings: Sequence[Finding], groupings: Sequence[Grouping], environments: Sequence[str]) -> list[Group]:
    """Return the groups of findings, in the order of their first ones. Expected differences are in none.

    Only causes are joined, and what follows from them comes along: one effect can have two causes in two environments.
    `environments` are all that were compared.
    """
    ours = [finding for finding in findings if finding.status != "expected"]
    by_id = {finding.id: finding for finding in ours}
    effects: dict[str, list[Finding]] = {}
    for finding in ours:
        if finding.caused_by in by_id:
            effects.setdefault(finding.caused_by, []).append(finding)
    roots = [finding for finding in ours if finding.caused_by not in by_id]
    sets = _Sets(root.id for root in roots)
    for alike in _buckets(((root.fault,), root) for root in roots):
        sets.join(alike)
    joined: _Joined = {}
    for number, grouping in enumerate(groupings):
        free = [root for root in roots if not _explains(grouping.unless_explains, effects.get(root.id, ()))]
        for together in _joined(grouping, free, frozenset(environments)):
            sets.join(together)
            for one in together:
                joined.setdefault(one.id, (number, grouping))
    return [_group(members, effects, joined) for members in sets.groups(roots)]


def _explains(rules: Sequence[str], effects: Iterable[Finding]) -> bool:
    return any(named(rules, effect.rule) for effect in effects)


def _joined(grouping: Grouping, roots: Sequence[Finding], environments: frozenset[str]) -> Iterator[list[Finding]]:
    """Yield the findings that a kind of grouping joins."""
    own = [root for root in roots if named(grouping.rules, root.rule)]
    for keys in grouping.joined_by:
        if _NEAR in keys:
            yield from _near(grouping, own, environments)
            continue
        for together in _buckets(_keyed(own, keys)):
            has_cause = any(named(grouping.causes, one.rule) for one in together)
            if has_cause and len({one.fault for one in together}) >= grouping.least:
                yield together


def _keyed(findings: Iterable[Finding], keys: Sequence[str]) -> Iterator[tuple[object, Finding]]:
    """Yield each finding by all that it has for the keys; what somebody waived is no part of what is left to do."""
    for one in findings:
        for values in product(*(_values(one, key) for key in keys)):
            yield (one.status, values), one


def _near(grouping: Grouping, own: Sequence[Finding], environments: frozenset[str]) -> Iterator[list[Finding]]:
    """Yield pairs of keys that are nearly the same, one of them missing where the other one is set."""
    for together in _buckets((bucket, root) for root in own for bucket in buckets(root.item)):
        missing = [one for one in together if one.rule not in grouping.present]
        for one, other in product(missing, together):
            there = set(other.environments)
            present = there if other.rule in grouping.present else environments - there
            if present.intersection(one.environments) and near(one.item, other.item):
                yield [one, other]


def _values(finding: Finding, key: str) -> Iterable[str]:
    """Return what a finding has for one of `groupings.KEYS`; of several, one in common is enough."""
    if key == "environment":
        return finding.environments
    if key == "environments":
        return [" ".join(finding.environments)]
    if key == "ways":
        return [" ".join(finding.ways)]
    if key == "mention":
        return {finding.service, finding.item, *finding.mentions} - {""}
    if key in ("file", "value"):
        return [token for token in finding.shares if token.startswith(f"{key}:")]
    named_here: str = getattr(finding, key)
    return [named_here]


def _buckets(keyed: Iterable[tuple[object, Finding]]) -> Iterator[list[Finding]]:
    found: dict[object, list[Finding]] = {}
    for key, finding in keyed:
        found.setdefault(key, []).append(finding)
    return (bucket for bucket in found.values())


class _Sets:
    """Disjoint sets of findings, by their ids."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._parent = {one: one for one in ids}

    def join(self, findings: Sequence[Finding]) -> None:
        first = self._find(findings[0].id)
        for other in findings[1:]:
            self._parent[self._find(other.id)] = first

    def groups(self, roots: Sequence[Finding]) -> list[list[Finding]]:
        found: dict[str, list[Finding]] = {}
        for root in roots:
            found.setdefault(self._find(root.id), []).append(root)
        return list(found.values())

    def _find(self, one: str) -> str:
        while self._parent[one] != one:
            self._parent[one] = one = self._parent[self._parent[one]]
        return one


def _group(members: Sequence[Finding], effects: Mapping[str, Sequence[Finding]], joined: _Joined) -> Group:
    # What is worst gives a problem its name and its words.
    worst = {one.fault: one.severity for one in sorted(members, key=lambda one: one.severity)}
    causes = sorted(members, key=lambda one: (*_rank(one, joined), -worst[one.fault], one.fault, one.id))
    by = joined[causes[0].id][1] if causes[0].id in joined else None
    return Group(tuple(causes), effects, by)


def _rank(finding: Finding, joined: _Joined) -> tuple[int, int]:
    """Return where a finding stands among a problem's causes: by what joined it, and by the order of rules in that."""
    if finding.id not in joined:
        return sys.maxsize, 0
    number, grouping = joined[finding.id]
    return number, next(n for n, rule in enumerate(grouping.rules) if named((rule,), finding.rule))


def _below(cause: Finding, effects: Mapping[str, Sequence[Finding]]) -> Iterator[Finding]:
    """Yield what follows from a finding, and what follows from that."""
    for effect in effects.get(cause.id, ()):
        yield effect
        yield from _below(effect, effects)
