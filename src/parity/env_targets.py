"""What the env remedy is for on a host: the env file that lacks keys, the keys, and who reads the file."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from parity.coerce import mapping, text, texts
from parity.remedies import ANSWERS


def env_target(
    findings: Mapping[str, Any], environment: str, facts: Mapping[str, Any], file: str = ""
) -> dict[str, Any]:
    """Return `path`, `template`, `digest` of the file, the `keys` it lacks, their `findings`, the `services` it is for.

    `findings` is what `audit` returned, `facts` what the host was seen to have, `file` the env file that takes the
    keys, as the user names it. Without that the project must have one alone; `why` says so where it has not.
    """
    project = mapping(facts, "project")
    found, services = _missing(findings, environment)
    files = {
        path: record
        for path, record in mapping(project, "files").items()
        if isinstance(record, Mapping) and "env_file" in texts(record, "roles") and isinstance(record.get("text"), str)
    }
    named = posixpath.normpath(posixpath.join(text(project, "directory"), file)) if file else ""
    path = named if named in files else next(iter(files), "") if len(files) == 1 and not named else ""
    why = ""
    if not path:
        known = ", ".join(sorted(files)) or "none was read"
        asked = f"{named} is no env file of a service here; name" if named else "name"
        why = f"{asked} the one that takes the keys in parity_env_file; there are: {known}"
    return {
        "path": path,
        "template": text(project, "template"),
        "digest": text(mapping(files, path), "digest"),
        "keys": sorted(found),
        "findings": found,
        "services": sorted(services),
        "why": why if found else "",
    }


def _missing(findings: Mapping[str, Any], environment: str) -> tuple[dict[str, list[str]], set[str]]:
    found: dict[str, list[str]] = {}
    services: set[str] = set()
    for finding in findings["findings"]:
        wanted = finding["rule"] in ANSWERS["env"] and finding["status"] == "open"
        if wanted and environment in finding["environments"]:
            found.setdefault(finding["item"], []).append(finding["id"])
            here = [piece for piece in finding["evidence"] if piece["environment"] == environment]
            services |= {piece["service"] for piece in here if piece["service"]}
    return found, services
