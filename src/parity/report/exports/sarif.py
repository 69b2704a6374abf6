"""The problems as SARIF 2.1.0, as GitHub's and other code scanners take them.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from parity.domain.findings import Severity
from parity.knowledge.rules import Rule
from parity.report.problems import findings_of
from parity.report.text import expected, plain

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_LEVEL: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
# GitHub sorts results by this number: https://docs.github.com/en/code-security/reference/code-scanning
_SECURITY: Final = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.0",
    Severity.LOW: "2.0",
    Severity.INFO: "0.0",
}
_BASELINE: Final = {"new": "new", "back": "new", "open": "unchanged"}
_FILE: Final = re.compile(r"(?:^|, )(?P<path>[\w.@+/-]+\.[\w.-]+):(?P<line>\d{1,7})$")
_LINK: Final = re.compile(r"\[(?=[^\]]*\]\()")
_FIELD: Final = re.compile(r"\{([a-z_]+)\}")
# Problems have other ids than the findings that were reported under `parityFinding/v1`.
_FINGERPRINT: Final = "parityProblem/v1"
_SUPPRESSED: Final = {"waived": "accepted", "expected": "accepted", "verify": "underReview"}


def render(data: Mapping[str, Any], rules: Mapping[str, Rule]) -> str:
    """Return the problems (of `findings.json`) as the text of a SARIF log; `rules` are the rules by their ids.

    A problem is one result, under the rule of its cause; so is an expected difference, which is suppressed.
    """
    by_id = {finding["id"]: finding for finding in data["findings"]}
    results = [_problem(one, findings_of(one, by_id)) for one in data["problems"]]
    results += [_expected(finding) for finding in expected(data["findings"])]
    results += [_resolved(one) for one in data["history"]["problems"]]
    used = sorted({result["ruleId"] for result in results})
    index = {name: number for number, name in enumerate(used)}
    run = {
        "tool": {
            "driver": {
                "name": "Parity",
                "version": data["parity"],
                "rules": [_rule(name, rules.get(name)) for name in used],
            }
        },
        "automationDetails": {"id": "parity/" + "-".join(one["name"] for one in data["environments"]) + "/"},
        "invocations": [_invocation(data)],
        "columnKind": "unicodeCodePoints",
        "results": [{**result, "ruleIndex": index[result["ruleId"]]} for result in results],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False) + "\n"


def _rule(name: str, rule: Rule | None) -> dict[str, Any]:
    described = {"id": name, "name": name.title().replace(".", "").replace("-", "").replace("_", "")}
    if rule is None:
        return described
    texts = {
        part: _FIELD.sub(lambda found: f"({found[1]})", getattr(rule, part)) for part in ("title", "impact", "action")
    }
    return {
        **described,
        "shortDescription": {"text": texts["title"]},
        "fullDescription": {"text": texts["impact"]},
        "help": {"text": texts["action"]},
        "defaultConfiguration": {"level": _LEVEL[rule.production]},
        "properties": {"security-severity": _SECURITY[rule.production], "tags": [name.partition(".")[0]]},
    }


def _problem(problem: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    cause = findings[0]
    more = [one["title"] for one in findings[1:]]
    said = [f"{problem['title']}. {problem['cause']} {problem['action']}", *(f"Also: {title}" for title in more)]
    locations = list(_locations(piece for finding in findings for piece in finding["evidence"]))
    return _result(
        problem,
        rule=cause["rule"],
        text=" ".join(said),
        locations=locations[:10] or [_logical(problem["environments"], cause["service"])],
        why=problem["why"],
        properties={"findings": problem["findings"], "shared": problem["shared"]},
    )


def _expected(finding: Mapping[str, Any]) -> dict[str, Any]:
    return _result(
        finding,
        rule=finding["rule"],
        text=f"{finding['title']}. {finding['cause']} {finding['action']}",
        locations=list(_locations(finding["evidence"]))[:10] or [_logical(finding["environments"], finding["service"])],
        why=finding["because"],
        properties={},
    )


def _result(
    one: Mapping[str, Any], rule: str, text: str, locations: list[dict[str, Any]], why: str, properties: dict[str, Any]
) -> dict[str, Any]:
    severity = Severity.parse(one["severity"])
    result = {
        "ruleId": rule,
        "level": _LEVEL[severity],
        "message": {"text": _message(text)},
        "locations": locations,
        "partialFingerprints": {_FINGERPRINT: one["id"]},
        "baselineState": _BASELINE[one["change"]],
        "properties": {
            "severity": severity.word,
            "status": one["status"],
            "environments": one["environments"],
            "security-severity": _SECURITY[severity],
            **properties,
        },
    }
    if one["status"] in _SUPPRESSED:
        result["suppressions"] = [
            {"kind": "external", "status": _SUPPRESSED[one["status"]], "justification": plain(why)}
        ]
    return result


def _message(text: str) -> str:
    """Return the text of a message; in it `[words](place)` would be a link (SARIF 2.1.0, 3.11.6)."""
    return _LINK.sub(r"\\[", plain(text))


def _locations(evidence: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the places of the evidence: a line of a file where it names one, and what in the system shows it."""
    seen = set()
    for piece in evidence:
        found = _FILE.search(piece["place"])
        if found is None or (found["path"], found["line"]) in seen:
            continue
        seen.add((found["path"], found["line"]))
        # A path of a host is relative to nothing that a scanner has: what is absolute there is shown without its root.
        uri = quote(found["path"].lstrip("/"))
        region = {"startLine": max(int(found["line"]), 1)}
        physical = {"artifactLocation": {"uri": uri}, "region": region}
        yield {"physicalLocation": physical, "logicalLocations": [_name(piece["environment"], piece["service"])]}


def _logical(environments: Iterable[str], service: str) -> dict[str, Any]:
    """Return the place of what no file shows. Code scanners want a file: the stack's own stands for it."""
    names = [_name(environment, service) for environment in environments]
    return {
        "physicalLocation": {"artifactLocation": {"uri": "docker-compose.yml"}, "region": {"startLine": 1}},
        "logicalLocations": names,
    }


def _name(environment: str, service: str) -> dict[str, Any]:
    path = f"{environment}/{service}" if service else environment
    return {"name": plain(service or environment), "fullyQualifiedName": plain(path), "kind": "resource"}


def _resolved(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "ruleId": one["rule"],
        "level": "none",
        "kind": "pass",
        "message": {"text": _message(f"Resolved: {one['title']}")},
        "partialFingerprints": {_FINGERPRINT: one["id"]},
        "baselineState": "absent",
        "locations": [_logical(one["environments"], "")],
    }


def _invocation(data: Mapping[str, Any]) -> dict[str, Any]:
    notes = [
        {
            "level": "error",
            "message": {"text": _message(f"{one['environment']}, {one['host']}: {one['what']}: {one['why']}")},
        }
        for one in data["unseen"]
    ]
    return {
        "executionSuccessful": not data["unseen"],
        "endTimeUtc": data["generated"],
        "toolExecutionNotifications": notes,
    }
