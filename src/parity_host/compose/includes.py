"""The `include` of a compose file: which files each entry brings, in which folder and with which variables."""

from __future__ import annotations

from typing import Dict, Iterator, List, NamedTuple

from ..yaml.scan import scan
from .references import Uses

_KEYS = ("path", "project_directory", "env_file")


class Include(NamedTuple):
    """One entry, as it stands there: no variables put in, relative to the folder of what includes.

    Source: https://docs.docker.com/reference/compose-file/include/
    """

    paths: List[str]
    directory: str
    env_files: List[str]


def includes(text: str) -> Iterator[Include]:
    """Yield the entries of a compose file's `include`, in its order; never raises."""
    if "include" not in text:
        return
    found = scan(text)
    uses = Uses(found)
    entries: Dict[object, Dict[str, List[str]]] = {}
    for scalar in found.scalars:
        if scalar.is_key or not scalar.value:
            continue
        for place in uses.places(scalar.path):
            if place[:1] == ("include",) and len(place) <= 4:
                # Compose takes the keys in capitals too.
                key = str(place[2]).casefold() if len(place) > 2 else "path"
                entry = entries.setdefault(place[1] if len(place) > 1 else 0, {name: [] for name in _KEYS})
                entry.get(key, []).append(scalar.value)
    for entry in entries.values():
        yield Include(entry["path"], "".join(entry["project_directory"][:1]), entry["env_file"])
