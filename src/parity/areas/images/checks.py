"""Health checks that cannot be run: the program that they start is not in the container."""

from __future__ import annotations

from collections.abc import Iterator

from parity.compare.comparison import Comparison
from parity.domain.findings import Difference, Evidence
from parity.domain.values import show

# Such a check has succeeded: what it needs is there after all.
_PASSED = "healthy"


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield the health checks whose program is missing."""
    for stack, match, service, container in comparison.running():
        check = container.config.healthcheck
        if not container.check_lacks or container.health == _PASSED or check is None:
            continue
        shown = f"{show(' '.join(check.test))}: no {container.check_lacks}"
        yield Difference(
            "images.check-program-missing",
            (stack.environment,),
            match.name,
            container.check_lacks,
            (Evidence(stack.environment, shown, stack.place_of(container), service.name),),
            {"program": container.check_lacks, "container": container.name, "image": container.config.image},
        )
