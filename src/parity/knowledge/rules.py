"""The rules: what each kind of difference means, in words and by severity. Data, from `knowledge/rules/*.yml`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from parity.domain.findings import Difference, ParityError, Severity

_FIELD = re.compile(r"\{([a-z_]+)\}")
_SENTENCES: Final = ("title", "cause", "impact", "action", "command")
# What every rule's sentences may name beside the words of its difference.
COMMON_FIELDS: Final = frozenset({"service", "item", "environments"})


@dataclass(frozen=True)
class Rule:
    """One rule. Its sentences hold `{fields}` that a difference's words fill; `command` may be empty.

    `ways` has, by the way in which values differ, the sentences that say it better than the rule's own.
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
        # One pass over our own template: what a host sent is only ever put in, never read as a template.
        return _FIELD.sub(lambda match: words.get(match.group(1), match.group(0)), template).strip()


def read_rules(data: Any, origin: str) -> dict[str, Rule]:
    """Return the rules in `data` (a YAML document's content) by id; raises ParityError naming `origin` and the rule."""
    if not isinstance(data, Mapping):
        raise ParityError(f"{origin} must map rule ids to rules")
    return {str(name): _rule(str(name), entry, origin) for name, entry in data.items()}


def _rule(name: str, entry: Any, origin: str) -> Rule:
    place = f"{origin}, rule {name}"
    if not isinstance(entry, Mapping):
        raise ParityError(f"{place} must be a mapping")
    unknown = sorted(set(entry) - {*_SENTENCES, "severity", "ways"})
    missing = sorted({*_SENTENCES, "severity"} - {"command"} - set(entry))
    if unknown or missing:
        raise ParityError(
            f"{place} {'has the unknown key ' + str(unknown[0]) if unknown else 'lacks the key ' + missing[0]}"
        )
    severity = entry["severity"]
    levels = severity if isinstance(severity, Mapping) else {"production": severity, "elsewhere": severity}
    if set(levels) != {"production", "elsewhere"}:
        raise ParityError(f"{place}: severity is one word, or a mapping of production and elsewhere")
    return Rule(
        id=name,
        production=Severity.parse(str(levels["production"])),
        elsewhere=Severity.parse(str(levels["elsewhere"])),
        ways=_ways(entry.get("ways") or {}, place),
        **{part: str(entry.get(part, "")) for part in _SENTENCES},
    )


def _ways(entry: Any, place: str) -> dict[str, dict[str, str]]:
    if not isinstance(entry, Mapping) or not all(isinstance(said, Mapping) for said in entry.values()):
        raise ParityError(f"{place}: ways maps a way to the sentences that say it")
    for way, said in entry.items():
        unknown = sorted(set(said) - set(_SENTENCES))
        if unknown:
            allowed = ", ".join(_SENTENCES)
            raise ParityError(f"{place}, way {way} has the unknown key {unknown[0]}; allowed are {allowed}")
    return {str(way): {part: str(text) for part, text in said.items()} for way, said in entry.items()}
