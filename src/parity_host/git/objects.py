"""Git's objects: commits, trees and tags, loose and in packs.

Nothing else is looked for: objects of another repository (`objects/info/alternates`) and of a server (a partial clone)
are missing here.
Source: https://git-scm.com/docs/gitformat-pack and https://git-scm.com/docs/gitrepository-layout.
"""

from __future__ import annotations

import os
import struct
import zlib
from typing import Dict, List, NamedTuple, Optional, Tuple

from .inside import Folder, pread

_KINDS = {1: "commit", 2: "tree", 3: "blob", 4: "tag"}
_OFFSET_DELTA, _NAMED_DELTA = 6, 7
_PACKS = 100
# Git makes chains of 50 (`pack.depth`), and of 250 where it is told to.
_CHAIN = 300
_MAGIC = b"\377tOc\0\0\0\2"
_CHUNK = 4096


class MissingError(Exception):
    """An object is not here, is damaged, or is larger than what is read."""


class Object(NamedTuple):
    """One object: its kind, and what it says."""

    kind: str
    content: bytes


class _Pack(NamedTuple):
    table: int
    data: int
    fanout: Tuple[int, ...]


class Objects:
    """The objects of one repository."""

    def __init__(self, git: Folder, width: int) -> None:
        """Take the folder `.git`, and how many bytes the name of an object has: 20, or 32 with SHA-256."""
        self._git = git
        self._width = width
        self._packs: Optional[List[_Pack]] = None

    def close(self) -> None:
        """Close the packs."""
        for pack in self._packs or ():
            os.close(pack.table)
            os.close(pack.data)
        self._packs = []

    def read(self, name: str, limit: int) -> Object:
        """Return the object of a name (in hex) with at most `limit` bytes; raises MissingError."""
        try:
            return self._loose(name, limit)
        except FileNotFoundError:
            pass
        except (OSError, zlib.error, ValueError) as error:
            raise MissingError(name) from error
        try:
            return self._packed(name, limit)
        except (OSError, zlib.error, struct.error, IndexError, ValueError, KeyError) as error:
            raise MissingError(name) from error

    def _loose(self, name: str, limit: int) -> Object:
        stored = self._git.read("objects/%s/%s" % (name[:2], name[2:]), limit + _CHUNK)
        head, _, content = _inflated(stored, limit + 64).partition(b"\0")
        kind, _, size = head.decode("ascii").partition(" ")
        if int(size) != len(content):
            raise ValueError("damaged")
        return Object(kind, content)

    def _packed(self, name: str, limit: int) -> Object:
        found = self._place(bytes.fromhex(name))
        if found is None:
            raise MissingError(name)
        pack, offset = found
        deltas: List[bytes] = []
        while len(deltas) <= _CHAIN:
            kind, size, start = _entry(pack.data, offset)
            if size > limit:
                raise MissingError(name)
            if kind in _KINDS:
                content = _stream(pack.data, start, size)
                for delta in reversed(deltas):
                    content = _applied(content, delta, limit)
                return Object(_KINDS[kind], content)
            if kind == _OFFSET_DELTA:
                back, start = _back(pack.data, start)
                base: Optional[Tuple[_Pack, int]] = (pack, offset - back)
            elif kind == _NAMED_DELTA:
                base = self._place(pread(pack.data, self._width, start))
                start += self._width
            else:
                raise ValueError("damaged")
            deltas.append(_stream(pack.data, start, size))
            if base is None or base[1] <= 0:
                raise MissingError(name)
            pack, offset = base
        raise MissingError(name)

    def _place(self, name: bytes) -> Optional[Tuple[_Pack, int]]:
        """Return the pack that has an object, and where in it."""
        if len(name) != self._width:
            return None
        if self._packs is None:
            self._packs = self._opened()
        for pack in self._packs:
            low = pack.fanout[name[0] - 1] if name[0] else 0
            high = pack.fanout[name[0]]
            while low < high:
                middle = (low + high) // 2
                at = pread(pack.table, self._width, 8 + 1024 + middle * self._width)
                if at == name:
                    return pack, self._offset(pack, middle)
                low, high = (middle + 1, high) if at < name else (low, middle)
        return None

    def _offset(self, pack: _Pack, number: int) -> int:
        count = pack.fanout[-1]
        start = 8 + 1024 + count * (self._width + 4)
        (offset,) = struct.unpack(">I", pread(pack.table, 4, start + number * 4))
        if offset & 0x80000000:  # behind 2 GiB: in a table of its own
            (offset,) = struct.unpack(">Q", pread(pack.table, 8, start + count * 4 + (offset & 0x7FFFFFFF) * 8))
        return int(offset)

    def _opened(self) -> List[_Pack]:
        found: List[_Pack] = []
        for name in [name for name in self._git.names("objects/pack") if name.endswith(".idx")][:_PACKS]:
            try:
                index = self._git.open("objects/pack/" + name)
            except OSError:
                continue
            try:
                magic, *fanout = struct.unpack(">8s256I", pread(index, 8 + 1024, 0))
                data = self._git.open("objects/pack/%s.pack" % name[:-4])
            except (OSError, struct.error):
                os.close(index)
                continue
            # An index of another form (of Git before 1.6) finds nothing.
            found.append(_Pack(index, data, tuple(fanout) if magic == _MAGIC else (0,) * 256))
        return found


def tree(content: bytes, width: int) -> Dict[bytes, str]:
    """Return the names in a tree, each with the name of its object; raises ValueError for what is no tree."""
    found: Dict[bytes, str] = {}
    at = 0
    while at < len(content):
        end = content.index(b"\0", at)
        name = content[content.index(b" ", at, end) + 1 : end]
        found[name] = content[end + 1 : end + 1 + width].hex()
        at = end + 1 + width
    return found


def _entry(data: int, offset: int) -> Tuple[int, int, int]:
    """Return the kind and size of an entry, and where what follows begins."""
    head = pread(data, 16, offset)
    kind, size, shift, at = head[0] >> 4 & 7, head[0] & 15, 4, 1
    while head[at - 1] & 0x80:
        size |= (head[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
    return kind, size, offset + at


def _back(data: int, start: int) -> Tuple[int, int]:
    """Return how far before a delta its base is, and where the delta itself begins."""
    head = pread(data, 16, start)
    at, back = 1, head[0] & 0x7F
    while head[at - 1] & 0x80:
        back = (back + 1) << 7 | head[at] & 0x7F
        at += 1
    return back, start + at


def _stream(data: int, start: int, size: int) -> bytes:
    """Return what is compressed at a place, which must have the size that it says."""
    engine = zlib.decompressobj()
    pieces: List[bytes] = []
    left = size + 1
    while left > 0 and not engine.eof:
        chunk = pread(data, _CHUNK, start)
        start += len(chunk)
        piece = engine.decompress(engine.unconsumed_tail + chunk, left)
        if not chunk and not piece:
            break
        pieces.append(piece)
        left -= len(piece)
    content = b"".join(pieces)
    if len(content) != size:
        raise ValueError("damaged")
    return content


def _inflated(stored: bytes, limit: int) -> bytes:
    engine = zlib.decompressobj()
    content = engine.decompress(stored, limit)
    if not engine.eof:
        raise ValueError("damaged, or too large")
    return content


def _applied(base: bytes, delta: bytes, limit: int) -> bytes:
    """Return what a delta makes of its base; raises ValueError or IndexError for a damaged one."""
    size, at = _number(delta, 0)
    if size != len(base):
        raise ValueError("damaged")
    size, at = _number(delta, at)
    if size > limit:
        raise ValueError("too large")
    pieces: List[bytes] = []
    made = 0
    while at < len(delta) and made <= size:
        order = delta[at]
        at += 1
        if order & 0x80:
            offset, count = 0, 0
            for bit in range(7):
                if order >> bit & 1:
                    if bit < 4:
                        offset |= delta[at] << 8 * bit
                    else:
                        count |= delta[at] << 8 * (bit - 4)
                    at += 1
            piece = base[offset : offset + (count or 0x10000)]
        elif order:
            piece = delta[at : at + order]
            at += order
        else:
            raise ValueError("damaged")
        pieces.append(piece)
        made += len(piece)
    if made != size:
        raise ValueError("damaged")
    return b"".join(pieces)


def _number(delta: bytes, at: int) -> Tuple[int, int]:
    value, shift = 0, 0
    while True:
        value |= (delta[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if not delta[at - 1] & 0x80:
            return value, at
