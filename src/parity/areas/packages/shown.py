"""How packages that differ are shown: the first of them as a table, and how many there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from parity.areas.packages.lists import Row
from parity.compare.comparison import place_of
from parity.compare.match_services import Match
from parity.domain.findings import Evidence

_ROWS: Final = 20
_NAMES: Final = 3


def named(rows: Sequence[Row]) -> str:
    """Return the names of the first packages, and how many more there are."""
    more = len(rows) - _NAMES
    return ", ".join(row.name for row in rows[:_NAMES]) + (f" and {more} more" if more > 0 else "")


def changes(row: Row) -> str:
    """Return a package's versions by environment."""
    return " / ".join(f"{version or 'none'} ({environment})" for environment, version in row.versions.items())


def pieces(match: Match, rows: Sequence[Row]) -> tuple[Evidence, ...]:
    """Return what each environment has of the first packages, a piece for each."""
    return tuple(_pieces(match, rows))


def _pieces(match: Match, rows: Sequence[Row]) -> Iterator[Evidence]:
    more = [f"and {len(rows) - _ROWS} more"] if len(rows) > _ROWS else []
    for environment in rows[0].versions:
        service = match.seen[environment]
        first, *others = [f"{row.name} {row.versions[environment] or 'is missing'}" for row in rows[:_ROWS]] + more
        yield Evidence(environment, first, place_of(service), service.name)
        yield from (Evidence(environment, shown) for shown in others)
