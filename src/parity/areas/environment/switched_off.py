"""Settings of a feature that a switch beside them turns off: `S3_ENABLED=false` and `S3_SECRET_KEY`."""

from __future__ import annotations

import re
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
    settings: dict[tuple[str, str], dict[str, str]] = {}
    for name, environments in variables.by_name.items():
        for environment, variable in environments.items():
            for service, value in variable.values.items():
                settings.setdefault((environment, service), {})[name] = value
    for one in found:
        if one.rule in _RULES and _is_off(comparison, settings, one):
            yield replace(one, ways=_WAY)
        else:
            yield one


def _is_off(comparison: Comparison, settings: Mapping[tuple[str, str], dict[str, str]], difference: Difference) -> bool:
    """Return whether the feature is off in each service, in production's environments if any are at fault."""
    production = [one for one in difference.environments if comparison.production([one])]
    services = {piece.service for piece in difference.evidence} - {COMPOSE}
    if difference.rule == _MISSING and _is_off_wherever_set(settings, difference):
        return True
    places = [(one, service) for one in production or difference.environments for service in services]
    return bool(places) and all(is_of_feature_off(difference.item, settings.get(place, {})) for place in places)


def _is_off_wherever_set(settings: Mapping[tuple[str, str], dict[str, str]], difference: Difference) -> bool:
    """Return whether the feature is off in each place that has a missing variable, and on in none that lacks it."""
    places = {(piece.environment, piece.service) for piece in difference.evidence if piece.service != COMPOSE}
    having = [place for place in places if difference.item in settings.get(place, {})]
    off = [is_of_feature_off(difference.item, settings[place]) for place in having]
    lacking = places - set(having)
    on = any(truth for place in lacking for _, truth in _covering(difference.item, settings.get(place, {})))
    return bool(off) and all(off) and not on


def is_of_feature_off(name: str, settings: Mapping[str, str]) -> bool:
    """Return whether a switch among the settings of a service turns off the feature that a variable is a setting of.

    A feature of several words may have others between them: OTEL_METRICS, in OTEL_EXPORTER_METRICS_PORT. Of several
    switches that of the narrowest feature counts. One that would cover more than half of all settings names the
    application, and no feature of it.
    """
    covering = dict(_covering(name, settings))
    narrowest = max(covering, key=len, default=())
    if not narrowest or covering[narrowest] or _switches_in(_words(name)):
        return False
    covered = sum(_covers(narrowest, _words(other)) for other in settings)
    return covered * 2 <= len(settings)


def _covering(name: str, settings: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the features that a variable is a setting of, by the switches among others, and whether each is on."""
    words = _words(name)
    for other, value in settings.items():
        for subject, on in _switch(other, value):
            if _covers(subject, words) and len(words) > len(subject):
                yield subject, on


def _covers(subject: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Return whether words begin with those of a feature, or have several of them in this order."""
    ahead = iter(words)
    return words[: len(subject)] == subject or (len(subject) > 1 and all(word in ahead for word in subject))


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
