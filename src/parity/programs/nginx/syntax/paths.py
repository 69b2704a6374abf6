"""Files by name: only what is in the collected mapping exists. Nothing here opens a path."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from parity_host.secrets.leaving import spelled

MAGIC = frozenset("*?[")


class Tree:
    """The collected files and the directories that they imply."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Take the files as they are, by path."""
        self._files = {posixpath.normpath(path): data for path, data in files.items()}
        self._children: dict[str, set[str]] = {}
        self._found: dict[str, list[str]] = {}
        self.looked = 0  # how many names were held against patterns so far
        for path in self._files:
            here = path
            while (parent := posixpath.dirname(here)) != here:
                self._children.setdefault(parent, set()).add(posixpath.basename(here))
                here = parent

    def read(self, path: str) -> bytes | None:
        """Return a file's content; None where there is no such file."""
        return self._files.get(posixpath.normpath(path))

    def is_directory(self, path: str) -> bool:
        """Whether some collected file lies below `path`."""
        return posixpath.normpath(path) in self._children

    def glob(self, pattern: str) -> list[str]:
        """Expand a pattern as the C library does: sorted, and without hidden names."""
        if pattern not in self._found:
            self._found[pattern] = self._expand(pattern)
        return self._found[pattern]

    def _expand(self, pattern: str) -> list[str]:
        found = ["/"] if pattern.startswith("/") else [""]
        parts = [part for part in pattern.split("/") if part]
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            found = [name for base in found for name in self._step(base, part, last)]
        return sorted(found, key=lambda name: name.encode("utf-8", "surrogateescape"))

    def _step(self, base: str, part: str, last: bool) -> Iterable[str]:
        if not MAGIC.intersection(part):
            name = base + part
            there = self.is_directory(name) or (last and self.read(name) is not None)
            return [name if last else name + "/"] if there or part in {".", ".."} else []
        children = self._children.get(posixpath.normpath(base) if base else "", set())
        self.looked += len(children)
        part = part.replace("[^", "[!")
        names = [child for child in children if fnmatchcase(child, part) and (part[0] == "." or child[0] != ".")]
        return [base + name if last else base + name + "/" for name in names if last or self.is_directory(base + name)]


def path_text(name: bytes) -> str:
    """Return the path that a name in a file stands for, spelled as its host spelled it."""
    return spelled(name.decode("utf-8", "surrogateescape"))


def full_name(name: str, prefix: str) -> str:
    """Return `name` as nginx completes it: behind its prefix unless it is absolute."""
    return name if name.startswith("/") else prefix + name
