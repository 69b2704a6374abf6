"""The words of a name, and the names under which random characters are no secret: digests, ids, versions."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import List, Tuple

from .words import OPEN, OPEN_PAIRS, wordset

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LONGEST_NAME = 200  # of a longer name only the end is read
_TELLING = wordset("password passwd secret secrets credential credentials private passphrase pwd")


def words(name: str) -> List[str]:
    """Return the words of a name in lower case: `dbPassword`, `DB_PASSWORD` and `db.password` are the same two."""
    return list(_words(name[-_LONGEST_NAME:]))


@lru_cache(maxsize=4096)
def _words(name: str) -> Tuple[str, ...]:
    return tuple(word.lower() for word in _WORD.findall(name))


@lru_cache(maxsize=4096)
def is_open_name(name: str) -> bool:
    """Return whether random characters are to be expected under `name`, and are no secret: digests, ids, versions."""
    said = words(name)
    while len(said) > 1 and said[-1].isdigit():
        said.pop()
    if not said or _TELLING.intersection(said):
        return False
    return said[-1] in OPEN or bool(OPEN_PAIRS.intersection(zip(said, said[1:])))  # noqa: B905, RUF007 - Python 3.8
