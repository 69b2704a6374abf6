"""How the services answer for themselves, beyond whether their containers run (S1-S10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parity.areas.health import celery, datastores, endpoints, prometheus
from parity.areas.health.probes import Here, about, placed
from parity.compare.comparison import Comparison
from parity.domain.findings import Difference
from parity.domain.values import show


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what the services' own answers show; of a container that does not run, the area `containers` tells."""
    heres = placed(comparison)
    yield from endpoints.differences(heres)
    yield from prometheus.differences(heres)
    yield from datastores.differences(heres)
    yield from celery.differences(heres)
    yield from _unknown(heres)


def _unknown(heres: Sequence[Here]) -> Iterator[Difference]:
    """Yield what could not be found out: silence about it would look like health."""
    for here in heres:
        why = show(here.probe.reason) if here.probe.state == "unknown" else celery.schedule_unseen(here)
        if why:
            yield about("health.not-known", here, why, reason=why)
