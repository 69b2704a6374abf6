"""The packages that a container has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# The kinds that a distribution brings; `RUNTIME` are the releases of languages that an image names.
SYSTEM = frozenset({"dpkg", "apk"})
RUNTIME = "runtime"


@dataclass(frozen=True)
class Packages:
    """Versions by name, by kind; a kind that is not there, or could not be read, is in `installed` not at all.

    `direct` are the packages that the application names itself, by kind; `unread` says why some are not known.
    """

    installed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    direct: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unread: str = ""
