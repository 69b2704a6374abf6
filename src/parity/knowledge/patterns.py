"""Patterns as in a shell, by which rules, services and items are named."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

_WILD: Final = frozenset("*?[")


def named(patterns: Sequence[str], text: str) -> bool:
    """Return whether one of the patterns matches."""
    return _named(tuple(patterns), text)


@lru_cache(maxsize=16_384)
def _named(patterns: tuple[str, ...], text: str) -> bool:
    """Return it; the same few patterns are asked about the same few rules for every finding."""
    # Most patterns are names as they are: fnmatch would compile a regular expression for each.
    return text in patterns or any(fnmatchcase(text, pattern) for pattern in patterns if _WILD.intersection(pattern))
