"""What both pages show, derived from `findings.json`: pure, so that the templates only place values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

Data = Mapping[str, Any]
_BLIND: Final = frozenset({"host", "engine"})
# The order of the variables' groups, and the heading of each.
_VERDICTS: Final = {
    "missing": "Missing somewhere",
    "different": "Different",
    "not-compared": "Not compared",
    "expected": "Different as expected",
    "same": "The same",
}
ROWS: Final = 30
DIFFERENCES: Final = frozenset({"missing", "different"})


def page(data: Data) -> dict[str, Any]:
    """Return what the templates place, beside `data` itself, which is the content of findings.json."""
    facts = data["side_by_side"]
    *first, last = [environment["name"] for environment in data["environments"]]
    return {
        "names": f"{', '.join(first)} and {last}",
        "count": count(facts),
        "others": others(facts),
        "sights": {one["name"]: _sight(one, data["unseen"]) for one in data["environments"]},
        "services": [_group(one["service"], one["rows"]) for one in facts["services"]],
        "variables": [
            _group(title, rows) for verdict, title in _VERDICTS.items() if (rows := _of(facts["variables"], {verdict}))
        ],
        "differing": {
            "services": [
                {**row, "first": one["service"], "second": row["name"]}
                for one in facts["services"]
                for row in _of(one["rows"], DIFFERENCES)
            ],
            "variables": [
                {**row, "first": row["name"], "second": ", ".join(row["services"]) or "Compose"}
                for row in _of(facts["variables"], DIFFERENCES)
            ],
        },
        "named": [
            named
            for verdict, title in _VERDICTS.items()
            if verdict not in DIFFERENCES and (named := _named(facts, verdict, title))["count"]
        ],
    }


def _of(rows: Iterable[Data], verdicts: Collection[str]) -> list[Data]:
    return [row for row in rows if row["verdict"] in verdicts]


def _named(facts: Data, verdict: str, title: str) -> dict[str, Any]:
    """Return the facts of one verdict by name only: those of each service, and the variables."""
    services = {one["service"]: [row["name"] for row in _of(one["rows"], {verdict})] for one in facts["services"]}
    variables = [row["name"] for row in _of(facts["variables"], {verdict})]
    return {
        "title": title,
        "count": sum(map(len, services.values())) + len(variables),
        "services": {service: names for service, names in services.items() if names},
        "variables": list(dict.fromkeys(variables)),
    }


def count(facts: Data) -> str:
    """Return how many facts agree, in words."""
    return f"{facts['agree']} of {facts['compared']} facts agree"


def others(facts: Data) -> str:
    """Return what became of the facts that do not agree, in words."""
    parts = {"differ": "differ", "expected": "differ as expected", "not_compared": "could not be compared"}
    return ", ".join(f"{facts[key]} {words}" for key, words in parts.items() if facts[key])


def _sight(environment: Data, unseen: Iterable[Data]) -> str:
    """Return how much of an environment was seen, in words; nothing where all of it was."""
    pieces = [piece["part"] for piece in unseen if piece["environment"] == environment["name"]]
    if not environment["runs"] and _BLIND.intersection(pieces):
        return "what runs was not seen" if environment["services"] else "not seen"
    if not environment["runs"]:
        return "from its files only"
    return "partly seen" if pieces else ""


def _group(title: str, rows: Sequence[Data]) -> dict[str, Any]:
    """Return rows below one heading, as tables; those are folded that agree, and that no open finding speaks of.

    A browser leaves out the tables that are off the screen: one of a thousand rows would take it a second.
    """
    folded = [row for row in rows if _folds(row)]
    ordered = [*(row for row in rows if not _folds(row)), *folded]
    return {
        "title": title,
        "folded": len(folded),
        "tables": [_table(ordered[start : start + ROWS]) for start in range(0, len(ordered), ROWS)],
    }


def _table(rows: Sequence[Data]) -> dict[str, Any]:
    return {
        "rows": rows,
        "differs": any(row["verdict"] in DIFFERENCES for row in rows),
        "folds": all(map(_folds, rows)),
    }


def _folds(row: Data) -> bool:
    return row["verdict"] == "same" and not row["severity"]
