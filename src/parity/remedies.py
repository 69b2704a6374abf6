"""What remedies need on the controller: which files of a host have a finding, the plan for one, and its record."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from parity import loki
from parity.coerce import mapping, mappings, text, texts
from parity.loki.tables import releases
from parity_host.sealing import shown

_VERSION: Final = re.compile(r"v?(\d+\.\d+\.\d+)(?![\d.])")
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.-]+")
# Where roles write their records, below the folder of reports.
RECORDS: Final = "remedies"
# The findings that a remedy of each kind answers.
ANSWERS: Final = {"loki": ("loki.refused", "loki.refused-next")}


def targets(findings: Mapping[str, Any], kind: str, environment: str, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return an entry for each container of `kind` on a host, with its files and the ids of its open findings.

    `findings` is what `audit` returned, `facts` what the host was seen to have (`parity_stack_info`).
    """
    images = {text(one, "name"): text(one, "image") for one in mappings(mapping(facts, "engine"), "containers")}
    found = []
    for entry in mappings(mapping(facts, "config"), "found"):
        if text(entry, "kind") != kind or not text(entry, "main"):
            continue
        container, service = text(entry, "container"), text(entry, "service")
        version = _VERSION.match(images.get(container, "").rpartition(":")[2])
        files = [
            {"path": str(path), "digest": text(record, "digest")}
            for path, record in sorted(mapping(entry, "files").items())
            if isinstance(record, Mapping)
        ]
        found.append(
            {
                "container": container,
                "service": service,
                "main": text(entry, "main"),
                "files": files,
                "expand_env": entry.get("expand_env") is True,
                "version": version[1] if version else str(releases()[-1]),
                "version_known": version is not None,
                "findings": _open(findings, kind, environment, service),
            }
        )
    return found


def _open(findings: Mapping[str, Any], kind: str, environment: str, service: str) -> list[str]:
    names = {service}
    for row in findings["services"]:
        member = row["environments"].get(environment)
        if member and member["service"] == service:
            names.add(row["name"])
    return [
        finding["id"]
        for finding in findings["findings"]
        if finding["rule"] in ANSWERS[kind]
        and finding["status"] == "open"
        and environment in finding["environments"]
        and finding["service"] in names
    ]


def loki_plan(sealed: str, version: str, today: date, expand_env: bool = False) -> dict[str, Any]:
    """Return the migration of a (sealed) configuration: `text`, `steps`, what is `left`, and whether it is `accepted`.

    It is accepted when Parity's own checker finds nothing more in it and nothing is left to the owner.
    """
    plan = loki.migrate(sealed, version, today)
    problems = loki.check(plan.text, version, today, expand_env=expand_env)
    left = [
        {
            "problem": str(one.problem),
            "why": one.why,
            "line": one.line,
            "lines": one.lines,
        }
        for one in plan.left
    ]
    said = [str(step) for step in plan.steps] + [_left(one) for one in plan.left]
    return {
        "text": plan.text,
        "changed": plan.text != sealed,
        "steps": [str(step) for step in plan.steps],
        "left": left,
        "problems": [str(problem) for problem in problems],
        "accepted": not left and not problems,
        "said": said,
    }


def _left(one: loki.Left) -> str:
    lines = "; add or change:\n" + one.lines if one.lines else ""
    return f"left to you: {one.problem}: {one.why}{lines}"


def record(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the file's name and content by which the next audit knows what a remedy did.

    `before` and `after` in `entry` are sealed texts; digests of what they show stand for them, the same on every run.
    """
    kept = {**entry, **{name: _digest(entry[name]) for name in ("before", "after")}}
    content = json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    name = "-".join(_UNSAFE.sub("-", str(kept[part])) for part in ("when", "environment", "remedy", "container"))[:120]
    return {"name": f"{name}-{_digest(content)[:8]}.json", "content": content}


def repairs(reports: Path) -> list[dict[str, str]]:
    """Return what remedies changed, by their records below `reports`: `finding`, `remedy` and `when` of each.

    A record that cannot be read is passed over: somebody may have edited it, and no audit fails for it.
    """
    found = []
    for path in sorted((reports / RECORDS).glob("*.json")):
        try:
            entry = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(entry, Mapping) and entry.get("outcome") == "changed":
            common = {"remedy": text(entry, "remedy"), "when": text(entry, "when")}
            found += [{"finding": name, **common} for name in texts(entry, "findings")]
    return found


def _digest(sealed: str) -> str:
    return hashlib.sha256(shown(sealed).encode("utf-8", "surrogatepass")).hexdigest()
