"""Names of variables that somebody set and that are nearly those that the roles take."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from parity.preflight.role_specs import PREFIX, role_specs

_ALIKE: Final = 0.85


def misspelt(names: Iterable[str]) -> list[str]:
    """Return, a sentence each, which names of variables are a typo of one that a role takes.

    Ansible ignores a variable that nothing reads. Another name with the prefix may well be the user's own.
    """
    known = {name for options in role_specs().values() for name in options}
    found = []
    for name in sorted(set(names) - known):
        near = get_close_matches(name, sorted(known), 1, _ALIKE) if name.startswith(PREFIX) else []
        if near:
            found.append(f"Unknown variable {name}. Did you mean {near[0]}?")
    return found
