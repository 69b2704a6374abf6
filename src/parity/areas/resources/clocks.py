"""Hosts whose clocks are not those of the others, by the times at which the controller asked them and was answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from parity.compare.comparison import Comparison
from parity.domain.findings import Difference, Evidence
from parity.domain.places import on_host
from parity.domain.resources import Clock

_SECONDS: Final = 5.0
_MINUTE: Final = 60.0


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield the hosts whose clocks are certain to be ahead or behind; where all are so alike, the controller's is."""
    known = [(stack, machine, machine.clock) for stack in comparison.stacks for machine in stack.machines]
    clocks = [clock for _, _, clock in known if clock is not None]
    if _agree(clocks):
        return
    for stack, machine, clock in known:
        if clock is None or abs(clock.certain) <= _SECONDS:
            continue
        off = f"{abs(clock.certain):.0f}"
        way = "ahead of" if clock.certain > 0 else "behind"
        yield Difference(
            "resources.clock-skew",
            (stack.environment,),
            item=machine.host,
            evidence=(Evidence(stack.environment, f"{off} s {way} the controller at least", on_host(machine.host)),),
            words={"host": machine.host, "seconds": off, "way": way},
            facts=frozenset({"minute-off"} if abs(clock.certain) > _MINUTE else ()),
            hosts=frozenset({machine.host}),
        )


def _agree(clocks: Sequence[Clock]) -> bool:
    """Return whether several clocks may all show the same time."""
    return len(clocks) > 1 and max(one.least for one in clocks) - min(one.most for one in clocks) <= _SECONDS
