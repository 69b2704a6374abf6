"""What both pages show, derived from `findings.json`: pure, so that the templates only place values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from parity.report import anchors

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
    link = _links(data)
    *first, last = [environment["name"] for environment in data["environments"]]
    return {
        "names": f"{', '.join(first)} and {last}",
        "count": count(facts),
        "others": others(facts),
        "sights": {one["name"]: _sight(one, data["unseen"]) for one in data["environments"]},
        "headings": anchors.WHOLE,
        "whole": {
            name: [_group(heading, [link(row, heading) for row in facts[name]])]
            for name, heading in anchors.WHOLE.items()
            if facts[name]
        },
        "services": [
            _group(
                one["service"], [link(row, one["service"]) for row in one["rows"]], _containers(data, one["service"])
            )
            for one in facts["services"]
        ],
        "variables": [
            _group(title, [link(row) for row in rows])
            for verdict, title in _VERDICTS.items()
            if (rows := _of(facts["variables"], {verdict}))
        ],
        "differing": {
            "whole": {
                name: [{**row, "first": heading, "second": row["name"]} for row in found]
                for name, heading in anchors.WHOLE.items()
                if (found := _of(facts[name], DIFFERENCES))
            },
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
        "failing": list(_failing(data)),
    }


def _links(data: Data) -> Callable[..., dict[str, Any]]:
    """Return what adds to a fact its place in the page, and where the report has what was found about it."""
    places, problems, findings = anchors.of_facts(data), anchors.of_problems(data), anchors.of_findings(data)
    by_id = {one["id"]: one for one in data["findings"]}

    def link(row: Data, service: str = "") -> dict[str, Any]:
        told = next((by_id[name] for name in row["findings"]), None)
        report = ""
        if told:
            report = problems[told["problem"]] if row["severity"] else findings[told["id"]]
        return {**row, "anchor": places[anchors.fact_id(row, service)], "report": report}

    return link


def _containers(data: Data, service: str) -> list[list[str]]:
    """Return the containers of a service in each environment, in words."""
    members: Data = next((one["environments"] for one in data["services"] if one["name"] == service), {})
    return [
        [
            f"{one['name']} on {one['host']}" + (f", {one['restarts']} restarts" if one["restarts"] else "")
            for one in (members.get(environment["name"]) or {"containers": ()})["containers"]
        ]
        for environment in data["environments"]
    ]


def _failing(data: Data) -> Iterator[dict[str, str]]:
    """Yield the containers that do not serve, and the services without one: where, and how each is, in words."""
    for environment in data["environments"]:
        name = environment["name"]
        for service in data["services"]:
            member = service["environments"].get(name)
            if member and not member["containers"]:
                yield {"environment": name, "name": member["service"], "how": "declared, no container seen"}
            for one in member["containers"] if member else ():
                if not one["serves"]:
                    restarts = f"{one['restarts']} restarts" if one["restarts"] else ""
                    how = ", ".join(filter(None, (one["state"], one["health"], restarts, f"on {one['host']}")))
                    yield {"environment": name, "name": one["name"], "how": how}


def _of(rows: Iterable[Data], verdicts: Collection[str]) -> list[Data]:
    return [row for row in rows if row["verdict"] in verdicts]


def _named(facts: Data, verdict: str, title: str) -> dict[str, Any]:
    """Return the facts of one verdict by name only: those of each service, and the variables."""
    whole = [(heading, facts[name]) for name, heading in anchors.WHOLE.items()]
    grouped = [*whole, *((one["service"], one["rows"]) for one in facts["services"])]
    services = {name: [row["name"] for row in _of(rows, {verdict})] for name, rows in grouped}
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
        return "running containers were not seen" if environment["services"] else "not seen"
    if not environment["runs"]:
        return "from its files only"
    return "partly seen" if pieces else ""


def _group(title: str, rows: Sequence[Data], containers: Sequence[Sequence[str]] = ()) -> dict[str, Any]:
    """Return rows below one heading, as tables; those are folded that agree, and that no open finding speaks of.

    A browser leaves out the tables that are off the screen: one of a thousand rows would take it a second.
    """
    folded = [row for row in rows if _folds(row)]
    ordered = [*(row for row in rows if not _folds(row)), *folded]
    return {
        "title": title,
        "folded": len(folded),
        "containers": containers if any(containers) else (),
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
