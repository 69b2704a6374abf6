"""The area code: the Git checkouts that the stacks were started from."""

from __future__ import annotations

from collections.abc import Iterator

from parity.areas.code import between, uncommitted
from parity.compare.comparison import Comparison
from parity.domain.findings import Difference


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what is in no commit, and where the environments' commits differ."""
    yield from uncommitted.differences(comparison)
    yield from between.differences(comparison)
