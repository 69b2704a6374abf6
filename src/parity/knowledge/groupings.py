"""How findings become problems: the kinds of grouping of `knowledge/problems.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from parity.domain.findings import ParityError
from parity.knowledge.entries import checked

# What findings can have in common. `near-item`: two names that are nearly the same, one set where the other is not.
KEYS: Final = (
    *("rule", "area", "service", "item", "environment", "environments", "ways", "mention", "file", "value"),
    "near-item",
)
SENTENCES: Final = ("title", "impact", "action", "command")
_NEEDED: Final = ("causes", "joined_by")
_ALLOWED: Final = (*_NEEDED, "with", "present", "unless_explains", "least", "labels", "example", *SENTENCES)


@dataclass(frozen=True)
class Grouping:
    """One kind of problem.

    causes, others: the rules of its findings, the first cause first; only with a cause are the others joined
    joined_by: lists of KEYS; findings that agree in all keys of one list are joined
    present: rules that say which keys are set, and not which are missing (for `near-item`)
    unless_explains: rules of effects; a finding that one of them follows from is not joined
    least: from how many faults on it applies; labels: a fault in a few words, by its rule
    sentences: what is said better than by the rule of its cause; example: findings that a test groups, as YAML
    """

    id: str
    causes: tuple[str, ...]
    others: tuple[str, ...]
    joined_by: tuple[tuple[str, ...], ...]
    present: tuple[str, ...] = ()
    unless_explains: tuple[str, ...] = ()
    least: int = 2
    labels: Mapping[str, str] = field(default_factory=dict)
    sentences: Mapping[str, str] = field(default_factory=dict)
    example: str = ""

    @property
    def rules(self) -> tuple[str, ...]:
        """Every rule whose findings it can join, causes first."""
        return self.causes + self.others


def read_groupings(data: Any, origin: str) -> tuple[Grouping, ...]:
    """Return the kinds in `data` (a YAML document's content), in its order.

    Raises ParityError naming `origin`, the entry and the mistake.
    """
    if not isinstance(data, Mapping):
        raise ParityError(f"{origin} must be a mapping of kinds of problems")
    return tuple(_grouping(str(name), entry, f"{origin}, kind {name}") for name, entry in data.items())


def _grouping(name: str, entry: Any, place: str) -> Grouping:
    checked(entry, place, _ALLOWED, _NEEDED)
    joined_by = tuple(tuple(keys) for keys in entry["joined_by"])
    wrong = [key for keys in joined_by for key in keys if key not in KEYS]
    if wrong:
        raise ParityError(f"{place}: unknown key {wrong[0]} in joined_by; valid keys: {', '.join(KEYS)}")
    return Grouping(
        id=name,
        causes=tuple(entry["causes"]),
        others=tuple(entry.get("with", ())),
        joined_by=joined_by,
        present=tuple(entry.get("present", ())),
        unless_explains=tuple(entry.get("unless_explains", ())),
        least=int(entry.get("least", 2)),
        labels=dict(entry.get("labels", {})),
        sentences={part: str(entry[part]) for part in SENTENCES if part in entry},
        example=str(entry.get("example", "")),
    )
