"""One variable in one environment."""

from __future__ import annotations

from dataclasses import dataclass, field

# What a variable belongs to that only Compose reads.
COMPOSE = ""


@dataclass
class Variable:
    """One variable in one environment: its values by service, in the order met."""

    values: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
