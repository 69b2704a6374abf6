"""The words everything else is written in: differences that were found, findings that were judged."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import IntEnum
from typing import Any, Final

from parity.domain.values import HIDDEN
from parity_host.secrets.token import TOKEN

_UNSAFE_IN_ID = re.compile(r"[^A-Za-z0-9_.:/@+*-]+")
_ITEM_LIMIT = 80
# What reports show is made of these.
_NOT_SHOWN: Final = frozenset({"mentions", "words", "shares"})


class ParityError(Exception):
    """Something the user can mend. The message names the thing, the place and the way out."""


class Severity(IntEnum):
    """How bad a finding is; a higher number is worse."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @classmethod
    def parse(cls, word: str) -> Severity:
        """Return the severity named `word`; raises ParityError for any other word."""
        try:
            return cls[word.upper()]
        except KeyError:
            allowed = ", ".join(level.word for level in cls)
            raise ParityError(f"unknown severity '{word}'; valid severities: {allowed}") from None

    @property
    def word(self) -> str:
        """The severity as it is written in reports."""
        return self.name.lower()


# As reports order them: the worst first.
SEVERITIES: Final = tuple(severity.word for severity in sorted(Severity, reverse=True))
# What a finding can be; what the first means for a deploy, the gate decides.
STATUSES: Final = ("open", "expected", "waived", "verify")


@dataclass(frozen=True)
class Evidence:
    """What one environment shows, and where it was read."""

    environment: str
    shown: str
    place: str = ""
    service: str = ""


@dataclass(frozen=True)
class Difference:
    """One thing worth judging: which rule recognised it, what it concerns, and what each environment has.

    `environments` are those at fault, `words` fill the rule's sentences, `ways` say how values differ
    (`host`, `path`, `only-production`, …) for the policy to call expected or not, and `direction` which way
    production lies from the others (`higher`, `true`, …). `covers` are the ids of differences that more general rules
    yield for the same fault: where this one is found, they are not reported. `mentions` are the services, hosts and
    variables that it speaks of, beside `service` and `item`: by them effects are linked to their causes. `facts` are
    true of what was compared, and change its severity as `knowledge/judgement.yml` says. `hosts` are those on which it
    was seen, of what each host has by itself.
    """

    rule: str
    environments: tuple[str, ...]
    service: str = ""
    item: str = ""
    evidence: tuple[Evidence, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    ways: frozenset[str] = frozenset()
    covers: frozenset[str] = frozenset()
    direction: str = ""
    mentions: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()

    @property
    def area(self) -> str:
        """The area whose rule recognised it."""
        return self.rule.partition(".")[0]

    @property
    def id(self) -> str:
        """A readable name that survives reworded messages and moved lines: `rule/service/item@environments`."""
        parts = [self.rule, _safe(self.service), _safe(self.item)]
        return "/".join(part for part in parts if part) + "@" + "+".join(sorted(self.environments))


def _safe(text: str) -> str:
    """Return `text` fit for an id: what a host sent may hold anything, and be long; a token changes with each run."""
    text = TOKEN.sub(HIDDEN, text)
    cleaned = _UNSAFE_IN_ID.sub("-", text)
    if cleaned == text and len(text) <= _ITEM_LIMIT:
        return text
    return f"{cleaned[: _ITEM_LIMIT - 9]}-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"


@dataclass(frozen=True)
class Waiver:
    """Somebody accepts the findings that `finding` (an id or a pattern) names, until a day (ISO 8601).

    `verify` says that a person must still look; `place` is where it was read.
    """

    finding: str
    reason: str
    author: str
    until: str
    verify: bool
    place: str


@dataclass(frozen=True)
class Finding:
    """A judged difference.

    status: `open`, `expected` (by the policy), `waived` or `verify`; `because` says why it is not open
    ways: how the values differ, as a policy names it; reasons: why it has its severity, a sentence each
    caused_by, consequences: ids of findings of which this one is the consequence, or the cause
    effort: `minutes`, `hours` or `days`; remedy: the tag of the remediation that can repair it, or an empty string
    mentions, words: as in its `Difference`; reports show what is made of them, and not them
    shares: tokens of the values and files that it is about; findings that have one in common may be one problem
    problem: the id of the problem that it belongs to; an expected difference is none
    """

    id: str
    rule: str
    area: str
    service: str
    item: str
    environments: tuple[str, ...]
    severity: Severity
    status: str
    title: str
    cause: str
    impact: str
    action: str
    command: str
    because: str
    evidence: tuple[Evidence, ...]
    ways: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    caused_by: str = ""
    consequences: tuple[str, ...] = ()
    effort: str = "hours"
    remedy: str = ""
    waiver: Waiver | None = None
    mentions: frozenset[str] = frozenset()
    words: Mapping[str, str] = field(default_factory=dict)
    shares: frozenset[str] = frozenset()
    problem: str = ""

    @property
    def fault(self) -> str:
        """Its id without the environments: one fault has the same in each of them."""
        return self.id.rpartition("@")[0]

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as plain data, as `findings.json` holds it."""
        data = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in _NOT_SHOWN}
        data["severity"] = self.severity.word
        for name in ("environments", "ways", "reasons", "consequences"):
            data[name] = list(data[name])
        # `asdict` copies each word of each piece, and a finding may have one for each service.
        data["evidence"] = [{**vars(piece)} for piece in self.evidence]
        data["waiver"] = asdict(self.waiver) if self.waiver else None
        return data
