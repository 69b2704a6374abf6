"""How a service is configured differently in each environment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from parity.areas.containers.amounts import in_bytes
from parity.compare.comparison import Comparison, differs, evidence, per_environment
from parity.compare.match_services import Match, repository
from parity.domain.findings import Difference
from parity.domain.stack import Healthcheck, Mount, Service, ServiceConfig
from parity.domain.values import show


def differences(comparison: Comparison, match: Match) -> Iterator[Difference]:
    """Yield the settings of a service in which the environments differ."""
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
        ("memory", lambda config: config.memory, in_bytes),
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
