"""The words by which names and values say which environment they belong to."""

from __future__ import annotations

from parity_host.envfile.environments import ENVIRONMENT_WORDS, WORD, environments_named

__all__ = ["ENVIRONMENT_WORDS", "environments_named", "without_environment"]


def without_environment(text: str) -> str:
    """Return `text` in lower case with every environment's word replaced by one and the same mark."""
    return WORD.sub(lambda word: "{env}" if word.group(0) in ENVIRONMENT_WORDS else word.group(0), text.lower())
