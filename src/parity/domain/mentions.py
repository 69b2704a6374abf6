"""Names in text that other programs wrote: by them a finding is linked to the service or variable behind it."""

from __future__ import annotations

from typing import Final

# What stands around names in log lines, URLs, JSON and assignments.
_AROUND: Final = str.maketrans(dict.fromkeys("\"'`/:@,;.()[]=<>", " "))


def names_in(*texts: str) -> frozenset[str]:
    """Return every word of `texts` that could be a name. For logs and answers of services, never for our own words."""
    return frozenset(" ".join(texts).translate(_AROUND).split())
