"""What is in a checkout and in no commit: its tracked files against the index, and the index against HEAD.

Files that the stack reads are compared by content, as far as their bounds go, all others by their size only. Files that
are not tracked are not looked at.
"""

from __future__ import annotations

import hashlib
import stat
import time
from typing import Callable, Dict, Iterable, List, NamedTuple, Optional

from .attributes import Attributes
from .index import Entry
from .inside import Folder
from .objects import MissingError, Objects, tree

_FILE_LIMIT = 4 * 1024 * 1024
_ALL_LIMIT = 16 * 1024 * 1024
_READ_LIMIT = 500
_TREE_LIMIT = 4 * 1024 * 1024
_SHOWN = 50
_LOOKS = 500
_SHA1_WIDTH = 20
_NANOSECOND = 1_000_000_000
MODIFIED, REPLACED, DELETED, STAGED, CONFLICT = "modified", "replaced", "deleted", "staged", "conflict"


class Change(NamedTuple):
    """A file that no commit has as it is: `how` it differs, and what the stack reads it as (`role`)."""

    path: str
    how: str
    role: str


class Changes(NamedTuple):
    """What was found: files that the stack reads, others, and how many could not be compared."""

    read: List[Change]
    others: List[Change]
    unknown: int


class Committed:
    """The files of one commit by path."""

    def __init__(self, objects: Objects, root: str, width: int) -> None:
        """Take the repository's objects and the commit's tree, which may be empty if it is not known."""
        self._objects, self._root, self._width = objects, root, width
        self._trees: Dict[str, Dict[bytes, str]] = {}

    def blob(self, path: bytes) -> Optional[str]:
        """Return what the commit has at a path, None where it has nothing; raises MissingError."""
        if not self._root:
            raise MissingError("the commit")
        at: Optional[str] = self._root
        for part in path.split(b"/"):
            if at is None:
                return None
            at = self._tree(at).get(part)
        return at

    def _tree(self, name: str) -> Dict[bytes, str]:
        if name not in self._trees:
            read = self._objects.read(name, _TREE_LIMIT)
            try:
                self._trees[name] = tree(read.content, self._width) if read.kind == "tree" else {}
            except ValueError as error:
                raise MissingError(name) from error
        return self._trees[name]


class Finder:
    """Compares the files of one checkout, within bounds."""

    def __init__(self, checkout: Folder, committed: Committed, attributes: Attributes, written: int, until: float):
        """Take the checkout, what HEAD has, and the moments: when the index was written, and when to stop."""
        self._checkout, self._committed, self._attributes = checkout, committed, attributes
        self._written, self._until = written, until
        self._files, self._bytes = 0, 0

    def find(self, entries: Iterable[Entry], role: Callable[[bytes], str]) -> Changes:
        """Return what is changed; `role` says as what the stack reads a path, empty where it does not."""
        found = Changes([], [], 0)
        unknown, late = 0, False
        for number, entry in enumerate(entries):
            if not entry.watched or entry.is_submodule:
                continue
            read_as = role(entry.path)
            late = late or (number % _LOOKS == 0 and time.thread_time() > self._until)
            if late and not read_as:
                unknown += 1
                continue
            try:
                how = self._read(entry) if read_as else self._by_size(entry)
            except MissingError:
                how = None
            if how is None:
                unknown += 1
            elif how:
                target = found.read if read_as else found.others
                if len(target) < _SHOWN:
                    target.append(Change(_name(entry), how, read_as))
        return found._replace(unknown=unknown)

    def _read(self, entry: Entry) -> Optional[str]:
        """Return how a file differs from its commit; an empty text where it does not, None where nobody knows."""
        if not entry.merged:
            return CONFLICT
        staged = self._committed.blob(entry.path) != entry.object.hex()
        how = self._by_size(entry)
        if how in (None, MODIFIED):  # a filter may make another size of the same content
            how = self._by_content(entry)
        return STAGED if how == "" and staged else how

    def _by_size(self, entry: Entry) -> Optional[str]:
        if not entry.merged:
            return CONFLICT
        try:
            status = self._checkout.status(_name(entry))
        except (FileNotFoundError, NotADirectoryError):
            return DELETED
        except (OSError, ValueError):
            return None
        if stat.S_ISLNK(status.st_mode) != entry.is_link or not (entry.is_link or stat.S_ISREG(status.st_mode)):
            return REPLACED
        ctime, cnano, mtime, mnano, size = entry.seen
        if size and size != status.st_size & 0xFFFFFFFF:
            return None if self._attributes.stored_otherwise(_name(entry)) else MODIFIED
        seen = (mtime * _NANOSECOND + mnano, ctime * _NANOSECOND + cnano)
        is_same = seen == (status.st_mtime_ns, status.st_ctime_ns) and size == status.st_size
        # Written in the same moment as the index: it may have been changed since without being seen to be.
        return "" if is_same and seen[0] < self._written else None

    def _by_content(self, entry: Entry) -> Optional[str]:
        name = _name(entry)
        self._files += 1
        left = _ALL_LIMIT - self._bytes
        if self._files > _READ_LIMIT or left <= 0:
            return None
        try:
            content = self._checkout.link(name) if entry.is_link else self._checkout.read(name, min(_FILE_LIMIT, left))
        except (OSError, ValueError):
            return None
        self._bytes += len(content)
        # With autocrlf and eol=crlf, Git stores lines that end otherwise.
        if entry.object in (_blob(content, entry), _blob(content.replace(b"\r\n", b"\n"), entry)):
            return ""
        return None if self._attributes.stored_otherwise(name) else MODIFIED


def _blob(content: bytes, entry: Entry) -> bytes:
    """Return the name that Git gives to a file's content."""
    make = hashlib.sha1 if len(entry.object) == _SHA1_WIDTH else hashlib.sha256
    return make(b"blob %d\0" % len(content) + content).digest()


def _name(entry: Entry) -> str:
    return entry.path.decode("utf-8", "surrogateescape")
