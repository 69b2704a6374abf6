"""Which finding follows from which: by what rules say that they explain, and by what the findings speak of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from parity.domain.findings import Finding
from parity.knowledge.patterns import named
from parity.knowledge.rules import Link, Rule

# Of causes that are alike the first counts, and the next where the first is the effect itself.
_ALIKE: Final = 2
_Key = tuple[str, str, str]  # how they are joined, and what the effect has to say for it: a service, an item
_Alike = tuple[frozenset[str], tuple[str, ...]]  # a cause's environments, and the rules of its effects


def linked(findings: Sequence[Finding], rules: Mapping[str, Rule]) -> list[Finding]:
    """Return the findings with what follows from what: each consequence has one cause, and no cause is its own.

    The work grows with the findings, and not with their pairs.
    """
    still = [finding for finding in findings if finding.status == "open"]
    # From the surest to the least sure; a sort keeps the findings' order among equals, so the most severe cause counts.
    ways = [(finding, link) for finding in still for link in rules[finding.rule].explains]
    ways.sort(key=lambda way: way[1].rank)
    known = _Causes(ways)
    causes: dict[str, str] = {}
    consequences: dict[str, list[str]] = {}
    for effect in still:
        cause = known.of(effect)
        if cause is not None and not _leads_to(causes, cause.id, effect.id):
            causes[effect.id] = cause.id
            consequences.setdefault(cause.id, []).append(effect.id)
    return [
        replace(finding, caused_by=causes.get(finding.id, ""), consequences=tuple(consequences.get(finding.id, ())))
        for finding in findings
    ]


class _Causes:
    """Findings that explain others, by what an effect has to say to be joined with them."""

    def __init__(self, ways: Sequence[tuple[Finding, Link]]) -> None:
        """Take causes with what they explain; the first that fits counts."""
        self._first: dict[_Key, dict[_Alike, list[tuple[int, Finding]]]] = {}
        for number, (cause, link) in enumerate(ways):
            for service, item in _WAYS[link.joined_by][0](cause):
                alike = frozenset(cause.environments), link.effects
                known = self._first.setdefault((link.joined_by, service, item), {}).setdefault(alike, [])
                if len(known) < _ALIKE:
                    known.append((number, cause))

    def of(self, effect: Finding) -> Finding | None:
        """Return the first of the causes of which `effect` is a consequence."""
        met = (
            one
            for way, (_, keys) in _WAYS.items()
            for service, item in keys(effect)
            for (environments, effects), causes in self._first.get((way, service, item), {}).items()
            if environments.issuperset(effect.environments) and named(effects, effect.rule)
            for one in causes
            if one[1].id != effect.id
        )
        found = min(met, key=lambda one: one[0], default=None)
        return found[1] if found else None


def _cause_by_service(cause: Finding) -> Iterator[tuple[str, str]]:
    """Yield the services that a finding is about; one that stands for several mentions them."""
    for service in [cause.service] if cause.service else sorted(cause.mentions):
        yield service, ""


def _effect_by_service(effect: Finding) -> Iterator[tuple[str, str]]:
    yield effect.service, ""


def _cause_by_item(cause: Finding) -> Iterator[tuple[str, str]]:
    if cause.item:
        yield "", cause.item


def _effect_by_item(effect: Finding) -> Iterator[tuple[str, str]]:
    for name in {effect.item, *effect.mentions}:
        yield "", name


def _cause_by_both(cause: Finding) -> Iterator[tuple[str, str]]:
    for name in cause.mentions:
        yield cause.service, name


def _effect_by_both(effect: Finding) -> Iterator[tuple[str, str]]:
    if effect.item:
        for name in effect.mentions:
            yield name, effect.item


def _effect_by_mention(effect: Finding) -> Iterator[tuple[str, str]]:
    for name in {effect.item, *effect.mentions} - {effect.service}:
        yield name, ""


_Keys = Callable[[Finding], Iterator[tuple[str, str]]]
_WAYS: Mapping[str, tuple[_Keys, _Keys]] = {
    "service": (_cause_by_service, _effect_by_service),
    "mention": (_cause_by_service, _effect_by_mention),
    "item": (_cause_by_item, _effect_by_item),
    "both": (_cause_by_both, _effect_by_both),
}


def _leads_to(causes: Mapping[str, str], start: str, goal: str) -> bool:
    while start in causes:
        start = causes[start]
        if start == goal:
            return True
    return start == goal
