"""Git's index: the files that it tracks, each with what it last saw of it.

Source: https://git-scm.com/docs/gitformat-index.
"""

from __future__ import annotations

import struct
from typing import Iterator, NamedTuple, Set, Tuple

_ENTRIES = 100_000
_LINK, _SUBMODULE = 0o120000, 0o160000
_TYPES = 0o170000
_FOLDER = 0o040000
_VALID, _EXTENDED, _STAGE, _LENGTH = 0x8000, 0x4000, 0x3000, 0x0FFF
_SKIPPED = 0x4000


class UnreadableIndexError(Exception):
    """An index cannot be read. The message is the end of a sentence."""


class Entry(NamedTuple):
    """One file. `seen` are ctime, mtime (seconds and nanoseconds of each) and size when Git last looked at it.

    `watched` is false where Git was told not to look at it; `merged` where it has no conflict.
    """

    path: bytes
    object: bytes
    mode: int
    seen: Tuple[int, int, int, int, int]
    watched: bool
    merged: bool

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return self.mode & _TYPES == _LINK

    @property
    def is_submodule(self) -> bool:
        """Whether another repository is checked out there."""
        return self.mode & _TYPES == _SUBMODULE


def entries(data: bytes, width: int) -> Iterator[Entry]:
    """Yield what an index tracks, in its order; raises UnreadableIndexError, also behind some of them.

    `width` is how many bytes the name of an object has.
    """
    try:
        magic, version, count = struct.unpack_from(">4sII", data)
    except struct.error:
        raise UnreadableIndexError("its index is damaged") from None
    if magic != b"DIRC" or version not in (2, 3, 4) or count > _ENTRIES:
        raise UnreadableIndexError("its index has a form that is not known, or more than %d files" % _ENTRIES)
    at = 12
    path = b""
    fixed = struct.Struct(">10I%dsH" % width)
    try:
        for _ in range(count):
            start = at
            ctime, cnano, mtime, mnano, _, _, mode, _, _, size, name, flags = fixed.unpack_from(data, at)
            at += fixed.size
            more = 0
            if flags & _EXTENDED:
                (more,) = struct.unpack_from(">H", data, at)
                at += 2
            if version == 4:
                drop, at = _number(data, at)
                end = data.index(b"\0", at)
                path = path[: max(len(path) - drop, 0)] + data[at:end]
                at = end + 1
            else:
                length = flags & _LENGTH
                end = at + length if length < _LENGTH else data.index(b"\0", at)
                path = data[at:end]
                at = start + ((end - start) // 8 + 1) * 8
            if mode & _TYPES != _FOLDER:  # what a sparse checkout leaves out
                watched = not (flags & _VALID or more & _SKIPPED)
                yield Entry(path, name, mode, (ctime, cnano, mtime, mnano, size), watched, not flags & _STAGE)
    except (struct.error, ValueError, IndexError):
        raise UnreadableIndexError("its index is damaged") from None
    if b"link" in _extensions(data, at, len(data) - width):
        raise UnreadableIndexError("its index is split (core.splitIndex)")


def _extensions(data: bytes, at: int, end: int) -> Set[bytes]:
    found: Set[bytes] = set()
    while at + 8 <= end:
        name, size = struct.unpack_from(">4sI", data, at)
        found.add(name)
        at += 8 + size
    return found


def _number(data: bytes, at: int) -> Tuple[int, int]:
    value = data[at] & 0x7F
    while data[at] & 0x80:
        at += 1
        value = (value + 1) << 7 | data[at] & 0x7F
    return value, at + 1
