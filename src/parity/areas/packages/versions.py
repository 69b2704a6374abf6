"""How far two versions are apart, as far as their numbers tell."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import zip_longest
from typing import Final

# From the smallest on. A revision of a distribution, and all that is no number, is a patch.
LEVELS: Final = ("patch", "minor", "major")
_EPOCH: Final = re.compile(r"(\d+)[:!]")
_NUMBERS: Final = re.compile(r"v?(\d+(?:[._]\d+)*)")
_DIGITS: Final = 9  # of a number that is compared
# Versions that are dates say nothing of what was changed.
_FIRST_YEAR: Final = 1900


def level(versions: Collection[str]) -> str:
    """Return the largest step between versions: `major`, `minor` or `patch`.

    Before 1.0 a minor step is a major one (https://semver.org/#spec-item-4). Of several copies the last counts.
    """
    numbers = [_numbers(version.rpartition(" ")[2]) for version in versions]
    return max((_between(numbers[0], other) for other in numbers[1:]), key=LEVELS.index, default=LEVELS[0])


def series(version: str) -> tuple[int, ...]:
    """Return the first two numbers of a version."""
    return tuple(_numbers(version)[1:3])


def _numbers(version: str) -> list[int]:
    """Return a version's epoch and its numbers."""
    epoch = _EPOCH.match(version)
    found = _NUMBERS.match(version[epoch.end() :] if epoch else version)
    numbers = [int(number[:_DIGITS]) for number in re.split("[._]", found[1])] if found else []
    return [int(epoch[1][:_DIGITS]) if epoch else 0, *numbers]


def _between(one: list[int], other: list[int]) -> str:
    if max(one[1:2] + other[1:2], default=0) >= _FIRST_YEAR:
        return LEVELS[0]
    first = next((at for at, (a, b) in enumerate(zip_longest(one, other, fillvalue=0)) if a != b), len(one))
    before_release = first == 2 and one[1:2] == [0]
    if first <= 1 or before_release:
        return LEVELS[2]
    return LEVELS[1] if first == 2 else LEVELS[0]
