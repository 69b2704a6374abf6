"""The places in the HTML pages that links lead to: readable, unique, the same in every page that links to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

REPORT: Final = "report.html"
# The headings of rows about a whole environment, by their name in `side_by_side`; no service has a space in its name.
WHOLE: Final = {"checkout": "Git checkout", "host": "Docker host"}
_UNFIT = re.compile(r"[^A-Za-z0-9._@+:/-]")
Data = Mapping[str, Any]


def anchors(ids: Iterable[str], prefix: str) -> dict[str, str]:
    """Return the place in a page by id."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in ids:
        wanted = anchor = f"{prefix}-" + _UNFIT.sub("-", name)
        number = 2
        while anchor in taken:
            anchor, number = f"{wanted}-{number}", number + 1
        taken.add(anchor)
        found[name] = anchor
    return found


def of_findings(data: Data) -> dict[str, str]:
    """Return the places of the findings of `data`, the content of findings.json, by their ids."""
    return anchors((one["id"] for one in data["findings"]), "finding")


def of_problems(data: Data) -> dict[str, str]:
    """Return the places of the problems of `data` by their ids."""
    return anchors((one["id"] for one in data["problems"]), "problem")


def of_facts(data: Data) -> dict[str, str]:
    """Return the places of the facts of `data` by their ids."""
    return anchors((name for name, _, _ in facts(data)), "fact")


def facts(data: Data) -> Iterator[tuple[str, str, Data]]:
    """Yield each fact of `data`: its id, what it is called, and the fact."""
    for name, heading in WHOLE.items():
        for row in data["side_by_side"][name]:
            yield fact_id(row, heading), f"{heading}: {row['name']}", row
    for one in data["side_by_side"]["services"]:
        for row in one["rows"]:
            yield fact_id(row, one["service"]), f"{one['service']}: {row['name']}", row
    for row in data["side_by_side"]["variables"]:
        yield fact_id(row), row["name"], row


def fact_id(row: Data, service: str = "") -> str:
    """Return the id of a fact: of a service's, or of a variable, which may be in several services differently."""
    return f"service/{service}/{row['name']}" if service else f"variable/{row['name']}/{'+'.join(row['services'])}"
