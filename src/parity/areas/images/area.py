"""The area images: what runs under one tag, whether its host has a newer one, its base, and what its check needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from parity.areas.images import bases, checks, content, facts, not_recreated, platforms
from parity.compare.comparison import Comparison
from parity.compare.together import together
from parity.domain.findings import Difference

# From how many services on a fault is one of the whole stack.
_TOGETHER: Final = {"images.platform-differs": 2, "images.unsupported-base": 2}


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what is wrong with the images that an environment runs, and where those of the environments differ."""
    yield from together(_found(comparison), _TOGETHER)


def _found(comparison: Comparison) -> Iterator[Difference]:
    yield from checks.differences(comparison)
    yield from not_recreated.differences(comparison)
    yield from bases.unsupported(comparison)
    for match in comparison.matches:
        if len(match.seen) > 1:
            yield from content.differences(comparison, match)
            yield from platforms.differences(match)
            yield from bases.differences(comparison, match)


def facts_of(comparison: Comparison) -> list[dict[str, Any]]:
    """Return the image of each service in each environment as plain data."""
    return facts.facts_of(comparison)
