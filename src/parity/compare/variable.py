"""One variable in one environment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

# What a variable belongs to that only Compose reads.
COMPOSE = ""
T = TypeVar("T")


@dataclass
class Variable:
    """One variable in one environment: its values by service, in the order met.

    Many services share an env file, so there are far fewer values than services: each is asked about once.
    """

    values: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    @cached_property
    def first(self) -> dict[str, str]:
        """The first service that has each value, by value; read once all services are in."""
        found: dict[str, str] = {}
        for service, value in self.values.items():
            found.setdefault(value, service)
        return found

    def grouped(self, of: Callable[[str], T]) -> dict[T, list[str]]:
        """Return the services, in the order met, by what `of` says of their value."""
        said = {value: of(value) for value in self.first}
        if len(set(said.values())) == 1:
            return {next(iter(said.values())): list(self.values)}
        found: dict[T, list[str]] = {}
        for service, value in self.values.items():
            found.setdefault(said[value], []).append(service)
        return found

    def where(self, holds: Callable[[str], bool]) -> list[str]:
        """Return the services, in the order met, of whose value something holds."""
        return self.grouped(holds).get(True, [])
