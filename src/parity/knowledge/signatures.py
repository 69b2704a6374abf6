"""Signatures: what a line of a log means. Data, from `knowledge/signatures/*.yml` and from the inventory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from parity.domain.findings import ParityError, Severity
from parity.domain.programs import KINDS
from parity.knowledge.entries import checked
from parity.knowledge.regex_guard import fault
from parity.knowledge.rules import COMMON_FIELDS, Link, Rule, read_effort, read_links, read_rules

AREA: Final = "logs"
ANY: Final = "any"
# What the sentences may name beside the pattern's own groups.
FIELDS: Final = COMMON_FIELDS | {"container", "count", "limit", "line", "service_name"}
_SENTENCES: Final = ("title", "cause", "impact", "action")
_NEEDED: Final = ("id", "pattern", "applies_to", "severity", *_SENTENCES, "example")
_ALLOWED: Final = (*_NEEDED, "command", "cleared_by", "fallback", "unreached", "effort", "explains")
_SHARED: Final = {"effort", "explains"}
_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FIELD: Final = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Signature:
    """One known message: the `pattern` it is known by, the kinds of service that say it, and the rule it becomes.

    The pattern's named groups fill the rule's sentences; a group `item` tells findings of one signature apart. A later
    line that `cleared_by` finds shows that the fault is over. A `fallback` counts where no other signature does. An
    `unreached` one says that another service was not reached, of which a missing address may be the cause.
    """

    id: str
    pattern: re.Pattern[str]
    applies_to: frozenset[str]
    rule: Rule
    example: str
    cleared_by: re.Pattern[str] | None = None
    fallback: bool = False
    unreached: bool = False

    def concerns(self, kinds: frozenset[str]) -> bool:
        """Return whether a service of these kinds may say it; one of no known kind may say anything."""
        return not kinds or ANY in self.applies_to or bool(self.applies_to & kinds)


@dataclass(frozen=True)
class Unsaid:
    """What counts where a signature does not say it: how long a fix takes, and what follows from it."""

    effort: str = "hours"
    explains: tuple[Link, ...] = ()


def read_signature_file(documents: Sequence[Any], origin: str) -> tuple[Signature, ...]:
    """Return the signatures of one of our files: a document of what its entries share, and one that lists them.

    Raises ParityError naming `origin` and the entry.
    """
    if len(documents) != 2 or not isinstance(documents[0], Mapping) or set(documents[0]) != _SHARED:
        raise ParityError(f"{origin} must have two documents: effort and explains, and the list of signatures")
    shared, entries = documents
    unsaid = Unsaid(read_effort(shared["effort"], origin), read_links(shared["explains"], origin))
    return read_signatures(entries, origin, lambda _: unsaid)


def read_signatures(
    data: Any, origin: str, unsaid: Callable[[str], Unsaid] = lambda _: Unsaid()
) -> tuple[Signature, ...]:
    """Return the signatures in `data` (a list of mappings); raises ParityError naming `origin` and the entry.

    `unsaid` tells by an entry's id what counts where the entry does not say it.
    """
    if not isinstance(data, list):
        raise ParityError(f"{origin} must be a list of signatures")
    found: dict[str, Signature] = {}
    for number, entry in enumerate(data, 1):
        signature = _signature(entry, f"{origin}, entry {number}", origin, unsaid)
        if signature.id in found:
            raise ParityError(f"{origin}, signature {signature.id}: the id is used twice")
        found[signature.id] = signature
    return tuple(found.values())


def together(own: Iterable[Signature], ours: Iterable[Signature]) -> tuple[Signature, ...]:
    """Return the user's signatures and ours, theirs first: of two with one id, or for one line, theirs counts."""
    found = {signature.id: signature for signature in own}
    for signature in ours:
        found.setdefault(signature.id, signature)
    return tuple(found.values())


def _signature(entry: Any, place: str, origin: str, unsaid: Callable[[str], Unsaid]) -> Signature:
    if not isinstance(entry, Mapping):
        raise ParityError(f"{place} must be a mapping")
    name = entry.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise ParityError(f"{place}: id must be lowercase letters, digits and hyphens")
    place = f"{origin}, signature {name}"
    checked(entry, place, _ALLOWED, _NEEDED)
    for key in ("pattern", *_SENTENCES, "example", *({"command", "cleared_by"} & set(entry))):
        if not isinstance(entry[key], str) or not entry[key].strip():
            raise ParityError(f"{place}: {key} must be non-empty text")
    for key in ("fallback", "unreached"):
        if not isinstance(entry.get(key, False), bool):
            raise ParityError(f"{place}: {key} must be true or false")
    pattern = _compiled(entry["pattern"], "pattern", place)
    if not pattern.search(entry["example"]):
        raise ParityError(f"{place}: pattern does not match the signature's own example")
    return Signature(
        id=name,
        pattern=pattern,
        applies_to=_kinds(entry["applies_to"], place),
        rule=_rule(name, entry, pattern, place, unsaid(name)),
        example=entry["example"],
        cleared_by=_compiled(entry["cleared_by"], "cleared_by", place) if "cleared_by" in entry else None,
        fallback=entry.get("fallback", False),
        unreached=entry.get("unreached", False),
    )


def _compiled(pattern: str, key: str, place: str) -> re.Pattern[str]:
    wrong = fault(pattern)
    if wrong:
        raise ParityError(f"{place}: {key} {wrong}")
    return re.compile(pattern)


def _kinds(value: Any, place: str) -> frozenset[str]:
    allowed = sorted(KINDS | {ANY})
    if not isinstance(value, list) or not value or not all(kind in allowed for kind in value):
        raise ParityError(f"{place}: applies_to must be a list of kinds of service; valid kinds: {', '.join(allowed)}")
    return frozenset(value)


def _rule(name: str, entry: Mapping[str, Any], pattern: re.Pattern[str], place: str, unsaid: Unsaid) -> Rule:
    sentences = {key: entry[key] for key in (*_SENTENCES, "command") if key in entry}
    for key, sentence in sentences.items():
        strange = sorted(set(_FIELD.findall(sentence)) - FIELDS - set(pattern.groupindex))
        if strange:
            raise ParityError(f"{place}: {key} uses {{{strange[0]}}}, which is not a group of its pattern")
    effort = read_effort(entry.get("effort", unsaid.effort), place)
    explains = read_links(entry["explains"], place) if "explains" in entry else unsaid.explains
    rule_id = f"{AREA}.{name}"
    try:
        rule = read_rules({rule_id: {**sentences, "severity": entry["severity"], "effort": effort}}, place)[rule_id]
    except ParityError:
        levels = ", ".join(level.word for level in Severity)
        raise ParityError(
            f"{place}: severity must be one of {levels}, or a mapping of production and elsewhere to them"
        ) from None
    return replace(rule, explains=explains)
