"""The files that a container would see of the host, through the bind mounts of its service; nothing else is opened.

A path inside the container leads to the mount whose target is nearest to it. Links are not followed by the system but
kept as links, and followed as the container would: what they name is looked for behind the mounts again.
"""

from __future__ import annotations

import os
import posixpath
import stat
from typing import List, Sequence, Tuple

from ..engine.container_files import FILE_LIMIT_BYTES, Tree, merge
from .services import Mount

FILES_LIMIT = 400
TOTAL_BYTES = 8 * 1024 * 1024
_DEPTH = 8


def near(directory: str) -> str:
    """Return the folder below which a project's own files lie: the one above its directory, unless that is the root."""
    real = os.path.realpath(directory)
    above = os.path.dirname(real)
    return above if os.path.dirname(above) != above else real


class BindFiles:
    """What one service mounts. `folder` is where its texts may lie; empty for anywhere."""

    def __init__(self, mounts: Sequence[Mount], folder: str) -> None:
        """Take the mounts; of two with the same target the later counts."""
        self._mounts = sorted({mount.target: mount for mount in mounts}.values(), key=lambda one: len(one.target))
        self._folder = folder
        self._files = 0
        self._bytes = 0

    def covers(self, path: str) -> bool:
        """Return whether a mount whose source is there decides what stands at `path`."""
        mount = self._mount(path)
        return mount is not None and os.path.lexists(mount.source)

    def lacks(self, path: str) -> bool:
        """Return whether a mount whose source is not there decides what stands at `path`."""
        return self._mount(path) is not None and not self.covers(path)

    def _mount(self, path: str) -> "Mount | None":
        return next((one for one in reversed(self._mounts) if within(path, one.target)), None)

    def read(self, path: str) -> Tree:
        """Return what stands at `path` in the container, as far as mounts bring it there: a file, or a folder's all."""
        tree = Tree({}, {}, set(), {})
        trees = [tree]
        own = self._mount(path)
        if own is not None:
            self._take(tree, own, path[len(own.target.rstrip("/")) :])
        for mount in self._mounts:
            if mount is not own and within(mount.target, path):
                inner = Tree({}, {}, set(), {})
                self._take(inner, mount, "")
                trees.append(inner)
        return merge(trees)

    def _take(self, tree: Tree, mount: Mount, rest: str) -> None:
        """Read what a mount brings, from `rest` below its source on."""
        path, source = mount.target.rstrip("/") + rest, os.path.realpath(mount.source)
        real = source + rest
        if not os.path.lexists(real):
            return
        if self._folder and not within(source, self._folder):
            tree.left_out[path] = "%s is outside the project directory %s" % (mount.source, self._folder)
        elif os.path.realpath(os.path.dirname(real)) != os.path.dirname(real):
            tree.left_out[path] = "it is reached through a symbolic link"
        else:
            self._walk(tree, real, path)

    def _walk(self, tree: Tree, real: str, path: str) -> None:
        todo: List[Tuple[str, str, int]] = [(real, path, 0)]
        while todo:
            real, path, depth = todo.pop()
            try:
                status = os.lstat(real)
                if stat.S_ISLNK(status.st_mode):
                    tree.links[path] = os.readlink(real)
                elif stat.S_ISDIR(status.st_mode):
                    if depth >= _DEPTH:
                        tree.left_out[path] = "it is nested deeper than %d folders" % _DEPTH
                        continue
                    names = sorted(os.listdir(real))
                    tree.folders.add(path)
                    todo += [(os.path.join(real, n), posixpath.join(path, n), depth + 1) for n in reversed(names)]
                elif stat.S_ISREG(status.st_mode):
                    self._file(tree, real, path, status.st_size)
            except (OSError, ValueError) as error:
                tree.left_out[path] = "it cannot be read: %s" % (getattr(error, "strerror", None) or "its name")

    def _file(self, tree: Tree, real: str, path: str, size: int) -> None:
        self._files += 1
        if size > FILE_LIMIT_BYTES:
            tree.left_out[path] = "it is larger than %d bytes" % FILE_LIMIT_BYTES
        elif self._files > FILES_LIMIT or self._bytes + size > TOTAL_BYTES:
            tree.left_out[path] = "the service mounts more than %d files or %d bytes" % (FILES_LIMIT, TOTAL_BYTES)
        else:
            # No link, and nothing that waits for a writer: what stands there now, or nothing.
            with os.fdopen(os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
                # What was a folder above it may be a link to anywhere by now: what was opened tells where it lies.
                if os.readlink("/proc/self/fd/%d" % stream.fileno()) != real:
                    tree.left_out[path] = "it is reached through a symbolic link"
                elif stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                    tree.files[path] = stream.read(FILE_LIMIT_BYTES)
            self._bytes += len(tree.files.get(path, b""))


def within(path: str, folder: str) -> bool:
    """Return whether `path` is `folder`, or lies below it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")
