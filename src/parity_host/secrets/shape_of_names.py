"""The form of a name that somebody gave to a thing: words in letters, joined by signs."""

from __future__ import annotations

import re

from .shapes import looks_opaque

_NAME = re.compile(r"[A-Za-z][a-z]{0,30}(?:[-_./:,@+][A-Za-z]?[a-z]{0,30}[0-9]{0,1}){0,8}")


def is_plain_name(word: str) -> bool:
    """Return whether `word` may be the name of a program, a sub-command or a queue: no digits but one behind a word."""
    return _NAME.fullmatch(word) is not None and not looks_opaque(word)
