"""A remedy on its host: reads a service's files sealed, and puts planned ones in their place, proved or not at all."""

from __future__ import annotations

import os
import time
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Sequence, Tuple

from . import containers, live_file, loki_files, loki_service, project, switch, switch_back
from .engine_change import ChangingEngine
from .engine_client import EngineUnavailableError, NotFoundError, find_endpoint
from .live_file import FileError
from .mounted import NotOnHostError, host_path
from .redact import Redactor
from .sealing import CannotSealError, Sealer, shown
from .switch import REFUSED, UNCHANGED, Edit, Outcome
from .switch_service import Service, ServiceError

_MOST_FILES = 100


class Kind(NamedTuple):
    """What differs between the programs: how their files are hidden, and how they are proved, reloaded and asked."""

    redact: Callable[[str, Redactor], str]
    service: Callable[..., Service]


KINDS = {"loki": Kind(loki_files.redact, loki_service.LokiService)}


class Asked(NamedTuple):
    """What the module is asked for: see the options of `library/parity_remedy.py`."""

    kind: str
    container: str
    docker_host: str
    files: List[Dict[str, Any]]
    trial: bool
    push: bool
    timeout: float


class _Opened(NamedTuple):
    """A service's files as they are: where, and sealed."""

    engine: ChangingEngine
    inspected: Mapping[str, Any]
    sealer: Sealer
    paths: Dict[str, str]
    live: Dict[str, bytes]
    sealed: Dict[str, str]

    @property
    def folders(self) -> List[str]:
        """The folders in which the files lie."""
        return sorted({os.path.dirname(path) for path in self.paths.values()})


_SAID = (FileError, NotOnHostError, CannotSealError, ServiceError, EngineUnavailableError)


def read(asked: Asked, key: str, environ: Dict[str, str]) -> Dict[str, Any]:
    """Return the files sealed, by their path in the container, and what a dead run left; changes nothing."""
    try:
        opened = _open(asked, key, environ)
        unfinished = [
            "the remedy of %s was cut off at the step '%s'" % (journal.started, journal.step)
            for journal in switch_back.unfinished(opened.folders)
        ]
    except NotFoundError:
        return {"state": REFUSED, "said": ["container %s is gone" % asked.container], "files": {}, "unfinished": []}
    except _SAID as error:
        return {"state": REFUSED, "said": [str(error)], "files": {}, "unfinished": []}
    files = {
        path: {
            "host_path": opened.paths[path],
            "sealed": opened.sealed[path],
            "digest": opened.sealer.fingerprint(opened.live[path]),
        }
        for path in opened.paths
    }
    return {"state": "read", "said": [], "files": files, "unfinished": unfinished}


def repair(asked: Asked, key: str, environ: Dict[str, str], check: bool) -> Dict[str, Any]:
    """Put the planned files in place, as far as `switch.switch` does; with `check`, only say what would be done."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    diff: List[Dict[str, str]] = []
    try:
        opened = _open(asked, key, environ)
        edits, planned = _edits(asked, opened)
        diff = [_diff(opened, path, planned[path]) for path in planned if planned[path] != opened.sealed[path]]
        with switch.locked(opened.folders):
            outcome = _checked(opened, edits) if check else _switched(asked, opened, edits, planned, stamp)
    except NotFoundError:
        outcome = Outcome(REFUSED, ["container %s is gone" % asked.container])
    except _SAID as error:
        outcome = Outcome(REFUSED, [str(error), "nothing was touched"])
    except OSError as error:
        outcome = Outcome(REFUSED, [switch_back.why(error)])
    done = outcome._asdict()
    return {**done, "backups": list(outcome.backups), "diff": diff, "stamp": stamp}


def _open(asked: Asked, key: str, environ: Dict[str, str]) -> _Opened:
    engine = ChangingEngine(find_endpoint(asked.docker_host, environ), environ)
    engine.negotiate()
    inspected = engine.get("/containers/%s/json" % asked.container)
    sealer = Sealer(key.encode())
    _meet(inspected, asked.docker_host, environ, sealer)
    paths = {str(one["path"]): host_path(inspected, str(one["path"])) for one in asked.files[:_MOST_FILES]}
    live = {path: live_file.read(real).content for path, real in paths.items()}
    sealed = {path: sealer.seal(_text(path, content), KINDS[asked.kind].redact) for path, content in live.items()}
    return _Opened(engine, inspected, sealer, paths, live, sealed)


def _meet(inspected: Mapping[str, Any], docker_host: str, environ: Dict[str, str], sealer: Sealer) -> None:
    """Let the sealer meet the whole project's secrets: one that an env file shows is hidden in these files too."""
    labels = (inspected.get("Config") or {}).get("Labels") or {}
    name = str(labels.get(containers.PROJECT, ""))
    if not name:
        return
    wanted = containers.Asked(docker_host, name, "", "", 0)
    engine = containers.gather(wanted, environ, sealer)
    folder, composed = engine.get("working_dir", ""), engine.get("config_files", [])
    wanted_files = project.Wanted(folder, composed, engine.get("environment_files", []), "")
    project.ProjectReader(wanted_files, sealer).gather()


def _text(path: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise CannotSealError("%s is not UTF-8; nothing in it is changed" % path) from None


def _edits(asked: Asked, opened: _Opened) -> Tuple[List[Edit], Dict[str, str]]:
    """Return the edits, and the sealed text of each; raises when a file is not the audited one."""
    all_sealed = "\n".join(opened.sealed.values())
    edits: List[Edit] = []
    planned: Dict[str, str] = {}
    for one in asked.files:
        path, sealed = str(one["path"]), one.get("sealed")
        if sealed is None:
            continue
        if opened.sealer.fingerprint(opened.live[path]) != one["digest"] and sealed != opened.sealed[path]:
            raise FileError("%s is no longer the file that was audited; run the remedy again" % opened.paths[path])
        content = opened.sealer.unseal(str(sealed), all_sealed).encode("utf-8")
        edits.append(Edit(opened.paths[path], live_file.digest(opened.live[path]), content))
        planned[path] = str(sealed)
    return edits, planned


def _checked(opened: _Opened, edits: Sequence[Edit]) -> Outcome:
    said = [
        "the remedy of %s was cut off, and would be undone" % one.started
        for one in switch_back.unfinished(opened.folders)
    ]
    changes = [edit.path for edit in edits if live_file.digest(edit.content) != edit.before]
    said += ["%s would be replaced" % path for path in changes]
    return Outcome("changed" if said else UNCHANGED, said or ["nothing is to be changed"])


def _switched(asked: Asked, opened: _Opened, edits: Sequence[Edit], planned: Mapping[str, str], stamp: str) -> Outcome:
    content = {path: opened.live[path] for path in opened.paths}
    content.update(
        {path: opened.sealer.unseal(text, "\n".join(opened.sealed.values())).encode() for path, text in planned.items()}
    )
    options = loki_service.Options(asked.trial, asked.push, asked.timeout)
    service = KINDS[asked.kind].service(opened.engine, opened.inspected, content, opened.sealer, options)
    undone = switch_back.recover(opened.folders, service)
    outcome = switch.switch(edits, service, stamp)
    if edits and outcome.state == UNCHANGED and service.is_ill():
        return _taken(service, undone)
    if undone and outcome.state == UNCHANGED:
        return Outcome("changed", undone)
    return outcome._replace(said=[*undone, *outcome.said])


def _taken(service: Service, undone: List[str]) -> Outcome:
    """Let a service that does not work read files that are already good: another environment's remedy mended them."""
    try:
        service.prove()
        service.take()
        service.verify()
    except ServiceError as error:
        return Outcome(REFUSED, [*undone, str(error), "its files had nothing to be changed"])
    return Outcome("changed", [*undone, "its files were good already; it was started with them, and was proved"])


def _diff(opened: _Opened, path: str, planned: str) -> Dict[str, str]:
    return {
        "before_header": opened.paths[path],
        "after_header": opened.paths[path],
        "before": shown(opened.sealed[path]),
        "after": shown(planned),
    }
