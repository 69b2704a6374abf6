"""Whether a name says that its value is a secret, weighed against what the value looks like."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import Callable, FrozenSet, NamedTuple, Sequence, Tuple

from .open_names import words
from .references import is_reference
from .shapes import looks_opaque
from .values import (
    SMALL_NUMBER,
    is_absolute_file,
    is_arn,
    is_boolean,
    is_choice,
    is_date,
    is_duration,
    is_file,
    is_harmless,
    is_identifier,
    is_number,
    is_pattern,
    is_place,
    is_text,
)
from .words import (
    ARNS,
    ASKING,
    BEFORE_KEY,
    BOOLEANS,
    CHOSEN,
    DATES,
    DURATIONS,
    FILES,
    IDENTIFIERS,
    NUMBERS,
    PASSES_ON,
    PATTERNS,
    PLACES,
    PUBLIC_KEYS,
    STRONG,
    STRONG_LAST,
    TEXTS,
    TRAILING,
    WEAK,
    wordset,
)

# Parts that make a word without a separator secret: `dbpassword`, `authtoken`.
_GLUED = re.compile(
    "passw(?:or)?d|passphrase|secret(?!ar)|credential|apikey|privatekey|accesskey|authkey|signingkey|encryptionkey|masterkey"
    "|(?:auth|access|api|refresh|session|csrf|xsrf|bot|bearer)token"
    "|(?:db|sql|my|user|root|admin|smtp|mail|redis|mongo|pg|ftp|ssh|require|key|store|trust)pass$|pwd$|(?:admin|bind|db|root|user|smtp|mail|my)pw$|sess(?:ion)?id$"
)
_BY_SUFFIX: Tuple[Tuple[FrozenSet[str], Callable[[str], bool]], ...] = (
    (FILES, is_file),
    (PLACES, is_place),
    (NUMBERS, is_number),
    (BOOLEANS, is_boolean),
    (TEXTS, is_text),
    (DURATIONS, is_duration),
    (DATES, is_date),
    (CHOSEN, is_choice),
    (PATTERNS, is_pattern),
    (ARNS, is_arn),
)
_KEYS = wordset("key keys credentials credential keypair pgpass htpasswd privatekey")
_PUBLIC_WORDS = wordset("gpgkey gpgkeys pubkey publickey")
_IDS = wordset("id ids uuid guid kid arn")
_LONGEST = 65_536  # nothing harmless under a telling name is longer
_COUNTED = wordset("pass seed nonce")
_BUNDLED = ("next", "nuxt", "expo")  # NEXT_PUBLIC_API_KEY: shipped to browsers, and yet a key


class Level(IntEnum):
    """How much a name says by itself."""

    NOTHING = 0
    IN_PASSING = 1  # it has such a word somewhere
    WEAK = 2
    STRONG = 3


class _Name(NamedTuple):
    words: Tuple[str, ...]
    level: Level


@lru_cache(maxsize=4096)
def _classify(name: str) -> _Name:
    said = words(name)
    if said[1:2] == ["public"] and said[0] in _BUNDLED:
        said = said[2:]
    while len(said) > 1 and (said[-1] in TRAILING or said[-1].isdigit()) and any(map(_is_telling, said[:-1])):
        said.pop()
    level = _level(said) if said else Level.NOTHING
    segments = name.split(".")
    if len(segments) > 2 and said:
        # A label or a property: its last part is its name, what stands before is where it belongs.
        level = max(_level(words(segments[-1])), min(level, Level.IN_PASSING))
    return _Name(tuple(said), level)


def _is_telling(word: str) -> bool:
    return word in STRONG or word in STRONG_LAST or word in WEAK or _GLUED.search(word) is not None


def _level(said: Sequence[str]) -> Level:
    if not said or _is_public(said):
        return Level.NOTHING
    last = said[-1]
    if STRONG.intersection(said) or last in STRONG_LAST or any(map(_GLUED.search, said)) or _is_pair(said):
        return Level.STRONG
    if last in WEAK:
        return Level.WEAK
    return Level.IN_PASSING if WEAK.intersection(said) or STRONG_LAST.intersection(said) else Level.NOTHING


def _is_pair(said: Sequence[str]) -> bool:
    """Return whether two words in a row make it: `api key`, and any word before `token`."""
    for one, two in zip(said, said[1:]):  # noqa: B905, RUF007 - Python 3.8
        if two in ("token", "pat") or (two in ("key", "keys") and one in BEFORE_KEY):
            return True
    return False


def _is_public(said: Sequence[str]) -> bool:
    """Return whether the name is that of a public key, of an identifier or of nginx's `proxy_pass`."""
    last, before = said[-1], said[-2] if len(said) > 1 else ""
    if last in ("key", "keys"):
        return bool(PUBLIC_KEYS.intersection(said[-3:-1])) and not {"private", "secret"}.intersection(said)
    if last in ("id", "ids", "sid"):
        return before in IDENTIFIERS and not STRONG.intersection(said[-3:-1])
    return last in _PUBLIC_WORDS or (last == "pass" and before in PASSES_ON)


def level(name: str) -> Level:
    """Return how much `name` says by itself, before its value is looked at."""
    return _classify(name).level


def is_telling(name: str) -> bool:
    """Return whether `name` is a secret's, so that all that stands below it is one too."""
    return level(name) >= Level.WEAK


def is_secret(name: str, value: str) -> bool:
    """Return whether the name, together with the shape of the value, says that the whole value is a secret.

    A strong name (`…PASSWORD…`) always does, unless its last word and the value agree on something harmless
    (`…_FILE` with a path). A weak name (`…KEY`) does unless the value is plainly harmless. A name that has such a
    word in passing (`AUTH_…_X`) does when the value looks made up.
    """
    known = _classify(name)
    text = value.strip()
    if known.level == Level.NOTHING or not text:
        return False
    if len(text) > _LONGEST or _is_account(known.words, text):
        return True
    if is_reference(text) or _agreed(known.words, text) or _means_something_else(known.words, text):
        return False
    if known.level == Level.STRONG:
        return not (_KEYS.intersection(known.words) and is_absolute_file(text))
    if is_harmless(text) or (known.words[-1] in _IDS and is_identifier(text)):
        return False
    return known.level == Level.WEAK or looks_opaque(text)


def _agreed(said: Tuple[str, ...], value: str) -> bool:
    """Return whether the name's ending and the value agree that this is something else than the secret itself."""
    if is_boolean(value) and (ASKING.intersection(said) or said[-1] == "credentials"):
        return True
    return any(said[-1] in suffixes and agrees(value) for suffixes, agrees in _BY_SUFFIX if len(said) > 1)


def _means_something_else(said: Tuple[str, ...], value: str) -> bool:
    if said == ("pwd",):
        return is_absolute_file(value)  # the shell's working directory
    if said[-2:-1] == ("key",) and said[-1] in _IDS and "access" not in said:
        return is_identifier(value)  # which of several keys: the other half of an access key is one to hide
    if len(said) == 1 and said[0] in _COUNTED:
        return SMALL_NUMBER.fullmatch(value) is not None  # a count of tests, the seed of a generator
    # A connection string shows its parts.
    return said[-1] == "dsn" and any(sign in value for sign in ("://", "@", "="))


def _is_account(said: Tuple[str, ...], value: str) -> bool:
    """Return whether this is a list of users with their passwords, as in BASIC_AUTH_USERS."""
    return said[-1] in ("user", "users") and re.search(r"[^\s:/]:[^\s:/$]", value) is not None
