"""The form of a name that somebody gave to a thing: words in letters, joined by signs."""

from __future__ import annotations

import re

from .shapes import likeness_to_words, looks_opaque

_NAME = re.compile(r"[A-Za-z][a-z]{0,30}(?:[-_./:,@+][A-Za-z]?[a-z]{0,30}[0-9]{0,1}){0,8}")
_SIGNS = re.compile(r"[-_./:@]+")
_WORD = re.compile(r"[a-z]{1,30}[0-9]{0,3}|[A-Z]{1,12}[0-9]{0,3}|[A-Z][a-z]{1,30}|[0-9]{1,5}")
_HUMPS = re.compile(r"(?:[A-Z]{1,4}[a-z]{1,30}|[a-z]{1,30})(?:[A-Z][a-z]{1,30}){1,4}")
_LONGEST = 120
_LIKE_WORDS = 0.6


def is_plain_name(word: str) -> bool:
    """Return whether `word` may be the name of a program, a sub-command or a queue: no digits but one behind a word."""
    return _NAME.fullmatch(word) is not None and not looks_opaque(word)


def is_name(word: str) -> bool:
    """Return whether `word`, which stands where a thing is named, has the form of a name and nothing made up in it.

    Where it stands has to say that it names something: as a name goes `kelp-barge`, so does a pass phrase.
    """
    if not word or len(word) > _LONGEST or looks_opaque(word):
        return False
    parts = [part for part in _SIGNS.split(word) if part]
    return bool(parts) and any(map(str.isalpha, word)) and all(map(_is_word, parts))


def _is_word(part: str) -> bool:
    if _WORD.fullmatch(part):
        return True
    return _HUMPS.fullmatch(part) is not None and (likeness_to_words(part) or 0.0) >= _LIKE_WORDS
