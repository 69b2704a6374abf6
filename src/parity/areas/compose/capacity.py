"""Settings that let a service do more work, and whether production has less of one than every other environment."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any, Final

from parity.domain.untrusted import as_mapping, scalar
from parity.domain.values import is_number

# What is so without the setting. Source: https://docs.docker.com/reference/compose-file/services/
_DEFAULTS: Final = {"deploy.replicas": 1.0, "scale": 1.0, "shm_size": 64.0 * 1024 * 1024}
_LIMITS: Final = "ulimits"


def less_in_production(key: str, values: Mapping[str, Any], production: frozenset[str]) -> bool:
    """Return whether production gives a service less of a setting than every other environment does; none is no less.

    `values` are None where an environment does not set it.
    """
    ours = [_amounts(key, values[one]) for one in production if one in values]
    others = [_amounts(key, value) for environment, value in values.items() if environment not in production]
    return bool(ours and others) and all(_is_less(key, mine, theirs) for mine in ours for theirs in others)


def _amounts(key: str, value: Any) -> dict[str, float]:
    """Return the amounts of a setting by their names: of limits those that are felt first, of others the only one."""
    if key == _LIMITS:
        return {str(name): _number(as_mapping(one).get("soft", one)) for name, one in as_mapping(value).items()}
    return {key: _DEFAULTS[key] if value is None else _number(value)} if key in _DEFAULTS else {}


def _is_less(key: str, mine: Mapping[str, float], theirs: Mapping[str, float]) -> bool:
    """Return whether the first amounts are less in one of the second, without being nothing on purpose."""
    # Whether the engine's own limit is less, nobody knows: that one was raised elsewhere says that it was too low.
    return any(0 < mine.get(name, 1 if key == _LIMITS else inf) < amount for name, amount in theirs.items())


def _number(value: Any) -> float:
    said = scalar(value)
    return (float(said) if float(said) >= 0 else inf) if is_number(said) else 0.0
