"""Services of production that start while the schema of their database is still being migrated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parity.areas.containers.jobs import stays_up
from parity.compare.comparison import Comparison, place_of
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Service, Stack
from parity.domain.untrusted import as_mapping, mapping

_NAME: Final = re.compile(r"(?:^|[-_])migrat\w*(?:$|[-_])")
_STARTED: Final = "service_started"


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield each job that migrates, and that services of production wait for to start and not to end."""
    for match in comparison.matches:
        for environment, job in match.members.items():
            stack = comparison.stack(environment)
            waiting = list(_not_awaiting(stack, job)) if stack.production and _migrates(job, stack) else []
            if waiting:
                shown = f"depends_on: {job.name}: {_STARTED}"
                pieces = tuple(Evidence(environment, shown, place_of(one), one.name) for one in waiting)
                words = {"services": ", ".join(one.name for one in waiting), "service_name": job.name}
                yield Difference("containers.migration-not-awaited", (environment,), match.name, "", pieces, words)


def _migrates(service: Service, stack: Stack) -> bool:
    return _NAME.search(service.name.lower()) is not None and not stays_up(service, stack)


def _not_awaiting(stack: Stack, job: Service) -> Iterator[Service]:
    """Yield the services that depend on a job without waiting for its end, and that are no jobs themselves."""
    for service in stack.services.values():
        depends_on = mapping(service.declared.raw, "depends_on") if service.declared else {}
        condition = as_mapping(depends_on.get(job.name)).get("condition")
        if condition == _STARTED and stays_up(service, stack):
            yield service
