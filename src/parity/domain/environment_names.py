"""The words by which names and values say which environment they belong to."""

from __future__ import annotations

import re
from typing import Final

# Each word with the one that stands for all of its spellings.
ENVIRONMENT_WORDS: Final = {
    "dev": "dev",
    "development": "dev",
    "local": "dev",
    "test": "test",
    "stage": "stage",
    "staging": "stage",
    "prod": "prod",
    "production": "prod",
    "live": "prod",
}
_WORD = re.compile(r"[^\W\d_]+")


def without_environment(text: str) -> str:
    """Return `text` in lower case with every environment's word replaced by one and the same mark."""
    return _WORD.sub(lambda word: "{env}" if word.group(0) in ENVIRONMENT_WORDS else word.group(0), text.lower())


def environments_named(text: str) -> set[str]:
    """Return the environments that `text` names, each by one spelling."""
    return {ENVIRONMENT_WORDS[word] for word in _WORD.findall(text.lower()) if word in ENVIRONMENT_WORDS}
