"""The journal of a switch: what is replaced by what, written before anything is, so that a dead run can be undone.

It lies beside the files while they are being switched, and is gone when all is done or all is put back.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import Any, Dict, List, NamedTuple, Optional

from . import live_file
from .live_file import FileError, Kept

NAME = ".parity-remedy.json"
UNFINISHED = NAME + ".new"
# The steps, in order. Up to SWITCHING no file is touched; from TAKING on the service may have been.
PREPARING, SWITCHING, TAKING = STEPS = ("preparing", "switching", "taking")
_SCHEMA = 1


class JournalEntry(NamedTuple):
    """One file: where it lives, where the old one is kept and the new one waits, and the digests of both."""

    path: str
    backup: str
    new: str
    before: str
    after: str


class Journal(NamedTuple):
    """What a run set out to do, and how far it came."""

    folder: str
    step: str
    started: str
    container: str
    entries: List[JournalEntry]

    @property
    def path(self) -> str:
        """Where it lies."""
        return os.path.join(self.folder, NAME)

    @property
    def noted(self) -> int:
        """When its step was noted, in nanoseconds since 1970; 0 where nothing tells."""
        try:
            return os.stat(self.path).st_mtime_ns
        except OSError:
            return 0

    def at(self, step: str) -> Journal:
        """Return the journal with `step` noted, on the disk; raises OSError or FileError."""
        noted = self._replace(step=step)
        entries = [entry._asdict() for entry in self.entries]
        data = {"schema": _SCHEMA, **noted._asdict(), "entries": entries}
        aside = os.path.join(self.folder, UNFINISHED)
        live_file.remove(aside)
        live_file.write_new(
            aside, json.dumps(data, indent=1, sort_keys=True).encode(), Kept(0o600, os.geteuid(), os.getegid(), {})
        )
        live_file.put_in_place(aside, self.path)
        return noted

    def end(self) -> None:
        """Take the journal away: with it the run is done, or undone; raises OSError while it is still there."""
        live_file.remove(os.path.join(self.folder, UNFINISHED))
        live_file.remove(self.path)
        with contextlib.suppress(OSError):  # were it back after a power cut, the next run would put back once more
            live_file.sync_folder(self.folder)


def find(folder: str) -> Optional[Journal]:
    """Return the journal that a dead run left in `folder`, if any; raises FileError when it cannot be understood.

    It is read only when root or this user wrote it, and names only files in folders that hold what it says.
    """
    path = os.path.join(folder, NAME)
    if not os.path.lexists(path):
        return None
    live = live_file.read(path)
    if live.kept.uid not in (0, os.geteuid()):
        raise FileError("%s belongs to another user; inspect it and remove it" % path)
    try:
        return _parsed(folder, json.loads(live.content.decode("utf-8")))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise FileError(
            "%s is damaged; inspect the files next to it that have .parity- in their names" % path
        ) from None


def _parsed(folder: str, data: Dict[str, Any]) -> Journal:
    entries = [_entry(one) for one in data["entries"]]
    if data["schema"] != _SCHEMA or data["step"] not in STEPS or not entries:
        raise ValueError(NAME)
    return Journal(folder, data["step"], str(data["started"]), str(data["container"]), entries)


def _entry(data: Dict[str, Any]) -> JournalEntry:
    entry = JournalEntry(*(str(data[name]) for name in JournalEntry._fields))
    folder, name = os.path.split(entry.path)
    if not os.path.isabs(folder):
        raise ValueError(entry.path)
    for ours in (entry.backup, entry.new):
        if os.path.dirname(ours) != folder or not os.path.basename(ours).startswith(".%s.parity-" % name):
            raise ValueError(ours)
    return entry


def entry(path: str, stamp: str, before: str, after: str) -> JournalEntry:
    """Return the entry of one file; its names are hidden ones, which no `include *` reads, and free."""
    folder, name = os.path.split(path)
    for number in range(1, 1000):
        stem = os.path.join(folder, ".%s.parity-%s%s" % (name, stamp, "" if number == 1 else "-%d" % number))
        if not os.path.lexists(stem + ".bak") and not os.path.lexists(stem + ".new"):
            return JournalEntry(path, stem + ".bak", stem + ".new", before, after)
    raise FileError("%s has 1000 backups with the same time stamp; check the clock" % path)
