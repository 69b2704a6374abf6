"""The rules: all that is known of each kind of difference, from `knowledge/rules/*.yml`; docs/rules.md shows them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from parity.domain import titles
from parity.domain.findings import Difference, ParityError, Severity
from parity.knowledge.entries import checked

_SENTENCES: Final = ("title", "cause", "impact", "action", "command")
_NEEDED: Final = ("severity", "effort", "title", "cause", "impact", "action")
_ALLOWED: Final = (*_NEEDED, "command", "ways", "remedy", "raised_by", "lowered_by", "many", "explains", "example")
EFFORTS: Final = ("minutes", "hours", "days")
# How an effect is joined with its cause, and how sure that is: of several causes, the first in these orders counts.
JOINS: Final = ("service", "mention", "item", "both")
CERTAINTIES: Final = ("certain", "likely", "possible")
# What every rule's sentences may name beside the words of its difference.
COMMON_FIELDS: Final = frozenset({"service", "item", "environments"})


@dataclass(frozen=True)
class Link:
    """What follows from a rule's findings: those of `effects` (patterns of rules) in the same environment, if joined.

    joined_by: `service` (both concern the same one), `mention` (the effect names the cause's service), `item` (the
    effect names the cause's item), or `both` (it names the cause's service, and the cause the effect's item)
    """

    effects: tuple[str, ...]
    joined_by: str
    certainty: str = "possible"

    @property
    def rank(self) -> tuple[int, int]:
        """Where it stands among an effect's possible causes; the lowest counts."""
        return JOINS.index(self.joined_by), CERTAINTIES.index(self.certainty)


@dataclass(frozen=True)
class Rule:
    """One rule. Its sentences hold `{fields}` that a difference's words fill; `command` may be empty.

    effort: how long a fix takes a person who knows the system; remedy: the tag of the remediation that can fix it
    raised_by, lowered_by: the facts that change the severity by one step
    many: from how many items on its differences of one environment are one; 0 where they never are
    explains: what follows from it; ways: by the way in which values differ, the sentences that say it better
    example: what breaks it and what does not, as YAML; tests run it, an audit does not read it
    """

    id: str
    production: Severity
    elsewhere: Severity
    title: str
    cause: str
    impact: str
    action: str
    command: str = ""
    ways: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    effort: str = "hours"
    remedy: str = ""
    raised_by: tuple[str, ...] = ()
    lowered_by: tuple[str, ...] = ()
    many: int = 0
    explains: tuple[Link, ...] = ()
    example: str = ""

    def severity(self, production: bool) -> Severity:
        """Return how bad it is, for production or for another environment."""
        return self.production if production else self.elsewhere

    def sentence(self, part: str, difference: Difference) -> str:
        """Return one of the rule's sentences for a difference; a field nobody filled stays as it is written."""
        words: dict[str, str] = {
            "service": difference.service or "the stack",
            "item": difference.item,
            "environments": " and ".join(difference.environments),
            **difference.words,
        }
        said = (self.ways[way] for way in sorted(difference.ways) if way in self.ways)
        template: str = next((sentences[part] for sentences in said if part in sentences), getattr(self, part))
        if part == "command":  # people copy it into a shell, where a name must stay one word that says nothing else
            words = {name: shlex.quote(word) for name, word in words.items()}
        return (
            titles.title(template, words, titles.listed_in(words))
            if part == "title"
            else titles.filled(template, words)
        )


def read_rules(data: Any, origin: str) -> dict[str, Rule]:
    """Return the rules in `data` (a YAML document's content) by id; raises ParityError naming `origin` and the rule."""
    if not isinstance(data, Mapping):
        raise ParityError(f"{origin} must map rule ids to rules")
    return {str(name): _rule(str(name), entry, origin) for name, entry in data.items()}


def _rule(name: str, entry: Any, origin: str) -> Rule:
    place = f"{origin}, rule {name}"
    checked(entry, place, _ALLOWED, _NEEDED)
    severity = entry["severity"]
    levels = severity if isinstance(severity, Mapping) else {"production": severity, "elsewhere": severity}
    if set(levels) != {"production", "elsewhere"}:
        raise ParityError(f"{place}: severity must be one word, or a mapping of production and elsewhere")
    return Rule(
        id=name,
        production=Severity.parse(str(levels["production"])),
        elsewhere=Severity.parse(str(levels["elsewhere"])),
        ways=_ways(entry.get("ways") or {}, place),
        effort=read_effort(entry["effort"], place),
        remedy=str(entry.get("remedy", "")),
        raised_by=_texts(entry.get("raised_by", []), f"{place}: raised_by"),
        lowered_by=_texts(entry.get("lowered_by", []), f"{place}: lowered_by"),
        many=_number(entry.get("many", 0), f"{place}: many"),
        explains=read_links(entry.get("explains", []), place),
        example=str(entry.get("example", "")),
        **{part: str(entry.get(part, "")) for part in _SENTENCES},
    )


def read_effort(value: Any, place: str) -> str:
    """Return how long a fix takes; raises ParityError naming `place` for a word that is not in EFFORTS."""
    return _word(value, EFFORTS, f"{place}: effort")


def read_links(value: Any, place: str) -> tuple[Link, ...]:
    """Return what a rule explains (a list of mappings); raises ParityError naming `place` and the mistake."""
    if not isinstance(value, list) or not all(isinstance(link, Mapping) for link in value):
        raise ParityError(f"{place}: explains must be a list of mappings")
    links = []
    for link in value:
        if set(link) - {"certainty"} != {"effects", "joined_by"}:
            raise ParityError(
                f"{place}: each entry of explains must have effects and joined_by, and may have certainty"
            )
        links.append(
            Link(
                effects=_texts(link["effects"], f"{place}: effects"),
                joined_by=_word(link["joined_by"], JOINS, f"{place}: joined_by"),
                certainty=_word(link.get("certainty", "possible"), CERTAINTIES, f"{place}: certainty"),
            )
        )
    return tuple(links)


def _texts(value: Any, what: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ParityError(f"{what} must be a list of texts")
    return tuple(value)


def _number(value: Any, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ParityError(f"{what} must be a whole number, 0 or more")
    return value


def _word(value: Any, allowed: Sequence[str], what: str) -> str:
    if value not in allowed:
        raise ParityError(f"{what} must be one of {', '.join(allowed)}")
    return str(value)


def _ways(entry: Any, place: str) -> dict[str, dict[str, str]]:
    if not isinstance(entry, Mapping) or not all(isinstance(said, Mapping) for said in entry.values()):
        raise ParityError(f"{place}: ways must map each way to its sentences")
    for way, said in entry.items():
        unknown = sorted(set(said) - set(_SENTENCES))
        if unknown:
            allowed = ", ".join(_SENTENCES)
            raise ParityError(f"{place}, way {way}: unknown key {unknown[0]}; valid keys: {allowed}")
    return {str(way): {part: str(text) for part, text in said.items()} for way, said in entry.items()}
