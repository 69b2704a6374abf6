"""The patterns by which hosts know messages of logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parity.judge import knowledge


def log_patterns(signatures: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the patterns of every signature, the user's first; raises ParityError naming an entry at fault."""
    known = knowledge.load().with_signatures(signatures).signatures
    return [one.pattern for signature in known for one in (signature.pattern, signature.cleared_by) if one]
