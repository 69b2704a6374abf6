"""The labels that Compose gives its containers, and whether it was Compose that gave them."""

from __future__ import annotations

from typing import Any, Mapping

PREFIX = "com.docker.compose."
PROJECT = PREFIX + "project"
SERVICE = PREFIX + "service"
ONE_OFF = PREFIX + "oneoff"
_NAME_FILES = ("project.working_dir", "project.config_files", "project.environment_file")


def label(container: Mapping[str, Any], name: str) -> str:
    """Return what one of Compose's labels says of a container, as the engine inspects it; empty without it."""
    return str(((container.get("Config") or {}).get("Labels") or {}).get(PREFIX + name, ""))


def brought_by_image(labels: Mapping[str, Any], image: Mapping[str, Any]) -> bool:
    """Return whether a container's labels that name Compose's files are those of its image (its `inspect` answer).

    Whoever made an image chose them: Compose did not make the container, and nothing may be read or run by them. An
    image that was committed from a container of Compose has them too; Compose gives its containers another digest.
    """
    own = (image.get("Config") or {}).get("Labels") or {}
    alike = [name for name in _NAME_FILES if own.get(PREFIX + name) and own[PREFIX + name] == labels.get(PREFIX + name)]
    return bool(alike) and labels.get(PREFIX + "config-hash", "") in ("", own.get(PREFIX + "config-hash", ""))
