"""Where on its host a container's file lies: through the container's own mounts, and nowhere else."""

from __future__ import annotations

import os
import posixpath
from typing import Any, Dict, List, Mapping, Tuple

_LINKS = 8


class NotOnHostError(Exception):
    """The file cannot be changed on the host. The message is a sentence that says what to do instead."""


def host_path(inspected: Mapping[str, Any], path: str, inside: str = "") -> str:
    """Return the real path on the host of a file that a container has at `path`, from the engine's `inspect` answer.

    Links are followed as the container follows them. A path that leads out of the folder that is mounted is refused:
    what stands in such a folder may have been written by the container. So is one that does not lie below `inside`,
    where that is given. What is looked at here may be another thing by the time it is opened: whoever opens the path
    has to see that no link leads to its folder (`live_file`). Raises NotOnHostError.
    """
    found = _found(inspected, path)
    if inside and not found.startswith(inside.rstrip("/") + "/"):
        raise NotOnHostError("%s is a link out of %s; nothing outside it is changed" % (path, inside))
    return found


def _found(inspected: Mapping[str, Any], path: str) -> str:
    mounts = [mount for mount in inspected.get("Mounts") or [] if isinstance(mount, dict)]
    for _ in range(_LINKS):
        mount, rest = _mount(mounts, path)
        source = os.path.realpath(str(mount.get("Source", "")))
        if not rest:
            return source  # the mounted file itself; whoever wrote the compose file chose it
        found = os.path.join(source, rest)
        folder = os.path.realpath(os.path.dirname(found))
        if folder != source and not folder.startswith(source.rstrip("/") + "/"):
            raise NotOnHostError("%s is a link out of the mount %s; nothing outside it is changed" % (path, source))
        if not os.path.islink(found):
            return os.path.join(folder, os.path.basename(found))
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), os.readlink(found)))
    raise NotOnHostError("%s is a symbolic link loop" % path)


def _mount(mounts: List[Dict[str, Any]], path: str) -> Tuple[Dict[str, Any], str]:
    """Return the mount that shows a container `path`, and the rest of the path below it."""
    best: Tuple[Dict[str, Any], str] = ({}, "")
    for mount in sorted(mounts, key=lambda one: len(str(one.get("Destination", "")))):  # the innermost one shows it
        at = posixpath.normpath(str(mount.get("Destination", "")))
        if path == at or path.startswith(at.rstrip("/") + "/"):
            best = mount, path[len(at) :].strip("/")
    if not best[0]:
        raise NotOnHostError(
            "%s is part of the image or was written to the container; change it in the image, "
            "or mount it from the host" % path
        )
    if best[0].get("Type") != "bind":
        raise NotOnHostError(
            "%s is in the %s %s; change it at its source, or mount the file from the host"
            % (path, best[0].get("Type", "mount"), best[0].get("Name", ""))
        )
    return best
