"""Names that are nearly the same: a typo, or one name written in two ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

# In shorter words, another letter makes another word: API_HOST, APP_HOST. Two letters that changed places rarely do,
# and neither does the s of a plural: ALLOWED_HOST, ALLOWED_HOSTS.
_SHORTEST: Final = 5
_SHORTEST_SWAPPED: Final = 3
_SHORTEST_OF_SEVERAL: Final = 4
_SAME_WORDS: Final = {
    "passwd": "password", "pass": "password", "pwd": "password", "uri": "url", "addr": "address", "username": "user",
    "hostname": "host", "db": "database", "dir": "directory", "conf": "config",
}  # fmt: skip


def near(one: str, other: str) -> bool:
    """Return whether two different names are so alike that one may be meant for the other."""
    mine, theirs = _words(one), _words(other)
    if one == other:
        return False
    if sorted(mine) == sorted(theirs) or "".join(mine) == "".join(theirs):
        return True
    if len(mine) != len(theirs):
        return False
    pairs = [(a, b) for a, b in zip(mine, theirs, strict=True) if a != b]
    return len(pairs) == 1 and _one_slip(*pairs[0])


def buckets(name: str) -> Iterator[str]:
    """Yield keys of which two names that are near have one in common: so not every pair need be looked at."""
    words = _words(name)
    yield "".join(words)
    yield " ".join(sorted(words))
    for at, word in enumerate(words):
        for variant in {word, *(word[:n] + word[n + 1 :] for n in range(len(word)))}:
            yield " ".join((*words[:at], f"{variant}*", *words[at + 1 :]))


def _words(name: str) -> list[str]:
    """Return the words of a name, each in one spelling."""
    return [_SAME_WORDS.get(word, word) for word in re.split(r"[_\W]+", name.lower()) if word]


def _one_slip(one: str, other: str) -> bool:
    """Return whether one letter more, less or other, or two that changed places, make one word the other."""
    if not (one.isalpha() and other.isalpha()) or abs(len(one) - len(other)) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    left, right = one[start:], other[start:]
    if len(left) == len(right) and left[:2] == right[:2][::-1] and left[2:] == right[2:]:
        return len(one) >= _SHORTEST_SWAPPED
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    if (longer, shorter) == ("s", ""):
        return min(len(one), len(other)) >= _SHORTEST_OF_SEVERAL
    return min(len(one), len(other)) >= _SHORTEST and longer[1:] == shorter[len(shorter) - len(longer) + 1 :]
