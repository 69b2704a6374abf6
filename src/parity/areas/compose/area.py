"""Compose files: do they render, do they agree with what runs, and do the environments' files agree (C2, C3)."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from parity.areas.compose import declared_alone, resources
from parity.areas.compose.hardening import weaker_in_production
from parity.compare.comparison import Comparison, differs, evidence
from parity.compare.env_files import EnvFiles
from parity.compare.match_services import Match
from parity.domain.amounts import counted, in_bytes, in_cpus
from parity.domain.findings import Difference, Evidence
from parity.domain.places import in_container, in_service
from parity.domain.stack import Container, Declared, Mount, Service, ServiceConfig, Stack
from parity.domain.untrusted import mapping, mappings, text
from parity.domain.values import Same, same, show

# A way and a fact: production keeps the service apart from its host less than another environment does.
_ISOLATION: Final = "less-isolated"
_MISSING_FILE: Final = "compose.missing-bind-source"
# From how many services on what is missing of one folder is one fault.
_SEVERAL: Final = 2
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
_SHOWN_VARIABLES: Final = 8
_HOME: Final = r"(?P<home>(?:/[^\s/:,;]+)+)"
# What Compose adds from the `proxies` of Docker's config.json.
_OF_THE_CLIENT: Final = frozenset({"http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"})
# What nginx serves: an empty folder is an empty site.
_SWITCH: Final = re.compile(r"^(?:USE|ENABLE|DISABLE|SKIP|IS|WITH)_|_(?:ENABLE|ENABLED|DISABLE|DISABLED)$|_USE_")
_SAFEGUARD: Final = re.compile(
    r"SECURE|SSL|TLS|HTTPS|VERIF|CSRF|PROTECT|RESTRICT|ENCRYPT|AUTH(?:ENTICATION)?_ENABLED?$"
)
_SERVED: Final = "/usr/share/nginx/html"
# A name with an ending, or one of those that files without one have. Folders such as conf.d have endings too.
_FILE_NAME: Final = re.compile(
    r"(?:[^/.]\.(?!d$)[A-Za-z][A-Za-z0-9]{0,9}|/(?:Caddyfile|Dockerfile|Makefile|hosts|passwd|\.?htpasswd|crontab|\.env(?!\.d$)[\w.]*))$"
)
# A folder may have a domain's name; none has one of these.
_CONTENT: Final = re.compile(
    r"\.(?:conf|cfg|cnf|ini|json|ya?ml|toml|xml|env|properties|sh|sql|py|js|lua|rb|php|pem|crt|cer|key|txt|template)$"
    r"|/(?:Caddyfile|\.?htpasswd|crontab|\.env[\w-]*)$"
)


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what is wrong with compose files, alone, against what runs and against each other."""
    for stack in comparison.stacks:
        yield from _problems(stack, comparison.files[stack.environment])
        yield from _folders_together(stack, _missing_binds(comparison, stack))
        yield from declared_alone.differences(stack)
    yield from resources.differences(comparison)
    for match in comparison.matches:
        for environment, service in match.members.items():
            yield from _against_running(comparison.stack(environment), match, service)
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
            facts=frozenset({"optional-switch"} if _is_optional_switch(problem.get("kind"), item) else ()),
        )


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


def _missing_binds(comparison: Comparison, stack: Stack) -> Iterator[Difference]:
    """Yield each path that services mount and that is not there, once for all of them."""
    missing: dict[str, list[tuple[str, Mount]]] = {}
    for name, service in stack.services.items():
        for mount in service.declared.config.mounts if service.declared else ():
            if mount.kind == "bind" and _is_missing(mount, stack.paths.get(mount.source, "")):
                missing.setdefault(mount.source, []).append((name, mount))
    matches = _matches(comparison, stack)
    for path, uses in sorted(missing.items()):
        source = stack.shorten(path)
        made = stack.paths[path] == "empty-directory"
        shown = f"{source} is an empty directory" if made else f"{source} does not exist"
        pieces = tuple(Evidence(stack.environment, shown, in_service(name), name) for name, _ in uses)
        services = sorted({name for name, _ in uses})
        needed = any(_is_file(mount) for _, mount in uses) and not _is_written(stack, path, uses)
        words = {"path": source, "destination": uses[0][1].destination, "services": ", ".join(services)}
        folder = not any(_is_named_as_file(mount) for _, mount in uses)
        way = "directory" if made else "file-or-folder" if folder else ""
        yield Difference(
            _MISSING_FILE if needed else "compose.missing-bind-folder",
            (stack.environment,),
            services[0] if len(services) == 1 else "",
            uses[0][1].destination if len(uses) == 1 else source,
            pieces,
            words,
            frozenset({way} - {""}),
            covers=frozenset(_differ(comparison, matches[name], mount) for name, mount in uses if needed),
            mentions=frozenset(services),
            facts=frozenset({"folder-outside-production"} if folder and not stack.production else ()),
        )


def _is_written(stack: Stack, path: str, uses: Sequence[tuple[str, Mount]]) -> bool:
    """Return whether what is to be mounted is a folder below one that another service writes to, and may make it in."""
    users = {name for name, _ in uses}
    return not any(_is_named_as_file(mount) for _, mount in uses) and any(
        mount.kind == "bind" and not mount.read_only and path.startswith(f"{mount.source.rstrip('/')}/")
        for name, service in stack.services.items()
        for mount in (service.declared.config.mounts if service.declared and name not in users else ())
    )


def _folders_together(stack: Stack, found: Iterable[Difference]) -> Iterator[Difference]:
    """Yield differences; missing files of several services, of one folder in which nothing is there, as one."""
    groups: dict[str, list[Difference]] = {}
    for one in found:
        folder = posixpath.dirname(one.words["path"])
        alone = one.ways or one.rule != _MISSING_FILE or folder in ("", stack.shorten(stack.directory))
        groups.setdefault(one.id if alone else folder, []).append(one)
    there = {stack.shorten(path) for path, kind in stack.paths.items() if kind not in ("missing", "empty-directory")}
    for folder, group in groups.items():
        services = sorted({piece.service for one in group for piece in one.evidence})
        if len({one.service for one in group}) < _SEVERAL or any(path.startswith(f"{folder}/") for path in there):
            yield from group
            continue
        yield replace(
            group[0],
            service="",
            item=folder,
            evidence=tuple(piece for one in group for piece in one.evidence),
            words={
                "path": folder,
                "destination": "",
                "count": str(len(group)),
                "services": ", ".join(services),
                "names": ", ".join(posixpath.basename(one.words["path"]) for one in group),
            },
            ways=frozenset({"one-folder"}),
            covers=frozenset().union(*(one.covers for one in group)),
            mentions=frozenset(services),
        )


def _is_missing(mount: Mount, kind: str) -> bool:
    """Return whether nothing stands at a mount's source, or what Docker made where a file was meant."""
    meant = all(_CONTENT.search(path.rstrip("/")) for path in (mount.source, mount.destination))
    return kind == "missing" or (kind == "empty-directory" and meant)


def _matches(comparison: Comparison, stack: Stack) -> dict[str, Match]:
    """Return the matches of an environment's services, by their names there."""
    found = ((match.members.get(stack.environment), match) for match in comparison.matches)
    return {member.name: match for member, match in found if member is not None}


def _differ(comparison: Comparison, match: Match, mount: Mount) -> str:
    """Return the id of what says of a mount that other environments do not have it."""
    return Difference("containers.mounts-differ", tuple(match.seen), match.name, mount.destination).id


def _is_file(mount: Mount) -> bool:
    """Return whether what is mounted has to hold something: Docker makes empty folders by itself, and no files."""
    return _is_named_as_file(mount) or mount.read_only or mount.destination.startswith(_SERVED)


def _is_named_as_file(mount: Mount) -> bool:
    return any(_FILE_NAME.search(path.rstrip("/")) for path in (mount.source, mount.destination))


def _against_running(stack: Stack, match: Match, service: Service) -> Iterator[Difference]:
    declared = service.declared
    if declared is None and service.containers and stack.render_state == "rendered":
        container = service.containers[0]
        removed = ", ".join(map(stack.shorten, container.removed_files))
        shown = "runs, but is in no compose file" + (f"; removed since: {removed}" if removed else "")
        where = Evidence(stack.environment, shown, in_container(container.name), service.name)
        yield Difference(
            "compose.undeclared", (stack.environment,), match.name, "", (where,), {"container": container.name}
        )
    if declared is None or stack.render_state not in ("rendered", "partly"):
        return
    for container in service.containers:
        if container.finished:
            continue
        variables = _drifted_variables(declared, container)
        drift = [*_drift(declared, container, variables)]
        pieces = tuple(
            Evidence(
                stack.environment,
                f"{what}: declared {wants}, running {has}",
                in_container(container.name),
                service.name,
            )
            for what, wants, has in drift
        )
        if pieces:
            fields = ", ".join(dict.fromkeys(what for what, _, _ in drift))
            words = {"container": container.name, "fields": fields, "service_name": service.name}
            mentions = frozenset(variables)
            yield Difference("compose.drift", (stack.environment,), match.name, "", pieces, words, mentions=mentions)


def _drift(declared: Declared, container: Container, variables: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield what is declared otherwise than it runs: which setting, what is declared, what runs."""
    wants, has = declared.config, container.config
    if wants.image and wants.image != has.image:
        yield "image", wants.image, has.image
    yield from _environment_drift(wants.environment, container.environment, variables)
    wanted_ports = {(p.container, p.host_ip, p.host_port) for p in wants.ports if p.host_port.isdigit()}
    running_ports = {(p.container, p.host_ip, p.host_port) for p in has.ports if p.host_ip != "::"}
    if (wanted_ports != running_ports and len(wanted_ports) == len(wants.ports) and container.state == "running") or (
        wanted_ports - running_ports and container.state != "running" and len(wanted_ports) == len(wants.ports)
    ):
        yield "ports", _port_list(wanted_ports), _port_list(running_ports)
    if wants.memory != has.memory:
        yield "memory limit", in_bytes(wants.memory), in_bytes(has.memory)
    if wants.cpus != has.cpus:
        yield "CPU limit", in_cpus(wants.cpus), in_cpus(has.cpus)
    if wants.restart.partition(":")[0] != has.restart and "restart" in declared.raw:
        yield "restart policy", wants.restart, has.restart
    if wants.command is not None and _other_words(wants.command, has.command):
        yield "command", show(" ".join(wants.command)), show(" ".join(has.command or ("image default",)))
    if wants.healthcheck and (not has.healthcheck or _other_words(wants.healthcheck.test, has.healthcheck.test)):
        yield (
            "health check",
            show(" ".join(wants.healthcheck.test)),
            show(" ".join(has.healthcheck.test if has.healthcheck else ("none",))),
        )
    yield from _mount_drift(declared, has)
    missing_networks = sorted(set(wants.networks) - set(has.networks))
    if missing_networks and container.state == "running":
        yield "networks", ", ".join(missing_networks), ", ".join(sorted(has.networks)) or "none"


def _may_be(wants: str, has: str) -> bool:
    """Return whether a declared value may be the one that runs.

    Whose home `~` is depends on who runs Compose, which nobody knows here: any path of the host may be it.
    """
    if same(wants, has, True) is not Same.NO:
        return True
    first, *others = map(re.escape, wants.split("~"))
    homes = (f"{_HOME if not at else '(?P=home)'}{part}" for at, part in enumerate(others))
    return bool(others) and re.fullmatch(first + "".join(homes), has) is not None


def _other_words(wants: tuple[str, ...], has: tuple[str, ...] | None) -> bool:
    return not _may_be(" ".join(wants), " ".join(has or ()))


def _environment_drift(
    wants: Mapping[str, str], has: Mapping[str, str], variables: list[str]
) -> Iterator[tuple[str, str, str]]:
    for name in variables[:_SHOWN_VARIABLES]:
        yield f"environment {name}", show(wants.get(name)), show(has.get(name))
    more = len(variables) - _SHOWN_VARIABLES
    if more > 0:
        yield "environment", counted(more, "more variable"), "different values"


def _drifted_variables(declared: Declared, container: Container) -> list[str]:
    """Return the variables that a container has otherwise than they are declared, or without being declared."""
    wants, has, raw = declared.config.environment, container.environment, declared.raw.get("environment")
    # `KEY` without a value is taken from the shell that ran Compose: nothing is declared for it.
    taken_over = {key for key, value in raw.items() if value is None} if isinstance(raw, dict) else set()
    changed = [
        key for key in sorted(wants) if key not in taken_over and (key not in has or not _may_be(wants[key], has[key]))
    ]
    extra = sorted(set(container.config.environment) - set(wants))
    return changed + [key for key in extra if key.lower() not in _OF_THE_CLIENT]


def _port_list(ports: set[tuple[str, str, str]]) -> str:
    return ", ".join(f"{ip}:{host} → {container}" for container, ip, host in sorted(ports)) or "none"


def _mount_drift(declares: Declared, has: ServiceConfig) -> Iterator[tuple[str, str, str]]:
    running = {mount.destination: mount for mount in has.mounts}
    declared = {mount.destination: mount for mount in declares.config.mounts}
    others = set(_mounted_by_compose(declares.raw))
    for destination, mount in sorted(declared.items()):
        there = running.get(destination)
        if mount.kind != "tmpfs" and (
            there is None or (mount.kind == "bind" and not _may_be(mount.source, there.source))
        ):
            yield f"mount {destination}", _mount(mount), _mount(there)
    if declares.raw.get("volumes_from"):
        return  # mounts of another container, which it may have from anywhere
    for destination, extra in sorted(running.items()):
        if destination not in {*declared, *others} and extra.kind == "bind":
            yield f"mount {destination}", "none", _mount(extra)


def _mounted_by_compose(raw: Mapping[str, Any]) -> Iterator[str]:
    """Yield where Compose itself mounts the secrets and configs of a service, and the engine's socket.

    Source: https://docs.docker.com/reference/compose-file/services/ ("configs", "secrets", "use_api_socket").
    """
    for key, folder in (("secrets", "/run/secrets"), ("configs", "/")):
        for entry in mappings(raw, key):
            yield posixpath.join(folder, text(entry, "target") or text(entry, "source"))
    if raw.get("use_api_socket"):
        yield "/var/run/docker.sock"


def _mount(mount: Mount | None) -> str:
    return "none" if mount is None else show(f"{mount.kind} {mount.source}")


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
