"""PyYAML's safe loader: the quick one where PyYAML was built with libyaml, else the one in Python."""

from __future__ import annotations

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]

__all__ = ["SafeLoader"]
