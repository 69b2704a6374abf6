"""Ansible hands over tagged subclasses and lazy containers; the domain wants plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any, Final

_DEEPEST: Final = 100  # nothing of ours nests a tenth of it, and what a host sent may nest without end


def data(value: Any, depth: int = 0) -> Any:
    """Return `value` as plain dicts, lists and scalars; dataclasses and named tuples as dicts.

    What lies too deep is nothing.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return data(asdict(value), depth)
    if hasattr(value, "_asdict"):
        return data(value._asdict(), depth)
    if isinstance(value, str):
        return str.__str__(value)
    if not isinstance(value, (Mapping, Sequence)):
        return value
    if depth > _DEEPEST:
        return None
    if isinstance(value, Mapping):
        return {str(key): data(item, depth + 1) for key, item in value.items()}
    return [data(item, depth + 1) for item in value]
