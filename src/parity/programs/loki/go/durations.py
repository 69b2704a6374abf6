"""Durations and sizes as the Go libraries in Loki read and print them. All durations are whole nanoseconds."""

from __future__ import annotations

import re
from typing import Final

from parity.programs.loki.go.scalars import whole

_SECOND: Final = 10**9
_GO_UNITS: Final = {
    "ns": 1,
    "us": 1000,
    "µs": 1000,
    "μs": 1000,
    "ms": 10**6,
    "s": _SECOND,
    "m": 60 * _SECOND,
    "h": 3600 * _SECOND,
}
_DAY: Final = 24 * 3600 * _SECOND
# From the largest to the smallest: Prometheus wants them in this order.
_MODEL_UNITS: Final = {
    "y": 365 * _DAY,
    "w": 7 * _DAY,
    "d": _DAY,
    "h": 3600 * _SECOND,
    "m": 60 * _SECOND,
    "s": _SECOND,
    "ms": 10**6,
}
_GO_PART: Final = re.compile(r"(\d+\.?\d*|\.\d+)([^\d.]+)", re.ASCII)
_MODEL_PART: Final = re.compile(r"(\d+)(\D+)", re.ASCII)
_LONGEST: Final = 2**63 - 1
_FRACTION: Final = 18


def parse_go(text: str) -> int | None:
    """Return the nanoseconds of a Go duration (`1h30m`, `-1.5s`, `0`), None when it is not one."""
    body = text[1:] if text[:1] in ("+", "-") else text
    if body == "0":
        return 0
    total = 0
    place = 0
    while place < len(body):
        match = _GO_PART.match(body, place)
        if not match or match[2] not in _GO_UNITS:
            return None
        before, _, part = match[1].partition(".")
        unit = _GO_UNITS[match[2]]
        part = part[:_FRACTION]  # Go's reader does not look at the others
        total += whole(before or "0") * unit + (int(part) * unit // 10 ** len(part) if part else 0)
        place = match.end()
    if not body or total > _LONGEST:
        return None
    return -total if text[0] == "-" else total


def parse_model(text: str) -> int:
    """Return the nanoseconds of a Prometheus duration (`1w2d`, `24h`, `0`); raises ValueError in its words."""
    if text == "0":
        return 0
    if not text:
        raise ValueError("empty duration string")
    invalid = ValueError(f"not a valid duration string: {quote(text)}")
    order = list(_MODEL_UNITS)
    total, place, last = 0, 0, -1
    while place < len(text):
        match = _MODEL_PART.match(text, place)
        if not match:
            raise invalid
        unit = match[2]
        if unit not in _MODEL_UNITS:
            raise ValueError(f"unknown unit {quote(unit)} in duration {quote(text)}")
        if order.index(unit) <= last:
            raise invalid
        last = order.index(unit)
        total += whole(match[1]) * _MODEL_UNITS[unit]
        if total > _LONGEST:
            raise ValueError("duration out of range")
        place = match.end()
    return total


def print_go(nanoseconds: int) -> str:
    """Return a duration as Go prints it: `24h0m0s`, `1.5s`, `0s`."""
    if nanoseconds < 0:
        return "-" + print_go(-nanoseconds)
    if nanoseconds < _SECOND:
        for unit, size in (("ms", 10**6), ("µs", 1000)):
            if nanoseconds >= size:
                return _decimal(nanoseconds, size) + unit
        return f"{nanoseconds}ns" if nanoseconds else "0s"
    minutes, rest = divmod(nanoseconds, 60 * _SECOND)
    hours, minutes = divmod(minutes, 60)
    text = _decimal(rest, _SECOND) + "s"
    if hours:
        return f"{hours}h{minutes}m{text}"
    return f"{minutes}m{text}" if minutes else text


def print_model(nanoseconds: int) -> str:
    """Return a duration as Prometheus prints it: `1d`, `12h`, `1h30m`."""
    milliseconds = nanoseconds // 10**6
    if not milliseconds:
        return "0s"
    text = ""
    for unit, size in _MODEL_UNITS.items():
        count, rest = divmod(milliseconds, size // 10**6)
        # Years and weeks only where nothing is left over.
        if count and (unit not in ("y", "w", "d") or not rest):
            text += f"{count}{unit}"
            milliseconds = rest
    return text


def _decimal(value: int, size: int) -> str:
    whole, rest = divmod(value, size)
    digits = len(str(size)) - 1
    return f"{whole}.{rest:0{digits}d}".rstrip("0") if rest else str(whole)


_BYTE_UNITS: Final[dict[str, int]] = {
    name: 1024**power
    for power, names in enumerate(
        (
            ("", "b", "byte"),
            ("k", "kb", "kilo", "kilobyte", "kilobytes"),
            ("m", "mb", "mega", "megabyte", "megabytes"),
            ("g", "gb", "giga", "gigabyte", "gigabytes"),
            ("t", "tb", "tera", "terabyte", "terabytes"),
            ("p", "pb", "peta", "petabyte", "petabytes"),
            ("e", "eb", "exa", "exabyte", "exabytes"),
        )
    )
    for name in names
}


def parse_size(text: str) -> int:
    """Return the bytes of a Loki size (`256KB`, `4mb`, `262144`); raises ValueError in the library's words.

    Loki makes the text upper case first, which is how it then stands in the message. A unit is always a power of 1024.
    """
    upper = text.upper()
    match = re.match(r"(\d+)(.*)\Z", upper, re.ASCII | re.DOTALL)
    if not match or match[2].strip().lower() not in _BYTE_UNITS:
        raise ValueError(f"strconv.UnmarshalText: parsing {quote(upper)}: invalid syntax")
    size = whole(match[1]) * _BYTE_UNITS[match[2].strip().lower()]
    if size >= 2**64:
        raise ValueError(f"strconv.UnmarshalText: parsing {quote(upper)}: value out of range")
    return size


_BASE2: Final[dict[str, int]] = {
    "B": 1,
    **{f"{letter}{tail}B": 1024**n for n, letter in enumerate("KMGTPE", 1) for tail in ("", "i")},
}


def parse_base2(text: str) -> int:
    """Return the bytes of a dskit size (`64KiB`, `8MB`, `65536`); raises ValueError in the library's words."""
    body = text + "B" if text[-1:].isdigit() else text
    total, place = 0.0, 0
    if body in ("0", "0B"):
        return 0
    if not body:
        raise ValueError("units: invalid ")
    while place < len(body):
        match = re.compile(r"(\d*\.?\d*)([^\d.]*)").match(body, place)
        if not match or not any(letter.isdigit() for letter in match[1]):
            raise ValueError(f"units: invalid {body}")
        if not match[2]:
            raise ValueError(f"units: missing unit in {body}")
        if match[2] not in _BASE2:
            raise ValueError(f"units: unknown unit {match[2]} in {body}")
        total += float(match[1]) * _BASE2[match[2]]
        place = match.end()
    return int(total)


def quote(text: str) -> str:
    """Return `text` in quotation marks as Go's %q writes it."""
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return (
        '"'
        + "".join(escapes.get(letter, letter if letter.isprintable() else f"\\x{ord(letter):02x}") for letter in text)
        + '"'
    )
