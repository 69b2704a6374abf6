"""As what a stack reads the files of a checkout: compose files, env files, configurations, and what is mounted."""

from __future__ import annotations

import os
import posixpath
from typing import Any, Dict, Iterator, Mapping, Sequence, Tuple

# The last that fits a file counts.
_COMPOSE = ("compose-file", ("compose", "extends", "include"))
_ENV = ("env-file", ("project", "env_file", "include_env_file", "label_file"))
# A container may have written what is mounted, unless it is mounted read-only.
WRITABLE, MOUNTED = "writable-file", "mounted-file"
_CONFIGURATIONS = {"nginx": "nginx-configuration", "loki": "loki-configuration"}


class StackReads:
    """What the stack reads below one folder; links are followed to where they lead."""

    def __init__(self, root: str, project: Mapping[str, Any], engine: Mapping[str, Any], config: Mapping[str, Any]):
        """Take the real path of the folder, and what the sources found."""
        self._root = root
        self._files: Dict[bytes, str] = {}
        self._folders: Dict[bytes, str] = {}
        containers = engine.get("containers") or ()
        for role, source in sorted(_mounts(containers)):  # writable ones last
            self._add(source, role)
        by_name = {one["name"]: one["mounts"] for one in containers}
        for found in config.get("found") or ():
            role = _CONFIGURATIONS.get(found["kind"], MOUNTED)
            for path in found["files"]:
                source = _on_host(by_name.get(found["container"], ()), path)
                if source:
                    self._add(source, role)
        for name, roles in (_ENV, _COMPOSE):
            for path, record in project["files"].items():
                if not set(roles).isdisjoint(record["roles"]):
                    self._add(path, name)

    def role(self, path: bytes) -> str:
        """Return as what the stack reads a path below the folder; an empty text where it does not."""
        named = self._files.get(path)
        if named is not None or not self._folders:
            return named or ""
        folders = (folder for folder in self._folders if path.startswith(folder))
        return self._folders.get(max(folders, key=len, default=b"\0"), "")

    def _add(self, path: str, role: str) -> None:
        for place in _places(path):
            if place == self._root:
                self._folders[b""] = role
            elif place.startswith(self._root.rstrip("/") + "/"):
                name = os.fsencode(os.path.relpath(place, self._root))
                if os.path.isdir(place):
                    self._folders[name + b"/"] = role
                else:
                    self._files[name] = role


def _mounts(containers: Sequence[Mapping[str, Any]]) -> Iterator[Tuple[str, str]]:
    for container in containers:
        for mount in container["mounts"]:
            if mount["type"] == "bind" and mount["source"]:
                yield MOUNTED if mount["read_only"] else WRITABLE, mount["source"]


def _on_host(mounts: Sequence[Mapping[str, Any]], path: str) -> str:
    """Return where on the host a container's file is; an empty text where it is not mounted from there."""
    for mount in sorted(mounts, key=lambda one: len(one["destination"]), reverse=True):
        at = posixpath.normpath(mount["destination"])
        if path == at or path.startswith(at.rstrip("/") + "/"):
            inner = path[len(at) :].strip("/")
            return posixpath.join(mount["source"], inner) if mount["type"] == "bind" else ""
    return ""


def _places(path: str) -> Tuple[str, str]:
    """Return where a file is, and where a link to it is."""
    return os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path)), os.path.realpath(path)
