"""Problems as reports show them: each fault once, whatever number of environments has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from parity.domain.findings import Severity
from parity.report.text import said_once

_MOST_FAULTS: Final = 8
# A page of text shows so many problems with their evidence, those of low severity and below in a line each.
_MOST_IN_FULL: Final = 30
_MOST_PIECES: Final = 3
_MOST_SHOWN: Final = 96
_LINE: Final = re.compile(r"(?:^|, )([^, ]+:\d+)(?=,|$)")
Data = Mapping[str, Any]


def open_problems(problems: Iterable[Data], severity: str = "") -> list[Data]:
    """Return the open problems, of one severity when given."""
    return [one for one in problems if one["status"] == "open" and severity in ("", one["severity"])]


def in_full(problems: Iterable[Data]) -> list[Data]:
    """Return those of the open problems, the worst first, that a text shows with their evidence."""
    return [one for one in problems if Severity.parse(one["severity"]) >= Severity.MEDIUM][:_MOST_IN_FULL]


def findings_of(problem: Data, findings: Mapping[str, Data]) -> list[Data]:
    """Return a problem's findings, the cause first; `findings` are all by their ids."""
    return [findings[name] for name in problem["findings"]]


def faults(problem: Data, findings: Mapping[str, Data]) -> dict[str, Any]:
    """Return the first faults of a problem for a page with little room, and how `many` more there are.

    Each of `shown` has its `finding`, the `environments` that have the same fault `also`, and its `depth` below its
    cause. `evidence` is that of the first.
    """
    found: dict[str, dict[str, Any]] = {}
    depths: dict[str, int] = {}
    pieces: list[Data] = []
    for one in findings_of(problem, findings):
        depths[one["id"]] = depth = depths.get(one["caused_by"], -1) + 1
        fault = found.setdefault(_fault(one), {"finding": one, "depth": depth, "also": []})
        fault["also"] += one["environments"] if fault["finding"] is not one else []
        if fault is next(iter(found.values())):
            pieces += [piece for piece in one["evidence"] if piece["environment"] in one["environments"]]
    shown = list(found.values())[:_MOST_FAULTS]
    return {"shown": shown, "many": len(found) - len(shown), "evidence": _short(said_once(pieces))}


def _fault(finding: Data) -> str:
    return str(finding["id"]).rpartition("@")[0]


def _short(pieces: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the first pieces, of each its beginning and the first line of a file that it names."""
    return [
        {**piece, "shown": cut(piece["shown"]), "where": next(iter(_LINE.findall(piece["where"])), "")}
        for piece in pieces[:_MOST_PIECES]
    ]


def cut(text: str, most: int = _MOST_SHOWN) -> str:
    """Return the beginning of a text that is long; all of it is in `detailed_analysis.txt`."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def where(problem: Data) -> str:
    """Return where a problem is, and whether it is a difference at all."""
    if problem["shared"]:
        return "in every environment, not a difference"
    *others, last = problem["environments"]
    return f"in {', '.join(others)} and {last}" if others else f"in {last}"


def numbered(problems: Iterable[Data]) -> dict[str, int]:
    """Return where each problem is in a report, by its id."""
    return {one["id"]: number for number, one in enumerate(problems, 1)}


def serving(services: Iterable[Data], environment: str) -> int:
    """Return how many containers of an environment serve."""
    members = (service["environments"][environment] for service in services)
    return sum(container["serves"] for member in members if member for container in member["containers"])


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    function.__name__: function
    for function in (open_problems, in_full, findings_of, cut, faults, where, numbered, serving)
}
