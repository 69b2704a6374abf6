"""An image as its host's engine has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Release:
    """A distribution's release as os-release names it: `id` and `version` for programs, `name` for people."""

    id: str
    version: str
    name: str


@dataclass(frozen=True)
class Image:
    """An image: what it is compared by, and what it says of itself.

    `digests` are those under which registries have it; an image that was built on its host has none. `layers` is a
    digest of its layers, `labels` are those of org.opencontainers.image. Empty is what is not known.
    """

    id: str
    created: str = ""
    platform: str = ""
    digests: frozenset[str] = frozenset()
    layers: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    release: Release | None = None


@dataclass(frozen=True)
class Tagged:
    """The image that a container's tag names now on its host, and that is not the container's."""

    id: str
    created: str
