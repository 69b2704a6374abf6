"""Amounts of memory for people."""

from __future__ import annotations


def in_bytes(amount: float) -> str:
    """Return a limit in the largest unit that fits, `no limit` for none."""
    if not amount:
        return "no limit"
    for unit, size in (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024)):
        if amount >= size:
            return f"{amount / size:g} {unit}"
    return f"{amount:g} B"
