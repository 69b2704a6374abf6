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
    if _is_controllers(clocks):
        return
    for stack, machine, clock in known:
        if clock is None or not _is_off(clock):
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


def _is_off(clock: Clock) -> bool:
    return abs(clock.certain) > _SECONDS


def _is_controllers(clocks: Sequence[Clock]) -> bool:
    """Return whether the controller's clock is to blame: several hosts differ from it, and not from each other."""
    apart = max((one.least for one in clocks), default=0.0) - min((one.most for one in clocks), default=0.0)
    return len(clocks) > 1 and all(map(_is_off, clocks)) and apart <= _SECONDS
