"""Which files Git stores otherwise than they are on disk: by filters, keywords and encodings of `.gitattributes`.

Such a file differs from its blob without having been changed, and only the filter could tell; no filter is run.
Source: https://git-scm.com/docs/gitattributes.
"""

from __future__ import annotations

import fnmatch
import re
from typing import Dict, List, NamedTuple

from .inside import Folder

_LIMIT = 256 * 1024
_LINES = 2000
_CHANGES = re.compile(r"(?:filter|working-tree-encoding)=.|(?:ident|filter)\Z")
_MACRO = "[attr]"


class _Line(NamedTuple):
    pattern: str
    attributes: List[str]


class Attributes:
    """The attributes of one checkout; each of its files is read once."""

    def __init__(self, checkout: Folder, git: Folder) -> None:
        """Take the checkout, and its folder `.git`."""
        self._checkout = checkout
        self._lines: Dict[str, List[_Line]] = {}
        self._own = _read(git, "info/attributes")

    def stored_otherwise(self, path: str) -> bool:
        """Return whether a file may be stored otherwise than it is on disk."""
        parts = path.split("/")
        folders = ["/".join(parts[:count]) for count in range(len(parts))]
        root = self._of("")
        macros = {
            line.pattern[len(_MACRO) :]
            for line in (*self._own, *root)
            if line.pattern.startswith(_MACRO) and any(map(_CHANGES.match, line.attributes))
        }
        for folder in folders:
            below = path[len(folder) + 1 :] if folder else path
            lines = [*self._own, *root] if not folder else self._of(folder)
            for line in lines:
                if any(one in macros or _CHANGES.match(one) for one in line.attributes) and _matches(line, below):
                    return True
        return False

    def _of(self, folder: str) -> List[_Line]:
        if folder not in self._lines:
            self._lines[folder] = _read(self._checkout, "%s/.gitattributes" % folder if folder else ".gitattributes")
        return self._lines[folder]


def _matches(line: _Line, path: str) -> bool:
    """Return whether a pattern may mean a path: where in doubt, it does."""
    pattern = line.pattern.strip('"').lstrip("/")
    if "/" not in pattern:
        return fnmatch.fnmatchcase(path.rpartition("/")[2], pattern)
    # A star of fnmatch passes slashes as well, so that it finds whatever Git does.
    return fnmatch.fnmatchcase(path, pattern.replace("**/", "*").replace("**", "*"))


def _read(folder: Folder, name: str) -> List[_Line]:
    try:
        text = folder.read(name, _LIMIT).decode("utf-8", "replace")
    except (OSError, ValueError):
        return []
    words = [line.split() for line in text.splitlines()[:_LINES] if not line.lstrip().startswith("#")]
    return [_Line(one[0], one[1:]) for one in words if len(one) > 1]
