"""What a problem says of itself: made from its findings, by the sentences of rules and of `knowledge/problems.yml`."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from parity.compare.together import SEVERAL
from parity.domain.findings import Difference, Finding, Severity
from parity.domain.titles import fields_of, filled, limited, title
from parity.judge.problems.group import Group
from parity.knowledge.patterns import named
from parity.knowledge.rules import EFFORTS, Rule

# What the sentences of problems may name.
_OF_PROBLEMS: Final = ("service", "item", "environments", "count", "services", "items", "names", "faults")
# The kind of a problem that no grouping made.
_ONE: Final = "fault"
# A status that is further to the front counts for the whole problem.
_STATUSES: Final = ("open", "verify", "waived")


@dataclass(frozen=True)
class Problem:
    """What a person would put on one ticket.

    id: by its kind and its cause, without environments: it stays while the cause does
    severity: that of its worst open finding, `info` where none is open; `why` it is not the rule's own, or is not open
    shared: whether every environment has the same fault, which is then no difference between them
    environments: those of its causes; production: whether one of them is
    findings: their ids, the cause first, and after each what follows from it
    places: where it shows in the environments at fault
    """

    id: str
    kind: str
    title: str
    severity: Severity
    why: str
    status: str
    shared: bool
    production: bool
    environments: tuple[str, ...]
    findings: tuple[str, ...]
    cause: str
    impact: str
    action: str
    command: str
    effort: str
    remedy: str
    places: tuple[Mapping[str, str], ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the problem as plain data, as `findings.json` holds it."""
        return {
            **vars(self),
            "severity": self.severity.word,
            "environments": list(self.environments),
            "findings": list(self.findings),
            "places": [dict(place) for place in self.places],
        }


def problem(group: Group, rules: Mapping[str, Rule], environments: Mapping[str, bool]) -> Problem:
    """Return the problem that a group of findings is.

    `environments` are all that were compared, in their order, each with whether it is production.
    """
    cause = group.cause
    still_open = [one for one in group.findings if one.status == "open"]
    worst = max(still_open, key=lambda one: one.severity, default=None)
    kind = group.by.id if group.by else _ONE
    names = tuple(environments)
    at_fault = _at_fault(group.causes, names)
    said = _Sentences(group, rules[cause.rule], names)
    remedies = [one.remedy for one in group.roots if one.remedy]
    return Problem(
        id=f"{kind}:{cause.fault}",
        kind=kind,
        title=said.title(),
        severity=worst.severity if worst else Severity.INFO,
        why=_why(worst, group) if worst else cause.because,
        status=next(status for status in _STATUSES if any(one.status == status for one in group.findings)),
        shared=_is_shared(group, names),
        production=any(environments[name] for name in at_fault),
        environments=at_fault,
        findings=tuple(one.id for one in group.findings),
        cause=said.of("cause"),
        impact=said.of("impact"),
        action=said.of("action"),
        command=said.of("command"),
        effort=max((one.effort for one in group.causes), key=EFFORTS.index),
        remedy=remedies[0] if remedies else "",
        places=tuple(_places(group.findings)),
    )


def _why(worst: Finding, group: Group) -> str:
    """Return why the severity is not that of the cause's rule, which needs no words."""
    if worst not in group.roots:
        return f"as severe as its likely effect: {worst.title}"
    return worst.reasons[-1] if len(worst.reasons) > 1 else ""


def _at_fault(findings: Iterable[Finding], environments: Sequence[str]) -> tuple[str, ...]:
    named_here = {name for one in findings for name in one.environments}
    return tuple(name for name in environments if name in named_here)


def _is_shared(group: Group, environments: Sequence[str]) -> bool:
    """Return whether each environment has the fault by itself; a finding about several of them is a difference."""
    same = [one for one in group.roots if one.fault == group.cause.fault and len(one.environments) == 1]
    return len(environments) == len({one.environments for one in same})


def _places(findings: Sequence[Finding]) -> Iterator[dict[str, str]]:
    """Yield the places that findings name in the environments at fault, each once."""
    seen = set()
    for finding in findings:
        for piece in finding.evidence:
            place = piece.environment, piece.service or finding.service, piece.place
            if piece.environment in finding.environments and place not in seen:
                seen.add(place)
                yield {"environment": place[0], "service": place[1], "place": place[2]}


class _Sentences:
    """The sentences of one problem: the grouping's where it joined faults and has one, else those of the cause's rule.

    Of several faults of one rule, the rule's own are those of its way `several`. Their fields are those of the cause,
    `environments` at fault, and of all faults that were joined `services`, `items` (also as `names`), `faults` (in a
    few words) and the `count`.
    """

    def __init__(self, group: Group, rule: Rule, environments: Sequence[str]) -> None:
        cause, by = group.cause, group.by
        self._cause = cause
        self._rule = rule
        joined = [one for one in group.roots if one.fault == cause.fault or (by and named(by.rules, one.rule))]
        own = by.sentences if by else {}
        if len({one.fault for one in joined}) == 1:  # its own sentences fit better
            own = {}
        elif len({one.rule for one in joined}) == 1:
            own = {**_of_several(rule, cause), **own}
        self._own: Mapping[str, str] = own
        self._same = _at_fault((one for one in joined if one.fault == cause.fault), environments)
        services = list(dict.fromkeys(one.service for one in joined if one.service))
        items = list(dict.fromkeys(one.item for one in joined if one.item))
        lists = {
            "services": services or sorted({p.service for one in joined for p in one.evidence if p.service}),
            "items": items,
            "names": items,
        }
        self._lists = {name: all_of for name, all_of in lists.items() if all_of}
        self._words = {
            **cause.words,
            "service": cause.service,
            "item": cause.item,
            "environments": " and ".join(_at_fault(group.causes, environments)),
            "count": str(len({one.fault for one in joined})),
            "faults": ", ".join(_labels(joined, by.labels if by else {})),
        }

    def title(self) -> str:
        """Return the title, which fits a line: lists are shortened first, and no word is cut in two."""
        if "title" not in self._own:
            return limited(self._of_rule("title"))
        return limited(title(self._own["title"], self._words, self._lists))

    def of(self, part: str) -> str:
        """Return the cause, impact, action or command."""
        if part == "command" and self._cause.remedy:
            return self._cause.command
        return self._filled(self._own[part], part == "command") if part in self._own else self._of_rule(part)

    def _of_rule(self, part: str) -> str:
        one = self._cause
        if self._same == one.environments:
            return str(getattr(one, part))
        told = Difference(one.rule, self._same, one.service, one.item, (), one.words, frozenset(one.ways))
        return self._rule.sentence(part, told)

    def _filled(self, template: str, quoted: bool) -> str:
        if quoted:
            lists = {name: shlex.join(all_of) for name, all_of in self._lists.items()}
            return filled(template, {**{name: shlex.quote(word) for name, word in self._words.items()}, **lists})
        return filled(template, {**self._words, **{name: ", ".join(all_of) for name, all_of in self._lists.items()}})


def _of_several(rule: Rule, cause: Finding) -> dict[str, str]:
    """Return what a rule says of several faults at once, as far as a problem has the words for it."""
    known = {*cause.words, *_OF_PROBLEMS}
    said = rule.ways.get(SEVERAL, {})
    return {
        part: said[part] for part in ("cause", "impact", "action") if part in said and fields_of(said[part]) <= known
    }


def _labels(findings: Sequence[Finding], labels: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(label for one in findings for rule, label in labels.items() if named((rule,), one.rule)))
