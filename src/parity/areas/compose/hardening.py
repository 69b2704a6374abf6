"""Which of a service's settings keep it apart from its host, and on which side a setting does so less."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from parity.domain.untrusted import words

# Settings that give a container more the more they hold, and those that take from it.
# Source: https://docs.docker.com/reference/compose-file/services/
_GIVES: Final = frozenset({"cap_add", "privileged", "use_api_socket"})
_TAKES: Final = frozenset({"cap_drop", "read_only", "security_opt"})
# An entry of security_opt that gives: `seccomp:unconfined`; one of cap_drop that holds all others.
_UNCONFINED: Final = "unconfined"
_ALL: Final = "ALL"
# Namespaces that a container may share with its host.
_SHARED: Final = frozenset({"cgroup", "ipc", "network_mode", "pid", "userns_mode", "uts"})
_ROOT: Final = frozenset({"root", "0"})


def is_weaker(key: str, one: Any, other: Any) -> bool:
    """Return whether a setting of a service keeps it apart from its host less as `one` than as `other`."""
    if key in _SHARED:
        return bool(one == "host")
    if key == "user":
        return str(one).partition(":")[0] in _ROOT and other is not None
    if key not in _GIVES | _TAKES:
        return False
    mine, theirs = _entries(one), _entries(other)
    gives = {entry for entry in mine | theirs if key in _GIVES or entry.endswith(_UNCONFINED)}
    if gives & (mine - theirs):
        return True
    return bool(theirs - mine - gives) and not mine - theirs and _ALL not in mine


def weaker_in_production(key: str, values: Mapping[str, Any], production: frozenset[str]) -> bool:
    """Return whether production has a setting that keeps a service apart from its host less than elsewhere."""
    return any(
        is_weaker(key, values[one], values[other]) for one in production for other in values if other not in production
    )


def _entries(value: Any) -> set[str]:
    """Return what a setting holds: the entries of a list, or itself where it is a switch that is on."""
    return set(words(value)) if isinstance(value, list) else {"on"} if value is True else set()
