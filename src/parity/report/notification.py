"""The notification: which problems are new or back, and what could not be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from parity.domain.findings import Severity
from parity.report.problems import open_problems
from parity.report.text import plain

_LINES: Final = 20


def notification(data: Mapping[str, Any], report: str, severity: str = "low") -> dict[str, Any]:
    """Return a `subject`, a `text`, and as data what is `new`, `back`, `resolved` and `unseen`; `worth` sending or not.

    `data` is what `findings.json` holds, `report` where the reports are. Problems below `severity` are left out. Raises
    ParityError for a severity that there is not.
    """
    least = Severity.parse(severity)
    still = [one for one in open_problems(data["problems"]) if Severity.parse(one["severity"]) >= least]
    new = [_told(one) for one in still if one["change"] == "new"]
    back = [_told(one) for one in still if one["change"] == "back"]
    resolved = [_told(one) for one in data["history"]["problems"] if Severity.parse(one["severity"]) >= least]
    unseen = [plain(f"{one['environment']}, {one['host']}: {one['what']}: {one['why']}") for one in data["unseen"]]
    names = " and ".join(plain(one["name"]) for one in data["environments"])
    counted = [(len(new), "new"), (len(back), "back"), (len(resolved), "resolved"), (len(unseen), "not seen")]
    subject = f"Parity: {names}: " + (", ".join(f"{count} {word}" for count, word in counted if count) or "nothing new")
    lines = [f"{one['severity']}, back: {one['title']}" for one in back]
    lines += [f"{one['severity']}, new: {one['title']}" for one in new]
    lines += [f"not seen: {one}" for one in unseen]
    lines += [f"resolved: {one['title']}" for one in resolved]
    return {
        "worth": bool(new or back or unseen),
        "subject": subject,
        "text": "\n".join([subject, *_shortened(lines), f"Report: {report}/report.md"]),
        "new": new,
        "back": back,
        "resolved": resolved,
        "unseen": unseen,
        "report": report,
    }


def _told(problem: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": problem["id"],
        "severity": problem["severity"],
        "title": plain(problem["title"]),
        "environments": list(problem["environments"]),
    }


def _shortened(lines: Sequence[str]) -> list[str]:
    more = len(lines) - _LINES
    return [*lines[:_LINES], f"… and {more} more"] if more > 0 else list(lines)
