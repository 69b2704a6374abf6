"""What the terminal shows last: ten lines that a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from parity.text_view import WIDTH, plain, still_open

LINES: Final = 10
_HEAD_AND_FOOT: Final = 4


def summary(data: Mapping[str, Any], folder: str) -> list[str]:
    """Return at most ten lines of at most 80 columns: the verdict, the worst findings, and where to read on.

    `data` is what `parity.audit.audit` returns, `folder` where its reports are, empty when none were written.
    """
    count = data["summary"]
    names = " and ".join(environment["name"] for environment in data["environments"])
    counted = (
        ", ".join(f"{count[word]} {word}" for word in ("critical", "high", "medium", "low") if count[word])
        or "nothing open"
    )
    lines = [f"Parity: {names}: {counted}; {count['expected']} differences are meant."]
    unseen = data["unseen"]
    if unseen:
        more = f" (and {len(unseen) - 1} more)" if len(unseen) > 1 else ""
        lines.append(f"Not seen: {unseen[0]['what']} of {unseen[0]['environment']}: {unseen[0]['why']}{more}")
    worst = [finding for finding in still_open(data["findings"]) if finding["severity"] not in ("info", "low")]
    room = LINES - _HEAD_AND_FOOT - len(unseen[:1])
    for finding in worst[:room]:
        lines.append(f"  {finding['severity']} {finding['title']}")
    if len(worst) > room:
        lines.append(f"  … and {len(worst) - room} more of medium severity or above.")
    first = next((finding for finding in worst if finding["command"]), worst[0] if worst else None)
    if first is not None:
        lines.append(f"Begin with: {first['command'] or first['action']}")
    if folder:
        lines.append(f"Report: {folder}/report.md")
    return [_cut(line) for line in lines]


def verdict(data: Mapping[str, Any]) -> str:
    """Return the gate's word in a sentence: what reached the threshold, or that nothing did."""
    gate = data["gate"]
    if gate["fail_on"] == "never":
        return "This audit demonstrates and does not gate (parity_fail_on is never)."
    said = []
    if gate["reached"]:
        said.append(
            f"{len(gate['reached'])} open findings reach the threshold '{gate['fail_on']}' "
            f"(parity_fail_on); the first is {gate['reached'][0]}."
        )
    if gate["incomplete"]:
        first = data["unseen"][0]
        said.append(
            f"Not everything could be seen: {first['what']} of {first['environment']}: "
            f"{first['why']} (parity_fail_on_unseen)."
        )
    return " ".join(said) or f"Nothing open reaches the threshold '{gate['fail_on']}'."


def _cut(line: str) -> str:
    text = line[: len(line) - len(line.lstrip())] + plain(line)
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"
