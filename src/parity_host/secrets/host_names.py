"""Names of things on a host: its programs may speak of them."""

from __future__ import annotations

import re
from typing import Container, FrozenSet, Set

_LONGEST = 400
_NONE: FrozenSet[str] = frozenset()
_SPLIT = re.compile(r"[\s,;|\"'`()\[\]{}<>]+")
_PARTS = re.compile(r"[-_.:/+@=~!?&#*\\^$%]+")


class Names:
    """Words that are names of things on a host, which are shown: containers, services, hosts, files, variables."""

    __slots__ = ("_beside", "_known")

    def __init__(self, beside: Container[str] = _NONE) -> None:
        """Know nothing yet but what is known `beside`."""
        self._known: Set[str] = set()
        self._beside = beside

    def add(self, name: str) -> None:
        """Take a name, or a value that is shown: it is known from now on, and each word of it."""
        if len(name) <= _LONGEST:
            self._known.add(name)
            for word in _SPLIT.split(name):
                self._known.add(word)
                self._known.update(part.lower() for part in _PARTS.split(word) if len(part) > 1)

    def __contains__(self, word: object) -> bool:
        """Return whether a word was met as a name, or in one."""
        known = word in self._known or (isinstance(word, str) and word.lower() in self._known)
        return known or word in self._beside
