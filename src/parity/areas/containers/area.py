"""The containers of each environment: do they serve, and are they configured alike (S1-S10, C5-C11)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from parity.areas.containers import (
    between,
    declared,
    example_hosts,
    guests,
    known_passwords,
    labels,
    migrations,
    no_way_in,
    one_environment,
    past_proxy,
    plain_http,
    plain_routes,
    presence,
    unresolvable,
)
from parity.areas.containers.jobs import ON_DEMAND
from parity.compare.comparison import Comparison
from parity.compare.container_state import state_rules
from parity.compare.match_services import Match
from parity.compare.together import together
from parity.domain.amounts import counted, in_bytes
from parity.domain.findings import Difference, Evidence
from parity.domain.mentions import names_in
from parity.domain.stack import Container, Stack
from parity.domain.values import show

_LOG_LINES_SHOWN: Final = 3
# How the engine and how shells say that there is no such program, and the exit code of the latter.
_NO_PROGRAM: Final = re.compile(
    r'exec: "(?P<engine>[^"]{1,120})": (?:executable file not found|stat [^:]{1,120}: no such file)'
    r"|(?:^|[\s:])(?P<shell>[\w./+-]{1,120}): (?:command )?not found"
)
_NOT_FOUND: Final = 127
# From how many services on a fault is one of the whole stack.
_TOGETHER: Final = {
    "containers.no-restart": 3,
    "containers.restart-on-failure": 2,
    "containers.unpinned-image": 2,
    "containers.datastore-exposed": 2,
    "containers.unresolvable": 2,
    "containers.source-mounted": 2,
    "containers.logging-differs": 2,
    "containers.network-closed": 2,
    "containers.port-not-published": 2,
    "containers.build-differs": 2,
}


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what is wrong with containers, and where their configuration differs between environments."""
    found = list(_found(comparison))
    covered = frozenset().union(*(one.covers for one in found))
    yield from (one for one in found if ON_DEMAND in one.ways and one.id not in covered)
    yield from together((one for one in found if ON_DEMAND not in one.ways and one.id not in covered), _TOGETHER)


def _found(comparison: Comparison) -> Iterator[Difference]:
    for stack, match, _service, container in comparison.running():
        yield from _state(stack, match, container)
    yield from one_environment.differences(comparison)
    yield from known_passwords.differences(comparison)
    yield from example_hosts.differences(comparison)
    defined = {stack.environment: labels.defined(stack.services.values()) for stack in comparison.stacks}
    for match in comparison.matches:
        if len(match.seen) > 1:
            yield from labels.differences(comparison, match, defined)
            yield from between.differences(comparison, match)
            yield from declared.differences(comparison, match)
    yield from presence.differences(comparison)
    yield from unresolvable.differences(comparison)
    yield from plain_http.differences(comparison)
    yield from no_way_in.differences(comparison)
    yield from past_proxy.differences(comparison)
    yield from plain_routes.differences(comparison)
    yield from migrations.differences(comparison)
    yield from guests.differences(comparison)


def _about(
    rule: str, stack: Stack, match: Match, container: Container, shown: str, item: str = "", **words: str
) -> Difference:
    words = {"container": container.name, "state": container.state, "host": container.host, **words}
    words = {"explained": "", "advice": "", **words}  # the area `logs` fills them where it knows what the log means
    where = Evidence(stack.environment, shown, stack.place_of(container), container.service)
    hosts = frozenset({container.host})
    return Difference(rule, (stack.environment,), match.name, item, (where,), words, hosts=hosts)


def _state(stack: Stack, match: Match, container: Container) -> Iterator[Difference]:
    lines = _last_lines(container)
    last = " / ".join(map(show, lines)) or ("(the log is empty)" if container.log_read else "(the log was not read)")
    rules = state_rules(container)
    if "containers.restarting" in rules:
        running = container.state == "running"
        code = "" if running else f", last exit code {container.exit_code}"
        shown = f"{container.state}, {counted(container.restarts, 'restart')}{code}"
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
        output = show(container.health_output).rstrip(".") if container.health_output else "the check printed nothing"
        program = _missing_program(container)
        words = {"last": last, "output": output, "program": show(program)}
        found = _about("containers.unhealthy", stack, match, container, "unhealthy", **words)
        if program:
            yield replace(found, ways=frozenset({"no-program"}))
        else:
            yield replace(found, mentions=names_in(container.health_output, *lines))
    if container.healed and not rules:
        since = _spell(container.up_seconds)
        shown = f"running{since}, {counted(container.restarts, 'restart')} before"
        yield _about("containers.restarted", stack, match, container, shown, restarts=str(container.restarts))
    if container.oom_killed:
        yield _about(
            "containers.oom-killed",
            stack,
            match,
            container,
            "OOM-killed",
            limit=in_bytes(container.config.memory),
        )


def _missing_program(container: Container) -> str:
    """Return the program of a health check that the image does not have; empty where the check could be run.

    The engine ends with -1, or as a shell does with 126 or 127, where it cannot start the program.
    """
    found = _NO_PROGRAM.search(container.health_output)
    if found is None or (found["shell"] and container.health_exit_code != _NOT_FOUND):
        return ""
    return found["engine"] or found["shell"]


def _spell(seconds: int | None) -> str:
    """Return for how long something has lasted, for a sentence; nothing where it is not known."""
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds is not None and seconds >= length:
            count = seconds // length
            return f" for {counted(count, unit)}"
    return ""


def _last_lines(container: Container) -> list[str]:
    lines = [line for line in container.log_tail if line.strip()]
    return list(dict.fromkeys(lines[-_LOG_LINES_SHOWN:]))
