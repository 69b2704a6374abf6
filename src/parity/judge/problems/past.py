"""What the memory makes of problems: new, back or still open, as their findings are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from parity.domain.findings import SEVERITIES


def with_past(problems: Iterable[Mapping[str, Any]], findings: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return problems with what their findings (of `findings.json`) say of the past.

    One is new, or back, when all of its findings are; so it stays the same when its effects come and go.
    """
    by_id = {finding["id"]: finding for finding in findings}
    return [{**one, **_past([by_id[name] for name in one["findings"]])} for one in problems]


def _past(findings: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    live = [one for one in findings if one["status"] == "open"] or findings
    changes = {one["change"] for one in live}
    return {
        "change": next(change for change in ("open", "back", "new") if change in changes),
        "first_seen": min(one["first_seen"] for one in live),
        "last_seen": max(one["last_seen"] for one in live),
    }


def counted(problems: Sequence[Mapping[str, Any]], resolved: int) -> dict[str, int]:
    """Return how many problems are open by severity, how many of these are new or back, and how many are resolved."""
    still_open = [one for one in problems if one["status"] == "open"]
    of_severity = Counter(one["severity"] for one in still_open)
    changed = Counter(one["change"] for one in still_open)
    return {
        **{level: of_severity[level] for level in SEVERITIES},
        "new": changed["new"],
        "back": changed["back"],
        "resolved": resolved,
    }
