"""The env remedy on its host: reads the file, adds the keys, puts it in place in one step, or leaves every byte."""

from __future__ import annotations

import os
import time
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Union

from ..compose.bind_files import near, within
from ..engine.client import Engine, EngineUnavailableError, find_endpoint
from ..envfile.reader import effective, read_env_file
from ..envfile.redaction import redact_env_file
from ..secrets.leaving import read_back, written
from ..secrets.redact import Redactor
from ..secrets.sealing import printed
from . import env_plan, live_file, switch, switch_back
from .env_containers import EnvService
from .env_plan import CannotRepairError
from .files_alone import FilesAlone
from .live_file import FileError
from .service import ServiceError
from .switch import REFUSED, UNCHANGED, Replacement, SwitchOutcome


class EnvFileOptions(NamedTuple):
    """What the module is asked for: see the options of `library/parity_env_file.py`."""

    path: str
    template: str
    digest: str
    keys: List[str]
    values: Dict[str, Any]
    refused: Mapping[str, str] = {}
    project_files: Sequence[str] = ()
    directory: str = ""
    mark: bool = False
    recreate: bool = False
    project: str = ""
    services: Sequence[str] = ()
    docker_host: str = ""
    timeout: float = 90.0


_Readers = Union[FilesAlone, EnvService]


def repair(asked: EnvFileOptions, key: str, environ: Dict[str, str], check: bool) -> Dict[str, Any]:
    """Add the keys to the file, as far as `switch.switch` does; with `check`, only say what would be done.

    Returns `state`, `said`, `step` and `backups` as `switch.Outcome` has them, `added`, `marked`, what was `there`
    already, the `left` as sentences, whether a dead run left something `unfinished`, the redacted texts `before` and
    `after`, and the `diff`.
    """
    answer: Dict[str, Any] = written(_repair(_arrived(asked), key, environ, check))
    return answer


def _arrived(asked: EnvFileOptions) -> EnvFileOptions:
    """Return what is asked for with the names of files as this host has them; values are what somebody wrote."""
    path, template, others, directory = read_back([asked.path, asked.template, asked.project_files, asked.directory])
    return asked._replace(path=path, template=template, project_files=others, directory=directory)


def _repair(asked: EnvFileOptions, key: str, environ: Dict[str, str], check: bool) -> Dict[str, Any]:
    facts: Dict[str, Any] = {"added": [], "marked": [], "there": [], "left": [], "unfinished": False}
    facts.update(before="", after="", diff=[])
    path = asked.path
    try:
        path = _real(asked.path, asked.directory)
        with switch.locked([os.path.dirname(path)]):
            outcome = _repaired(asked, path, Redactor(key.encode()), environ, check, facts)
    except (FileError, CannotRepairError, ServiceError, EngineUnavailableError) as error:
        named = str(error) if path in str(error) else "%s: %s" % (path, error)
        outcome = SwitchOutcome(REFUSED, [named, "nothing was changed"])
    except OSError as error:
        outcome = SwitchOutcome(REFUSED, [switch_back.why(error), "nothing was changed"])
    except SystemExit as signal:
        outcome = switch.stopped(signal, [os.path.dirname(path)])
    return {**outcome._asdict(), "backups": list(outcome.backups), **facts}


def _real(path: str, directory: str) -> str:
    """Return the real path of a file; raises FileError where links lead out of the folder above the project's.

    A container may write to a folder of the project, and put a link there: what it leads to is not for it to choose.
    """
    real = os.path.realpath(path)
    if real != os.path.normpath(path) and not (directory and within(real, near(directory))):
        raise FileError("%s is a link to %s, outside the project directory, and is not used" % (path, real))
    return real


def _repaired(
    asked: EnvFileOptions, path: str, redactor: Redactor, environ: Dict[str, str], check: bool, facts: Dict[str, Any]
) -> SwitchOutcome:
    """Return what came of it, and put into `facts` what is seen on the way; raises what `repair` says as a refusal."""
    folders = [os.path.dirname(path)]
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    cut_off = switch_back.unfinished(folders)
    facts["unfinished"] = bool(cut_off)
    undone: List[str] = []
    if cut_off and not check:
        undone = switch_back.recover(folders, _service(asked, environ, redactor, path, b""))
    live = live_file.read(path)
    plan = _planned(asked, live.content)
    facts.update(_told(path, live.content, plan, redactor))
    facts["there"] = sorted(set(asked.keys) - set(plan.added) - {one.key for one in plan.left})
    if _changes(plan) and not undone and redactor.fingerprint(live.content) != asked.digest:
        raise FileError("the file changed since the audit; run the remedy again")
    service = _service(asked, environ, redactor, path, plan.content)
    edit = Replacement(path, live_file.digest(live.content), plan.content)
    if check:
        return _checked(edit, plan, service, bool(cut_off), _nothing(path, facts["there"]))
    return _switched(edit, plan, service, stamp, undone, _nothing(path, facts["there"]))


def _changes(plan: env_plan.Plan) -> bool:
    return bool(plan.added or plan.marked)


def _nothing(path: str, there: Sequence[str]) -> str:
    """Return how it is said that nothing is to be done; whoever runs it again may wait for containers made anew."""
    has = ": it already has %s, but the containers that read it are older" % ", ".join(there) if there else ""
    return "no key was added to %s%s" % (path, has)


def _service(asked: EnvFileOptions, environ: Dict[str, str], redactor: Redactor, path: str, content: bytes) -> _Readers:
    if not asked.recreate:
        return FilesAlone({path: content})
    engine = Engine(find_endpoint(asked.docker_host, environ), environ)
    engine.negotiate()
    return EnvService(engine, asked.project, asked.services, redactor, asked.timeout)


def _planned(asked: EnvFileOptions, content: bytes) -> env_plan.Plan:
    template = live_file.read(_real(asked.template, asked.directory)).content if asked.template else b""
    outside: Dict[str, str] = {}
    for other in asked.project_files:
        if os.path.realpath(other) != os.path.realpath(asked.path):
            parsed = read_env_file(live_file.read(os.path.realpath(other)).content, outside)
            outside.update({name: one.value for name, one in effective(parsed).items() if one.value is not None})
    return env_plan.add(content, template, asked.keys, asked.values, asked.refused, outside, asked.mark)


def _checked(edit: Replacement, plan: env_plan.Plan, service: _Readers, cut_off: bool, nothing: str) -> SwitchOutcome:
    said = ["an interrupted remedy would be rolled back"] if cut_off else []
    if _changes(plan) and switch.has_to_change(edit, cut_off):
        service.prove()
        said.append("%s would be added to %s" % (", ".join((*plan.added, *map(_mark_of, plan.marked))), edit.path))
    return SwitchOutcome("changed" if said else UNCHANGED, said or [nothing])


def _switched(
    edit: Replacement, plan: env_plan.Plan, service: _Readers, stamp: str, undone: List[str], nothing: str
) -> SwitchOutcome:
    if not _changes(plan):
        said = [*undone, "run the remedy again"] if undone else [nothing]
        return SwitchOutcome("changed" if undone else UNCHANGED, said)
    outcome = switch.switch([edit], service, stamp)
    if outcome.state == "changed":
        done = [_done(keys, how) for keys, how in ((plan.added, "added"), (plan.marked, "marked")) if keys]
        outcome = outcome._replace(said=[outcome.said[0], *done, *service.done()])
    return outcome._replace(said=[*undone, *outcome.said])


def _mark_of(key: str) -> str:
    return "a comment for %s" % key


def _done(keys: Sequence[str], how: str) -> str:
    return "%s %s %s" % (", ".join(keys), "was" if len(keys) == 1 else "were", how)


def _told(path: str, before: bytes, plan: env_plan.Plan, redactor: Redactor) -> Mapping[str, Any]:
    texts = [redact_env_file(data, redactor) for data in (before, plan.content)]
    diff = {name: printed(path) for name in ("before_header", "after_header")}
    diff.update(before=printed(texts[0]), after=printed(texts[1]))
    return {
        "added": list(plan.added),
        "marked": list(plan.marked),
        "left": [
            "%s: %s; the line to add to %s begins with %s" % (one.key, one.why, path, one.line) for one in plan.left
        ],
        "before": texts[0],
        "after": texts[1],
        "diff": [diff] if _changes(plan) else [],
    }
