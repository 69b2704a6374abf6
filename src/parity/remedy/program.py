"""What the module of a program in this folder offers, and what it is given: see `register.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol


@dataclass(frozen=True)
class Request:
    """One target (an entry of `plan.targets`) with its files as its host sent them.

    `texts` are sealed, by path. `output` is what the program printed of these very files in the audit, and each of
    `refusals` what it printed of the files of a plan before this one.
    """

    target: Mapping[str, Any]
    main: str
    version: str
    texts: Mapping[str, str]
    output: str
    refusals: Sequence[str]
    today: date


@dataclass(frozen=True)
class Plan:
    """The sealed texts of the `files` that change, what is `said` of it, whether it is `accepted`, and `why` not."""

    files: Mapping[str, str]
    accepted: bool
    said: Sequence[str]
    why: Sequence[str]


class Program(Protocol):
    """The module of a program."""

    def version(self, tested: str, image: str, log: Sequence[str]) -> tuple[str, bool]:
        """Return which version reads the files, and whether that is told and not assumed.

        `tested` is what the program said itself, `image` that of its container, `log` the end of its log.
        """

    def plan(self, request: Request) -> Plan:
        """Return what becomes of the files; pure. Raises ValueError for what a host should not have sent."""


def sentence(step: str, verify: bool) -> str:
    """Return what a step did; of what is likely and not certain (`verify`), somebody is asked to look at it."""
    return f"{step}; review this step" if verify else step
