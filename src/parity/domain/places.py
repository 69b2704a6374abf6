"""How evidence says where it was read, where that is no file: in a container, or in what Compose declares."""

from __future__ import annotations

from typing import Final

_CONTAINER: Final = "container "


def in_container(name: str) -> str:
    """Return the place of what a container was seen to have."""
    return f"{_CONTAINER}{name}"


def in_service(name: str) -> str:
    """Return the place of what the compose files declare for a service."""
    return f"compose service {name}"


def on_host(*names: str) -> str:
    """Return the place of what hosts of the inventory were seen to have, each named once."""
    return f"host {', '.join(sorted(set(names)))}"


def container_at(place: str) -> str:
    """Return the name of the container that `place` is, empty where it is none."""
    return place.removeprefix(_CONTAINER) if place.startswith(_CONTAINER) else ""
