"""The words by which names of files, variables and values say which environment they belong to."""

from __future__ import annotations

import re
from typing import Dict, Set

# Each word with the one that stands for all of its spellings.
ENVIRONMENT_WORDS: Dict[str, str] = {
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
WORD = re.compile(r"[^\W\d_]+")


def environments_named(text: str) -> Set[str]:
    """Return the environments that `text` names, each by one spelling."""
    return {ENVIRONMENT_WORDS[word] for word in WORD.findall(text.lower()) if word in ENVIRONMENT_WORDS}
