"""Amounts for people: of memory, of CPUs, of things."""

from __future__ import annotations


def in_bytes(amount: float) -> str:
    """Return a limit in the largest unit that fits, `no limit` for none."""
    if not amount:
        return "no limit"
    for unit, size in (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024)):
        if amount >= size:
            return f"{amount / size:g} {unit}"
    return f"{amount:g} B"


def in_cpus(amount: float) -> str:
    """Return a limit of CPUs, `no limit` for none."""
    return f"{amount:g} CPU{'' if amount == 1 else 's'}" if amount else "no limit"


def counted(count: int, thing: str) -> str:
    """Return a number with a word that has its plural in s: `1 restart`, `2 restarts`."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def roughly(amount: float) -> str:
    """Return a measured amount of bytes with three digits at most, `0 B` for none."""
    for unit, size in (("TiB", 1024**4), ("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024)):
        if amount >= size:
            return f"{amount / size:.{0 if amount >= 10 * size else 1}f} {unit}"
    return f"{amount:.0f} B"
