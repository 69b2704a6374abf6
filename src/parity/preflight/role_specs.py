"""The variables that the roles take, as their argument specifications describe them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from parity.knowledge.files import read_yaml

ROLES: Final = Path(__file__).resolve().parents[3] / "roles"
PREFIX: Final = "parity_"


@cache
def role_specs() -> dict[str, Mapping[str, Any]]:
    """Return, by role, the specification of each variable that a user sets."""
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted(ROLES.glob("*/meta/argument_specs.yml")):
        options = [entry.get("options", {}) for entry in read_yaml(path)["argument_specs"].values()]
        found[path.parent.parent.name] = {
            name: spec for taken in options for name, spec in taken.items() if name.startswith(PREFIX)
        }
    return found
