"""Patterns as in a shell, by which rules, services and items are named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import translate
from functools import lru_cache


def named(patterns: Sequence[str], text: str) -> bool:
    """Return whether one of the patterns matches."""
    return bool(patterns) and _one_of(tuple(patterns)).match(text) is not None


@lru_cache(maxsize=4096)
def _one_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return several patterns as one: the same few are asked about every name."""
    return re.compile("|".join(map(translate, patterns)))
