"""Reading data that may have any shape, since a host sent it: never an error, always the type that was asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from parity_host.secrets.leaving import spelled

# No source of ours nests a third of it; Ansible, which hands the data on, gives up at about 300 levels.
_DEEPEST: Final = 40


def readable(data: Any, depth: int = 0) -> Any:
    """Return `data` (as JSON has it) such that it can be written.

    A number that JSON lacks is nothing, and so is what lies too deep.
    """
    if isinstance(data, str):
        return spelled(data)
    if isinstance(data, float) and not math.isfinite(data):
        return None
    if depth > _DEEPEST:
        return None
    if isinstance(data, dict):
        return {readable(str(key)): readable(value, depth + 1) for key, value in data.items()}
    if isinstance(data, list):
        return [readable(value, depth + 1) for value in data]
    return data


def as_mapping(value: Any) -> Mapping[str, Any]:
    """Return `value` when it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the mapping under `key`, or an empty one."""
    return as_mapping(data.get(key))


def mappings(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return the mappings in the list under `key`."""
    value = data.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def scalar(value: Any) -> str:
    """Return a scalar as Compose writes it; nothing becomes an empty text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def text(data: Mapping[str, Any], key: str) -> str:
    """Return the text under `key`."""
    return scalar(data.get(key))


def texts(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return the texts in the list under `key`."""
    value = data.get(key)
    return tuple(scalar(item) for item in value) if isinstance(value, list) else ()


def words(value: Any) -> tuple[str, ...]:
    """Return a list of words, or the one word, as texts."""
    if isinstance(value, str):
        return (value,)
    return tuple(scalar(item) for item in value) if isinstance(value, Sequence) else ()


def number(data: Mapping[str, Any], key: str) -> float:
    """Return the number under `key`, 0 when it is none."""
    try:
        return float(data.get(key) or 0)
    except (TypeError, ValueError, OverflowError):
        return 0.0


def whole(data: Mapping[str, Any], key: str) -> int:
    """Return the whole number under `key`, 0 when it is none."""
    try:
        return int(number(data, key))
    except (ValueError, OverflowError):
        return 0
