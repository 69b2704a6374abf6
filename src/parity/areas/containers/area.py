"""The containers of each environment: do they serve, and are they configured alike (S1-S10, C5-C11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from parity.areas.containers import one_environment, unresolvable
from parity.compare.comparison import Comparison, differs, evidence, per_environment, place_of
from parity.compare.container_state import state_rules
from parity.compare.match_services import Match, repository
from parity.domain.environment_names import environments_named
from parity.domain.findings import Difference, Evidence
from parity.domain.mentions import names_in
from parity.domain.places import in_container, in_service
from parity.domain.stack import Container, Healthcheck, Mount, Service, ServiceConfig, Stack
from parity.domain.values import show

_LOG_LINES_SHOWN: Final = 3


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what is wrong with containers, and where their configuration differs between environments."""
    for stack, match, _service, container in comparison.running():
        yield from _state(stack, match, container)
    yield from one_environment.differences(comparison)
    for match in comparison.matches:
        yield from _presence(comparison, match)
        if len(comparison.seen(match)) > 1:
            yield from _configuration(comparison, match)
    for stack in comparison.stacks:
        yield from _names(stack)
    yield from unresolvable.differences(comparison)


def _about(
    rule: str, stack: Stack, match: Match, container: Container, shown: str, item: str = "", **words: str
) -> Difference:
    words = {"container": container.name, "state": container.state, "host": container.host, **words}
    words = {"explained": "", "advice": "", **words}  # the area `logs` fills them where it knows what the log means
    where = Evidence(stack.environment, shown, in_container(container.name), container.service)
    return Difference(rule, (stack.environment,), match.name, item, (where,), words)


def _state(stack: Stack, match: Match, container: Container) -> Iterator[Difference]:
    lines = _last_lines(container)
    last = " / ".join(map(show, lines)) or "its log is empty"
    rules = state_rules(container)
    if "containers.restarting" in rules:
        running = container.state == "running"
        code = "" if running else f", last exit code {container.exit_code}"
        shown = f"{container.state}, {container.restarts} restarts{code}"
        found = _about(
            "containers.restarting",
            stack,
            match,
            container,
            shown,
            last=last,
            code=str(container.exit_code),
            restarts=str(container.restarts),
        )
        # Docker forgets the exit code once a container runs again.
        yield replace(found, ways=frozenset({"running"})) if running else found
    if "containers.not-running" in rules:
        shown = f"{container.state}, exit code {container.exit_code}"
        yield _about("containers.not-running", stack, match, container, shown, last=last, code=str(container.exit_code))
    if "containers.unhealthy" in rules:
        output = show(container.health_output) if container.health_output else "the check printed nothing"
        found = _about("containers.unhealthy", stack, match, container, "unhealthy", last=last, output=output)
        yield replace(found, mentions=names_in(container.health_output, *lines))
    if container.healed and not rules:
        since = _spell(container.up_seconds)
        shown = f"running{since}, restarted {container.restarts} times before"
        yield _about("containers.restarted", stack, match, container, shown, restarts=str(container.restarts))
    if container.oom_killed:
        yield _about(
            "containers.oom-killed",
            stack,
            match,
            container,
            "killed by the kernel for lack of memory",
            limit=_bytes(container.config.memory),
        )


def _spell(seconds: int | None) -> str:
    """Return for how long something has lasted, for a sentence; nothing where it is not known."""
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds is not None and seconds >= length:
            count = seconds // length
            return f" for {count} {unit}{'' if count == 1 else 's'}"
    return ""


def _last_lines(container: Container) -> list[str]:
    lines = [line for line in container.log_tail if line.strip()]
    return list(dict.fromkeys(lines[-_LOG_LINES_SHOWN:]))


def _presence(comparison: Comparison, match: Match) -> Iterator[Difference]:
    absent = [stack for stack in comparison.stacks if stack.environment not in match.members and stack.services]
    if absent and match.members:
        shown = {stack.environment: "no such service" for stack in absent}
        pieces = evidence(match.members, {e: _standing(s) for e, s in match.members.items()})
        pieces += tuple(Evidence(environment, text) for environment, text in shown.items())
        way = (
            "only-production"
            if comparison.production(match.members)
            else "not-in-production"
            if any(s.production for s in absent)
            else "only-elsewhere"
        )
        words = {"has": ", ".join(match.members), "lacks": ", ".join(shown)}
        yield Difference("containers.service-missing", tuple(shown), match.name, "", pieces, words, frozenset({way}))
    for environment, service in match.members.items():
        stack = comparison.stack(environment)
        if (
            stack.runs
            and not service.containers
            and service.declared
            and service.declared.active
            and service.declared.scale > 0
        ):
            where = Evidence(environment, "declared, but there is no container", in_service(service.name), service.name)
            yield Difference(
                "containers.absent", (environment,), match.name, "", (where,), {"service_name": service.name}
            )
    if match.renamed:
        names = {environment: service.name for environment, service in match.members.items()}
        pieces = evidence(match.members, names)
        yield Difference(
            "containers.renamed",
            tuple(names),
            match.name,
            "",
            pieces,
            {"names": " / ".join(names.values()), "how": match.how},
            frozenset({"name"}),
        )


def _standing(service: Service) -> str:
    return ", ".join(f"{c.state}{f' ({c.health})' if c.health else ''}" for c in service.containers) or "declared"


def _configuration(comparison: Comparison, match: Match) -> Iterator[Difference]:
    members = comparison.seen(match)
    for compare in (_images, _ports, _limits, _healthchecks, _mounts, _restarts, _commands):
        yield from compare(comparison, match, members)


def _difference(
    rule: str,
    match: Match,
    members: Mapping[str, Service],
    shown: Mapping[str, str],
    ways: set[str],
    item: str = "",
    **words: str,
) -> Difference:
    return Difference(rule, tuple(shown), match.name, item, evidence(members, shown), words, frozenset(ways))


def _images(comparison: Comparison, match: Match, members: Mapping[str, Service]) -> Iterator[Difference]:
    images = {e: s.config.image for e, s in members.items() if s.config and not (s.declared and s.declared.built)}
    if len(images) < 2 or not differs(images):
        return
    repositories = {repository(image) for image in images.values()}
    way = "tag" if len(repositories) == 1 else "repository"
    yield _difference("containers.image-differs", match, members, images, {way}, images=" / ".join(images.values()))


def _ports(comparison: Comparison, match: Match, members: Mapping[str, Service]) -> Iterator[Difference]:
    published = per_environment(members, lambda config: {port.container for port in config.ports})
    for container_port in sorted(set().union(*published.values())):
        having = {e for e, ports in published.items() if container_port in ports}
        lines = {e: _published(service.config, container_port) for e, service in members.items() if service.config}
        if not differs(lines):
            continue
        if having == set(members):
            ways = {"host-port"}
        else:
            ways = {"only-production" if comparison.production(having) else "not-in-production"}
        yield _difference("containers.ports-differ", match, members, lines, ways, item=container_port)


def _published(config: ServiceConfig, container_port: str) -> str:
    bound = sorted(f"{port.host_ip}:{port.host_port}" for port in config.ports if port.container == container_port)
    return ", ".join(bound) or "not published"


def _limits(comparison: Comparison, match: Match, members: Mapping[str, Service]) -> Iterator[Difference]:
    readers: tuple[tuple[str, Callable[[ServiceConfig], float], Callable[[float], str]], ...] = (
        ("memory", lambda config: config.memory, _bytes),
        ("cpus", lambda config: config.cpus, lambda cpus: f"{cpus:g} CPUs" if cpus else "no limit"),
    )
    for item, read, say in readers:
        limits = per_environment(members, read)
        if differs(limits):
            lacking = [environment for environment, limit in limits.items() if not limit]
            ways = {
                "production-unlimited" if comparison.production(lacking) else "production-only" if lacking else "amount"
            }
            yield _difference(
                "containers.limit-differs",
                match,
                members,
                {e: say(limit) for e, limit in limits.items()},
                ways,
                item=item,
            )


def _bytes(amount: float) -> str:
    if not amount:
        return "no limit"
    for unit, size in (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024)):
        if amount >= size:
            return f"{amount / size:g} {unit}"
    return f"{amount:g} B"


def _healthchecks(comparison: Comparison, match: Match, members: Mapping[str, Service]) -> Iterator[Difference]:
    checks = per_environment(members, lambda config: config.healthcheck)
    if not differs(checks):
        return
    shown = {environment: _check(check) for environment, check in checks.items()}
    if not differs(shown):  # but for a secret in it, which is compared as a variable
        return
    lacking = [environment for environment, check in checks.items() if check is None]
    ways = {"production-lacks" if comparison.production(lacking) else "production-only" if lacking else "details"}
    yield _difference("containers.healthcheck-differs", match, members, shown, ways)


def _check(check: Healthcheck | None) -> str:
    if check is None:
        return "no health check"
    return show(
        f"{' '.join(check.test)} every {check.interval or 30:g} s, "
        f"timeout {check.timeout or 30:g} s, {check.retries or 3} tries"
    )


def _mounts(comparison: Comparison, match: Match, members: Mapping[str, Service]) -> Iterator[Difference]:
    mounted = per_environment(members, lambda config: {mount.destination: mount for mount in config.mounts})
    for destination in sorted(set().union(*mounted.values())):
        found = {environment: mounts.get(destination) for environment, mounts in mounted.items()}
        kinds = {environment: _mount_kind(mount) for environment, mount in found.items()}
        if not differs(kinds):
            continue
        having = [environment for environment, mount in found.items() if mount is not None]
        if len(having) == len(found):
            ways = {"mode" if not differs({e: m.kind for e, m in found.items() if m}) else "kind"}
        else:
            ways = {"only-production" if comparison.production(having) else "not-in-production"}
            ways.add("bind" if any(mount and mount.kind == "bind" for mount in found.values()) else "volume")
        shown = {e: f"{kinds[e]} {show(m.source)}".strip() if m else "not mounted" for e, m in found.items()}
        yield _difference("containers.mounts-differ", match, members, shown, ways, item=destination)


def _mount_kind(mount: Mount | None) -> str:
    return "" if mount is None else mount.kind + (" (read-only)" if mount.read_only else "")


def _restarts(comparison: Comparison, match: Match, members: Mapping[str, Service]) -> Iterator[Difference]:
    policies = per_environment(members, lambda config: config.restart)
    if differs(policies):
        weak = [environment for environment, policy in policies.items() if policy == "no"]
        ways = {"production-weaker" if comparison.production(weak) else "kind"}
        yield _difference("containers.restart-differs", match, members, policies, ways)


def _commands(comparison: Comparison, match: Match, members: Mapping[str, Service]) -> Iterator[Difference]:
    commands = per_environment(members, lambda config: config.command)
    shown = {e: "the image's own" if command is None else show(" ".join(command)) for e, command in commands.items()}
    if differs(shown):  # and not only in a secret, which is compared as a variable
        queues = {environment: _queues(command or ()) for environment, command in commands.items()}
        ways = {"queues"} if differs(queues) and all(queues.values()) else {"words"}
        yield _difference("containers.command-differs", match, members, shown, ways)


def _queues(command: Sequence[str]) -> frozenset[str]:
    """Return the queues that a Celery worker is told to take from: https://docs.celeryq.dev/en/stable/reference/cli.html."""
    named = [value for word, value in pairwise([*command, ""]) if word in ("-Q", "--queues")]
    named += [word.partition("=")[2] for word in command if word.startswith("--queues=")]
    return frozenset(queue.strip() for value in named for queue in value.split(",") if queue.strip())


def _names(stack: Stack) -> Iterator[Difference]:
    own = environments_named(stack.environment)
    for container in stack.containers():
        # Compose's default names start with the project's; only what the name says beyond that was chosen.
        words = environments_named(container.name.lower().removeprefix(container.project.lower()))
        if words and own and not words & own:
            other = sorted(words)[0]
            where = Evidence(
                stack.environment, container.name, place_of(stack.services[container.service]), container.service
            )
            yield Difference(
                "containers.misleading-name",
                (stack.environment,),
                container.service,
                "",
                (where,),
                {"container": container.name, "other": other},
            )
