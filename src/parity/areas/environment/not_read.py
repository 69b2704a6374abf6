"""Variables that production's compose files set by name for a program that does not know them."""

from __future__ import annotations

from collections.abc import Iterator

from parity.compare.comparison import Comparison
from parity.compare.readers import is_of_clients, may_read
from parity.domain.findings import Difference, Evidence
from parity.domain.places import in_service
from parity.domain.values import show


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what looks like a setting of a well-known image, and is none."""
    for match in comparison.matches:
        for environment, service in match.members.items():
            stack, config = comparison.stack(environment), service.config
            set_for = comparison.files[environment].set_for
            for name, value in sorted(config.environment.items()) if config and stack.production else ():
                its_own = name.partition("_")[0].lower() in (config.image if config else "").lower()
                named_for_it = its_own and not is_of_clients(comparison.images, service, name)
                by_name = service.name in set_for.get(name, ())
                if value and named_for_it and by_name and not may_read(comparison.images, service, name):
                    where = Evidence(environment, show(value), in_service(service.name), service.name)
                    words = {"image": config.image if config else ""}
                    yield Difference("environment.not-read", (environment,), match.name, name, (where,), words)
