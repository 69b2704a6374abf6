"""What an inventory must have before an audit can begin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parity.preflight.unknown_names import unknown

_PRODUCTION_WORDS = ("prod", "production", "live")


def problems(environments: Any, groups: Mapping[str, Sequence[str]]) -> list[str]:
    """Return, a sentence each, what is wrong with the environments an inventory names.

    `environments` is what the user set as parity_environments, `groups` the inventory's groups with their hosts.
    """
    if (
        not isinstance(environments, Sequence)
        or isinstance(environments, str)
        or not all(isinstance(name, str) for name in environments)
    ):
        return ["parity_environments must be a list of group names, such as [dev, prod]."]
    found = []
    if len(set(environments)) < 2:
        found.append("parity_environments must name at least two groups of the inventory.")
    known = sorted(name for name in groups if name not in ("all", "ungrouped"))
    for name in environments:
        if name not in groups:
            found += unknown([name], "group", known)
            found.append("Add it to the inventory, or correct parity_environments.")
        elif not groups[name]:
            found.append(
                f"Group {name} has no hosts. Add one to the inventory, or remove {name} from parity_environments."
            )
    return found


def is_production(environment: str, configured: Sequence[str] | None) -> bool:
    """Return whether an environment is production: as configured, else by the words in its name."""
    if configured:
        return environment in configured
    return any(word in environment.lower() for word in _PRODUCTION_WORDS)
