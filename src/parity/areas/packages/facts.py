"""How many packages services have, as plain data for `findings.json`, and where they could not be listed."""

from __future__ import annotations

from typing import Any

from parity.areas.packages.lists import packages_of
from parity.compare.comparison import Comparison


def facts_of(comparison: Comparison) -> list[dict[str, Any]]:
    """Return one entry per service and environment whose packages were looked at, in the order of services."""
    found = []
    for match in comparison.matches:
        for environment, service in match.seen.items():
            known = packages_of(service)
            if known is not None:
                counts = {kind: len(packages) for kind, packages in sorted(known.installed.items())}
                entry = {"service": match.name, "environment": environment, "counts": counts, "unread": known.unread}
                found.append(entry)
    return found
