"""Names that do not exist: the nearest ones that do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final

_ALIKE: Final = 0.4
_LISTED: Final = 12


def unknown(names: Iterable[str], kind: str, valid: Sequence[str]) -> list[str]:
    """Return a sentence for each name that is not valid: the nearest valid ones, and all of them where they are few.

    `kind` is what the names are of, such as `tag`.
    """
    return [_sentence(name, kind, valid) for name in names if name not in valid]


def _sentence(name: str, kind: str, valid: Sequence[str]) -> str:
    near = get_close_matches(name, valid, 3, _ALIKE) or [one for one in valid if name in one][:3]
    meant = [f"Did you mean {' or '.join(near)}?"] if near else []
    known = [f"Valid {kind}s: {', '.join(valid) or 'none'}."] if len(valid) <= _LISTED else []
    return " ".join([f"Unknown {kind} {name}.", *meant, *known])
