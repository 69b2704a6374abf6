"""Why a problem or a finding is what it is: which rules, which inputs, and what would change the verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from parity.domain.findings import ParityError
from parity.preflight.unknown_names import unknown
from parity.report.problems import open_problems, where
from parity.report.text import plain, wrapped

_INDENT = "    "


def explain(data: Mapping[str, Any], finding: str) -> str:
    """Return the explanation of a problem or a finding, in lines for a terminal.

    `data` is what `findings.json` holds, `finding` the id of either; without one the open problems are listed. Raises
    ParityError naming the likely ids for any other.
    """
    if not finding:
        return "\n".join(_listed(data))
    findings = {entry["id"]: entry for entry in data["findings"]}
    problems = {entry["id"]: entry for entry in data["problems"]}
    if finding in problems:
        return "\n".join(_problem(problems[finding], findings))
    if finding in findings:
        return "\n".join(_lines(findings[finding]))
    raise ParityError(plain(" ".join(unknown([finding], "id", [*problems, *findings]))))


def _listed(data: Mapping[str, Any]) -> Iterator[str]:
    yield "Open problems, the most severe first. To explain one, add -e parity_explain=ID:"
    yield ""
    for one in open_problems(data["problems"]):
        yield f"{one['severity']:<9}{plain(one['id'])}"


def _problem(problem: Mapping[str, Any], findings: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield what a problem is made of, and what its findings are explained by."""
    yield from wrapped(problem["title"]).splitlines()
    yield f"{plain(problem['id'])}: {problem['status']}, {problem['severity']}, {plain(where(problem))}"
    yield ""
    for word in ("cause", "impact", "action"):
        yield from wrapped(f"{word}: {problem[word]}", 4, "  ").splitlines()
    if problem["command"]:
        yield f"{_INDENT}{plain(problem['command'])}"
    yield ""
    yield "Its findings, the cause first (each can be explained by its id):"
    for name in problem["findings"]:
        one = findings[name]
        follows = "likely effect: " if one["caused_by"] in problem["findings"] else ""
        yield from wrapped(f"{one['severity']}, {one['status']}: {follows}{one['title']}", 4, "  - ").splitlines()
        yield f"{_INDENT}{plain(name)}"


def _lines(one: Mapping[str, Any]) -> Iterator[str]:
    yield from wrapped(one["title"]).splitlines()
    yield f"{plain(one['id'])}: {one['status']}, {one['severity']}"
    yield ""
    yield f"Rule {one['rule']} (docs/rules.md), severity:"
    for reason in one["reasons"]:
        yield from wrapped(reason, 4, "  - ").splitlines()
    yield ""
    yield "Evidence:"
    for piece in one["evidence"]:
        service = f" {piece['service']}" if piece["service"] else ""
        where = f" ({piece['place']})" if piece["place"] else ""
        yield from wrapped(f"{piece['environment']}{service}: {piece['shown']}{where}", 4, "  - ").splitlines()
    if one["caused_by"]:
        yield from wrapped(f"It is likely an effect of {one['caused_by']}: fix that first.").splitlines()
    yield ""
    yield "What would change the verdict:"
    yield from wrapped(f"the system: {one['action']}", 4, "  - ").splitlines()
    if one["waiver"]:
        said = f"the waiver in {one['waiver']['place']} expires on {one['waiver']['until']}: then it is open again"
        yield from wrapped(said, 4, "  - ").splitlines()
    elif one["status"] == "expected":
        yield from wrapped(
            "the policy: remove the entry named above by its id, under `remove:`", 4, "  - "
        ).splitlines()
    else:
        yield "  - the policy, if the difference is intended (policy.yml next to your inventory):"
        yield from _entry(one)
        yield "  - a waiver, to accept it until a date (waivers.yml next to your inventory):"
        yield f"{_INDENT}waivers:"
        yield f"{_INDENT}  - {{finding: {json.dumps(one['id'])}, reason: …, author: …, until: …}}"


def _entry(one: Mapping[str, Any]) -> Iterator[str]:
    """Yield a policy's entry that makes exactly this difference expected."""
    yield f"{_INDENT}expected:"
    yield f"{_INDENT}  - rules: [{one['rule']}]"
    for name, value in (("items", one["item"]), ("services", one["service"])):
        if value:
            yield f"{_INDENT}    {name}: [{json.dumps(plain(value), ensure_ascii=False)}]"
    if one["ways"]:
        yield f"{_INDENT}    ways: [{', '.join(one['ways'])}]"
    yield f"{_INDENT}    why: …"
