"""A remedy on its host: reads a service's files sealed, and puts planned ones in their place, proved or not at all."""

from __future__ import annotations

import os
import time
from functools import partial
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Sequence, Tuple

from ..engine import container_files
from ..engine.change import ChangingEngine
from ..engine.client import EngineUnavailableError, NotFoundError, find_endpoint
from ..engine.compose_labels import PROJECT
from ..engine.container_files import Read
from ..engine.mounted import NotOnHostError, host_path
from ..gather import containers, project
from ..secrets.leaving import read_back, written
from ..secrets.sealing import CannotSealError, Sealer, printed
from . import live_file, pinned, project_files, switch, switch_back
from .files_alone import FilesAlone
from .live_file import FileError
from .register import KINDS, Kind
from .service import Options, Service, ServiceError
from .switch import REFUSED, UNCHANGED, Replacement, SwitchOutcome

# More than the audit reads; a plan that is made without some of the files would be another one.
_MOST_FILES = 1000
_NOWHERE = "the %s on this host accepts the file; no container on this host uses it"
_UNPROVED = ("Parity's check accepts the file; no container on this host uses it",)


class RemedyOptions(NamedTuple):
    """What the module is asked for: see the options of `library/parity_remedy.py`."""

    kind: str
    container: str
    docker_host: str
    files: List[Dict[str, Any]]
    trial: bool
    push: bool
    timeout: float
    service: str = ""
    project: Mapping[str, Any] = {}


class _File(NamedTuple):
    """One file as it is: its path on the host, or why it has none, its bytes, and its text sealed."""

    host_path: str
    elsewhere: str
    content: bytes
    encoding: str
    sealed: str


class _Opened(NamedTuple):
    """A service's files, by their path in the container, and what has to take those that it is given by such paths."""

    sealer: Sealer
    files: Dict[str, _File]
    service: Callable[[Mapping[str, bytes]], Service]
    # Which files its container keeps to that are others on the host by now.
    kept: Callable[[], Sequence[str]] = tuple

    @property
    def folders(self) -> List[str]:
        """The folders of the host in which the files lie."""
        return sorted({os.path.dirname(one.host_path) for one in self.files.values() if one.host_path})

    @property
    def all_sealed(self) -> str:
        """All sealed text, in which a token of a plan must stand."""
        return "\n".join(one.sealed for one in self.files.values())


_SAID = (FileError, NotOnHostError, CannotSealError, ServiceError, EngineUnavailableError)


def read(asked: RemedyOptions, key: str, environ: Dict[str, str]) -> Dict[str, Any]:
    """Return the files sealed, by their path in the container, and what a dead run left; changes nothing."""
    answer: Dict[str, Any] = written(_read(_arrived(asked), key, environ))
    return answer


def _arrived(asked: RemedyOptions) -> RemedyOptions:
    """Return what is asked for with the names of files as this host has them."""
    return RemedyOptions(*read_back(list(asked)))


def _read(asked: RemedyOptions, key: str, environ: Dict[str, str]) -> Dict[str, Any]:
    try:
        opened = _open(asked, key, environ)
        unfinished = [
            "the remedy of %s was interrupted at the step '%s'" % (journal.started, journal.step)
            for journal in switch_back.unfinished(opened.folders)
        ]
        kept = opened.kept()
    except NotFoundError:
        return {"state": REFUSED, "said": ["container %s is gone" % asked.container], "files": {}, "unfinished": []}
    except (*_SAID, OSError) as error:
        return {"state": REFUSED, "said": [switch_back.why(error)], "files": {}, "unfinished": []}
    files = {
        path: {
            "host_path": one.host_path,
            "elsewhere": one.elsewhere,
            "sealed": one.sealed,
            "digest": opened.sealer.fingerprint(one.content),
            "kept": path in kept,
        }
        for path, one in opened.files.items()
    }
    return {"state": "read", "said": [], "files": files, "unfinished": unfinished}


def repair(asked: RemedyOptions, key: str, environ: Dict[str, str], check: bool) -> Dict[str, Any]:
    """Put the planned files in place, as far as `switch.switch` does; with `check`, only say what would be done."""
    answer: Dict[str, Any] = written(_repair(_arrived(asked), key, environ, check))
    return answer


def _repair(asked: RemedyOptions, key: str, environ: Dict[str, str], check: bool) -> Dict[str, Any]:
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    diff: List[Dict[str, str]] = []
    folders: Sequence[str] = ()
    try:
        opened = _open(asked, key, environ)
        folders = opened.folders
        edits, planned = _edits(asked, opened)
        changed = [(opened.files[path], text) for path, text in planned.items() if text != opened.files[path].sealed]
        diff = [_diff(one, text) for one, text in changed]
        with switch.locked(folders):
            mended = _mended(asked, opened)
            service = opened.service(_contents(opened, planned))
            if check:
                outcome = _checked(opened, edits, service, mended)
            else:
                outcome = _switched(opened, edits, service, stamp, mended)
    except NotFoundError:
        outcome = SwitchOutcome(REFUSED, ["container %s is gone" % asked.container])
    except _SAID as error:
        outcome = SwitchOutcome(REFUSED, [str(error), "nothing was changed"])
    except OSError as error:
        outcome = SwitchOutcome(REFUSED, [switch_back.why(error)])
    except SystemExit as signal:
        outcome = switch.stopped(signal, folders)
    done = outcome._asdict()
    return {**done, "backups": list(outcome.backups), "diff": diff, "stamp": stamp}


def _open(asked: RemedyOptions, key: str, environ: Dict[str, str]) -> _Opened:
    return _in_container(asked, key, environ) if asked.container else _in_project(asked, key)


def _in_container(asked: RemedyOptions, key: str, environ: Dict[str, str]) -> _Opened:
    engine = ChangingEngine(find_endpoint(asked.docker_host, environ), environ)
    engine.negotiate()
    inspected = engine.get("/containers/%s/json" % asked.container)
    sealer = Sealer(key.encode())
    _meet(inspected, asked.docker_host, environ, sealer)
    files = _files(asked, inspected, partial(container_files.read, engine, str(inspected["Id"])), sealer)

    def service(contents: Mapping[str, bytes]) -> Service:
        options = Options(asked.trial, asked.push, asked.timeout)
        return KINDS[asked.kind].service(engine, inspected, contents, sealer, options)

    def kept() -> Sequence[str]:
        return pinned.replaced(engine, inspected, files, time.monotonic() + asked.timeout)

    return _Opened(sealer, files, service, kept)


def _in_project(asked: RemedyOptions, key: str) -> _Opened:
    """Open the files of a service that runs nowhere here."""
    sealer = Sealer(key.encode())
    found = project_files.find(asked.project, asked.service, sealer)
    files = _files(asked, found.mounts, found.read, sealer, found.folder)

    def service(contents: Mapping[str, bytes]) -> Service:
        here = {files[path].host_path: content for path, content in contents.items()}
        proof = KINDS[asked.kind].prove_on_host
        if proof is None or not asked.trial:
            return FilesAlone(here, words=_UNPROVED)
        everything = {**{path: one.content for path, one in files.items()}, **contents}
        prove = partial(proof, everything, found.service, sealer, asked.timeout)
        return FilesAlone(here, prove, (_NOWHERE % asked.kind,))

    return _Opened(sealer, files, service)


def _files(
    asked: RemedyOptions, mounts: Mapping[str, Any], read: Read, sealer: Sealer, inside: str = ""
) -> Dict[str, _File]:
    if len(asked.files) > _MOST_FILES:
        raise FileError("it reads %d files; the limit for repairs is %d" % (len(asked.files), _MOST_FILES))
    paths = [str(one["path"]) for one in asked.files]
    files = {
        path: _file(partial(host_path, mounts, path, inside), read, path, KINDS[asked.kind], sealer) for path in paths
    }
    if not any(one.host_path for one in files.values()):
        raise NotOnHostError(next((one.elsewhere for one in files.values()), "no file is given"))
    return files


def _file(find: Callable[[], str], read: Read, path: str, kind: Kind, sealer: Sealer) -> _File:
    """Return a file of the container; one that does not lie on its host can be read, and not changed."""
    try:
        real, elsewhere = find(), ""
        content = live_file.read(real).content
    except NotOnHostError as error:
        real, elsewhere = "", str(error)
        tree = read(path)
        found = tree.files.get(tree.resolve(path))
        if found is None:  # as if it were empty, there would be nothing to repair in it
            raise FileError("%s was audited but cannot be read now: %s" % (path, elsewhere)) from None
        content = found
    try:
        text, encoding = kind.decoded(content)
    except UnicodeDecodeError:
        raise CannotSealError("%s is not UTF-8; the file is not changed" % path) from None
    return _File(real, elsewhere, content, encoding, sealer.seal(text, kind.redact))


def _meet(inspected: Mapping[str, Any], docker_host: str, environ: Dict[str, str], sealer: Sealer) -> None:
    """Let the sealer meet the whole project's secrets: one that an env file shows is hidden in these files too."""
    labels = (inspected.get("Config") or {}).get("Labels") or {}
    name = str(labels.get(PROJECT, ""))
    if not name:
        return
    wanted = containers.ContainerOptions(docker_host, name, "", "", 0)
    engine = containers.gather(wanted, environ, sealer)
    folder, composed = engine.get("working_dir", ""), engine.get("config_files", [])
    wanted_files = project.Wanted(folder, composed, engine.get("environment_files", []), "")
    project.ProjectReader(wanted_files, sealer).gather()


def _edits(asked: RemedyOptions, opened: _Opened) -> Tuple[List[Replacement], Dict[str, str]]:
    """Return the edits, and the sealed text of each; raises when a file is not the audited one.

    One that is not, and is what is planned, was mended since: `_mended` tells.
    """
    edits: List[Replacement] = []
    planned: Dict[str, str] = {}
    for one in asked.files:
        path, sealed = str(one["path"]), one.get("sealed")
        if sealed is None:
            continue
        live = opened.files[path]
        if live.elsewhere:
            raise NotOnHostError(live.elsewhere)
        if opened.sealer.fingerprint(live.content) != one["digest"] and sealed != live.sealed:
            raise FileError("%s changed since the audit; run the remedy again" % live.host_path)
        edits.append(Replacement(live.host_path, live_file.digest(live.content), _unsealed(opened, live, str(sealed))))
        planned[path] = str(sealed)
    return edits, planned


def _mended(asked: RemedyOptions, opened: _Opened) -> bool:
    """Return whether a file was mended since the audit, by the remedy of another service that has it or by somebody."""
    given = [one for one in asked.files if one.get("sealed") is not None]
    return any(opened.sealer.fingerprint(opened.files[str(one["path"])].content) != one["digest"] for one in given)


def _contents(opened: _Opened, planned: Mapping[str, str]) -> Dict[str, bytes]:
    """Return what the files on the host are to be, by their path in the container."""
    content = {path: one.content for path, one in opened.files.items() if one.host_path}
    content.update({path: _unsealed(opened, opened.files[path], text) for path, text in planned.items()})
    return content


def _checked(opened: _Opened, edits: Sequence[Replacement], service: Service, mended: bool) -> SwitchOutcome:
    said = [
        "the interrupted remedy of %s would be rolled back" % one.started
        for one in switch_back.unfinished(opened.folders)
    ]
    changes = [edit.path for edit in edits if switch.has_to_change(edit, bool(said))]
    said += ["%s would be replaced" % path for path in changes]
    if edits and not said and (mended or service.is_ill()):
        said = ["its files are already correct; the service would be reloaded"]
    return SwitchOutcome("changed" if said else UNCHANGED, said or ["nothing to change"])


def _switched(
    opened: _Opened, edits: Sequence[Replacement], service: Service, stamp: str, mended: bool
) -> SwitchOutcome:
    undone = switch_back.recover(opened.folders, service)
    outcome = switch.switch(edits, service, stamp)
    if edits and outcome.state == UNCHANGED and (mended or service.is_ill()):
        return _taken(service, undone)
    if undone and outcome.state == UNCHANGED:
        return SwitchOutcome("changed", undone)
    return outcome._replace(said=[*undone, *outcome.said])


def _taken(service: Service, undone: List[str]) -> SwitchOutcome:
    """Let a service read files that are good already, and that it has not read: somebody else mended them."""
    try:
        service.prove()
        service.take()
        service.verify()
    except ServiceError as error:
        return SwitchOutcome(REFUSED, [*undone, str(error), "its files were not changed"])
    return SwitchOutcome(
        "changed", [*undone, "its files were already correct; the service was reloaded", *service.done()]
    )


def _unsealed(opened: _Opened, live: _File, planned: str) -> bytes:
    try:
        return opened.sealer.unseal(planned, opened.all_sealed).encode(live.encoding)
    except UnicodeEncodeError:
        raise CannotSealError(
            "the plan contains characters that the encoding of %s cannot represent" % live.host_path
        ) from None


def _diff(live: _File, planned: str) -> Dict[str, str]:
    return {
        "before_header": printed(live.host_path),
        "after_header": printed(live.host_path),
        "before": printed(live.sealed),
        "after": printed(planned),
    }
