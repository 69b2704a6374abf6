"""Small snapshots of one environment each, as the modules and the rendering make them, and what an audit finds in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parity.domain.findings import Finding
from parity.judge import knowledge
from parity.judge.audit import differences, judge
from parity_host.compose.redaction import redact_compose
from parity_host.envfile.reader import read_env_file
from parity_host.envfile.redaction import redact_env_file
from parity_host.secrets.redact import Redactor

KNOWN = knowledge.load()
FOLDER = "/srv/app/docker"


def container(service: str, environment: str, /, **settings: Any) -> dict[str, Any]:
    """Return a container that serves; `env` are its variables, everything else as the module returns it."""
    redactor = Redactor(b"one key for all")
    variables = {name: redactor.value(name, value) for name, value in settings.pop("env", {}).items()}
    return {
        "service": service,
        "name": f"app-{service}-{environment}",
        "state": "running",
        "image": f"example/{service}:1.2",
        "restart_policy": "always",
        "environment": variables,
        "networks": {"app": {"aliases": [service]}},
        **settings,
    }


def stack(
    environment: str,
    containers: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    declared: Mapping[str, Mapping[str, Any]] | None = None,
    files: Mapping[str, tuple[str, str]] | None = None,
    **parts: Any,
) -> dict[str, Any]:
    """Return the snapshot of one environment.

    containers: settings by service, of what runs. declared: Compose's rendering by service; None where there are no
    compose files. files: role and text by path below FOLDER; a text is redacted as on a host. parts: `problems` and
    `resources` of the rendering, `paths` that compose files name, `digests` of secrets' files, `state` of the rendering, and `config`: by service the kind of program,
    the files by path, the first of them the main one.
    """
    redactor = Redactor(b"one key for all")
    running = [container(service, environment, **settings) for service, settings in (containers or {}).items()]
    facts: dict[str, Any] = {
        "state": "seen",
        "reason": "",
        "engine": {"state": "seen", "project": "app", "containers": running},
        "project": {"state": "absent", "reason": "none"},
    }
    if containers is None:
        facts["engine"] = {"state": "absent", "reason": "files only"}
    if declared is not None or files or set(parts) - {"config"}:
        named = {f"{FOLDER}/{name}": role for name, (role, _) in (files or {}).items()}
        facts["project"] = {
            "state": "seen",
            "directory": FOLDER,
            "env_files": [path for path, role in named.items() if role == "project"],
            "template": next((path for path, role in named.items() if role == "template"), ""),
            "paths": parts.get("paths", {}),
            "digests": parts.get("digests", {}),
            "files": {f"{FOLDER}/{name}": _file(role, text, redactor) for name, (role, text) in (files or {}).items()},
        }
        services = {
            name: {**settings, "environment": redacted_environment(settings, redactor)}
            for name, settings in (declared or {}).items()
        }
        rendered = {"state": parts.get("state", "rendered"), "services": services, "networks": {"app": "app"}}
        more = {"problems": parts.get("problems", []), "resources": parts.get("resources", {})}
        facts["rendered"] = {**rendered, **more}
    found = [_configuration(service, environment, *of) for service, of in parts.get("config", {}).items()]
    facts["config"] = {"state": "seen", "found": found}
    return {
        "schema": 1,
        "environment": environment,
        "production": environment.startswith("prod"),
        "run": "one",
        "taken": "2026-11-24T02:00:00Z",
        "hosts": {f"{environment}1": facts},
    }


def images(containers: Any, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a host tells of images, from what is told of each service's; its containers get their ids."""
    found: dict[str, Any] = {"state": "seen", "images": {}, "containers": {}}
    for container in containers:
        if container["service"] in told:
            facts = dict(told[container["service"]])
            own = {name: facts.pop(name) for name in ("tag_names", "check_lacks") if name in facts}
            container |= {"id": container["service"], "image_id": facts.pop("id")}
            found["containers"][container["service"]] = own
            found["images"][container["image_id"]] = facts
    return found


def packages(containers: Any, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a host tells of packages, from those of each service by kind; its containers get their ids."""
    found: dict[str, Any] = {"state": "seen", "lists": {}, "containers": {}}
    for container in containers:
        if container["service"] in told:
            kinds = dict(told[container["service"]])
            container["id"] = container["service"]
            name = f"list of {container['service']}"
            found["lists"][name] = {"direct": kinds.pop("direct", {}), "packages": kinds}
            found["containers"][container["id"]] = {"application": name}
    return found


def resources(containers: Any, usage: Mapping[str, Any], host: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a host tells of itself, and of each service's containers; these get an id."""
    for container in containers:
        if container["service"] in usage:
            container |= {"id": container["service"]}
    own = dict(host)
    return {"state": "seen", "containers": dict(usage), "clock": own.pop("clock", {}), "host": own}


def _configuration(service: str, environment: str, kind: str, files: Mapping[str, str]) -> dict[str, Any]:
    return {
        "kind": kind,
        "container": f"app-{service}-{environment}",
        "service": service,
        "main": next(iter(files)),
        "files": {path: {"text": text} for path, text in files.items()},
    }


def redacted_environment(settings: Mapping[str, Any], redactor: Redactor) -> dict[str, Any]:
    given = settings.get("environment", {}).items()
    return {name: None if value is None else redactor.value(name, value) for name, value in given}


def _file(role: str, text: str, redactor: Redactor) -> dict[str, Any]:
    record = {"roles": [role], "problem": None, "missing": False, "notes": []}
    if role == "compose":
        return {**record, "text": redact_compose(text, redactor)}
    parsed = read_env_file(text.encode(), {})
    notes = [{"line": one.line, "key": one.key, "note": note} for one in parsed.entries for note in one.notes]
    return {**record, "notes": notes, "text": redact_env_file(text.encode(), redactor, {})}


def audited(*snapshots: Mapping[str, Any], renames: Mapping[str, str] | None = None) -> dict[str, Finding]:
    """Return the findings of an audit by their ids."""
    comparison, found = differences(snapshots, KNOWN, renames or {})
    return {one.id: judge(one, comparison, KNOWN) for one in found}
