"""The containers of each environment: do they serve, and are they configured alike (S1-S10, C5-C11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from parity.areas.containers import between, one_environment, presence, unresolvable
from parity.areas.containers.amounts import in_bytes
from parity.compare.comparison import Comparison
from parity.compare.container_state import state_rules
from parity.compare.match_services import Match
from parity.compare.together import together
from parity.domain.findings import Difference, Evidence
from parity.domain.mentions import names_in
from parity.domain.places import in_container
from parity.domain.stack import Container, Stack
from parity.domain.values import show

_LOG_LINES_SHOWN: Final = 3
# From how many services on a fault is one of the whole stack.
_TOGETHER: Final = {"containers.no-restart": 3, "containers.unpinned-image": 3, "containers.unresolvable": 2}


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what is wrong with containers, and where their configuration differs between environments."""
    yield from together(_found(comparison), _TOGETHER)


def _found(comparison: Comparison) -> Iterator[Difference]:
    for stack, match, _service, container in comparison.running():
        yield from _state(stack, match, container)
    yield from one_environment.differences(comparison)
    for match in comparison.matches:
        if len(comparison.seen(match)) > 1:
            yield from between.differences(comparison, match)
    yield from presence.differences(comparison)
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
        shown = f"{container.state}, {container.restarts} restarts, last exit code {container.exit_code}"
        yield _about(
            "containers.restarting",
            stack,
            match,
            container,
            shown,
            last=last,
            code=str(container.exit_code),
            restarts=str(container.restarts),
        )
    if "containers.not-running" in rules:
        shown = f"{container.state}, exit code {container.exit_code}"
        yield _about("containers.not-running", stack, match, container, shown, last=last, code=str(container.exit_code))
    if "containers.unhealthy" in rules:
        output = show(container.health_output) if container.health_output else "the check printed nothing"
        found = _about("containers.unhealthy", stack, match, container, "unhealthy", last=last, output=output)
        yield replace(found, mentions=names_in(container.health_output, *lines))
    if container.oom_killed:
        yield _about(
            "containers.oom-killed",
            stack,
            match,
            container,
            "killed by the kernel for lack of memory",
            limit=in_bytes(container.config.memory),
        )


def _last_lines(container: Container) -> list[str]:
    lines = [line for line in container.log_tail if line.strip()]
    return list(dict.fromkeys(lines[-_LOG_LINES_SHOWN:]))
