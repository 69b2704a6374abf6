"""What a configuration means, without the places where it says so."""

from __future__ import annotations

from collections.abc import Mapping

from parity.programs.nginx.model.read import read_model
from parity.programs.nginx.model.types import Place


def meaning(files: Mapping[str, bytes], version: str) -> object:
    """What the configuration means, without the places where it says so."""
    return _without_places(read_model(files, version=version))


def _without_places(value: object) -> object:
    if isinstance(value, Place):
        return None
    if hasattr(value, "__dataclass_fields__"):
        fields = [name for name in value.__dataclass_fields__ if name not in ("place", "shown", "lines")]
        return (type(value).__name__, *(_without_places(getattr(value, name)) for name in fields))
    if isinstance(value, dict):
        return {key: _without_places(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_places(one) for one in value]
    return value
