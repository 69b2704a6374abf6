"""What a host is, fact by fact, in words that can be compared between environments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from parity.domain.amounts import counted, roughly
from parity.domain.resources import Machine

# Each fact: its name, and what reads it; empty where it is not known. Amounts are rounded: the kernel keeps a part.
FACTS: Final[tuple[tuple[str, Callable[[Machine], str]], ...]] = (
    ("cores", lambda one: counted(one.cores, "core") if one.cores else ""),
    ("memory", lambda one: f"{roughly(one.memory)} memory" if one.memory else ""),
    ("swap", lambda one: "" if one.swap is None else f"{roughly(one.swap)} swap" if one.swap else "no swap"),
    ("system", lambda one: one.system),
    ("kernel", lambda one: f"kernel {one.kernel}" if one.kernel else ""),
    ("time zone", lambda one: one.time_zone),
)


def shown(read: Callable[[Machine], str], machines: Iterable[Machine]) -> str:
    """Return what an environment's hosts have, alike ones once; empty where none tells."""
    return "; ".join(sorted({read(machine) for machine in machines} - {""}))


def described(machine: Machine) -> str:
    """Return everything that is known of a host."""
    return ", ".join(filter(None, (read(machine) for _, read in FACTS)))
