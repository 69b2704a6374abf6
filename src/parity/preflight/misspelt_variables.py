"""Names of variables that somebody set and that are nearly those that the roles take."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final

from parity.knowledge.files import read_yaml

ROLES: Final = Path(__file__).resolve().parents[3] / "roles"
_PREFIX: Final = "parity_"
_ALIKE: Final = 0.85


def misspelt(names: Iterable[str]) -> list[str]:
    """Return, a sentence each, which names of variables are a typo of one that a role takes.

    Ansible ignores a variable that nothing reads. Another name with the prefix may well be the user's own.
    """
    known = _known()
    found = []
    for name in sorted(set(names) - known):
        near = get_close_matches(name, sorted(known), 1, _ALIKE) if name.startswith(_PREFIX) else []
        if near:
            found.append(f"Unknown variable {name}. Did you mean {near[0]}?")
    return found


@cache
def _known() -> frozenset[str]:
    """Return the variables in the roles' argument specifications."""
    found: set[str] = set()
    for path in ROLES.glob("*/meta/argument_specs.yml"):
        for entry in read_yaml(path)["argument_specs"].values():
            found.update(name for name in entry.get("options", {}) if name.startswith(_PREFIX))
    return frozenset(found)
