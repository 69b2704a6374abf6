"""Under which keys a value stands: where it was written, and wherever an alias repeats it."""

from __future__ import annotations

from typing import Dict, Iterable, Set

from .reader import Path
from .scan import Scan


class Places:
    """The places of the values of one text."""

    def __init__(self, found: Scan) -> None:
        """Take what was found in the text."""
        uses: Dict[str, Set[Path]] = {}
        for alias in found.aliases:
            uses.setdefault(alias.name, set()).add(from_last_key(alias.path))
        self._uses: Dict[Path, Set[Path]] = {}
        for name, paths in found.anchors.items():
            for path in paths:
                self._uses.setdefault(path, set()).update(uses.get(name, ()))

    def by_alias(self, path: Path) -> Set[Path]:
        """Return the ends of the paths at which an alias repeats what stands at `path`."""
        return self._uses.get(path, set())

    def of(self, path: Path) -> Iterable[Path]:
        """Return the path of a value, and those under which it stands by alias, itself or within a list."""
        if not self._uses:
            return (path,)
        found = [path, *self.by_alias(path)]
        if path and isinstance(path[-1], int):
            found += [use + path[-1:] for use in self.by_alias(path[:-1])]
        return found


def from_last_key(path: Path) -> Path:
    """Return the end of a path from its last key on: all that says what a value is called."""
    for index in range(len(path) - 1, -1, -1):
        if isinstance(path[index], str):
            return path[index:]
    return path


def key_of(path: Path) -> str:
    """Return the key under which a value stands, itself or in a list; empty where there is none."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")
