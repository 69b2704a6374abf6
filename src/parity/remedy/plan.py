"""What remedies need on the controller: which files of a host have a finding, the plan for them, and its record."""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from parity.domain.untrusted import mapping, mappings, text, texts
from parity.judge import knowledge
from parity.judge.weighing import named
from parity.programs.loki.check.check import check as check_loki
from parity.programs.loki.migrate.migrate import migrate as migrate_loki
from parity.programs.loki.migrate.plan import MigrationStep, told
from parity.programs.loki.read.releases import told_by
from parity.programs.loki.read.run import PLAIN, Run
from parity.programs.nginx.check.check import check as check_nginx
from parity.programs.nginx.repair.plan import Left, RepairStep
from parity.programs.nginx.repair.repair import repair as repair_nginx
from parity.programs.nginx.syntax.directives import NEWEST
from parity.programs.nginx.syntax.modules import OFFICIAL
from parity_host.secrets.sealing import shown
from parity_host.secrets.token import TOKEN

_VERSION: Final = re.compile(r"v?(\d+\.\d+\.\d+)(?![\d.])")
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.-]+")
# Where roles write their records, below the folder of reports.
RECORDS: Final = "remedies"
_CERTIFICATE: Final = re.compile(r"-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----")


def targets(findings: Mapping[str, Any], kind: str, environment: str, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return an entry for each container of `kind` on a host, with its files and the ids of its open findings.

    Where no container runs, its `container` is empty: its `service` and `project` say whose files it has.

    `findings` is what `audit` returned, `facts` what the host was seen to have (`parity_stack_info`).
    """
    running = {text(one, "name"): one for one in mappings(mapping(facts, "engine"), "containers")}
    found = []
    for entry in mappings(mapping(facts, "config"), "found"):
        if text(entry, "kind") != kind or not text(entry, "main"):
            continue
        container, service = text(entry, "container"), text(entry, "service")
        project = mapping(facts, "project")
        test = mapping(entry, "test")
        has: Mapping[str, Any] = running.get(container, {})
        version, told = _version(kind, text(test, "version"), text(has, "image"), texts(has, "log_tail"))
        chains = _chains(entry)
        files = [
            {"path": str(path), "digest": text(record, "digest")}
            for path, record in sorted(mapping(entry, "files").items())
            if isinstance(record, Mapping)
        ] + [{"path": path, "digest": ""} for path in sorted(chains)]
        found.append(
            {
                "container": container,
                "service": service,
                "project": {
                    "directory": text(project, "directory"),
                    "compose_files": list(texts(project, "compose_files")),
                    "env_files": list(texts(project, "env_files")),
                },
                "main": text(entry, "main"),
                "files": files,
                "chains": chains,
                "in_image": list(texts(entry, "in_image")),
                "expand_env": entry.get("expand_env") is True,
                "command": [*texts(has, "entrypoint"), *texts(has, "command")],
                "environment": {name: str(value) for name, value in mapping(has, "environment").items()},
                "version": version,
                "assumed": not told,
                "output": text(test, "output") if text(test, "how") else "",
                "findings": _open(findings, kind, environment, service),
            }
        )
    return found


def _version(kind: str, tested: str, image: str, log: Sequence[str]) -> tuple[str, bool]:
    """Return the version that reads a configuration, and whether it is told and not assumed."""
    if kind == "loki":
        told = told_by(image, log)
        return told.assumed, told.certain
    found = _VERSION.match(tested) or _VERSION.match(image.rpartition(":")[2])
    return (found[1], True) if found else (NEWEST, False)


def _chains(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the certificate files of an nginx that hold more than one, by path, with the certificates in them."""
    folder = posixpath.dirname(text(entry, "main"))
    found = {}
    for name, one in mapping(entry, "certificates").items():
        pem = text(one, "pem") if isinstance(one, Mapping) else ""
        if len(_certificates(pem)) > 1 and not one.get("unreadable") and not one.get("omitted"):
            found[posixpath.normpath(posixpath.join(folder, str(name)))] = pem
    return found


def _certificates(pem: str) -> list[str]:
    return ["".join(body.split()) for body in _CERTIFICATE.findall(pem)]


def _open(findings: Mapping[str, Any], kind: str, environment: str, service: str) -> list[str]:
    rules = knowledge.answered(kind)
    names = {service}
    for row in findings["services"]:
        member = row["environments"].get(environment)
        if member and member["service"] == service:
            names.add(row["name"])
    return [
        finding["id"]
        for finding in findings["findings"]
        if named(rules, finding["rule"])
        and finding["status"] == "open"
        and environment in finding["environments"]
        and finding["service"] in names
    ]


def plan(
    target: Mapping[str, Any],
    kind: str,
    read: Mapping[str, Any],
    today: date,
    audited: bool,
    refusals: Sequence[str] = (),
) -> dict[str, Any]:
    """Return what a remedy makes of a target's files as its host read them sealed (`parity_remedy`).

    `edits` are all files of the host with their text afterwards; `accepted` says whether they may be put in place and
    `why` not; `said` is what is done and what is left, a sentence each. `before` and `after` are the texts of what
    changes. A file must be the one that was audited; where that was undone meanwhile (not `audited`), the one that was
    read. `refusals` is what nginx printed of the files of the plans before this one: what they show is repaired too.
    """
    sealed = {str(path): text(one, "sealed") for path, one in read.items() if isinstance(one, Mapping)}
    digests = {text(one, "path"): text(one, "digest") for one in mappings(target, "files")}
    for path, pem in mapping(target, "chains").items():
        if _certificates(sealed.get(path, "")) == _certificates(str(pem)):
            digests[path] = text(mapping(read, path), "digest")
        else:
            sealed.pop(path, None)  # no longer the certificates that were audited
    main, version = text(target, "main"), text(target, "version")
    if kind == "nginx":
        # What lies in the image and is not known here is there: an empty file stands for it.
        known = {**dict.fromkeys(texts(target, "in_image"), ""), **sealed}
        output = text(target, "output") if audited and not _other_files(read, digests) else ""
        made = nginx_plan(known, main, version, output, refusals)
        files: Mapping[str, str] = made["files"]
    elif kind == "loki":
        if main not in sealed:
            raise ValueError(f"the host did not send {main}, which it said that Loki reads")
        variables = {str(name): str(value) for name, value in mapping(target, "environment").items()}
        run = Run(target.get("expand_env") is True, variables, texts(target, "command"), TOKEN)
        made = loki_plan(sealed[main], version, today, run)
        if target.get("assumed") is True:
            made["said"].insert(0, f"Loki {version} was assumed: the image's tag does not say the release")
        files = {main: made["text"]}
    else:
        raise ValueError(f"parity.remedies has no plan for the files of {kind}")
    after = {**sealed, **files}
    changed = sorted(path for path in after if after[path] != sealed[path])
    elsewhere = [text(mapping(read, path), "elsewhere") for path in changed]
    return {
        "edits": [
            {
                "path": path,
                "digest": digests.get(path, "") if audited else text(mapping(read, path), "digest"),
                "sealed": after[path],
            }
            for path in sorted(sealed)
            if text(mapping(read, path), "host_path")
        ],
        "accepted": made["accepted"] and not any(elsewhere),
        "said": [*made["said"], *filter(None, elsewhere)],
        "why": [*made["why"], *filter(None, elsewhere)],
        "before": "\n".join(sealed[path] for path in changed),
        "after": "\n".join(after[path] for path in changed),
    }


def _other_files(read: Mapping[str, Any], digests: Mapping[str, str]) -> bool:
    """Return whether what nginx printed in the audit was of other files than those that were read.

    The remedy of another service that has them may have mended them since, and a container may keep to those of its
    start.
    """
    return any(
        mapping(read, path).get("kept") is True or text(mapping(read, path), "digest") != digest
        for path, digest in digests.items()
        if path in read
    )


def nginx_plan(
    files: Mapping[str, str], main: str, version: str, output: str = "", refusals: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the repair of (sealed) files: `files` that change, `steps`, what is `left`, and whether it is `accepted`.

    It is accepted, and there is no `why` not, when neither a fault that stops nginx is left nor one that Parity's own
    check finds. `output` is what `nginx -t` printed of the files, and each of `refusals` what it printed of them once
    those before were repaired.
    """
    given = {path: content.encode("utf-8", "surrogateescape") for path, content in files.items()}
    made = repair_nginx(given, main, version, output, built_in=OFFICIAL)
    steps, left, unanswered = list(made.steps), list(made.left), []
    for refusal in refusals:
        made = repair_nginx(made.files, main, version, refusal, built_in=OFFICIAL)
        steps += made.steps
        left += [one for one in made.left if one not in left]
        if not made.steps and not any(one.problem.fatal for one in made.left):
            unanswered.append(f"nginx itself refuses the files: {refusal.strip()}")
    problems = check_nginx(made.files, main, version, built_in=OFFICIAL)
    stops = [one for one in left if one.problem.fatal]
    why = [_left_of(one) for one in stops]
    why = why or [problem.message for problem in problems if problem.fatal] or unanswered
    return {
        "files": {
            path: data.decode("utf-8", "surrogateescape") for path, data in made.files.items() if data != given[path]
        },
        "steps": [str(step) for step in steps],
        "left": [{"problem": one.problem.message, "why": one.why, "lines": one.lines} for one in left],
        "problems": [problem.message for problem in problems],
        "accepted": not why,
        "said": [_said_of(step) for step in steps] + [_left_of(one) for one in left],
        "why": why,
    }


def _left_of(one: Left) -> str:
    return _left_over(one.problem.message, one.why, one.lines)


def loki_plan(sealed: str, version: str, today: date, run: Run = PLAIN) -> dict[str, Any]:
    """Return the migration of a (sealed) configuration: `text`, `steps`, what is `left`, and whether it is `accepted`.

    It is accepted when Parity's own checker finds nothing more in it and nothing is left to the owner.
    """
    made = migrate_loki(sealed, version, today, run=run)
    problems = check_loki(made.text, version, today, run=run)
    left = [
        {
            "problem": str(one.problem),
            "why": one.why,
            "line": one.line,
            "lines": one.lines,
            "todo": [{"place": lines.place, "lines": lines.text} for lines in one.todo],
        }
        for one in made.left
    ]
    said = [_said_of(step) for step in made.steps] + [f"left to you: {words}" for words in told(made.left)]
    return {
        "text": made.text,
        "changed": made.text != sealed,
        "steps": [str(step) for step in made.steps],
        "left": left,
        "problems": [str(problem) for problem in problems],
        "accepted": not left and not problems,
        "said": said,
        "why": said[len(made.steps) :] or [str(problem) for problem in problems],
    }


def _said_of(step: RepairStep | MigrationStep) -> str:
    """Return a step as a sentence; of what is likely and not certain, somebody is asked to look at it."""
    return f"{step}{'; look whether that is what was meant' if step.verify else ''}"


def _left_over(problem: str, why: str, lines: str) -> str:
    added = f"; add or change:\n{lines}" if lines else ""
    return f"left to you: {problem}: {why.removesuffix('.')}{added}"


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
