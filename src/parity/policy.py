"""The policy: which differences are meant, and which values production must not have. Data, from YAML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from parity.model import Difference, ParityError


@dataclass(frozen=True)
class Expectation:
    """Differences that are meant: of `rules`, for `items` and `services` (patterns), differing only in `ways`."""

    rules: tuple[str, ...]
    why: str
    items: tuple[str, ...] = ("*",)
    services: tuple[str, ...] = ("*",)
    ways: tuple[str, ...] = ()

    def covers(self, difference: Difference) -> bool:
        """Return whether the difference is one of these."""
        return (
            _any(self.rules, difference.rule)
            and _any(self.items, difference.item)
            and _any(self.services, difference.service)
            and (not self.ways or (bool(difference.ways) and difference.ways <= set(self.ways)))
        )


@dataclass(frozen=True)
class Forbidden:
    """Values that a variable must not have in production. `kind` says how a value is looked at.

    `boolean`: it means `value` (true or false). `word`: it is one of `values`. `local-host`: it is, or is a URL to,
    the container itself.
    """

    rule: str
    kind: str
    names: tuple[str, ...]
    values: tuple[str, ...] = ()
    except_names: tuple[str, ...] = ()

    def concerns(self, name: str) -> bool:
        """Return whether a variable of this name is looked at."""
        return _any(self.names, name.upper()) and not (self.except_names and _any(self.except_names, name.upper()))


@dataclass(frozen=True)
class Policy:
    """What is expected, and what is forbidden in production."""

    expected: tuple[Expectation, ...]
    forbidden: tuple[Forbidden, ...]

    def because(self, difference: Difference) -> str:
        """Return why a difference is expected, or an empty string when it is not."""
        return next((entry.why for entry in self.expected if entry.covers(difference)), "")


def _any(patterns: Sequence[str], text: str) -> bool:
    return any(fnmatchcase(text, pattern) for pattern in patterns)


def read_policy(data: Any, origin: str) -> Policy:
    """Return the policy in `data` (a YAML document's content); raises ParityError naming `origin` and the entry."""
    if not isinstance(data, Mapping) or set(data) - {"expected", "forbidden"}:
        raise ParityError(f"{origin} must be a mapping with the keys expected and forbidden")
    return Policy(
        tuple(
            _entry(Expectation, entry, f"{origin}, expected entry {n}")
            for n, entry in enumerate(data.get("expected") or [], 1)
        ),
        tuple(
            _entry(Forbidden, entry, f"{origin}, forbidden entry {n}")
            for n, entry in enumerate(data.get("forbidden") or [], 1)
        ),
    )


def _entry(kind: type[Any], entry: Any, place: str) -> Any:
    if not isinstance(entry, Mapping):
        raise ParityError(f"{place} must be a mapping")
    allowed = tuple(kind.__dataclass_fields__)
    unknown = sorted(set(map(str, entry)) - set(allowed))
    if unknown:
        raise ParityError(f"{place} has the unknown key {unknown[0]}; allowed are {', '.join(allowed)}")
    values = {key: tuple(map(str, value)) if isinstance(value, list) else str(value) for key, value in entry.items()}
    try:
        return kind(**values)
    except TypeError:
        raise ParityError(f"{place} lacks a key; needed are the first of {', '.join(allowed)}") from None
