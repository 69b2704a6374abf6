"""Switches among the settings of a service, and the features that they turn on and off: S3_ENABLED, and S3_BUCKET."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from parity.domain.values import as_boolean

_SPLIT: Final = re.compile(r"[_.\-]+")
# The words of a switch, and whether true turns the feature on.
_SWITCHES: Final = {
    "ENABLED": True, "ENABLE": True, "USE": True, "ACTIVE": True, "ACTIVATE": True, "ACTIVATED": True,
    "DISABLED": False, "DISABLE": False,
}  # fmt: skip
# `DISABLE_S3_ENABLED`, `NO_S3_ENABLED`: which way such a switch goes is anybody's guess.
_TURNS: Final = frozenset({"NO", "NOT", "NON", "UN", "SKIP", "WITHOUT", "IGNORE"})


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
