"""What the HTML report shows, derived from `findings.json`: pure, so that the templates only place values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from parity.domain.findings import SEVERITIES
from parity.judge.gate import NEVER, GateOutcome, outcome
from parity.report import anchors
from parity.report.html import matrix, trend
from parity.report.problems import open_problems, where

STATUSES: Final = {"open": "open", "verify": "to verify", "waived": "waived", "expected": "expected"}
STEPS: Final = {"now": "Now", "week": "This week", "month": "This month"}
WHOLE_STACK: Final = "The stack as a whole"
LONG: Final = 600
_SHORT: Final = 280
_FIRST: Final = 5
_FACTS: Final = 6
Data = Mapping[str, Any]


@dataclass(frozen=True)
class Value:
    """What an environment shows, said once with every place that shows it; `start` is its beginning if it is long."""

    text: str
    start: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One environment's side of the evidence."""

    environment: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Card:
    """One finding as the page shows it. `service` and `environments` are positions, as the page's filters use them."""

    finding: Data
    anchor: str
    title: str
    service: int
    environments: str
    columns: tuple[Column, ...]
    cause_anchor: str
    cause_title: str
    badge: str
    consequences: tuple[Card, ...] = ()

    @property
    def family(self) -> tuple[Card, ...]:
        """The finding and its consequences."""
        return (self, *self.consequences)


@dataclass(frozen=True)
class Ticket:
    """One open problem as the page shows it, with the cards of its open findings, consequences beneath their cause.

    `facts` are what the page side by side has about it: their names, and where they are.
    """

    problem: Data
    anchor: str
    where: str
    rule: str
    cards: tuple[Card, ...]
    count: int
    facts: tuple[tuple[str, str], ...]
    badge: str


def page(data: Data) -> dict[str, Any]:
    """Return what `report.html.j2` places, beside `data` itself, which is the content of findings.json."""
    services = service_names(data)
    maker = _Maker(data, services)
    of_status = {status: maker.cards(status) for status in STATUSES}
    tickets = maker.tickets(of_status["open"])
    places = {one.problem["id"]: one.anchor for one in tickets}
    return {
        "severities": SEVERITIES,
        "statuses": STATUSES,
        "service_names": [name or WHOLE_STACK for name in services],
        "verdict": verdict(data),
        "first_reached": next((one for one in tickets if one.problem["id"] in data["gate"]["problems"]), None),
        "thresholds": thresholds(data),
        "first": [one for part in steps(data, places) for one in part["steps"]][:_FIRST],
        "matrix": matrix.matrix(data, services, maker.anchors),
        "steps": steps(data, places),
        "done": [step for step in data["steps"] if step["done"]],
        "groups": [
            {"severity": level, "tickets": here}
            for level in SEVERITIES
            if (here := [one for one in tickets if one.problem["severity"] == level])
        ],
        "cards": of_status,
        "trend": trend.trend([run for run in map(_of_problems, data["history"]["runs"]) if run]),
        "remembers": remembers(data),
    }


def service_names(data: Data) -> list[str]:
    """Return every service's name, the stack as a whole ("") first, those that only findings name last."""
    names = dict.fromkeys(["", *(service["name"] for service in data["services"])])
    names.update(dict.fromkeys(sorted({finding["service"] for finding in data["findings"]})))
    return list(names)


def _of_problems(run: Data) -> Data | None:
    """Return a run with its counts of problems; None for one of an older Parity, which counted findings."""
    return {"generated": run["generated"], **run["problems"]} if "problems" in run else None


def remembers(data: Data) -> bool:
    """Return whether there was a run before this one: without it everything is new, and nothing need say so."""
    return len(data["history"]["runs"]) > 1


def verdict(data: Data) -> dict[str, str]:
    """Return the gate's word as a heading, and its tone: `good`, `bad`, `doubtful` or `none`."""
    count = len(data["gate"]["problems"])
    reached = "1 problem reaches" if count == 1 else f"{count} problems reach"
    tone, words = {
        GateOutcome.REPORT_ONLY: ("none", "Report only: no gate"),
        GateOutcome.REACHED: ("bad", f"Stop: {reached} the threshold"),
        GateOutcome.INCOMPLETE: ("doubtful", "Not everything could be seen"),
        GateOutcome.PASSED: ("good", "Go: nothing reaches the threshold"),
    }[outcome(data["gate"])]
    return {"tone": tone, "words": words}


def thresholds(data: Data) -> str:
    """Return what gates, in words: the threshold, those of single areas, and whether only new findings count."""
    gate = data["gate"]
    titles = {area["name"]: area["title"] for area in data["areas"]}
    parts = [f"{gate['fail_on']} and above" if gate["fail_on"] != NEVER else 'none (parity_fail_on is "never")']
    parts += [f"{titles.get(area, area)}: {severity}" for area, severity in sorted(gate["areas"].items())]
    return "; ".join(parts) + ("; new findings only" if gate["only_new"] else "")


def steps(data: Data, places: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the next steps by when they are due, numbered through; what is done already is left out."""
    todo = [step for step in data["steps"] if not step["done"]]
    numbered = [
        {**step, "number": number, "anchor": places.get(step["problem"], "")} for number, step in enumerate(todo, 1)
    ]
    return [
        {"title": title, "steps": [step for step in numbered if step["when"] == when]} for when, title in STEPS.items()
    ]


def columns(finding: Data, environments: Sequence[str]) -> tuple[Column, ...]:
    """Return a finding's evidence side by side: one column an environment, equal values said once."""
    by_environment: dict[str, dict[str, list[str]]] = {name: {} for name in environments}
    for piece in finding["evidence"]:
        places = by_environment.setdefault(piece["environment"], {}).setdefault(piece["shown"], [])
        place = ": ".join(part for part in (piece["service"], piece["place"]) if part)
        if place and place not in places:
            places.append(place)
    return tuple(
        Column(name, tuple(Value(text, _start(text), tuple(places)) for text, places in values.items()))
        for name, values in by_environment.items()
        if values
    )


def _start(text: str) -> str:
    return text[:_SHORT] + "…" if len(text) > LONG else ""


class _Maker:
    """Makes the cards of findings, consequences beneath their cause."""

    def __init__(self, data: Data, services: Sequence[str]) -> None:
        self._data = data
        self.findings: Sequence[Data] = data["findings"]
        self._problems: Sequence[Data] = data["problems"]
        self.anchors = anchors.of_findings(data)
        self._environments = [environment["name"] for environment in data["environments"]]
        self._services = {name: position for position, name in enumerate(services)}
        self._by_id = {finding["id"]: finding for finding in self.findings}
        self._remembers = remembers(data)

    def cards(self, status: str) -> list[Card]:
        """Return the cards of one status in the findings' order; a cause of another status is linked, not nested."""
        here = {finding["id"]: finding for finding in self.findings if finding["status"] == status}
        families: dict[str, list[Data]] = {}
        for finding in here.values():
            families.setdefault(_root(finding["id"], here), []).append(finding)
        return [
            self._card(here[root], tuple(self._card(one) for one in families[root] if one["id"] != root))
            for root in here
            if root in families
        ]

    def tickets(self, cards: Sequence[Card]) -> list[Ticket]:
        """Return the open problems, each with those of `cards` that are its own."""
        places = anchors.of_problems(self._data)
        facts = self._facts()
        of: dict[str, list[Card]] = {}
        for card in cards:
            of.setdefault(card.finding["problem"], []).append(card)
        return [
            Ticket(
                problem=problem,
                anchor=places[problem["id"]],
                where=where(problem),
                rule=self._by_id[problem["findings"][0]]["rule"],
                cards=tuple(of.get(problem["id"], ())),
                count=sum(len(card.family) for card in of.get(problem["id"], ())),
                facts=tuple(facts.get(problem["id"], {}).items()),
                badge=problem["change"] if self._remembers and problem["change"] in ("new", "back") else "",
            )
            for problem in open_problems(self._problems)
        ]

    def _facts(self) -> dict[str, dict[str, str]]:
        """Return the first few facts that each problem is about, by its id: where they are, by their names."""
        places = anchors.of_facts(self._data)
        found: dict[str, dict[str, str]] = {}
        for name, title, fact in anchors.facts(self._data):
            for finding in fact["findings"]:
                own = found.setdefault(self._by_id[finding]["problem"], {})
                if len(own) < _FACTS:
                    own.setdefault(title, places[name])
        return found

    def _card(self, finding: Data, consequences: tuple[Card, ...] = ()) -> Card:
        cause = self._by_id.get(finding["caused_by"])
        title = finding["title"]
        return Card(
            finding=finding,
            anchor=self.anchors[finding["id"]],
            title=title if len(title) <= LONG else title[:_SHORT] + "…",
            service=self._services[finding["service"]],
            environments=" ".join(str(n) for n, e in enumerate(self._environments) if e in finding["environments"]),
            columns=columns(finding, self._environments),
            cause_anchor=self.anchors[cause["id"]] if cause else "",
            cause_title=cause["title"] if cause else "",
            badge=finding["change"] if self._remembers and finding["change"] in ("new", "back") else "",
            consequences=consequences,
        )


def _root(name: str, findings: Mapping[str, Data]) -> str:
    """Return the id of what a finding goes back to; of causes that go round in a circle, the first by name."""
    seen: list[str] = []
    while name not in seen:
        seen.append(name)
        cause = findings[name]["caused_by"]
        if cause not in findings:
            return name
        name = cause
    return min(seen)
