"""Names that are made of known words, or that somebody may have given to a thing."""

from __future__ import annotations

import re
from typing import Container, Sequence

from .known_words import KNOWN
from .public_forms import OPTION
from .shapes import likeness_to_words, looks_opaque

_PHRASE = 3
_MOST_DIGITS = 6  # of a date or a port beside words; more of them are a number that somebody made up
PARTS = re.compile(r"[-_.:/+@=~!?&#*\\^$%]+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
PIECE = re.compile(
    r"[a-z]{1,30}[0-9]{0,2}|[a-z][0-9]{1,2}[a-z]|[A-Z][a-z]{1,30}[0-9]?|[A-Z]{1,12}[0-9]{0,3}|[0-9]{1,8}[a-z]{0,2}|v[0-9.]{1,6}|[A-Z][a-z]+[A-Z]{1,3}"
)
_SMALL_PART = re.compile(r"[0-9]{1,5}|v[0-9]{1,3}")
_COMPOSED = re.compile(r"[A-Za-z0-9_.:/+@=~!?&#*\\^$%-]+")
_OF_PASSWORDS = re.compile(r"\w[!?#&$^]\w")  # signs that nobody has in the middle of a name


def of_known(word: str, known: Container[str]) -> bool:
    """Return whether all of a word is made of known ones, with at most two digits at their ends."""
    if len(word) > 120 or not _COMPOSED.fullmatch(word):
        return False
    parts = PARTS.split(word)
    if sum(len(part) for part in parts if part.isdigit()) > _MOST_DIGITS:
        return False
    for part in parts:
        if len(part) < 2 or part.lower() in KNOWN or part in known or _SMALL_PART.fullmatch(part):
            continue
        bare = part.rstrip("0123456789")
        if len(part) - len(bare) > 2:
            return False
        if bare.lower() in KNOWN or bare in known:
            continue
        pieces = _CAMEL.findall(bare)
        if (
            "".join(pieces) != bare
            or not all(piece.lower() in KNOWN for piece in pieces)
            or any(map(str.isdigit, bare))
        ):
            return False
    return True


def is_setting_name(name: str, known: Container[str]) -> bool:
    """Return whether this may be the name of a setting: of words, or of anything in one case."""
    bare = name.lstrip("-")
    return (OPTION.fullmatch("-" + bare) is not None and not looks_opaque(bare)) or of_known(name, known)


def is_plain(word: str) -> bool:
    """Return whether a word may name a thing: letters of one kind, few digits, nothing made up."""
    parts = [part for part in PARTS.split(word) if part]
    return len(word) <= 100 and not _OF_PASSWORDS.search(word) and all(map(_is_plain_part, parts))


def _is_plain_part(part: str) -> bool:
    return (PIECE.fullmatch(part) is not None or is_camel(part)) and not looks_opaque(part)


def is_camel(part: str) -> bool:
    """Return whether a part of a name is one word of letters, as people write it, or of another alphabet."""
    return (part.isalpha() and len(part) <= 40 and (likeness_to_words(part) or 0.0) >= 0.75) or not part.isascii()


def are_few(pieces: Sequence[str]) -> bool:
    """Return whether at most two words of a name are unknown: of three or more a pass phrase is made."""
    return sum(piece.lower() not in KNOWN and not piece.isdigit() for piece in pieces) < _PHRASE


def is_short_name(text: str) -> bool:
    """Return whether at most two words of a name are unknown."""
    return are_few([piece for piece in PARTS.split(text) if piece])
