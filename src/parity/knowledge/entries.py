"""What every entry of a file of ours has to be: a mapping with known keys, and with those that it needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from parity.domain.findings import ParityError


def checked(entry: Any, place: str, allowed: Collection[str], needed: Collection[str]) -> Mapping[str, Any]:
    """Return an entry whose keys are all `allowed`, with every `needed` one; raises ParityError naming `place`."""
    if not isinstance(entry, Mapping):
        raise ParityError(f"{place} must be a mapping")
    unknown = sorted(set(map(str, entry)) - set(allowed))
    missing = [key for key in needed if key not in entry]
    if unknown:
        raise ParityError(f"{place}: unknown key {unknown[0]}; valid keys: {', '.join(allowed)}")
    if missing:
        raise ParityError(f"{place}: missing key {missing[0]}")
    return entry


def checked_list(
    data: Mapping[str, Any], section: str, origin: str, allowed: Collection[str], needed: Collection[str]
) -> Iterator[Mapping[str, Any]]:
    """Yield the entries of a section, each checked as above; raises ParityError naming the section and its number."""
    for number, entry in enumerate(data[section], 1):
        yield checked(entry, f"{origin}, {section} {number}", allowed, needed)
