"""What a host told of what its containers take, and of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from parity.domain.resources import Clock, ContainerLog, Disk, Machine, MemoryNow
from parity.domain.stack import Container
from parity.domain.untrusted import mapping, mappings, number, text, texts, whole

_MOST: Final = 2**63  # of Go's int64
_MOST_DISKS: Final = 8
_LAST: Final = 1e11  # seconds since 1970: no clock that is read is set later


def with_resources(container: Container, told: Mapping[str, Any]) -> Container:
    """Return a container with what `told`, the source `resources` of its host, has of it."""
    own = mapping(mapping(told, "containers"), container.id)
    log, memory = mapping(own, "log"), mapping(own, "memory")
    return replace(
        container,
        log=_log(log) if text(log, "driver") else None,
        memory=_memory(memory) if _amount(memory, "limit") > 0 else None,
    )


def _log(told: Mapping[str, Any]) -> ContainerLog:
    size = _amount(told, "size") if "size" in told else None
    return ContainerLog(text(told, "driver"), text(told, "max_size"), size)


def _memory(told: Mapping[str, Any]) -> MemoryNow:
    return MemoryNow(_amount(told, "working_set"), _amount(told, "file_cache"), _amount(told, "limit"))


def machine(host: str, told: Mapping[str, Any]) -> Machine | None:
    """Return what a host told of itself in its source `resources`; None where it told nothing."""
    if told.get("state") != "seen":
        return None
    own = mapping(told, "host")
    return Machine(
        host=host,
        cores=_amount(own, "cores"),
        memory=_amount(own, "memory"),
        swap=_amount(own, "swap") if "swap" in own else None,
        kernel=text(own, "kernel"),
        system=text(own, "system"),
        time_zone=text(own, "time_zone"),
        disks=tuple(
            Disk(texts(disk, "for"), text(disk, "path"), _amount(disk, "used"), _amount(disk, "free"))
            for disk in mappings(own, "disks")[:_MOST_DISKS]
        ),
        clock=_clock(mapping(told, "clock")),
    )


def _clock(told: Mapping[str, Any]) -> Clock | None:
    """Return how a host's clock is set against the controller's.

    The host looked at its clock at the beginning and at the end of its work, all of which lies between the controller's
    asking and the answer: however slow the connection was, its clock is ahead by `ended` - `answered` at least, and by
    `began` - `asked` at most.
    """
    asked, began, ended, answered = (number(told, one) for one in ("asked", "began", "ended", "answered"))
    if not (0 < asked <= answered < _LAST and 0 < began <= ended < _LAST):
        return None
    least, most = ended - answered, began - asked
    return Clock(least, most) if least <= most else None


def _amount(told: Mapping[str, Any], key: str) -> int:
    """Return a number of things or bytes as far as it can be one."""
    return min(max(whole(told, key), 0), _MOST)
