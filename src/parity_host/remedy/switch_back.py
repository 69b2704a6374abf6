"""Putting back what a switch replaced: after a failure at once, after a dead run by the next one."""

from __future__ import annotations

import os
import time
from typing import Iterator, List, Sequence, Tuple

from . import live_file, switch_journal
from .live_file import FileError, digest
from .service import Service
from .switch_journal import TAKING, Journal, JournalEntry

LEFT = "the service was not reloaded or restarted"


def recover(folders: Sequence[str], service: Service) -> List[str]:
    """Put back what a dead run left half done in `folders`, and return what was done, a sentence each.

    Raises OSError, FileError or ServiceError when it cannot be put back: nobody must build on that.
    """
    said: List[str] = []
    journals = unfinished(folders)
    for journal in journals:
        if not _is_of(journal, service):
            raise FileError(
                "the remedy of %s for %s was interrupted in this folder; run that remedy first"
                % (journal.started, _named(journal.container))
            )
    for journal in journals:
        said.append("the remedy of %s was interrupted at the step '%s'" % (journal.started, journal.step))
        done, moved = put_back(journal)
        said += done
        if journal.step == TAKING and service.back(min(journal.noted, time.time_ns())):
            said.append("the service was reloaded with the old files")
        elif moved:
            said.append(LEFT)
        end(journal)
    for folder in folders:
        live_file.remove(os.path.join(folder, switch_journal.UNFINISHED))
    return said


def _is_of(journal: Journal, service: Service) -> bool:
    """Return whether `service` can take back what a journal's service had taken: both are of one kind.

    They are named by one container, which may have been made anew since, by a project's containers, or not at all.
    """
    if not journal.container:
        return True
    return bool(service.container) and (" " in service.container) == (" " in journal.container)


def _named(container: str) -> str:
    return container if " " in container else "container %s" % container


def unfinished(folders: Sequence[str]) -> List[Journal]:
    """Return the journals of dead runs in `folders`; raises FileError for one that is not to be trusted."""
    known = sorted(set(folders))
    found = [journal for journal in map(switch_journal.find, known) if journal is not None]
    for journal in found:
        # What lies in a folder that a container may write to must not speak for other folders.
        if any(os.path.dirname(one.path) not in known for one in journal.entries):
            raise FileError("%s names files of another service; inspect it and remove it" % journal.path)
    return found


def put_back(journal: Journal) -> Tuple[List[str], bool]:
    """Put back every file that was replaced, prove it, and return what was done and whether any file had to be.

    A file that is neither the old nor the new one is somebody's, and stays. Raises FileError once all were tried.
    """
    said: List[str] = []
    problems: List[str] = []
    moved = False
    for one in journal.entries:
        try:
            done, was_moved = _put_one_back(one)
            said.append("%s %s" % (one.path, done))
            moved = moved or was_moved
        except (OSError, FileError) as error:
            problems.append(why(error))
    if problems:
        raise FileError("; ".join(said + problems))
    return said, moved


def _put_one_back(one: JournalEntry) -> Tuple[str, bool]:
    """Return what was done, as a sentence's end, and whether the file had to be moved."""
    now = digest(live_file.read(one.path).content)
    if now == one.before:
        return "is unchanged", False
    if os.path.lexists(one.new) or not os.path.lexists(one.backup):
        return "was not replaced; another process changed it, and that change is kept", False
    if now != one.after:
        raise FileError("%s was changed by another process; the previous version is %s" % (one.path, one.backup))
    kept = digest(live_file.read(one.backup).content)
    live_file.put_in_place(one.backup, one.path)
    if digest(live_file.read(one.path).content) != kept:
        raise FileError("%s could not be restored" % one.path)
    if kept != one.before:
        return "was restored, including what another process wrote to it meanwhile", True
    return "was restored byte for byte", True


def end(journal: Journal) -> None:
    """Take away what a run leaves that was undone, its journal last."""
    for one in journal.entries:
        live_file.remove(one.new)
        live_file.remove(one.backup)
    journal.end()


def as_it_is(journal: Journal) -> Iterator[str]:
    """Yield, a sentence each, what every file is now."""
    for one in journal.entries:
        try:
            now = digest(live_file.read(one.path).content)
        except (OSError, FileError) as error:
            yield why(error)
            continue
        which = {one.before: "the old file", one.after: "the new file"}.get(now, "another process's file")
        yield "%s is %s, complete" % (one.path, which)


def why(error: BaseException) -> str:
    """Return an error as a sentence's end."""
    if isinstance(error, OSError):
        named = " (%s)" % error.filename if error.filename else ""
        may_not = isinstance(error, PermissionError)
        way_out = "; set ansible_become if Ansible's user lacks permission" if may_not else ""
        return "%s%s%s" % (error.strerror or type(error).__name__, named, way_out)
    return str(error) or type(error).__name__
