"""Until when distributions are supported: `knowledge/distributions.yml`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from parity.domain.findings import ParityError
from parity.domain.running_image import Release
from parity.knowledge.entries import checked
from parity.knowledge.files import FOLDER, read_yaml

_KEYS: Final = ("ids", "parts", "ends")


@dataclass(frozen=True)
class Distribution:
    """A distribution: how many `parts` of its version name a release, and when support of each `ends`."""

    parts: int
    ends: Mapping[str, datetime.date]

    def series(self, version: str) -> str:
        """Return the release that a version belongs to."""
        return ".".join(version.split(".")[: self.parts])


def series_of(release: Release) -> str:
    """Return the part of a release's version that names the release; all of it for an unknown distribution."""
    known = load().get(release.id)
    return known.series(release.version) if known else release.version


def end_of(release: Release) -> datetime.date | None:
    """Return until when a release is supported, None where that is not known."""
    known = load().get(release.id)
    return known.ends.get(known.series(release.version)) if known else None


@cache
def load(path: Path = FOLDER / "distributions.yml") -> Mapping[str, Distribution]:
    """Return the distributions in `path` by id; raises ParityError naming the file and the entry at fault."""
    return read_distributions(read_yaml(path), path.name)


def read_distributions(data: Any, origin: str) -> Mapping[str, Distribution]:
    """Return what `data` (a YAML document's content) says; raises ParityError naming `origin` and the entry."""
    found: dict[str, Distribution] = {}
    for number, entry in enumerate(checked(data, origin, ("distributions",), ("distributions",))["distributions"], 1):
        place = f"{origin}, distribution {number}"
        checked(entry, place, _KEYS, _KEYS)
        ends = {str(version): day for version, day in entry["ends"].items()}
        wrong = [version for version, day in ends.items() if not isinstance(day, datetime.date)]
        if wrong:
            raise ParityError(f"{place}: the end of {wrong[0]} is not a date")
        for name in entry["ids"]:
            found[name] = Distribution(int(entry["parts"]), ends)
    return found
