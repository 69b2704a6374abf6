"""Compose files: do they render, do they agree with what runs, and do the environments' files agree (C2, C3)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from parity.areas.compose import binds, declared_alone, drift, resources
from parity.areas.compose.capacity import less_in_production
from parity.areas.compose.hardening import weaker_in_production
from parity.compare.comparison import Comparison, differs, evidence
from parity.compare.env_files import EnvFiles
from parity.compare.match_services import Match
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Stack
from parity.domain.untrusted import mapping
from parity.domain.values import show

# A way and a fact: production keeps the service apart from its host less than another environment does.
_ISOLATION: Final = "less-isolated"
# The same: production lets it do less work.
_CAPACITY: Final = "less-capacity"
_OPTIONAL: Final = "compose.optional-file-missing"
# The kinds of problem that rendering meets, and the rule each breaks.
_PROBLEM_RULES: Final = {
    "refused": "compose.refused",
    "syntax": "compose.refused",
    "missing-file": "compose.missing-file",
    "optional-file-missing": _OPTIONAL,
    "required-variable": "compose.required-variable",
    "unset-variable": "compose.unset-variable",
    "remote-file": "compose.remote-file",
}
# Roles in which a file that is not there is somebody else's business: the template has its own rules.
_OTHER_ROLES: Final = frozenset({"template"})
# What the containers and environment areas already compare.
_COMPARED_ELSEWHERE: Final = frozenset(
    [
        "command",
        "container_name",
        "cpus",
        "deploy",
        "env_file",
        "environment",
        "healthcheck",
        "image",
        "labels",
        "mem_limit",
        "networks",
        "ports",
        "restart",
        "volumes",
    ]
)
# Below `deploy`: what the containers area compares.
_LIMITS: Final = frozenset({"resources", "restart_policy"})
# Names of variables that turn something on or off, and of those that protect.
_SWITCH: Final = re.compile(r"^(?:USE|ENABLE|DISABLE|SKIP|IS|WITH)_|_(?:ENABLE|ENABLED|DISABLE|DISABLED)$|_USE_")
_SAFEGUARD: Final = re.compile(
    r"SECURE|SSL|TLS|HTTPS|VERIF|CSRF|PROTECT|RESTRICT|ENCRYPT|AUTH(?:ENTICATION)?_ENABLED?$"
)


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what is wrong with compose files, alone, against what runs and against each other."""
    for stack in comparison.stacks:
        yield from _problems(stack, comparison.files[stack.environment])
        yield from binds.differences(comparison, stack)
        yield from declared_alone.differences(stack)
    yield from resources.differences(comparison)
    for match in comparison.matches:
        for environment, service in match.members.items():
            yield from drift.differences(comparison.stack(environment), match, service)
        yield from _between(comparison, match)


def _problems(stack: Stack, files: EnvFiles) -> Iterator[Difference]:
    asleep = _files_of_inactive(files)
    for problem in stack.problems:
        unneeded = problem.get("kind") == "missing-file" and str(problem.get("path")) in asleep
        rule = _OPTIONAL if unneeded else _PROBLEM_RULES.get(str(problem.get("kind")))
        path = stack.shorten(str(problem.get("path", "")))
        if rule is None or (path and set(problem.get("roles") or ()) <= _OTHER_ROLES and problem.get("roles")):
            continue
        item = str(problem.get("name") or path)
        message = show(str(problem.get("message", "")))
        line = problem.get("line")
        where = (
            f"{path}:{line}"
            if path and line
            else path or ", ".join(stack.shorten(f.path) for f in stack.files if "compose" in f.roles)
        )
        # A variable that Compose replaces by nothing is an empty one in the container.
        empty = {f"environment.empty/{item}@{stack.environment}"} if problem.get("kind") == "unset-variable" else set()
        yield Difference(
            rule,
            (stack.environment,),
            "",
            item,
            (Evidence(stack.environment, message, where),),
            {"message": message, "path": path},
            frozenset({"inactive"}) if unneeded else frozenset(),
            covers=frozenset(empty),
            facts=frozenset(_facts(problem.get("kind"), item, files)),
        )


def _facts(kind: object, name: str, files: EnvFiles) -> Iterator[str]:
    """Yield what makes a variable that is not set matter less."""
    if _is_optional_switch(kind, name):
        yield "optional-switch"
    elif kind == "unset-variable" and files.has_no_effect(name):
        yield "no-effect"


def _is_optional_switch(kind: object, name: str) -> bool:
    """Return whether a variable that is not set turns something on, which empty leaves off; no safeguard is that."""
    return kind == "unset-variable" and _SWITCH.search(name.upper()) is not None and not _SAFEGUARD.search(name.upper())


def _files_of_inactive(files: EnvFiles) -> frozenset[str]:
    """Return the env files that only services of inactive profiles name: Compose does not open them."""
    readers: dict[str, set[str]] = {}
    for service, paths in files.of_service.items():
        for path in paths:
            readers.setdefault(path, set()).add(service)
    return frozenset(path for path, services in readers.items() if services <= set(files.stack.inactive))


def _settings(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a declared service that are compared here; those below `deploy` each by itself."""
    found = {key: value for key, value in raw.items() if key not in _COMPARED_ELSEWHERE}
    deploy = mapping(raw, "deploy")
    found.update({f"deploy.{key}": value for key, value in deploy.items() if key not in _LIMITS and value != {}})
    reserved = mapping(mapping(deploy, "resources"), "reservations")
    return {**found, "deploy.resources.reservations": reserved} if reserved else found


def _between(comparison: Comparison, match: Match) -> Iterator[Difference]:
    declared = {e: s.declared for e, s in match.members.items() if s.declared is not None}
    if len(declared) < 2:
        return
    members = {environment: match.members[environment] for environment in declared}
    settings = {environment: _settings(one.raw) for environment, one in declared.items()}
    for key in sorted(set().union(*settings.values())):
        values = {e: _comparable(found.get(key), comparison.stack(e)) for e, found in settings.items()}
        if differs(values):
            shown = {e: show(value) if value != "null" else "(not set)" for e, value in values.items()}
            lacking = {e for e, value in values.items() if value == "null"}
            ways = {key} | ({"production-lacks"} if comparison.production(lacking) else set())
            said = {environment: found.get(key) for environment, found in settings.items()}
            production = frozenset(one for one in said if comparison.stack(one).production)
            facts = {_ISOLATION} if weaker_in_production(key, said, production) else set()
            facts |= {_CAPACITY} if less_in_production(key, said, production) else set()
            yield Difference(
                "compose.differs",
                tuple(values),
                match.name,
                key,
                evidence(members, shown),
                {},
                frozenset(ways | facts),
                facts=frozenset(facts),
            )


def _comparable(value: Any, stack: Stack) -> str:
    """Return a setting as text in which the place where the project lies does not matter."""
    said = json.dumps(value, sort_keys=True, ensure_ascii=False)
    if stack.directory:
        said = said.replace(stack.directory, ".").replace(stack.directory.rpartition("/")[0] or "\0", "..")
    return said
