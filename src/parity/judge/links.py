"""Which finding follows from which: by what `knowledge/judgement.yml` says, and by what the findings speak of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from parity.domain.findings import Finding
from parity.knowledge.patterns import named

_ALIKE = 2


@dataclass(frozen=True)
class Link:
    """Findings of `effects` follow from those of `causes`, where a service, an item or mentions join them."""

    causes: tuple[str, ...]
    effects: tuple[str, ...]
    joined_by: str


def linked(links: Sequence[Link], findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with what follows from what: each consequence has one cause, and no cause is its own.

    Of several causes the first of the findings is taken. The work grows with the findings and not with their pairs.
    """
    still = [finding for finding in findings if finding.status == "open"]
    found = [_Causes(link, still) for link in links]
    causes: dict[str, str] = {}
    consequences: dict[str, list[str]] = {}
    for effect in still:
        cause = next(filter(None, (one.of(effect) for one in found)), None)
        if cause is not None and not _leads_to(causes, cause.id, effect.id):
            causes[effect.id] = cause.id
            consequences.setdefault(cause.id, []).append(effect.id)
    return [
        replace(finding, caused_by=causes.get(finding.id, ""), consequences=tuple(consequences.get(finding.id, ())))
        for finding in findings
    ]


class _Causes:
    """The causes of one link by what an effect has to say to be joined with them."""

    def __init__(self, link: Link, findings: Sequence[Finding]) -> None:
        self._effects = link.effects
        self._keys_of_cause, self._keys_of_effect = _WAYS.get(link.joined_by, (_cause_by_mention, _effect_by_mention))
        # By key and environments. Of those alike only the first two count: the first may be the effect itself.
        self._first: dict[tuple[str, str], dict[frozenset[str], list[tuple[int, Finding]]]] = {}
        for number, cause in enumerate(findings):
            if named(link.causes, cause.rule):
                for key in self._keys_of_cause(cause):
                    known = self._first.setdefault(key, {}).setdefault(frozenset(cause.environments), [])
                    if len(known) < _ALIKE:
                        known.append((number, cause))

    def of(self, effect: Finding) -> Finding | None:
        """Return the first finding of which `effect` is a consequence by this link."""
        if not self._first or not named(self._effects, effect.rule):
            return None
        met = (
            one
            for key in self._keys_of_effect(effect)
            for environments, causes in self._first.get(key, {}).items()
            if environments.issuperset(effect.environments)
            for one in causes
            if one[1].id != effect.id
        )
        return min(met, key=lambda one: one[0], default=(0, None))[1]


def _cause_by_service(cause: Finding) -> Iterator[tuple[str, str]]:
    if cause.service:
        yield cause.service, ""


def _effect_by_service(effect: Finding) -> Iterator[tuple[str, str]]:
    yield effect.service, ""


def _cause_by_item(cause: Finding) -> Iterator[tuple[str, str]]:
    if cause.item:
        yield "", cause.item


def _effect_by_item(effect: Finding) -> Iterator[tuple[str, str]]:
    for word in _words(effect):
        yield "", word


def _cause_by_both(cause: Finding) -> Iterator[tuple[str, str]]:
    for word in _words(cause):
        yield cause.service, word


def _effect_by_both(effect: Finding) -> Iterator[tuple[str, str]]:
    if effect.item:
        for word in _words(effect):
            yield word, effect.item


def _cause_by_mention(cause: Finding) -> Iterator[tuple[str, str]]:
    yield from _cause_by_service(cause)


def _effect_by_mention(effect: Finding) -> Iterator[tuple[str, str]]:
    for word in _words(effect):
        if word != effect.service:
            yield word, ""


_Keys = Callable[[Finding], Iterator[tuple[str, str]]]
_WAYS: Mapping[str, tuple[_Keys, _Keys]] = {
    "service": (_cause_by_service, _effect_by_service),
    "item": (_cause_by_item, _effect_by_item),
    "both": (_cause_by_both, _effect_by_both),
}


def _words(finding: Finding) -> set[str]:
    """Return the names that a finding speaks of: its item, and the words of its cause and evidence."""
    shown = " ".join([finding.item, finding.cause, *(piece.shown for piece in finding.evidence)])
    for sign in "\"'`/:@,;.()[]=<>":
        shown = shown.replace(sign, " ")
    return set(shown.split()) | {finding.item}


def _leads_to(causes: Mapping[str, str], start: str, goal: str) -> bool:
    while start in causes:
        start = causes[start]
        if start == goal:
            return True
    return start == goal
