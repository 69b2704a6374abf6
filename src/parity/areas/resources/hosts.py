"""What the hosts have, and how full their disks are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parity.compare import host_facts
from parity.compare.comparison import Comparison, differs
from parity.domain.amounts import roughly
from parity.domain.findings import Difference, Evidence
from parity.domain.places import on_host
from parity.domain.resources import Disk, Machine
from parity.domain.stack import Stack
from parity.domain.values import show

_NEARLY_FULL: Final = 0.9
_FULL: Final = 0.97
# So much is room enough, whatever share of a large disk it is.
_PLENTY: Final = 50 * 1024**3
_FOR: Final = {"engine": "Docker's data", "project": "the project"}


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield that the environments' hosts differ, and each disk that is nearly full."""
    shown = {
        stack.environment: one
        for stack in comparison.stacks
        if (one := host_facts.shown(host_facts.described, stack.machines))
    }
    if differs(shown):
        pieces = tuple(
            Evidence(environment, show(one), on_host(*(each.host for each in comparison.stack(environment).machines)))
            for environment, one in shown.items()
        )
        yield Difference("resources.host-differs", tuple(shown), evidence=pieces)
    for stack in comparison.stacks:
        for machine in stack.machines:
            for disk in machine.disks:
                yield from _nearly_full(stack, machine, disk)


def _nearly_full(stack: Stack, machine: Machine, disk: Disk) -> Iterator[Difference]:
    """Yield a disk of which little is left: as a share, as `df` counts it, and in bytes."""
    whole = disk.used + disk.free
    if whole <= 0 or disk.used <= _NEARLY_FULL * whole or disk.free >= _PLENTY:
        return
    uses = " and ".join(_FOR[use] for use in disk.used_for if use in _FOR)
    words = {"host": machine.host, "path": show(disk.path), "share": f"{disk.used / whole:.0%}", "uses": uses}
    shown = f"{roughly(disk.free)} of {roughly(whole)} free at {show(disk.path)}"
    yield Difference(
        "resources.disk-nearly-full",
        (stack.environment,),
        item=f"{machine.host}:{disk.path}",
        evidence=(Evidence(stack.environment, shown, on_host(machine.host)),),
        words={**words, "free": roughly(disk.free)},
        facts=frozenset({"disk-full"} if disk.used > _FULL * whole else ()),
        hosts=frozenset({machine.host}),
    )
