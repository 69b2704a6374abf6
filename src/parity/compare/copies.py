"""One value under several names: which variables are copies of which, by what the files say."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from parity.compare.env_files import EnvFiles
from parity.compare.variable import COMPOSE, Variable
from parity.domain.fill_in import placeholder_kind

# Up to how many copies of copies are followed.
_DEPTH: Final = 8


class Copies:
    """The variables of one environment that are made of others: `PGPASSWORD: ${DB_PASSWORD}`."""

    def __init__(self, files: EnvFiles, variables: dict[str, Variable]) -> None:
        """Take what the files say and what the services have."""
        self._files = files
        self._variables = variables
        self._keepers: dict[tuple[str, str], str] = {}
        ranks = {name: self._rank(name) for name in variables}
        for name, variable in variables.items():
            source = self.source(name)
            for value in variable.first:
                known = self._keepers.setdefault((source, value), name)
                if ranks[name] < ranks[known]:
                    self._keepers[source, value] = name

    def source(self, name: str) -> str:
        """Return the variable that a variable is a copy of: itself, where the files say of none."""
        seen = [name]
        for _ in range(_DEPTH):
            following = self._files.sources.get(seen[-1])
            if following is None:
                return seen[-1]
            if following in seen:
                break
            seen.append(following)
        return min(seen)

    def keeper(self, name: str, value: str) -> str:
        """Return the one variable, of all that are copies of one and have this value, under which it is reported.

        That is what compose files set by name sooner than one of many in an env file; the source before its copies.
        """
        return self._keepers.get((self.source(name), value), name)

    def _rank(self, name: str) -> tuple[bool, bool, bool, str]:
        only_compose = self._variables[name].values.keys() == {COMPOSE}
        return only_compose, name not in self._files.assigned, self.source(name) != name, name

    def repeats(self, name: str, value: str) -> bool:
        """Return whether what is to be filled in of a value is another variable's: it copies that, or holds it."""
        return self.keeper(name, value) != name or any(
            part != value and part in value and placeholder_kind(part)
            for other in self._files.parts.get(name, ())
            for part in self._values(other)
        )

    def _values(self, name: str) -> Collection[str]:
        found = self._variables.get(name)
        return found.first if found else ()
