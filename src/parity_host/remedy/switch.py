"""Replacing files of a service: proved first, kept beside, switched in one step each, taken, proved, or put back whole.

A run that dies leaves a journal (`switch_journal.py`), by which the next one puts everything back (`switch_back.py`).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from typing import Iterator, List, NamedTuple, Sequence, Tuple

from . import live_file, stopping, switch_back, switch_journal
from .live_file import FileError, digest
from .service import Service, ServiceError
from .switch_back import why
from .switch_journal import PREPARING, SWITCHING, TAKING, Journal, JournalEntry

CHANGED, UNCHANGED, REFUSED, RESTORED, BROKEN = "changed", "unchanged", "refused", "restored", "broken"
_PROOF = "proof"


class Replacement(NamedTuple):
    """One file to replace: its path on the host (no link), the digest it must have, and its new bytes."""

    path: str
    before: str
    content: bytes


class SwitchOutcome(NamedTuple):
    """What came of it: `state`, and sentences of what was done and what not. `step` is where it failed, if it did.

    `changed` (the service runs with the new files), `unchanged` (they were as wanted), `refused` (nothing was changed),
    `restored` (it failed, and every byte was put back) or `broken` (it failed, and not all could be put back).
    `output` is what the program printed of files that it refused.
    """

    state: str
    said: List[str]
    step: str = ""
    backups: Tuple[str, ...] = ()
    output: str = ""


@contextlib.contextmanager
def locked(folders: Sequence[str]) -> Iterator[None]:
    """Keep every other remedy out of `folders`; raises FileError when one is at work there.

    The lock is the kernel's and ends with the process; nothing is left behind.
    """
    held: List[int] = []
    try:
        for folder in sorted(set(folders)):
            try:
                held.append(os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
                fcntl.flock(held[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FileError("another remedy is running in %s; run this one again afterwards" % folder) from None
            except OSError as error:
                raise FileError("%s cannot be locked: %s" % (folder, error.strerror)) from None
        yield
    finally:
        for descriptor in held:
            os.close(descriptor)


def switch(edits: Sequence[Replacement], service: Service, stamp: str) -> SwitchOutcome:
    """Replace the files, or leave or put back every byte of them. The caller holds the lock and has recovered.

    `stamp` is the time, as backups are named for it. Raises nothing that a host, a file or a service may cause.
    """
    try:
        wanted = [edit for edit in edits if has_to_change(edit)]
        if not wanted:
            return SwitchOutcome(UNCHANGED, ["nothing to change"])
        service.prove()
        journal = _planned(wanted, service, stamp)
    except (FileError, ServiceError) as error:
        output = error.output if isinstance(error, ServiceError) else ""
        return SwitchOutcome(REFUSED, [str(error), "nothing was changed"], _PROOF, output=output)
    step, since = PREPARING, 0
    try:
        _prepare(journal, wanted)
        journal = journal.at(SWITCHING)
        step = SWITCHING
        _put_in_place(journal)
        since = time.time_ns()
        journal = journal.at(TAKING)
        step = TAKING
        service.take()
        service.verify()
        journal.end()
    except BaseException as error:  # also what a signal raises: whoever sent it is told what came of it
        return _undone(journal, service, step, since, why(error))
    return _done(journal, service)


def stopped(by: SystemExit, folders: Sequence[str]) -> SwitchOutcome:
    """Return what came of a remedy that a signal ended outside of its switch: a journal tells whether it had begun."""
    left = [path for path in (os.path.join(folder, switch_journal.NAME) for folder in folders) if os.path.lexists(path)]
    if left:
        return SwitchOutcome(BROKEN, [str(by), "run the remedy again to complete the rollback (from %s)" % left[0]])
    return SwitchOutcome(RESTORED, [str(by), "nothing was changed"])


def has_to_change(edit: Replacement, cut_off: bool = False) -> bool:
    """Return whether a file has to change; raises FileError when it must not.

    What a run left that was `cut_off` may be a second name of the file, which goes before the file is replaced.
    """
    live = live_file.read(edit.path)
    if digest(live.content) == digest(edit.content):
        return False
    if digest(live.content) != edit.before:
        raise FileError("%s changed since the audit; run the remedy again" % edit.path)
    if live.names > 1 and not cut_off:
        raise FileError("%s has %d hard links, which replacing it would break" % (edit.path, live.names))
    return True


def _planned(wanted: Sequence[Replacement], service: Service, stamp: str) -> Journal:
    entries = [switch_journal.entry(edit.path, stamp, edit.before, digest(edit.content)) for edit in wanted]
    return Journal(os.path.dirname(entries[0].path), PREPARING, stamp, service.container, entries)


def _prepare(journal: Journal, wanted: Sequence[Replacement]) -> None:
    """Keep every file and lay its successor beside it; then look once more that nobody changed it meanwhile."""
    journal.at(PREPARING)
    successors = {edit.path: edit.content for edit in wanted}
    for one in journal.entries:
        live = live_file.read(one.path)
        live_file.keep(one.path, live, one.backup)
        live_file.write_new(one.new, successors[one.path], live.kept)
        live_file.sync_folder(os.path.dirname(one.path))
    for one in journal.entries:
        _same(one, one.path, "was changed by another process meanwhile")
        _same(one, one.backup, "was changed by another process meanwhile")


def _put_in_place(journal: Journal) -> None:
    for one in journal.entries:
        live_file.put_in_place(one.new, one.path)
    for one in journal.entries:
        # The old file has its backup's name alone now: what was written into it in the last moment shows there.
        _same(one, one.backup, "was written to while it was being replaced")


def _same(one: JournalEntry, path: str, otherwise: str) -> None:
    if digest(live_file.read(path).content) != one.before:
        raise FileError("%s %s" % (one.path, otherwise))


def _done(journal: Journal, service: Service) -> SwitchOutcome:
    said = ["%s was replaced; the old file is kept as %s" % (one.path, one.backup) for one in journal.entries]
    return SwitchOutcome(CHANGED, [*said, *service.done()], backups=tuple(one.backup for one in journal.entries))


def _undone(journal: Journal, service: Service, step: str, since: int, reason: str) -> SwitchOutcome:
    """Put everything back after a failure, and return what came of it. The service was told at `since`."""
    stopping.not_any_more()
    said = ["it failed at the step '%s': %s" % (step, reason)]
    again = "run the remedy again to complete the rollback (from %s)" % journal.path
    try:
        done, moved = switch_back.put_back(journal)
    except FileError as error:
        return SwitchOutcome(BROKEN, [*said, str(error), *switch_back.as_it_is(journal), again], step)
    said += done
    try:
        if step == TAKING and service.back(since):
            said.append("the service runs as before")
        elif moved:
            said.append(switch_back.LEFT)
    except ServiceError as error:
        return SwitchOutcome(BROKEN, [*said, "the service does not run as before: %s" % error, again], step)
    try:
        switch_back.end(journal)
    except OSError as error:
        said.append("%s could not be removed: %s; the next run will" % (journal.path, error.strerror))
    return SwitchOutcome(RESTORED, said, step)
