"""Settings of a feature that a switch beside them turns off: `S3_ENABLED=false` and `S3_SECRET_KEY`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from parity.compare.comparison import Comparison
from parity.compare.variable import COMPOSE
from parity.compare.variables import Variables
from parity.domain.findings import Difference
from parity.domain.values import as_boolean

# What is of no weight for a feature that is off. A safeguard that is off is another matter.
_RULES: Final = frozenset(
    {
        "environment.missing",
        "environment.empty",
        "environment.differs",
        "environment.placeholder",
        "environment.default-password",
        "environment.same-secret",
        "environment.localhost-in-production",
        "environment.names-another-environment",
    }
)
_MISSING: Final = "environment.missing"
_WAY: Final = frozenset({"feature-off"})
_SPLIT: Final = re.compile(r"[_.\-]+")
# The words of a switch, and whether true turns the feature on.
_SWITCHES: Final = {
    "ENABLED": True, "ENABLE": True, "USE": True, "ACTIVE": True, "ACTIVATE": True, "ACTIVATED": True,
    "DISABLED": False, "DISABLE": False,
}  # fmt: skip
# `DISABLE_S3_ENABLED`, `NO_S3_ENABLED`: which way such a switch goes is anybody's guess.
_TURNS: Final = frozenset({"NO", "NOT", "NON", "UN", "SKIP", "WITHOUT", "IGNORE"})


def marked(comparison: Comparison, variables: Variables, found: Iterable[Difference]) -> Iterator[Difference]:
    """Yield differences, those of settings of a feature that is off for all services that they name with that way."""
    switches: dict[tuple[str, str], Switches] = {}
    for one in found:
        if one.rule in _RULES and _is_off(comparison, variables, switches, one):
            yield replace(one, ways=_WAY)
        else:
            yield one


def _is_off(
    comparison: Comparison,
    variables: Variables,
    switches: dict[tuple[str, str], Switches],
    difference: Difference,
) -> bool:
    """Return whether the feature is off in each service, in production's environments if any are at fault.

    `switches` are those of the services that were asked for already.
    """
    production = [one for one in difference.environments if comparison.production([one])]
    services = {piece.service for piece in difference.evidence} - {COMPOSE}
    if difference.rule == _MISSING and _is_off_wherever_set(variables, switches, difference):
        return True
    places = [(one, service) for one in production or difference.environments for service in services]
    return bool(places) and all(_switches_of(variables, switches, place).turn_off(difference.item) for place in places)


def _is_off_wherever_set(
    variables: Variables, switches: dict[tuple[str, str], Switches], difference: Difference
) -> bool:
    """Return whether the feature is off in each place that has a missing variable, and on in none that lacks it."""
    places = {(piece.environment, piece.service) for piece in difference.evidence if piece.service != COMPOSE}
    having = {place for place in places if difference.item in variables.of_service(*place)}
    return (
        bool(having)
        and all(_switches_of(variables, switches, place).turn_off(difference.item) for place in having)
        and not any(_switches_of(variables, switches, place).turn_on(difference.item) for place in places - having)
    )


def _switches_of(variables: Variables, switches: dict[tuple[str, str], Switches], place: tuple[str, str]) -> Switches:
    if place not in switches:
        switches[place] = Switches(variables.of_service(*place))
    return switches[place]


class Switches:
    """The features that settings of one service switch on and off.

    A switch that would cover more than half of all settings names the application, and no feature of it. A feature of
    several words may have others between them: OTEL_METRICS, in OTEL_EXPORTER_METRICS_PORT.
    """

    def __init__(self, settings: Mapping[str, str]) -> None:
        """Take all settings of a service."""
        self._on = {subject: on for name, value in settings.items() for subject, on in _switch(name, value)}
        self._of_several_words = [subject for subject in self._on if len(subject) > 1]
        covered: Counter[tuple[str, ...]] = Counter()
        for words in map(_words, settings) if self._on else ():
            covered.update(subject for subject in _beginnings(words) if subject in self._on)
        self._of_application = frozenset(one for one, count in covered.items() if count * 2 > len(settings))

    def turn_off(self, name: str) -> bool:
        """Return whether a variable is a setting of a feature that is off: of several, the narrowest counts."""
        words = _words(name)
        narrowest = max(self._covering(words), key=len, default=None)
        if narrowest is None or self._on[narrowest] or _switches_in(words):
            return False
        return narrowest not in self._of_application

    def turn_on(self, name: str) -> bool:
        """Return whether a variable is a setting of a feature that is on."""
        return any(self._on[subject] for subject in self._covering(_words(name)))

    def _covering(self, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield from (one for one in _beginnings(words[:-1]) if one in self._on)
        yield from (one for one in self._of_several_words if len(one) < len(words) and _are_in_order(one, words))


def _are_in_order(subject: tuple[str, ...], words: tuple[str, ...]) -> bool:
    ahead = iter(words)
    return all(word in ahead for word in subject)


def _beginnings(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield words with ever fewer of the last ones, down to the first."""
    return (words[:end] for end in range(len(words), 0, -1))


def _switch(name: str, value: str) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the words of the feature that a variable switches, and whether it is on; nothing for other variables."""
    words, truth = _words(name), as_boolean(value)
    found = _switches_in(words)
    if truth is not None and len(found) == 1 and not _TURNS & set(words):
        subject = tuple(word for word in words if word != found[0])
        if subject:
            yield subject, truth is _SWITCHES[found[0]]


def _switches_in(words: Iterable[str]) -> list[str]:
    return [word for word in words if word in _SWITCHES]


def _words(name: str) -> tuple[str, ...]:
    return tuple(word for word in _SPLIT.split(name.upper()) if word)
