"""A Python that dies, or to which something happens, in the middle of a switch.

The file `what` beside this one holds one word: `kill-kept` (once the backup is made), `kill-before` and `kill-after`
(the file is renamed); `end-after`, a signal that can be caught; `edit`, by somebody else once the backup is made;
`disk` and `no-rename`, which the kernel refuses; `no-engine`, which is gone once the file is renamed. Files of the
switch itself, whose names begin with a dot, are left alone.
"""

import errno
import os
import signal
import socket
from pathlib import Path

WHAT = (Path(__file__).parent / "what").read_text().strip()
RENAME, LINK, SYNC, CONNECT = os.rename, os.link, os.fsync, socket.socket.connect
KEPT, RENAMED = [], []


def rename(source, target, **how):
    """Rename, and die before or after."""
    ours = ".parity-" in os.path.basename(source) and not os.path.basename(target).startswith(".")
    if ours and WHAT == "kill-before":
        os.kill(os.getpid(), signal.SIGKILL)
    if ours and WHAT == "no-rename":
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), source)
    RENAME(source, target, **how)
    if not ours:
        return
    RENAMED.append(target)
    if WHAT in ("kill-after", "end-after"):
        os.kill(os.getpid(), signal.SIGKILL if WHAT == "kill-after" else signal.SIGTERM)


def link(source, target, **how):
    """Link, and edit what was linked, or die."""
    LINK(source, target, **how)
    if ".parity-" not in os.path.basename(target):
        return
    KEPT.append(target)
    if WHAT == "kill-kept":
        os.kill(os.getpid(), signal.SIGKILL)
    if WHAT == "edit":
        edited = os.open(source, os.O_WRONLY | os.O_APPEND, dir_fd=how.get("src_dir_fd"))
        with open(edited, "a") as stream:
            stream.write("# edited meanwhile\n")


def fsync(descriptor):
    """Let bytes reach the disk, but not the new file's: the first behind the backup."""
    if WHAT == "disk" and KEPT:
        KEPT.clear()
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    SYNC(descriptor)


def connect(self, address):
    """Connect, but not to the engine once the file is renamed."""
    if WHAT == "no-engine" and RENAMED and self.family == socket.AF_UNIX:
        raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
    CONNECT(self, address)


os.rename, os.link, os.fsync, socket.socket.connect = rename, link, fsync, connect
