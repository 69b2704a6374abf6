"""One file of a service on its host: read whole, copied with all that belongs to it, replaced in one step.

A container may write to what it mounts, also while a remedy is at work: what was a folder may be a link to anywhere by
now. So each step opens the folder, sees that it is where it is said to be, and works in what it opened.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from typing import Dict, Iterator, NamedTuple

LIMIT_BYTES = 1024 * 1024


class FileError(Exception):
    """A file is not what it has to be, or cannot be written as it has to be. The message is a sentence."""


class Kept(NamedTuple):
    """What belongs to a file beside its bytes. `attributes` are the extended ones: SELinux's label, ACLs."""

    mode: int
    uid: int
    gid: int
    attributes: Dict[str, bytes]


class Live(NamedTuple):
    """A file as it is."""

    content: bytes
    kept: Kept
    names: int


def digest(content: bytes) -> str:
    """Return the digest by which a file on this host is recognised."""
    return hashlib.sha256(content).hexdigest()


@contextlib.contextmanager
def _opened(folder: str) -> Iterator[int]:
    """Open a folder by its real path; raises OSError where it is reached through a symbolic link."""
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if os.readlink("/proc/self/fd/%d" % descriptor) != folder:
            raise OSError(errno.ELOOP, "it is reached through a symbolic link", folder)
        yield descriptor
    finally:
        os.close(descriptor)


def _regular(path: str) -> int:
    """Open a regular file for reading; nothing else is opened, not even for a look: a device may act upon that."""
    with _opened(os.path.dirname(path)) as folder:
        seen = os.open(os.path.basename(path), os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    try:
        mode = os.fstat(seen).st_mode
        if not stat.S_ISREG(mode):
            raise FileError("%s is %s" % (path, "a link" if stat.S_ISLNK(mode) else "not a regular file"))
        return os.open("/proc/self/fd/%d" % seen, os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(seen)


def read(path: str) -> Live:
    """Return the regular file at `path`, no link followed; raises FileError for anything else, or over a megabyte."""
    try:
        descriptor = _regular(path)
    except OSError as error:
        raise FileError("%s cannot be read: %s" % (path, error.strerror)) from None
    except ValueError:  # a NUL, or half a character
        raise FileError("%s is not a valid file name" % path) from None
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(stream.fileno())
        content = stream.read(LIMIT_BYTES + 1)
        if len(content) > LIMIT_BYTES:
            raise FileError("%s is larger than %d bytes" % (path, LIMIT_BYTES))
        kept = Kept(stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid, _attributes(stream.fileno()))
        return Live(content, kept, status.st_nlink)


def write_new(path: str, content: bytes, kept: Kept) -> None:
    """Make a new file with all that `kept` says, on the disk when this returns; raises OSError or FileError."""
    how = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with _opened(os.path.dirname(path)) as folder:
        descriptor = os.open(os.path.basename(path), how, 0o600, dir_fd=folder)
    try:
        at = 0
        while at < len(content):
            at += os.write(descriptor, content[at:])
        status = os.fstat(descriptor)
        if (status.st_uid, status.st_gid) != (kept.uid, kept.gid):
            os.fchown(descriptor, kept.uid, kept.gid)
        os.fchmod(descriptor, kept.mode)
        own = _attributes(descriptor)
        for name in own.keys() - kept.attributes.keys():
            os.removexattr(descriptor, name)
        for name, value in kept.attributes.items():
            if own.get(name) != value:
                os.setxattr(descriptor, name, value)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    made = read(path)
    if made.content != content or made.kept != kept:
        raise FileError("%s: the written content differs when read back" % path)


def keep(path: str, live: Live, beside: str) -> None:
    """Keep the file at `path` under the name `beside` too: as a second name of it, else as a copy.

    A second name takes no room and keeps everything that belongs to the file, as long as the file is replaced and not
    written to. Some file systems have none.
    """
    try:
        with _opened(os.path.dirname(path)) as folder:
            names = os.path.basename(path), os.path.basename(beside)
            os.link(*names, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    except OSError:
        write_new(beside, live.content, live.kept)


def put_in_place(new: str, path: str) -> None:
    """Let the file `new`, of the same folder, take the name `path` in one step, on the disk when this returns."""
    try:
        with _opened(os.path.dirname(path)) as folder:
            os.rename(os.path.basename(new), os.path.basename(path), src_dir_fd=folder, dst_dir_fd=folder)
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise FileError("%s is a mount point and cannot be replaced atomically" % path) from None
        raise
    sync_folder(os.path.dirname(path))


def remove(path: str) -> None:
    """Remove a file of ours if it is there."""
    try:
        with _opened(os.path.dirname(path)) as folder:
            os.unlink(os.path.basename(path), dir_fd=folder)
    except OSError as error:
        # On a file system that is read-only the kernel says so before it looks whether the file is there.
        if error.errno != errno.ENOENT and not (error.errno == errno.EROFS and not os.path.lexists(path)):
            raise


def sync_folder(folder: str) -> None:
    """Let a folder's names reach the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _attributes(descriptor: int) -> Dict[str, bytes]:
    try:
        return {name: os.getxattr(descriptor, name) for name in os.listxattr(descriptor)}
    except OSError:  # a file system without them
        return {}
