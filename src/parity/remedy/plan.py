"""What remedies need on the controller: which files of a host have a finding, the plan for them, and its record."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from parity.domain.untrusted import as_mapping, mapping, mappings, text, texts
from parity.judge import knowledge
from parity.knowledge.patterns import named
from parity.remedy import register
from parity.remedy.program import Request

_CERTIFICATE: Final = re.compile(r"-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----")


def targets(
    findings: Mapping[str, Any],
    kind: str,
    environment: str,
    facts: Mapping[str, Any],
    snapshots: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """Return an entry for each container of `kind` on a host, with its files and the ids of its open findings.

    Where no container runs, its `container` is empty: its `service` and `project` say whose files it has.

    `findings` is what `audit` returned, `facts` what the host was seen to have (`parity_stack_info`), `snapshots` what
    all environments were seen to have: `twins` are the copies that others have of the files. Raises ParityError for a
    kind that has no remedy.
    """
    program = register.program(kind)
    running = {text(one, "name"): one for one in mappings(mapping(facts, "engine"), "containers")}
    found = []
    for entry in mappings(mapping(facts, "config"), "found"):
        if text(entry, "kind") != kind or not text(entry, "main"):
            continue
        container, service = text(entry, "container"), text(entry, "service")
        project = mapping(facts, "project")
        test = mapping(entry, "test")
        has: Mapping[str, Any] = running.get(container, {})
        version, told = program.version(text(test, "version"), text(has, "image"), texts(has, "log_tail"))
        chains = _chains(entry)
        # What an image makes of templates is no file of the host.
        rendered = [path for path, record in mapping(entry, "files").items() if text(as_mapping(record), "template")]
        files = [
            {"path": str(path), "digest": text(record, "digest")}
            for path, record in sorted(mapping(entry, "files").items())
            if isinstance(record, Mapping) and path not in rendered
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
                "twins": _twins(entry, environment, snapshots),
                "in_image": [*texts(entry, "in_image"), *rendered],
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


def _twins(entry: Mapping[str, Any], environment: str, snapshots: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the text that the first other environment has of each file, where the same service reads it."""
    found: dict[str, str] = {}
    for snapshot in snapshots:
        for facts in mapping(snapshot, "hosts").values() if text(snapshot, "environment") != environment else ():
            for other in mappings(mapping(as_mapping(facts), "config"), "found"):
                if all(text(other, name) == text(entry, name) for name in ("kind", "service", "main")):
                    for path in mapping(entry, "files"):
                        copy = text(as_mapping(mapping(other, "files").get(path)), "text")
                        if copy:
                            found.setdefault(str(path), copy)
    return found


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
    read. `refusals` is what the program printed of the files of the plans before this one: what they show is repaired
    too. Raises ParityError for a kind that has no remedy.
    """
    program = register.program(kind)
    sealed = {str(path): text(one, "sealed") for path, one in read.items() if isinstance(one, Mapping)}
    digests = {text(one, "path"): text(one, "digest") for one in mappings(target, "files")}
    for path, pem in mapping(target, "chains").items():
        if _certificates(sealed.get(path, "")) == _certificates(str(pem)):
            digests[path] = text(mapping(read, path), "digest")
        else:
            sealed.pop(path, None)  # no longer the certificates that were audited
    request = Request(
        target=target,
        main=text(target, "main"),
        version=text(target, "version"),
        texts=sealed,
        output=text(target, "output") if audited and not _other_files(read, digests) else "",
        refusals=refusals,
        today=today,
    )
    made = program.plan(request)
    after = {**sealed, **made.files}
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
        "accepted": made.accepted and not any(elsewhere),
        "said": [*made.said, *filter(None, elsewhere)],
        "why": [*made.why, *filter(None, elsewhere)],
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
