"""Throw-away containers: one command in a copy of a service's container that can change nothing outside of itself.

A copy has the same image, user, environment and networks, so that names resolve as they do there. It has no published
port, no alias and no restart policy, and what it mounts is read-only.
"""

from __future__ import annotations

import io
import posixpath
import secrets
import tarfile
import time
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from . import container_layer
from .change import ChangingEngine, mapping
from .client import ANSWER_LIMIT_BYTES, EngineUnavailableError, NotFoundError, frames
from .container_layer import within
from .trial_request import DEFAULT, Copy, endpoint, mounted, networks, request

LABEL = "dev.parity.trial"
_RUN = LABEL + ".run"
# Older than any trial takes: what has this age was left behind by a run that was killed.
LEFT_SECONDS = 300.0
_CLEANING_SECONDS = 15.0
_LINES = "200"


class Tried(NamedTuple):
    """How the command ended, and what it wrote, its two streams apart."""

    code: int
    output: str
    errors: str


def run(
    engine: ChangingEngine,
    inspected: Mapping[str, Any],
    argv: Sequence[str],
    edits: Mapping[str, bytes],
    deadline: float,
    copy: Copy = DEFAULT,
) -> Tried:
    """Return what `argv` does in a throw-away copy of the container that the engine's `inspect` answer describes.

    `edits` are files by path in the container that the copy has instead of the live ones. What mounts such a file is
    copied into the copy and not mounted: nothing is ever written to a mount. Raises EngineUnavailableError.
    """
    clean_left(engine)
    trial = _Trial(engine, inspected, _holding(mounted(inspected), list(edits)), copy, deadline)
    try:
        trial.make(argv, bool(edits))
        trial.fill(edits)
        code, raw = trial.start()
    except NotFoundError:
        raise EngineUnavailableError("its image or network no longer exists") from None
    except EngineUnavailableError:
        if time.monotonic() < deadline:
            raise
        raise EngineUnavailableError("the test timed out") from None
    finally:
        trial.remove()
    streams = [b"".join(part for number, part in frames(raw) if number == wanted) for wanted in (1, 2)]
    return Tried(code, *(stream.decode("utf-8", "replace") for stream in streams))


def writable(inspected: Mapping[str, Any]) -> List[str]:
    """Return the paths at which the container may write and its copy may not."""
    return [str(mount["Destination"]) for mount in mounted(inspected) if mount.get("RW")]


def is_trial(listed: Mapping[str, Any]) -> bool:
    """Return whether an entry of the engine's list of containers is such a copy, and so no part of any project."""
    return LABEL in (listed.get("Labels") or {})


def clean_left(engine: ChangingEngine) -> None:
    """Remove the copies that runs left that were killed, and none that another run is using now."""
    _remove(engine, LABEL, LEFT_SECONDS)


def _remove(engine: ChangingEngine, label: str, age: float) -> None:
    listed = engine.get("/containers/json", all="1", filters='{"label":["%s"]}' % label)
    for one in listed if isinstance(listed, list) else []:
        if age and time.time() - float(one.get("Created") or 0) < age:
            continue
        try:
            deadline = time.monotonic() + _CLEANING_SECONDS
            engine.ask("DELETE", "/containers/%s" % one["Id"], deadline, query={"force": "1", "v": "1"})
        except NotFoundError:
            continue


class _Trial:
    """One copy: made, filled, started, removed."""

    def __init__(
        self,
        engine: ChangingEngine,
        inspected: Mapping[str, Any],
        copied: Sequence[Dict[str, Any]],
        copy: Copy,
        deadline: float,
    ) -> None:
        """Take the mounts that are copied and not mounted, as the engine describes them."""
        self._engine, self._inspected, self._copied = engine, inspected, copied
        self._copy, self._deadline = copy, deadline
        self._token = secrets.token_hex(4)
        self._at = ""

    def make(self, argv: Sequence[str], edited: bool) -> None:
        image = self._engine.get("/images/%s/json" % self._inspected["Image"])
        # An image that Compose built has Compose's labels, and every container of it would inherit them.
        inherited = (image.get("Config") or {}).get("Labels") or {}
        labels = {**dict.fromkeys(map(str, inherited), ""), LABEL: str(self._inspected["Id"]), _RUN: self._token}
        kept = [one for one in mounted(self._inspected) if one not in self._copied]
        asked = request(self._inspected, argv, kept, labels, self._copy)
        if edited:
            asked["HostConfig"]["ReadonlyRootfs"] = False  # nothing could be put into it
        check(asked, self._copied)
        answer = self._ask("POST", "/containers/create", asked, {"name": "parity-trial-" + self._token})
        made = str(mapping(answer).get("Id", ""))
        self._at = "/containers/%s" % made
        for name in networks(self._inspected)[1:] if self._copy.networks else []:
            joined = {"Container": made, "EndpointConfig": endpoint(self._inspected, name)}
            self._ask("POST", "/networks/%s/connect" % name, joined)

    def fill(self, edits: Mapping[str, bytes]) -> None:
        """Put into the copy what the container wrote over its image, what is not mounted, and the edits."""
        of = str(self._inspected["Id"])
        if not (self._inspected.get("HostConfig") or {}).get("ReadonlyRootfs"):  # else it has written nothing
            apart = container_layer.places(self._inspected)
            copy = self._at.rpartition("/")[2]
            own = container_layer.missing(self._engine, of, copy, self._copy.alike, apart)
            if own:
                self._put(own, "/")
            live = "/containers/%s/archive" % of
            free = [one for one in self._copy.folders if not any(within(one, place) for place in apart)]
            self._folders([one for one in free if self._engine.has(live, path=one)])
        for place in container_layer.outermost([str(mount["Destination"]) for mount in self._copied]):
            folder = posixpath.dirname(place.rstrip("/")) or "/"
            self._folders([folder])
            self._put(_live(self._engine, of, place), folder)  # with the mounts that lie in it
        if edits:
            self._folders(sorted({posixpath.dirname(path) for path in edits}))
            self._put(_archive(edits, []), "/")

    def start(self) -> Tuple[int, bytes]:
        """Return how the command ended and the stream of what it wrote."""
        self._ask("POST", self._at + "/start")
        code = mapping(self._ask("POST", self._at + "/wait")).get("StatusCode")
        if not isinstance(code, int):
            raise EngineUnavailableError("the engine does not report how the test ended")
        return code, self._engine.get_bytes(self._at + "/logs", stdout="1", stderr="1", tail=_LINES)

    def remove(self) -> None:
        """Remove it, even if the engine made it without ever answering so."""
        _remove(self._engine, "%s=%s" % (_RUN, self._token), 0)

    def _folders(self, folders: Sequence[str]) -> None:
        """Make the folders that the copy does not have; those it has stay as they are."""
        missing = [one for one in folders if one != "/" and not self._engine.has(self._at + "/archive", path=one)]
        if missing:
            self._put(_archive({}, missing), "/")

    def _put(self, archive: bytes, folder: str) -> None:
        self._engine.ask("PUT", self._at + "/archive", self._deadline, archive, {"path": folder})

    def _ask(
        self, method: str, path: str, body: Optional[Dict[str, Any]] = None, query: Optional[Dict[str, str]] = None
    ) -> bytes:
        return self._engine.ask(method, path, self._deadline, body, query)[1]


def check(asked: Mapping[str, Any], copied: Sequence[Mapping[str, Any]]) -> None:
    """Raise EngineUnavailableError for a copy through which a live file could be written: the last look."""
    mounts = [one for one in asked["HostConfig"]["Mounts"] if one["Type"] != "tmpfs"]
    apart = [str(one["Destination"]) for one in copied]
    if not all(one["ReadOnly"] for one in mounts) or any(within(one["Target"], at) for one in mounts for at in apart):
        raise EngineUnavailableError("the temporary container would have a writable mount; it was not created")


def _holding(mounts: Sequence[Dict[str, Any]], paths: Sequence[str]) -> List[Dict[str, Any]]:
    """Return the mounts that hold one of the paths, and those that lie within such a mount."""
    holding = [mount["Destination"] for mount in mounts if any(within(path, mount["Destination"]) for path in paths)]
    return [mount for mount in mounts if any(within(mount["Destination"], folder) for folder in holding)]


def _live(engine: ChangingEngine, container: str, path: str) -> bytes:
    """Return the archive of what the live container has at `path`."""
    raw = engine.get_bytes("/containers/%s/archive" % container, path=path)
    if len(raw) >= ANSWER_LIMIT_BYTES:
        raise EngineUnavailableError("%s is larger than %d bytes, too large to be copied" % (path, ANSWER_LIMIT_BYTES))
    return raw


def _archive(files: Mapping[str, bytes], folders: Sequence[str]) -> bytes:
    """Return an archive of files by absolute path, and of the folders that are made where the image has none."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in sorted({parent for folder in folders for parent in _parents(folder)}):
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(folder)
        for path, content in sorted(files.items()):
            member = tarfile.TarInfo(path.strip("/"))
            member.size, member.mode = len(content), 0o444
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def _parents(folder: str) -> List[str]:
    parts = folder.strip("/").split("/")
    return [posixpath.join(*parts[: depth + 1]) for depth in range(len(parts)) if parts[0]]
