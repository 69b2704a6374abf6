"""Services by areas: where something is wrong, how bad the worst of it is, and how much there is of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from parity.domain.findings import Severity


@dataclass(frozen=True)
class Chip:
    """One environment's findings in one area of one service; `anchor` is the worst of them."""

    environment: str
    position: int
    severity: str
    count: int
    anchor: str


@dataclass(frozen=True)
class Row:
    """One service: its name ("" is the stack as a whole), its position among the filters, and a cell an area."""

    service: str
    position: int
    cells: tuple[tuple[Chip, ...], ...]


def matrix(data: Mapping[str, Any], services: Sequence[str], anchors: Mapping[str, str]) -> list[Row]:
    """Return a row for each of `services` with a cell for each area, of the open findings."""
    environments = [environment["name"] for environment in data["environments"]]
    found: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for finding in data["findings"]:
        if finding["status"] == "open":
            for environment in finding["environments"]:
                found.setdefault((finding["service"], finding["area"], environment), []).append(finding)

    def cell(service: str, area: str) -> tuple[Chip, ...]:
        return tuple(
            _chip(environment, position, here, anchors)
            for position, environment in enumerate(environments)
            if (here := found.get((service, area, environment)))
        )

    return [
        Row(service, position, tuple(cell(service, area["name"]) for area in data["areas"]))
        for position, service in enumerate(services)
    ]


def _chip(environment: str, position: int, here: Sequence[Mapping[str, Any]], anchors: Mapping[str, str]) -> Chip:
    worst = max(here, key=lambda finding: Severity.parse(finding["severity"]))
    return Chip(environment, position, worst["severity"], len(here), anchors[worst["id"]])
