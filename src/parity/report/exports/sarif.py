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
from parity.report.exports.checkout import Checkout, Line, Repository
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
_MOST_PLACES: Final = 10
_SUPPRESSED: Final = {"waived": "accepted", "expected": "accepted", "verify": "underReview"}


# Whatever base the scanner takes: the root of the checkout that it scans.
_ROOT: Final = "SRCROOT"


def render(data: Mapping[str, Any], rules: Mapping[str, Rule], checkout: Checkout | None = None, home: str = "") -> str:
    """Return the problems (of `findings.json`) as the text of a SARIF log; `rules` are the rules by their ids.

    A problem is one result, under the rule of its cause; so is an expected difference, which is suppressed. Files of
    `checkout` are named by their paths in it. `home` is Parity's address on the web, where it is known.
    """
    by_id = {finding["id"]: finding for finding in data["findings"]}
    results = [_problem(one, findings_of(one, by_id), checkout) for one in data["problems"]]
    results += [_expected(finding, checkout) for finding in expected(data["findings"])]
    results += [_resolved(one, checkout) for one in data["history"]["problems"]]
    used = sorted({result["ruleId"] for result in results})
    index = {name: number for number, name in enumerate(used)}
    run = {
        "tool": {
            "driver": {
                "name": "Parity",
                "version": data["parity"],
                **({"informationUri": home} if home else {}),
                "rules": [_rule(name, rules.get(name)) for name in used],
            }
        },
        "automationDetails": {"id": "parity/" + "-".join(one["name"] for one in data["environments"]) + "/"},
        "invocations": [_invocation(data)],
        **(_provenance(checkout.repository) if checkout else {}),
        "columnKind": "unicodeCodePoints",
        "results": [{**result, "ruleIndex": index[result["ruleId"]]} for result in results],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False) + "\n"


def _provenance(repository: Repository) -> dict[str, Any]:
    """Return which checkout paths are relative to."""
    base = {"originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}}}
    if not repository.remote:
        return base
    named = {"revisionId": repository.revision, "branch": repository.branch}
    version = {"repositoryUri": repository.remote, **{key: value for key, value in named.items() if value}}
    return {**base, "versionControlProvenance": [{**version, "mappedTo": {"uriBaseId": _ROOT}}]}


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


def _problem(
    problem: Mapping[str, Any], findings: Sequence[Mapping[str, Any]], checkout: Checkout | None
) -> dict[str, Any]:
    cause = findings[0]
    more = [one["title"] for one in findings[1:]]
    said = [f"{problem['title']}. {problem['cause']} {problem['action']}", *(f"Also: {title}" for title in more)]
    evidence = [piece for finding in findings for piece in finding["evidence"]]
    return _result(
        problem,
        rule=cause["rule"],
        text=" ".join(said),
        locations=_locations(evidence, problem["environments"], cause["service"], checkout),
        why=problem["why"],
        properties={"findings": problem["findings"], "shared": problem["shared"]},
    )


def _expected(finding: Mapping[str, Any], checkout: Checkout | None) -> dict[str, Any]:
    return _result(
        finding,
        rule=finding["rule"],
        text=f"{finding['title']}. {finding['cause']} {finding['action']}",
        locations=_locations(finding["evidence"], finding["environments"], finding["service"], checkout),
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


def _locations(
    evidence: Iterable[Mapping[str, Any]], environments: Sequence[str], service: str, checkout: Checkout | None
) -> list[dict[str, Any]]:
    """Return the places of the evidence; where it names no file, the lines that declare the service."""
    found = list(_lines(evidence, checkout))
    if not found and checkout:
        named = [_name(environment, service) for environment in environments]
        found = [_location(_artifact(line), line.line, named) for line in checkout.declared(environments, service)]
    return found[:_MOST_PLACES] or [_logical(environments, service)]


def _lines(evidence: Iterable[Mapping[str, Any]], checkout: Checkout | None) -> Iterator[dict[str, Any]]:
    """Yield a line of a file for each piece of evidence that names one, and what in the system shows it."""
    seen = set()
    for piece in evidence:
        known = checkout.line_of(piece) if checkout else None
        found = None if known else _FILE.search(piece["place"])
        # A path of a host is relative to nothing that a scanner has: what is absolute there is shown without its root.
        line = known or (Line(found["path"].lstrip("/"), max(int(found["line"]), 1)) if found else None)
        if line is None or line in seen:
            continue
        seen.add(line)
        artifact = _artifact(line) if known else {"uri": quote(line.path)}
        yield _location(artifact, line.line, [_name(piece["environment"], piece["service"])])


def _artifact(line: Line) -> dict[str, str]:
    return {"uri": quote(line.path, errors="replace"), "uriBaseId": _ROOT}


def _location(artifact: Mapping[str, str], line: int, names: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    physical = {"artifactLocation": artifact, "region": {"startLine": line}}
    return {"physicalLocation": physical, "logicalLocations": names}


def _logical(environments: Iterable[str], service: str) -> dict[str, Any]:
    """Return the place of what no file shows. Code scanners want a file: the stack's own stands for it."""
    names = [_name(environment, service) for environment in environments]
    return _location({"uri": "docker-compose.yml"}, 1, names)


def _name(environment: str, service: str) -> dict[str, Any]:
    path = f"{environment}/{service}" if service else environment
    return {"name": plain(service or environment), "fullyQualifiedName": plain(path), "kind": "resource"}


def _resolved(one: Mapping[str, Any], checkout: Checkout | None) -> dict[str, Any]:
    return {
        "ruleId": one["rule"],
        "level": "none",
        "kind": "pass",
        "message": {"text": _message(f"Resolved: {one['title']}")},
        "partialFingerprints": {_FINGERPRINT: one["id"]},
        "baselineState": "absent",
        "locations": _locations([], one["environments"], "", checkout),
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
