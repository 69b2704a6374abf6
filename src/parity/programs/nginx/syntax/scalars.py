"""The smallest pieces: how nginx reads a number, a size, a time, and how it prints a string.

Every function takes the bytes of one argument and returns an int, or None where nginx says "invalid".
The rules are those of nginx's own parsers (documented at nginx.org/en/docs/syntax.html, measured with the binaries).
"""

from __future__ import annotations

import re
from typing import Final

MAX_INT: Final = 2**63 - 1
_SCALES: Final = {"k": 1024, "m": 1024**2, "g": 1024**3}
_DIGITS: Final = re.compile(rb"[0-9]+\Z")
# Units of a time: (position, seconds). They must come in this order, each at most once; a blank closes the seconds.
_UNITS: Final = {
    b"y": (1, 365 * 86400), b"M": (2, 30 * 86400), b"w": (3, 7 * 86400), b"d": (4, 86400), b"h": (5, 3600),
    b"m": (6, 60), b"s": (7, 1), b"ms": (8, 1), b" ": (9, 1),
}  # fmt: skip
_TIME_PART: Final = re.compile(rb"([0-9]*)(ms|[yMwdhms ]) *")


def cstring(value: bytes) -> bytes:
    """Return `value` as C sees it: up to the first NUL."""
    return value.split(b"\0", 1)[0]


def shown(value: bytes) -> str:
    """Return bytes as text; bytes that are not UTF-8 become U+FFFD, as they do when nginx's output is decoded."""
    return value.decode("utf-8", "replace")


def number(value: bytes) -> int | None:
    """Read a non-negative decimal number."""
    if not _DIGITS.match(value):
        return None
    found = int(value)
    return found if found <= MAX_INT else None


def fixed_point(value: bytes, point: int) -> int | None:
    """Read a decimal number such as `12.5` as an integer of 10**-point units."""
    whole, dot, rest = value.partition(b".")
    if not value or (dot and not rest and not whole) or len(rest) > point or b"." in rest:
        return None
    digits = whole + rest
    found = number(digits) if digits else None
    return None if found is None else found * 10 ** (point - len(rest))


def hexadecimal(value: bytes) -> int | None:
    """Read a hexadecimal number without prefix."""
    return int(value, 16) if re.fullmatch(rb"[0-9a-fA-F]{1,16}", value) else None


def size(value: bytes, units: str = "km") -> int | None:
    """Read a size in bytes: a number with `k` or `m` behind it, in either case."""
    unit = value[-1:].decode("latin-1").lower()
    scale = _SCALES[unit] if unit and unit in units else 1
    found = number(value[:-1] if scale > 1 else value)
    return None if found is None or found > MAX_INT // scale else found * scale


def offset(value: bytes) -> int | None:
    """Read a file size in bytes: like `size`, and `g` too."""
    return size(value, "kmg")


def duration(value: bytes, seconds: bool = False) -> int | None:
    """Read a time. Returns milliseconds, or seconds where `seconds` says that nginx counts in these."""
    total = at = 0
    last = 0 if seconds else 2  # a time in milliseconds knows neither years nor months
    seen = False
    while part := _TIME_PART.match(value, at):
        place, scale = _UNITS[part[2]]
        if last >= (7 if place == 9 else place) or (place == 8 and seconds):
            return None
        total += int(part[1] or b"0") * (scale if seconds or place == 8 else scale * 1000)
        seen = seen or bool(part[1])
        last, at = place, part.end()
    rest = value[at:]
    if rest:
        if not _DIGITS.match(rest):
            return None
        total += int(rest) * (1 if seconds else 1000)
    return total if (seen or rest) and total <= MAX_INT else None
