"""What the env remedy is for on a host: the env file that lacks keys, the keys, and who reads the file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any, Final

from parity.domain.untrusted import mapping, text, texts
from parity.judge.knowledge import answered
from parity.knowledge.patterns import named
from parity_host.compose.references import references

_READ_BY_COMPOSE: Final = frozenset({"compose", "include", "extends"})


def env_target(
    findings: Mapping[str, Any], environment: str, facts: Mapping[str, Any], file: str = ""
) -> dict[str, Any]:
    """Return `path`, `template`, `digest` of the file, the `keys` it lacks, their `findings`, the `services` it is for.

    Beside them the Compose `project`, its `directory` and the `project_files`, its own env files.

    `findings` is what `audit` returned, `facts` what the host was seen to have, `file` the env file that takes the
    keys, as the user names it. Without that the services must have one alone, or none beside the project's own. What
    the compose files refer to by `${NAME}` is read from the project's own. `why` says so where it is not so.
    """
    project = mapping(facts, "project")
    found, services = _missing(findings, environment)
    files = {
        path: texts(record, "roles")
        for path, record in mapping(project, "files").items()
        if isinstance(record, Mapping) and isinstance(record.get("text"), str) and text(record, "format") != "raw"
    }
    files = {path: roles for path, roles in files.items() if {"env_file", "project"} & set(roles)}
    of_project = [path for path, roles in files.items() if "project" in roles]
    of_services = [path for path, roles in files.items() if "env_file" in roles] or list(files)
    if found and of_project and all(is_referred_to(key, mapping(project, "files")) for key in found):
        of_services = of_project
    named = posixpath.normpath(posixpath.join(text(project, "directory"), file)) if file else ""
    path = named if named in files else of_services[0] if len(of_services) == 1 and not named else ""
    why = ""
    if not path:
        known = ", ".join(sorted(files)) or "none"
        asked = f"{named} is not an env file of the project or of a service; set" if named else "set"
        why = f"{asked} parity_env_file to the file to add the keys to. Env files found: {known}"
    return {
        "path": path,
        "template": text(project, "template"),
        "digest": text(mapping(mapping(project, "files"), path), "digest"),
        "keys": sorted(found),
        "findings": found,
        "services": sorted(services | _readers(project, path)),
        "project": text(mapping(facts, "engine"), "project"),
        "project_files": list(texts(project, "env_files")),
        "directory": text(project, "directory"),
        "why": why if found else "",
    }


def lacking(findings: Mapping[str, Any], environment: str) -> set[str]:
    """Return the keys that an environment lacks, by what `audit` returned."""
    return set(_missing(findings, environment)[0])


def is_referred_to(key: str, files: Mapping[str, Any]) -> bool:
    """Return whether a compose file among the `files` of a project has a value from the variable `key`."""
    reference = re.compile(rf"(?<!\$)(?:\$\$)*\$(?:\{{{re.escape(key)}\b|{re.escape(key)}\b)")
    records = [record for record in files.values() if isinstance(record, Mapping)]
    return any(_READ_BY_COMPOSE & set(texts(one, "roles")) and reference.search(text(one, "text")) for one in records)


def _readers(project: Mapping[str, Any], path: str) -> set[str]:
    """Return the services whose `env_file` is `path`, as far as the compose files of the project name it plainly."""
    found = set()
    for file in mapping(project, "files").values():
        if path and isinstance(file, Mapping) and "compose" in texts(file, "roles"):
            for reference in references(text(file, "text")):
                named = posixpath.normpath(posixpath.join(text(project, "directory"), reference.path))
                if reference.kind == "env_file" and reference.service and named == path:
                    found.add(reference.service)
    return found


def _missing(findings: Mapping[str, Any], environment: str) -> tuple[dict[str, list[str]], set[str]]:
    found: dict[str, list[str]] = {}
    services: set[str] = set()
    own, rules = _own_names(findings, environment), answered("env")
    for finding in findings["findings"]:
        wanted = named(rules, finding["rule"]) and finding["status"] == "open"
        if wanted and environment in finding["environments"]:
            found.setdefault(finding["item"], []).append(finding["id"])
            here = [piece for piece in finding["evidence"] if piece["environment"] == environment]
            services |= {own.get(piece["service"], piece["service"]) for piece in here if piece["service"]}
    return found, services


def _own_names(findings: Mapping[str, Any], environment: str) -> dict[str, str]:
    """Return by the name that a service has in the report the one that it has in `environment`."""
    rows = [(row["name"], row["environments"].get(environment)) for row in findings["services"]]
    return {name: member["service"] for name, member in rows if member}
