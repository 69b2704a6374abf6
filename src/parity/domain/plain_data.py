"""Ansible hands over tagged subclasses and lazy containers; the domain wants plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any


def data(value: Any) -> Any:
    """Return `value` as plain dicts, lists and scalars, all the way down; dataclasses and named tuples as dicts."""
    if is_dataclass(value) and not isinstance(value, type):
        return data(asdict(value))
    if hasattr(value, "_asdict"):
        return data(value._asdict())
    if isinstance(value, Mapping):
        return {str(key): data(item) for key, item in value.items()}
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Sequence):
        return [data(item) for item in value]
    return value
