"""What a container has written over its image, for a copy of it: what its entrypoint made from templates, and such.

It is found by comparing the container with the copy, at the paths that matter alone: the engine's own list of changes
walks the whole image.
"""

from __future__ import annotations

import io
import posixpath
import tarfile
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence

from .client import ANSWER_LIMIT_BYTES, Engine, EngineUnavailableError, NotFoundError


class _Entry(NamedTuple):
    """One entry of an archive, and what it holds."""

    member: tarfile.TarInfo
    content: bytes

    def like(self, other: "_Entry") -> bool:
        """Return whether both are the same to a program that reads them."""
        one, two = self.member, other.member
        told = [(m.type, m.mode, m.uid, m.gid, m.linkname) for m in (one, two)]
        return told[0] == told[1] and self.content == other.content


def missing(engine: Engine, container: str, copy: str, paths: Sequence[str], apart: Sequence[str]) -> bytes:
    """Return an archive, with paths from the root, of what a container has at `paths` and its copy has not, or other.

    `apart` are the places of mounts, which are left out. Empty where both have the same. Raises EngineUnavailableError
    when it is too large, and when the copy has a file that the container has no longer: no archive can say that.
    """
    stream, number = io.BytesIO(), 0
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for path in outermost(paths):
            if any(within(path, one) for one in apart):
                continue
            ours, theirs = (_read(engine, one, path, apart) for one in (container, copy))
            gone = [name for name in sorted(set(theirs) - set(ours)) if not theirs[name].member.isdir()]
            if gone:
                raise EngineUnavailableError(
                    "/%s was deleted from the container, and a temporary container would have it" % gone[0]
                )
            for name, entry in sorted(ours.items()):
                if name not in theirs or not entry.like(theirs[name]):
                    number += 1
                    archive.addfile(entry.member, io.BytesIO(entry.content))
    return stream.getvalue() if number else b""


def _read(engine: Engine, container: str, path: str, apart: Sequence[str]) -> Dict[str, _Entry]:
    """Return what stands at a path and below, by path from the root."""
    try:
        raw = engine.get_bytes("/containers/%s/archive" % container, path=path)
    except NotFoundError:
        return {}
    if len(raw) >= ANSWER_LIMIT_BYTES:
        raise EngineUnavailableError("%s is larger than %d bytes, too large to be copied" % (path, ANSWER_LIMIT_BYTES))
    found: Dict[str, _Entry] = {}
    above = posixpath.dirname(path.rstrip("/"))
    try:
        with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
            for member in archive:
                name = posixpath.normpath(posixpath.join(above, member.name))
                if not any(within(name, one) for one in apart):
                    entry = _entry(archive, member, name.lstrip("/"))
                    found.update({entry.member.name: entry} if entry.member.name else {})
    except (tarfile.TarError, EOFError, ValueError, KeyError):
        raise EngineUnavailableError("the engine's archive of %s cannot be read" % path) from None
    return found


def _entry(archive: tarfile.TarFile, member: tarfile.TarInfo, name: str) -> _Entry:
    content = archive.extractfile(member) if member.isfile() or member.islnk() else None
    data = content.read() if content else b""
    if member.islnk():
        member.type, member.linkname = tarfile.REGTYPE, ""
    member.name, member.size = name, len(data)
    return _Entry(member, data)


def outermost(paths: Sequence[str]) -> List[str]:
    """Return the paths that lie in no other."""
    wanted = sorted(set(paths))
    return [path for path in wanted if not any(path != one and within(path, one) for one in wanted)]


def within(path: str, folder: str) -> bool:
    """Return whether a path is a folder or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def places(inspected: Mapping[str, Any]) -> List[str]:
    """Return where a container has mounts, those in memory among them."""
    mounts = [mount for mount in inspected.get("Mounts") or [] if isinstance(mount, dict)]
    return [str(mount["Destination"]) for mount in mounts if mount.get("Destination")] + in_memory(inspected)


def in_memory(inspected: Mapping[str, Any]) -> List[str]:
    """Return where a container has its own memory mounted."""
    host = inspected.get("HostConfig") or {}
    mounts = [mount for mount in inspected.get("Mounts") or [] if isinstance(mount, dict)]
    found = [str(mount.get("Destination")) for mount in mounts if mount.get("Type") == "tmpfs"]
    return sorted({*found, *map(str, host.get("Tmpfs") or {})})
