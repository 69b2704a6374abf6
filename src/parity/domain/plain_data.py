"""Ansible hands over tagged subclasses and lazy containers; the domain wants plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any, Final

# Far more than anything has that is meant; a host may send more than Python's stack can take.
_DEEPEST: Final = 150


def data(value: Any, depth: int = 0) -> Any:
    """Return `value` as plain dicts (also for dataclasses, named tuples), lists and scalars; None if too deep."""
    if depth > _DEEPEST:
        return None
    if is_dataclass(value) and not isinstance(value, type):
        return data(asdict(value), depth)
    if hasattr(value, "_asdict"):
        return data(value._asdict(), depth)
    if isinstance(value, Mapping):
        return {str(key): data(item, depth + 1) for key, item in value.items()}
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Sequence):
        return [data(item, depth + 1) for item in value]
    return value
