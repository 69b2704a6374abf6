"""Containers that have nearly reached their memory limit, by one look at each: nothing is said of their peaks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parity.compare.comparison import Comparison
from parity.domain.amounts import counted, roughly
from parity.domain.findings import Difference, Evidence
from parity.domain.resources import MemoryNow
from parity.domain.stack import Container, Service

_NEARLY: Final = 0.9
# A way: without the file cache, which the kernel takes back before it kills anything, there is room.
_CACHE: Final = "file-cache"


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield the services of which a container uses nearly all of its memory limit."""
    for match in comparison.matches:
        for environment, service in match.members.items():
            fullest = _fullest(service)
            if fullest is None or _share(fullest[1]) < _NEARLY:
                continue
            container, memory = fullest
            stack = comparison.stack(environment)
            spare = memory.working_set - memory.file_cache < _NEARLY * memory.limit
            used, limit, cache = map(roughly, (memory.working_set, memory.limit, memory.file_cache))
            restarts = f", {counted(container.restarts, 'restart')}" if container.restarts else ""
            shown = f"{used} of {limit}, of which {cache} file cache{restarts}"
            yield Difference(
                "resources.memory-near-limit",
                (environment,),
                match.name,
                evidence=(Evidence(environment, shown, stack.place_of(container), container.service),),
                words={"container": container.name, "share": f"{_share(memory):.0%}", "used": used, "limit": limit},
                ways=frozenset({_CACHE} if spare else ()),
                hosts=frozenset({container.host}),
            )


def _fullest(service: Service) -> tuple[Container, MemoryNow] | None:
    """Return the container that has the least left of its own limit, where one is known to have one."""
    known = [(one, one.memory) for one in service.containers if one.memory is not None and one.config.memory > 0]
    return max(known, key=lambda one: _share(one[1]), default=None)


def _share(memory: MemoryNow) -> float:
    return memory.working_set / memory.limit
