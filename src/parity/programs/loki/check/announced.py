"""What a configuration uses that a coming release of Loki takes out: said while there is time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from parity.programs.loki.read.decode import decode
from parity.programs.loki.read.releases import Release, read_yaml, table
from parity.programs.loki.read.run import PLAIN, Run


class Announced(NamedTuple):
    """One setting that goes: its path, its value where that alone goes, since when, and what comes instead."""

    path: str
    value: str
    gone: str
    instead: str

    def __str__(self) -> str:
        """Return the setting as somebody would look for it."""
        return f"{self.path}: {self.value}" if self.value else self.path


def announced(text: str, version: str, run: Run = PLAIN) -> tuple[Announced, ...]:
    """Return what `text` uses that releases after Loki `version` do not know, in the order of knowledge/loki.

    Raises ValueError when `version` is not a Loki version.
    """
    values = decode(run.reads(text).text, table(version)).values
    return tuple(
        Announced(path, entry.get("value", ""), entry["gone"], entry["instead"])
        for entry in _entries()
        if Release.parse(version) < Release.parse(f"{entry['gone']}.0")
        for path, value in _places(values, entry["path"].split("."), "")
        if value is not None and entry.get("value", value) == value
    )


def _places(value: Any, names: list[str], above: str) -> Iterator[tuple[str, Any]]:
    """Yield each place that a path with `*` names, and what stands there."""
    if not names:
        yield above, value
    elif names[0] == "*" and isinstance(value, list):
        for number, entry in enumerate(value):
            yield from _places(entry, names[1:], f"{above}.{number}")
    elif isinstance(value, Mapping) and names[0] in value:
        yield from _places(value[names[0]], names[1:], f"{above}.{names[0]}".removeprefix("."))


@cache
def _entries() -> tuple[Mapping[str, str], ...]:
    return tuple(read_yaml("announced.yml"))
