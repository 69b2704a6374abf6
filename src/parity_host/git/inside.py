"""Files below one folder: whatever a repository puts there, no link and no name leads out of it."""

from __future__ import annotations

import contextlib
import os
import stat
from typing import Iterator, List

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: a FIFO that somebody put here must not hang the audit.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class OutsideError(OSError):
    """A name that does not lead to a file below the folder."""


class Folder:
    """One folder and what lies below it. Names are relative, with slashes; those with links on the way are refused."""

    def __init__(self, descriptor: int) -> None:
        """Take the descriptor of an open folder, which `close` closes."""
        self._root = descriptor
        # Git's lists are sorted by path, so that the next file mostly lies in the folder of the last one.
        self._last = ""
        self._last_descriptor = -1

    def close(self) -> None:
        """Close the folder."""
        self._forget()
        os.close(self._root)

    def below(self, name: str) -> Folder:
        """Return the folder `name` below this one; raises OSError where it is none, or a link."""
        return Folder(os.open(_last_part(name), _FOLDER, dir_fd=self._parent(name)))

    def open(self, name: str) -> int:
        """Return a descriptor of the regular file `name`; raises OSError for anything else."""
        descriptor = os.open(_last_part(name), _FILE, dir_fd=self._parent(name))
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OutsideError("%s is not a regular file" % name)
        return descriptor

    def read(self, name: str, limit: int) -> bytes:
        """Return the bytes of the regular file `name`; raises OSError, also where there are more than `limit`."""
        with self.opened(name) as descriptor:
            content = pread(descriptor, limit + 1, 0)
        if len(content) > limit:
            raise OutsideError("%s is too large" % name)
        return content

    @contextlib.contextmanager
    def opened(self, name: str) -> Iterator[int]:
        """Open the regular file `name` for a while; raises OSError."""
        descriptor = self.open(name)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def status(self, name: str) -> os.stat_result:
        """Return what stands at `name`, a link as such; raises OSError."""
        return os.stat(_last_part(name), dir_fd=self._parent(name), follow_symlinks=False)

    def link(self, name: str) -> bytes:
        """Return where the symbolic link `name` points, without going there; raises OSError."""
        return os.fsencode(os.readlink(_last_part(name), dir_fd=self._parent(name)))

    def names(self, name: str) -> List[str]:
        """Return the names in the folder `name`, sorted; none where it cannot be read."""
        try:
            descriptor = os.open(_last_part(name), _FOLDER, dir_fd=self._parent(name))
        except (OSError, ValueError):
            return []
        try:
            return sorted(os.listdir(descriptor))
        finally:
            os.close(descriptor)

    def _parent(self, name: str) -> int:
        """Return the descriptor of the folder in which `name` lies, opened step by step; raises OSError."""
        parent = name.rpartition("/")[0]
        if not parent:
            return self._root
        if parent == self._last:
            return self._last_descriptor
        descriptor = self._root
        try:
            for part in parent.split("/"):
                inner = os.open(_checked(part), _FOLDER, dir_fd=descriptor)
                if descriptor != self._root:
                    os.close(descriptor)
                descriptor = inner
        except (OSError, ValueError):
            if descriptor != self._root:
                os.close(descriptor)
            raise
        self._forget()
        self._last, self._last_descriptor = parent, descriptor
        return descriptor

    def _forget(self) -> None:
        if self._last:
            os.close(self._last_descriptor)
        self._last, self._last_descriptor = "", -1


def folder(path: str) -> Folder:
    """Return the folder at a real path; raises OSError where it is none, or a link."""
    return Folder(os.open(path, _FOLDER))


def pread(descriptor: int, count: int, offset: int) -> bytes:
    """Return `count` bytes of a file from `offset` on, fewer only at its end; raises OSError."""
    pieces = []
    while count > 0:
        piece = os.pread(descriptor, min(count, 1 << 20), offset)
        if not piece:
            break
        pieces.append(piece)
        count, offset = count - len(piece), offset + len(piece)
    return b"".join(pieces)


def _last_part(name: str) -> str:
    return _checked(name.rpartition("/")[2])


def _checked(part: str) -> str:
    if part in ("", ".", "..") or "\0" in part:
        raise OutsideError("%r cannot be the name of a file" % part)
    return part
