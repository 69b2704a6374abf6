"""What the HTML report shows, derived from `findings.json`: pure, so that the templates only place values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from parity.domain.findings import SEVERITIES, Severity
from parity.judge.gate import NEVER, GateOutcome, outcome
from parity.report.html import matrix, trend

STATUSES: Final = {"open": "open", "verify": "to verify", "waived": "waived", "expected": "expected"}
STEPS: Final = {"now": "Now", "week": "This week", "month": "This month"}
WHOLE_STACK: Final = "The stack as a whole"
LONG: Final = 600
_SHORT: Final = 280
_UNFIT_IN_ANCHOR = re.compile(r"[^A-Za-z0-9._@+:/-]")
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
    def grave(self) -> bool:
        """Whether the report leads with it."""
        return Severity.parse(self.finding["severity"]).grave

    @property
    def family(self) -> tuple[Card, ...]:
        """The finding and its consequences."""
        return (self, *self.consequences)


def page(data: Data) -> dict[str, Any]:
    """Return what `report.html.j2` places, beside `data` itself, which is the content of findings.json."""
    services = service_names(data)
    maker = _Maker(data, services)
    of_status = {status: maker.cards(status) for status in STATUSES}
    still_open = of_status["open"]
    return {
        "severities": SEVERITIES,
        "grave": [word for word in SEVERITIES if Severity.parse(word).grave],
        "statuses": STATUSES,
        "service_names": [name or WHOLE_STACK for name in services],
        "verdict": verdict(data),
        "first_reached": maker.first(data["gate"]["reached"]),
        "thresholds": thresholds(data),
        "hurts": [card for card in still_open if any(one.grave for one in card.family)],
        "matrix": matrix.matrix(data, services, maker.anchors),
        "steps": steps(data, maker.anchors),
        "done": [{**step, "anchor": maker.anchors.get(step["problem"], "")} for step in data["steps"] if step["done"]],
        "groups": [
            {"area": area, "cards": cards, "total": sum(len(card.family) for card in cards)}
            for area in data["areas"]
            if (cards := [card for card in still_open if card.finding["area"] == area["name"]])
        ],
        "cards": of_status,
        "trend": trend.trend(data["history"]["runs"]),
        "remembers": remembers(data),
    }


def service_names(data: Data) -> list[str]:
    """Return every service's name, the stack as a whole ("") first, those that only findings name last."""
    names = dict.fromkeys(["", *(service["name"] for service in data["services"])])
    names.update(dict.fromkeys(sorted({finding["service"] for finding in data["findings"]})))
    return list(names)


def remembers(data: Data) -> bool:
    """Return whether there was a run before this one: without it everything is new, and nothing need say so."""
    return len(data["history"]["runs"]) > 1


def verdict(data: Data) -> dict[str, str]:
    """Return the gate's word as a heading, and its tone: `good`, `bad`, `doubtful` or `none`."""
    count = len(data["gate"]["reached"])
    reached = "1 finding reaches" if count == 1 else f"{count} findings reach"
    tone, words = {
        GateOutcome.REPORT_ONLY: ("none", "No gate: this audit only reports"),
        GateOutcome.REACHED: ("bad", f"Stop: {reached} the threshold"),
        GateOutcome.INCOMPLETE: ("doubtful", "Not everything could be seen"),
        GateOutcome.PASSED: ("good", "Go: nothing reaches the threshold"),
    }[outcome(data["gate"])]
    return {"tone": tone, "words": words}


def thresholds(data: Data) -> str:
    """Return what gates, in words: the threshold, those of single areas, and whether only new findings count."""
    gate = data["gate"]
    titles = {area["name"]: area["title"] for area in data["areas"]}
    parts = [f"{gate['fail_on']} and above" if gate["fail_on"] != NEVER else "nothing gates"]
    parts += [f"{titles.get(area, area)}: {severity}" for area, severity in sorted(gate["areas"].items())]
    return "; ".join(parts) + ("; only findings that are new" if gate["only_new"] else "")


def steps(data: Data, anchors: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the next steps by when they are due, numbered through; what is done already is left out."""
    todo = [step for step in data["steps"] if not step["done"]]
    numbered = [
        {**step, "number": number, "anchor": anchors.get(step["problem"], "")} for number, step in enumerate(todo, 1)
    ]
    return [
        {"title": title, "steps": [step for step in numbered if step["when"] == when]} for when, title in STEPS.items()
    ]


def anchors(findings: Sequence[Data]) -> dict[str, str]:
    """Return each finding's place in the page by its id: readable, unique, and fit for an address."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for finding in findings:
        wanted = anchor = "finding-" + _UNFIT_IN_ANCHOR.sub("-", finding["id"])
        number = 2
        while anchor in taken:
            anchor, number = f"{wanted}-{number}", number + 1
        taken.add(anchor)
        found[finding["id"]] = anchor
    return found


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
        self.findings: Sequence[Data] = data["findings"]
        self.anchors = anchors(self.findings)
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

    def first(self, reached: Sequence[str]) -> dict[str, str] | None:
        """Return the place and title of the first of the findings that reached the threshold."""
        if not reached:
            return None
        return {"anchor": self.anchors[reached[0]], "title": self._by_id[reached[0]]["title"]}

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
