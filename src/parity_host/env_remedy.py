"""The env remedy on its host: reads the file, adds the keys, puts it in place in one step, or leaves every byte."""

from __future__ import annotations

import os
import time
from typing import Any, Dict, List, Mapping, NamedTuple

from . import env_repair, live_file, switch, switch_back
from .env_repair import CannotRepairError
from .envfile import redact_env_file
from .live_file import FileError
from .redact import Redactor
from .sealing import shown
from .switch import REFUSED, UNCHANGED, Edit, Outcome
from .switch_service import ServiceError


class Asked(NamedTuple):
    """What the module is asked for: see the options of `library/parity_env_file.py`."""

    path: str
    template: str
    digest: str
    keys: List[str]
    values: Dict[str, Any]


class _NoService:
    """What reads an env file reads it when its container is made: nothing has to take it now."""

    container = ""

    def __init__(self, path: str, content: bytes) -> None:
        self._path, self._content = path, content

    def is_ill(self) -> bool:
        return False

    def prove(self) -> None:
        """The plan was proved when it was made."""

    def take(self) -> None:
        """Nothing takes it."""

    def verify(self) -> None:
        if live_file.read(self._path).content != self._content:
            raise ServiceError("%s does not read back as it was written" % self._path)

    def back(self) -> None:
        """Nothing has taken it."""


def repair(asked: Asked, key: str, check: bool) -> Dict[str, Any]:
    """Add the keys to the file, as far as `switch.switch` does; with `check`, only say what would be done.

    Returns `state`, `said`, `step` and `backups` as `switch.Outcome` has them, `added`, the `left` as sentences, the
    redacted texts `before` and `after`, and the `diff`.
    """
    redactor = Redactor(key.encode())
    facts: Dict[str, Any] = {"added": [], "left": [], "before": "", "after": "", "diff": []}
    path = os.path.realpath(asked.path)
    folders = [os.path.dirname(path)]
    try:
        with switch.locked(folders):
            undone = [] if check else _recovered(folders, _NoService(path, b""))
            live = live_file.read(path)
            plan = env_repair.add(live.content, _template(asked.template), asked.keys, asked.values)
            facts.update(_told(path, live.content, plan, redactor))
            audited = bool(undone) or redactor.fingerprint(live.content) == asked.digest
            outcome = _outcome(path, live.content, plan, check, audited)
            outcome = outcome._replace(said=[*undone, *outcome.said])
    except (FileError, CannotRepairError, ServiceError) as error:
        outcome = Outcome(REFUSED, ["%s: %s" % (path, error), "nothing was touched"])
    except OSError as error:
        outcome = Outcome(REFUSED, [switch_back.why(error), "nothing was touched"])
    return {**outcome._asdict(), "backups": list(outcome.backups), **facts}


def _recovered(folders: List[str], service: _NoService) -> List[str]:
    """Put back what an env remedy left; raises FileError where another one did: its service runs with what it left."""
    for journal in switch_back.unfinished(folders):
        if journal.container:
            raise FileError(
                "the remedy of %s for container %s was cut off in this folder; run that one first"
                % (journal.started, journal.container)
            )
    return switch_back.recover(folders, service)


def _outcome(path: str, before: bytes, plan: env_repair.Plan, check: bool, audited: bool) -> Outcome:
    if not plan.added:
        return Outcome(UNCHANGED, ["no key was added to %s" % path])
    if not audited:
        raise FileError("it is no longer the file that was audited; run the remedy again")
    if check:
        return Outcome("changed", ["%s would get %s" % (path, ", ".join(plan.added))])
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    service = _NoService(path, plan.content)
    outcome = switch.switch([Edit(path, live_file.digest(before), plan.content)], service, stamp)
    if outcome.state != "changed":
        return outcome
    return outcome._replace(said=[outcome.said[0], "%s was added" % ", ".join(plan.added)])


def _template(path: str) -> bytes:
    return live_file.read(os.path.realpath(path)).content if path else b""


def _told(path: str, before: bytes, plan: env_repair.Plan, redactor: Redactor) -> Mapping[str, Any]:
    texts = [redact_env_file(data, redactor) for data in (before, plan.content)]
    diff = {"before_header": path, "after_header": path, "before": shown(texts[0]), "after": shown(texts[1])}
    return {
        "added": list(plan.added),
        "left": ["%s: %s; add to %s: %s" % (one.key, one.why, path, one.line) for one in plan.left],
        "before": texts[0],
        "after": texts[1],
        "diff": [diff] if plan.added else [],
    }
