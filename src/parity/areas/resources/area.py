"""The area resources: logs that fill the disk, memory now, and the hosts themselves."""

from __future__ import annotations

from collections.abc import Iterator

from parity.areas.resources import clocks, hosts, logs, memory
from parity.compare.comparison import Comparison
from parity.domain.findings import Difference


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what containers take more of than they should, and what their hosts lack or have differently."""
    yield from logs.differences(comparison)
    yield from memory.differences(comparison)
    yield from hosts.differences(comparison)
    yield from clocks.differences(comparison)
