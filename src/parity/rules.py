"""The rules: what each kind of difference means, in words and by severity. Data, from `knowledge/rules/*.yml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from parity.model import Difference, ParityError, Severity

_FIELD = re.compile(r"\{([a-z_]+)\}")
_SENTENCES: Final = ("title", "cause", "impact", "action", "command")
# What every rule's sentences may name beside the words of its difference.
COMMON_FIELDS: Final = frozenset({"service", "item", "environments"})


@dataclass(frozen=True)
class Rule:
    """One rule. Its sentences hold `{fields}` that a difference's words fill; `command` may be empty."""

    id: str
    production: Severity
    elsewhere: Severity
    title: str
    cause: str
    impact: str
    action: str
    command: str = ""

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
        template: str = getattr(self, part)
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
    unknown = sorted(set(entry) - {*_SENTENCES, "severity"})
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
        **{part: str(entry.get(part, "")) for part in _SENTENCES},
    )
