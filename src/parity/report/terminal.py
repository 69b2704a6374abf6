"""What the terminal shows last: ten lines that a person can act on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from parity.domain.findings import SEVERITIES, Severity
from parity.judge.gate import GateOutcome, outcome
from parity.report.problems import open_problems
from parity.report.text import WIDTH, plain, wrapped

LINES: Final = 10
_MOST_BEGIN: Final = 2
_MOST_UNSEEN: Final = 2


def summary(data: Mapping[str, Any], folder: str) -> list[str]:
    """Return at most ten lines of at most 80 columns: the verdict, the worst problems, and where to read on.

    A command to begin with is never cut: it is there to be copied. No title is cut in the middle of a word.
    `data` is what `parity.audit.audit` returns, `folder` where its reports are, empty when none were written.
    """
    count = data["summary"]["problems"]
    names = " and ".join(environment["name"] for environment in data["environments"])
    counted = (
        ", ".join(f"{count[word]} {word}" for word in SEVERITIES if count[word] and word != Severity.INFO.word)
        or "none open"
    )
    blank = [environment["name"] for environment in data["environments"] if not environment["services"]]
    lines = [f"Parity: {names}: problems: {counted}; {data['summary']['expected']} expected."]
    if blank:
        lines = [f"Parity: {names}: not compared, no service of {' or '.join(blank)} was seen; problems: {counted}."]
    if len(data["history"]["runs"]) > 1:
        lines.append(f"Since the previous run: {count['new']} new, {count['back']} back, {count['resolved']} resolved.")
    if data["history"]["not_seen"]:
        lines.append(f"Not seen this time, still open: {len(data['history']['not_seen'])}.")
    unseen = data["unseen"]
    if unseen:
        lines += _unseen(unseen)
    last = [*_begin(data["steps"]), *([_cut(f"Report: {folder}/report.html")] if folder else [])]
    worst = [one for one in open_problems(data["problems"]) if Severity.parse(one["severity"]) >= Severity.MEDIUM]
    room = LINES - len(lines) - len(last)
    shown = worst if len(worst) <= room else worst[: max(room - 1, 0)]
    lines += [f"  {one['severity']} {one['title']}" for one in shown]
    if len(worst) > len(shown):
        lines.append(f"  … and {len(worst) - len(shown)} more of medium severity or above.")
    facts = data["side_by_side"]
    if folder and len(lines) + len(last) < LINES:
        lines.append(f"Side by side: {facts['agree']} of {facts['compared']} facts agree (side-by-side.html).")
    return [*map(_cut, lines), *last]


def _unseen(unseen: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the first thing that was not seen, in at most two lines: its end often says what to set."""
    first = unseen[0]
    more = f" ({len(unseen)} parts)" if len(unseen) > 1 else ""
    where = ", ".join(dict.fromkeys((first["environment"], first["host"])))
    lines = wrapped(f"Not seen{more}: {where}: {first['what']}: {first['why']}", 2).splitlines()
    return lines if len(lines) <= _MOST_UNSEEN else [lines[0], _cut("  " + " ".join(map(str.strip, lines[1:])))]


def _begin(steps: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what to do first: the command, else the action's sentences as far as they fit into two lines."""
    first = next((step for step in steps if not step["done"]), None)
    if first is None:
        return []
    if first["command"]:
        return [f"Begin with: {plain(first['command'])}"]
    sentences = re.split(r"(?<=[.;]) ", plain(first["action"]))
    for count in range(len(sentences), 0, -1):
        lines = wrapped(f"Begin with: {' '.join(sentences[:count])}", 2).splitlines()
        if len(lines) <= _MOST_BEGIN:
            return lines
    return [_cut(f"Begin with: {first['title']}")]


def verdict(data: Mapping[str, Any]) -> str:
    """Return the gate's word in a sentence: what reached the threshold, or that nothing did."""
    gate = data["gate"]
    if outcome(gate) is GateOutcome.REPORT_ONLY:
        return 'Report only: parity_fail_on is "never".'
    said = []
    if gate["reached"]:
        count = len(gate["problems"])
        first = next(one["id"] for one in data["problems"] if one["id"] in gate["problems"])
        new = "new " if gate["only_new"] else ""
        said.append(
            f"{count} {new}open {'problem reaches' if count == 1 else 'problems reach'} the threshold "
            f"'{gate['fail_on']}' (parity_fail_on) or that of an area; the first is {first}."
        )
    if gate["incomplete"]:
        first = data["unseen"][0]
        more = f" ({len(data['unseen'])} parts)" if len(data["unseen"]) > 1 else ""
        said.append(
            f"Not seen{more}: {first['what']} of {first['environment']}: {first['why']}. "
            "To ignore this, set parity_fail_on_unseen=false."
        )
    return plain(" ".join(said)) or f"Nothing open reaches the threshold '{gate['fail_on']}'."


def _cut(line: str) -> str:
    text = line[: len(line) - len(line.lstrip())] + plain(line)
    if len(text) <= WIDTH:
        return text
    start = text[: WIDTH - 1]
    whole = start.rpartition(" ")[0]
    # A word that fills the line, such as a path, can only be cut.
    return (whole.rstrip(" :,;(") if len(whole) > WIDTH // 2 else start) + "…"
