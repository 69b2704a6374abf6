"""The words of a name, and the names under which random characters are no secret: digests, ids, versions."""
from __future__ import annotations

import re
from functools import lru_cache
from typing import FrozenSet, List, Tuple

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LONGEST_NAME = 200  # of a longer name only the end is read


def wordset(text: str) -> FrozenSet[str]:
    """Return the words of `text`, which is a table written as text."""
    return frozenset(text.split())


def words(name: str) -> List[str]:
    """Return the words of a name in lower case: `dbPassword`, `DB_PASSWORD` and `db.password` are the same two."""
    return [word.lower() for word in _WORD.findall(name[-_LONGEST_NAME:])]


_TELLING = wordset("password passwd secret secrets credential credentials private passphrase pwd")
# Names whose values look random and are for everybody to see.
_OPEN_NAMES = wordset(
    """sha sha1 sha224 sha256 sha384 sha512 md5 digest digests checksum checksums commit commits revision rev ref fingerprint fingerprints etag
    uuid guid version versions release build image images tag tags container containers hostname host hosts domain domains path paths file
    files dir directory home workdir url urls uri user users username usernames email publishable gpg gpgkey gpgkeys trace span request correlation
    transaction id ids arn branch hash tree object blob layer node pod serial thumbprint kid signature-version cflags ldflags options opts user-agent
    agent useragent filename title description name names subject issuer locale lang rule rules"""
)
_OPEN_PAIRS: FrozenSet[Tuple[str, str]] = frozenset((one, "key") for one in ("public", "publishable", "gpg", "pgp", "site", "anon")) | {("account", "sid")}


@lru_cache(maxsize=4096)
def is_open_name(name: str) -> bool:
    """Return whether random characters are to be expected under `name`, and are no secret: digests, ids, versions."""
    said = words(name)
    while len(said) > 1 and said[-1].isdigit():
        said.pop()
    if not said or _TELLING.intersection(said):
        return False
    return said[-1] in _OPEN_NAMES or bool(_OPEN_PAIRS.intersection(zip(said, said[1:])))
