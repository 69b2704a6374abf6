"""Which of a service's settings take power from it, and whether one of them is weaker in production.

What gives it power over its host, such as `privileged`, is judged of each environment alone, by the area containers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from parity.domain.untrusted import words

# Source: https://docs.docker.com/reference/compose-file/services/
_TAKES: Final = frozenset({"cap_drop", "read_only", "security_opt"})
# The entry of security_opt that takes nothing: `seccomp:unconfined`; the one of cap_drop that holds all others.
_UNCONFINED: Final = "unconfined"
_ALL: Final = "ALL"
_ROOT: Final = frozenset({"root", "0"})


def is_weaker(key: str, one: Any, other: Any) -> bool:
    """Return whether a setting of a service takes less from it as `one` than as `other`."""
    if key == "user":
        return str(one).partition(":")[0] in _ROOT and other is not None
    mine, theirs = _entries(one), _entries(other)
    return key in _TAKES and mine < theirs and _ALL not in mine


def weaker_in_production(key: str, values: Mapping[str, Any], production: frozenset[str]) -> bool:
    """Return whether production has a setting that takes less from a service than it does elsewhere."""
    return any(
        is_weaker(key, values[one], values[other]) for one in production for other in values if other not in production
    )


def _entries(value: Any) -> set[str]:
    """Return what a setting takes: the entries of a list, or itself where it is a switch that is on."""
    if isinstance(value, list):
        return {entry for entry in words(value) if not entry.endswith(_UNCONFINED)}
    return {"on"} if value is True else set()
