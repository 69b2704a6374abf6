"""Names in text that other programs wrote: by them a finding is linked to the service or variable behind it."""

from __future__ import annotations

from typing import Final

from parity.domain.values import HIDDEN
from parity_host.secrets.token import TOKEN

# What stands around names in log lines, URLs, JSON and assignments.
_AROUND: Final = str.maketrans(dict.fromkeys("\"'`/:@,;.()[]=<>", " "))


def names_in(*texts: str) -> frozenset[str]:
    """Return every word of `texts` that could be a name. For logs and answers of services, never for our own words.

    What was hidden names nothing: two of it need not be the same.
    """
    return frozenset(
        word for word in TOKEN.sub(HIDDEN, " ".join(texts)).translate(_AROUND).split() if HIDDEN not in word
    )
