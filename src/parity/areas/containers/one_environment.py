"""What is wrong with a service within one environment, whether it runs or only its files declare it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from parity.areas.containers.commands import load, words_of
from parity.areas.containers.consoles import console_of, unguarded
from parity.areas.containers.datastores import (
    data_folders,
    datastore_of,
    follows_a_service,
    has_own_password,
    is_only_a_cache,
    keeper_of,
    keeps_its_data,
    lost_folder,
    takes_newest_release,
)
from parity.areas.containers.host_access import NETWORK, grants, needs_it, powerful
from parity.areas.containers.jobs import ON_DEMAND, stays_up, wakes_on_request
from parity.areas.containers.networks import is_closed
from parity.areas.containers.open_ports import Opening, openings
from parity.areas.containers.workers import takes_tasks
from parity.compare.comparison import Comparison
from parity.compare.match_services import Match
from parity.domain.environment_names import environments_named
from parity.domain.findings import Difference, Evidence
from parity.domain.open_databases import NO_ACCOUNT, without_login
from parity.domain.places import in_service
from parity.domain.stack import Container, Declared, Port, Service, ServiceConfig, Stack
from parity.domain.untrusted import mapping, text
from parity.domain.values import show

# What a command says that starts a development server, reloads, or opens a debugger. Source: the programs' manuals.
_DEBUGS: Final = re.compile(
    r"(?:^|[\s'\"/])(?:"
    r"--reload(?!-dir|-include|-exclude)|--debug(?!-)|--(?:py-)?auto-?reload|--log-?level[= ]debug|--inspect(?:-brk)?"
    r"|--watch|runserver(?:_plus)?|nodemon|ts-node-dev|tsx watch|start-dev|debugpy|dlv (?:debug|exec)|dotnet watch"
    r"|cargo watch|(?:npm|yarn|pnpm|bun)(?: run)? (?:dev(?:[:-][\w:-]+)?|start:dev|watch|serve:dev)"
    r"|(?:next|nuxt|astro|remix|wrangler|fastapi|turbo(?: run)?) dev|(?:gatsby|strapi|medusa) develop|bun --hot"
    r"|(?:ng|vue-cli-service|webpack|php artisan) serve|webpack-dev-server|flask run|php -S"
    r")(?=$|[\s=:'\";&|])(?!=(?:false|0|no|off)(?:\s|$))|-agentlib:jdwp",
    re.IGNORECASE,
)
# Tags that name no release, such as those of a branch or a system, and those of the newest build of a release.
_MOVES: Final = re.compile(
    r":(?:[a-z._-]+?(?:-(?:amd|arm)64|-x86_64)?|.+[-_.](?:latest|nightly|edge))\Z", re.IGNORECASE
)
# Docker Hub's accounts have letters and digits in their names: https://docs.docker.com/accounts/create-account/
_IN_NO_REGISTRY: Final = re.compile(r"[a-z0-9]*[_-][a-z0-9_-]*/[^/]+")
_OF_BRANCH: Final = re.compile(r":(?:dev|develop|development|nightly|edge|canary|main|master|unstable)\Z")
# Environments whose files production must not mount; `test` and `local` are words of much else.
_MADE_FOR: Final = re.compile(r"(?:^|[^a-z])(dev|development|stage|staging)(?:[^a-z]|$)")

# Where images have the application's code.
_CODE: Final = frozenset(
    {"/app", "/code", "/src", "/usr/src/app", "/usr/src", "/workspace", "/var/www/html", "/srv/app"}
)


@dataclass(frozen=True)
class _Seen:
    """A service of an environment as it was seen: its container, or what is declared where none runs."""

    stack: Stack
    match: Match
    service: Service
    config: ServiceConfig
    container: Container | None
    environments: tuple[str, ...]

    def ports(self, rule: str, published: Sequence[Port], **words: str) -> Iterator[Difference]:
        """Yield a difference of published ports, if any; that they are not published elsewhere is the same fault."""
        if published and not is_closed(self.stack, self.service):
            shown = ", ".join(f"{port.host_ip}:{port.host_port} → {port.container}" for port in published)
            numbers = ", ".join(dict.fromkeys(port.host_port for port in published))
            bound = (f"127.0.0.1:{port.host_port}:{port.container.removesuffix('/tcp')}" for port in published)
            words = {"port": numbers, "local": ", ".join(dict.fromkeys(bound)), **words}
            found = self.difference(rule, shown, published[0].container, **words)
            differ = (
                Difference("containers.ports-differ", self.environments, self.match.name, port.container)
                for port in published
            )
            yield replace(found, covers=frozenset(one.id for one in differ))

    def difference(self, rule: str, shown: str, item: str = "", **words: str) -> Difference:
        """Return a difference of this service alone."""
        name, host = self.service.name, ""
        place = in_service(name)
        if self.container is not None:
            name, host, place = self.container.name, self.container.host, self.stack.place_of(self.container)
        elif self.service.declared is not None:
            host = self.service.declared.host
        state = self.container.state if self.container else ""
        words = {"container": name, "service_name": self.service.name, "host": host, "state": state, **words}
        where = Evidence(self.stack.environment, shown, place, self.service.name)
        hosts = frozenset({host} - {""})
        return Difference(rule, (self.stack.environment,), self.match.name, item, (where,), words, hosts=hosts)


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what is wrong with each service of each environment, compared with nothing."""
    for match in comparison.matches:
        for environment, service in match.members.items():
            for seen in _seen(comparison, match, environment, service):
                for rule in _RULES:
                    yield from rule(seen)


def _seen(comparison: Comparison, match: Match, environment: str, service: Service) -> Iterator[_Seen]:
    stack, environments = comparison.stack(environment), tuple(match.seen)
    for container in service.containers:
        yield _Seen(stack, match, service, container.config, container, environments)
    declared = service.declared
    if not service.containers and declared is not None and declared.active and declared.scale > 0:
        yield _Seen(stack, match, service, declared.config, None, environments)


def _restart(seen: _Seen) -> Iterator[Difference]:
    stays = seen.container.state == "running" if seen.container else stays_up(seen.service, seen.stack)
    policy = seen.config.restart
    if seen.stack.production and policy == "on-failure" and stays:  # with a number of tries it is often a job's
        yield seen.difference("containers.restart-on-failure", f"restart: {policy}")
    if seen.stack.production and policy == "no" and stays:
        found = seen.difference("containers.no-restart", "restart: no")
        yield replace(found, ways=frozenset({ON_DEMAND})) if wakes_on_request(seen.service) else found


def _build(service: Service) -> Mapping[str, Any]:
    return mapping(service.declared.raw, "build") if service.declared else {}


def _image(seen: _Seen) -> Iterator[Difference]:
    image, declared = seen.config.image, seen.service.declared
    built = declared is not None and declared.built and not _is_pulled(declared, seen)
    if image and not built and _unpinned(image) and not _built_by_another(seen):
        found = seen.difference("containers.unpinned-image", image, image=image)
        if follows_a_service(image):  # apart from the others, which are worse
            found = replace(found, facts=frozenset({"follows-service"}), words={**found.words, "source": "client"})
        yield found


def _is_pulled(declared: Declared, seen: _Seen) -> bool:
    """Return whether Compose pulls an image that it could build.

    It does as pull_policy says; without one it first tries to pull what it does not have, which a registry has for a
    branch of its own. Source: https://docs.docker.com/reference/compose-file/build/#using-build-and-image
    """
    policy, registry = str(declared.raw.get("pull_policy", "")), seen.config.image.partition("/")[0]
    of_branch = "." in registry and _OF_BRANCH.search(seen.config.image) is not None
    return policy.startswith(("always", "daily", "weekly", "every_")) or (
        not policy and of_branch and seen.stack.production
    )


def _built_by_another(seen: _Seen) -> bool:
    """Return whether Compose builds an image for another service, under its name or its own: project-service."""
    if _IN_NO_REGISTRY.fullmatch(seen.config.image) and seen.config.image in seen.stack.built_images:
        return True
    name = seen.config.image.removesuffix(":latest")
    ends = [name[sign.end() :] for sign in re.finditer("[-_]", name)]
    return "/" not in name and any(seen.stack.builds.get(end) == "" for end in ends)


def _unpinned(image: str) -> bool:
    """Return whether an image has no tag, or one that says a branch or a variant and no version."""
    name, at, _ = image.rpartition("/")[2].partition("@")
    return not at and not image.startswith("sha256:") and (":" not in name or bool(_MOVES.search(name)))


def _command(seen: _Seen) -> Iterator[Difference]:
    command = " ".join((*seen.config.entrypoint, *(seen.config.command or ())))
    if seen.stack.production and _DEBUGS.search(command):
        yield seen.difference("containers.debug-command", show(command))


def _unsafe(seen: _Seen) -> Iterator[Difference]:
    """Yield options of a command that take a protection of production away."""
    words = words_of((*seen.config.entrypoint, *(seen.config.command or ())))
    for unsafe in load().unsafe if seen.stack.production else ():
        option = unsafe.found_in(words, seen.config.image)
        if option and not (unsafe.alone and _shares_network(seen.service)):
            item = option.partition("=")[0].partition(" ")[0].lstrip("-")
            said = {"option": show(option), "what": unsafe.what, "advice": unsafe.action}
            found = seen.difference("containers.unsafe-option", show(option), item, **said)
            yield replace(found, facts=frozenset({"opens-access"} if unsafe.opens else ()))


def _shares_network(service: Service) -> bool:
    """Return whether a service has the network of its host or of another container: its loopback is theirs."""
    return bool(service.declared and text(service.declared.raw, "network_mode"))


def _exposed(seen: _Seen) -> Iterator[Difference]:
    """Yield the ports by which a datastore is reached: production's each, those of another environment together."""
    store = datastore_of(seen.config.image)
    if store is None:
        return
    ports = [port for port in seen.config.ports if port.container in store.ports and port.open]
    apart = seen.match.name if seen.stack.production else ""
    for found in seen.ports("containers.datastore-exposed", ports, kind=store.kind, harm=store.harm, source=apart):
        guessed = not seen.stack.production and not has_own_password(seen.config)
        item = found.item if seen.stack.production else ""
        yield replace(found, item=item, facts=frozenset({"guessable"} if guessed else ()))


def _dead_ports(seen: _Seen) -> Iterator[Difference]:
    """Yield a service whose ports Docker does not publish, because all of its networks are internal."""
    declared = seen.service.declared
    ports = [port for port in declared.config.ports if port.host_port] if declared is not None else []
    if ports and is_closed(seen.stack, seen.service):
        words = {
            "port": ", ".join(dict.fromkeys(port.host_port for port in ports)),
            "container_port": ports[0].container.partition("/")[0],
        }
        found = seen.difference("containers.port-not-published", "internal networks only", **words)
        closed = Difference("containers.network-closed", found.environments, seen.match.name)
        yield replace(found, covers=frozenset({closed.id}))


def _without_password(seen: _Seen) -> Iterator[Difference]:
    """Yield a datastore whose accounts are checked by nobody; an own image may see to it."""
    store, built = datastore_of(seen.config.image), bool(_build(seen.service))
    if store and seen.stack.production and not built and without_login(seen.config) == NO_ACCOUNT:
        found = seen.difference("containers.no-authentication", "no root account is set", kind=store.kind)
        apart = is_closed(seen.stack, seen.service) and not seen.config.ports
        yield replace(found, facts=frozenset({"internal-network"} if apart else ()))


def _unguarded(seen: _Seen) -> Iterator[Difference]:
    if seen.stack.production and unguarded(seen.service):
        yield from seen.ports("containers.admin-exposed", [port for port in seen.config.ports if port.open])
    elif seen.stack.production:
        yield from _without_login(seen)
        yield from _console(seen)


def _console(seen: _Seen) -> Iterator[Difference]:
    """Yield the ports of a program's console; where it asks for no login, that is worse and is told already."""
    console, open_to_all = console_of(seen.service), {port for _, port in openings(seen.service, seen.config)}
    ports = [port for port in seen.config.ports if port.open and port not in open_to_all]
    ports = [port for port in ports if console and (port.container in console.ports or not console.ports)]
    for found in seen.ports("containers.admin-exposed", ports, console=console.name if console else ""):
        yield replace(found, ways=frozenset({"console"}))


def _without_login(seen: _Seen) -> Iterator[Difference]:
    """Yield the ports on which a program asks for no login, one difference for each thing that answers."""
    store = datastore_of(seen.config.image)
    by_opening: dict[Opening, list[Port]] = {}
    for opening, port in openings(seen.service, seen.config):
        if store is None or port.container not in store.ports:  # that one is reported
            by_opening.setdefault(opening, []).append(port)
    for opening, ports in by_opening.items():
        for found in seen.ports("containers.admin-exposed", ports, program=opening.name, harm=opening.harm):
            facts = {"code": "opens-access", "data": "opens-access", "metrics": "metrics-only"}.get(opening.allows)
            yield replace(found, ways=frozenset({"no-login"}), facts=frozenset({facts} if facts else ()))


def _queues(seen: _Seen) -> Iterator[Difference]:
    """Yield a Redis that keeps nothing, where workers of the stack take their tasks from one."""
    store = datastore_of(seen.config.image)
    if not store or store.kind != "redis" or not seen.stack.production or is_only_a_cache(seen.service, seen.config):
        return
    workers = sorted(name for name, service in seen.stack.services.items() if takes_tasks(service))
    kept = any(mount.source and mount.destination.startswith("/data") for mount in seen.config.mounts)
    if workers and not kept:
        shown = "nothing is mounted at /data"
        found = seen.difference("containers.queue-not-kept", shown, workers=", ".join(workers))
        differ = Difference("containers.mounts-differ", seen.environments, seen.match.name, "/data")
        yield replace(found, covers=frozenset({differ.id}))


def _source(seen: _Seen) -> Iterator[Difference]:
    """Yield a folder of source code that production mounts over what its image holds."""
    context = str(_build(seen.service).get("context") or "")
    for mount in seen.config.mounts if seen.stack.production else ():
        code = mount.source == context or mount.destination.rstrip("/") in _CODE
        if context and mount.kind == "bind" and code:
            shown = f"{mount.source} → {mount.destination}"
            yield seen.difference("containers.source-mounted", shown, mount.destination, source=mount.source)


def _kept(seen: _Seen) -> Iterator[Difference]:
    """Yield a program that loses what it keeps, though it is no datastore."""
    keeper = keeper_of(seen.config.image)
    folder = lost_folder(keeper, seen.config) if keeper and seen.stack.production else ""
    if keeper and folder and keeper.has_use(seen.config) and stays_up(seen.service, seen.stack):
        words = {"keeps": keeper.keeps, "path": folder}
        yield seen.difference("containers.state-not-kept", f"nothing is mounted at {folder}", **words)


def _of_another(seen: _Seen) -> Iterator[Difference]:
    """Yield files of the project that production mounts, and whose names say that they are another environment's.

    A service that has the same name in its own belongs to that environment: the host of production runs both.
    """
    own, folder = environments_named(seen.stack.environment) or {"prod"}, seen.stack.directory.rstrip("/") + "/"
    for mount in seen.config.mounts if seen.stack.production and len(folder) > 1 else ():
        path = mount.source.removeprefix(folder)
        named = _MADE_FOR.search(path.lower())
        other = environments_named(path) - environments_named(seen.service.name)
        if mount.kind == "bind" and path != mount.source and named and other and not environments_named(path) & own:
            words = {"path": show(path), "other": named[1]}
            shown = f"{path} → {mount.destination}"
            yield seen.difference("containers.mounts-another-environment", shown, mount.destination, **words)


def _of_the_host(seen: _Seen) -> Iterator[Difference]:
    """Yield a service that has power over the host of production."""
    given = list(map(show, grants(seen.service))) if seen.stack.production else []
    if given:
        said = ", ".join(given)
        found = seen.difference("containers.host-access", said, grants=said)
        inside = needs_it(seen.config.image) and not any(port.open for port in seen.config.ports)
        ways = frozenset({"network"} if given == [NETWORK] else ())
        # That other environments do not mount it is the same fault.
        mounts = ("containers.mounts-differ", seen.environments, seen.match.name)
        covers = frozenset(Difference(*mounts, mount.destination).id for mount in powerful(seen.config.mounts))
        yield replace(found, ways=ways, facts=frozenset({"needs-host"} if inside else ()), covers=covers)


def _data(seen: _Seen) -> Iterator[Difference]:
    store = datastore_of(seen.config.image)
    if store and seen.stack.production and not keeps_its_data(store, seen.config):
        path = data_folders(store, seen.config)[0]
        words = {"kind": store.kind, "path": path}
        found = seen.difference("containers.data-not-kept", f"nothing is mounted at {path}", **words)
        ways = {"newest-release"} if takes_newest_release(store, seen.config) else set()
        yield replace(found, facts=frozenset({"in-passing"} if store.in_passing else ()), ways=frozenset(ways))


_RULES: Final = (
    _restart,
    _image,
    _command,
    _unsafe,
    _exposed,
    _dead_ports,
    _without_password,
    _unguarded,
    _data,
    _kept,
    _queues,
    _source,
    _of_another,
    _of_the_host,
)
