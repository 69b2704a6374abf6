"""How long and how full, in the names and units that applications use for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_DURATION_NAMES: Final = re.compile(
    r"(?:^|_)(?:response_?time|latency|duration|elapsed|took|rtt|round_?trip|ping|query_?time)(?:_|$)"
)
_UNIT_IN_NAME: Final = {
    "ms": 1e-3,
    "msec": 1e-3,
    "millis": 1e-3,
    "milliseconds": 1e-3,
    "s": 1.0,
    "sec": 1.0,
    "secs": 1.0,
    "seconds": 1.0,
    "us": 1e-6,
    "micros": 1e-6,
    "microseconds": 1e-6,
    "ns": 1e-9,
    "nanos": 1e-9,
    "nanoseconds": 1e-9,
}
_UNITS: Final = {"h": 3600.0, "m": 60.0, "min": 60.0, **_UNIT_IN_NAME, "µs": 1e-6, "second": 1.0, "millisecond": 1e-3}
_PLAIN: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_AMOUNT: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([a-zµ]+) ?")
_CLOCK: Final = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2}(?:\.\d+)?)")
_UTILIZATION: Final = re.compile(r"(?:^|_)(?:utili[sz]ation|usage|used_?percent|percent_?used|saturation)(?:_|$)")
_PERCENT: Final = re.compile(r"percent|pct")
_IN_USE: Final = ("in_use", "checked_out", "checkedout", "used", "busy", "active", "active_connections")
_ALL: Final = ("size", "pool_size", "max", "max_size", "total", "limit", "capacity", "max_connections")
_SLACK: Final = 1.5
_SLACK_SECONDS: Final = 0.05


def seconds_of(value: Mapping[str, Any], total: float) -> float | None:
    """Return how long a part of a health answer says that it took, in seconds.

    The unit is the one named by the value (`12ms`), by its name (`latency_ms`) or beside it. Where none is named, it is
    the largest one in which the part took no longer than the whole answer, `total`.
    """
    plain = {_plain(key): item for key, item in value.items()}
    for name, item in plain.items():
        if _DURATION_NAMES.search(name):
            found = _seconds(item, _unit_of(name), total)
            if found is not None:
                return found
    if isinstance(plain.get("observed_unit"), str) and plain["observed_unit"].lower() in _UNITS:
        return _seconds(plain.get("observed_value"), _UNITS[plain["observed_unit"].lower()], total)
    return None


def _unit_of(name: str) -> float | None:
    return _UNIT_IN_NAME.get(name.rpartition("_")[2])


def _seconds(item: Any, unit: float | None, total: float) -> float | None:
    if isinstance(item, str):
        return _spelled(item.strip()[:40], unit, total)
    if not _number(item):
        return None
    if unit is not None:
        return float(item * unit)
    units = (1.0, 1e-3, 1e-6, 1e-9)
    fits = (u for u in units if item * u <= total * _SLACK + _SLACK_SECONDS)
    return float(item * next(fits, units[-1]))


def _spelled(text: str, unit: float | None, total: float) -> float | None:
    """Return a duration that is written out: `12ms`, `1m2.5s`, `00:00:00.0123` (.NET), `PT0.1S` (ISO 8601)."""
    clock = _CLOCK.fullmatch(text)
    if clock:
        days, hours, minutes, rest = clock.groups()
        return int(days or 0) * 86400 + int(hours) * 3600 + int(minutes) * 60 + float(rest)
    lowered = text.lower().removeprefix("pt")
    if _PLAIN.fullmatch(lowered):
        return _seconds(float(lowered), unit, total)
    amounts = _AMOUNT.findall(lowered)
    if _AMOUNT.sub("", lowered) or not amounts or any(name not in _UNITS for _, name in amounts):
        return None
    return sum(float(amount) * _UNITS[name] for amount, name in amounts)


def utilization_of(value: Mapping[str, Any]) -> float | None:
    """Return how full a part says that it is, from 0 to 1 (more is possible).

    Named as such, or to be reckoned from what is used, or free, of a whole. A plain 1 may be one percent or all of it,
    and tells nothing.
    """
    plain = {_plain(key): item for key, item in value.items()}
    for name, item in plain.items():
        if _UTILIZATION.search(name) or name in ("percent", "pct"):
            found = _share(item, bool(_PERCENT.search(name)))
            if found is not None:
                return found
    whole = next((plain[name] for name in _ALL if _number(plain.get(name)) and plain[name] > 0), None)
    if whole is None:
        return None
    if _number(plain.get("free")):
        return max(1 - float(plain["free"]) / float(whole), 0.0)
    used = next((plain[name] for name in _IN_USE if _number(plain.get(name))), None)
    return None if used is None else float(used / whole)


def _share(item: Any, percent: bool) -> float | None:
    if isinstance(item, str):
        match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?%", item.strip()[:20])
        return float(match.group(1)) / 100 if match else None
    if not _number(item) or item > 1000:
        return None
    if percent or item > 1:
        return float(item / 100)
    return None if item == 1 and isinstance(item, int) else float(item)


def _number(item: Any) -> bool:
    return isinstance(item, int | float) and not isinstance(item, bool) and 0 <= item < 1e15


def _plain(key: Any) -> str:
    return _HUMP.sub("_", str(key)).lower().replace("-", "_")
