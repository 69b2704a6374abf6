"""nginx's hash tables of names: which keys clash, and whether the table can be built with the sizes it is given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from parity.programs.nginx.check.state import Conf

CACHE_LINE: Final = 64
OK: Final = "ok"
BUSY: Final = "busy"  # the key is there already
DECLINED: Final = "declined"  # the key is no name and no wildcard


class Keys:
    """Keys for one table: exact names, and with `wildcards` `*.example.com`, `.example.com`, `www.example.*`."""

    def __init__(self) -> None:
        """Begin without keys."""
        self.exact: list[bytes] = []
        self.heads: list[bytes] = []
        self.tails: list[bytes] = []
        self._exact: set[bytes] = set()
        self._heads: set[bytes] = set()
        self._tails: set[bytes] = set()

    def add(self, key: bytes, *, wildcards: bool) -> str:
        """Add a key; return OK, BUSY or DECLINED."""
        key = key.lower()
        if wildcards:
            if key.count(b"*") > 1 or b".." in key or b"\0" in key:
                return DECLINED
            if len(key) > 1 and key[:1] == b".":
                return self._head(key[1:], with_exact=True)
            if len(key) > 2 and key[:2] == b"*.":
                return self._head(key[2:], with_exact=False)
            if len(key) > 2 and key[-2:] == b".*":
                return _insert(self._tails, self.tails, key[:-2])
            if b"*" in key:
                return DECLINED
        return _insert(self._exact, self.exact, key)

    def _head(self, name: bytes, *, with_exact: bool) -> str:
        if with_exact:
            if name in self._exact:
                return BUSY
            self._exact.add(name)
        return _insert(self._heads, self.heads, name)

    def __len__(self) -> int:
        """Return the number of keys of all kinds."""
        return len(self.exact) + len(self.heads) + len(self.tails)


def _insert(seen: set[bytes], order: list[bytes], key: bytes) -> str:
    if key in seen:
        return BUSY
    seen.add(key)
    order.append(key)
    return OK


def build(conf: Conf, name: str, keys: Iterable[bytes], max_size: int, bucket_size: int, *, exact: bool = True) -> None:
    """Say what nginx says where a table of `keys` cannot be built, or not well. Sizes as the directives give them.

    A key that is hidden may be shorter than what stands in its place.
    """
    table = name.encode()
    keys = [key for key in keys if not conf.hides(key)]
    if max_size == 0:
        conf.fail_nowhere(b"could not build %b, you should increase %b_max_size: 0", table, table)
    if bucket_size > 65536 - CACHE_LINE:
        conf.fail_nowhere(b"could not build %b, too large %b_bucket_size: %d", table, table, bucket_size)
    sizes = [_element(key) for key in keys]
    if any(bucket_size < size + 8 for size in sizes):
        text = b"could not build %b, you should increase %b_bucket_size: %d"
        conf.fail_nowhere(text, table, table, bucket_size)
    if exact and not _fits(conf, keys, sizes, max_size, bucket_size - 8):
        text = b"could not build optimal %b, you should increase either %b_max_size: %d or %b_bucket_size: %d; "
        conf.warn_nowhere(text + b"ignoring %b_bucket_size", table, table, max_size, table, bucket_size, table)


def aligned(size: int) -> int:
    """Return a bucket size as nginx rounds it up to whole cache lines."""
    return -(-size // CACHE_LINE) * CACHE_LINE


def _element(key: bytes) -> int:
    return 8 + -(-(len(key) + 2) // 8) * 8


def _fits(conf: Conf, keys: list[bytes], sizes: list[int], max_size: int, bucket: int) -> bool:
    """Whether some number of buckets up to `max_size` holds all keys; yes where that takes too long to tell."""
    start = len(keys) // (bucket // 16) or 1
    if max_size > 10000 and keys and max_size // len(keys) < 100:
        start = max_size - 1000
    hashed = [_hash(key) for key in keys]
    for count in range(start, max_size + 1):
        filled: dict[int, int] = {}
        if conf.steps_left < 0:
            return True
        for value, size in zip(hashed, sizes, strict=True):
            slot = value % count
            filled[slot] = filled.get(slot, 0) + size
            if filled[slot] > bucket:
                conf.steps_left -= len(filled) + 1
                break
        else:
            return True
    return False


def _hash(key: bytes) -> int:
    value = 0
    for byte in key.lower():
        value = (value * 31 + byte) & 0xFFFFFFFFFFFFFFFF
    return value
