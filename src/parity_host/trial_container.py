"""Throw-away containers: one command in a copy of a service's container that can change nothing outside of itself.

A copy has the same image, user, environment and networks, so that names resolve as they do there. It has no published
port, no alias and no restart policy, and what it mounts is read-only.
"""

from __future__ import annotations

import io
import posixpath
import tarfile
import time
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence

from .engine_change import ChangingEngine, mapping
from .engine_client import ANSWER_LIMIT_BYTES, EngineUnavailableError, NotFoundError, frames

LABEL = "dev.parity.trial"
_CLEANING_SECONDS = 15.0
_LINES = "200"
_KEPT = ("CapAdd", "CapDrop", "SecurityOpt", "ExtraHosts", "Dns", "DnsSearch", "DnsOptions", "ReadonlyRootfs", "Tmpfs")


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
    networks: bool = True,
) -> Tried:
    """Return what `argv` does in a throw-away copy of the container that the engine's `inspect` answer describes.

    `edits` are files by path in the container that the copy has instead of the live ones. What mounts such a file is
    copied into the copy and not mounted: nothing is ever written to a mount. Raises EngineUnavailableError.
    """
    of = str(inspected["Id"])
    clean(engine, of)
    copied = _holding(_mounts(inspected), list(edits))
    try:
        names = _networks(inspected) if networks else ["none"]
        asked = _asked(inspected, argv, copied, names)
        _, answer = engine.ask("POST", "/containers/create", deadline, asked)
        made = "/containers/%s" % mapping(answer).get("Id", "")
        for name in names[1:]:
            engine.ask("POST", "/networks/%s/connect" % name, deadline, {"Container": made.rpartition("/")[2]})
        for mount in _outermost(copied):
            folder = posixpath.dirname(mount["Destination"].rstrip("/")) or "/"
            engine.ask("PUT", made + "/archive", deadline, _archive({}, [folder]), {"path": "/"})
            live = _live(engine, of, mount["Destination"])
            engine.ask("PUT", made + "/archive", deadline, live, {"path": folder})
        if edits:
            folders = sorted({posixpath.dirname(path) for path in edits})
            engine.ask("PUT", made + "/archive", deadline, _archive(edits, folders), {"path": "/"})
        engine.ask("POST", made + "/start", deadline)
        _, answer = engine.ask("POST", made + "/wait", deadline)
        raw = engine.get_bytes(made + "/logs", stdout="1", stderr="1", tail=_LINES)
    except NotFoundError:
        raise EngineUnavailableError("its image or network is no longer here") from None
    finally:
        clean(engine, of)
    code = mapping(answer).get("StatusCode")
    if not isinstance(code, int):
        raise EngineUnavailableError("the engine does not say how the trial ended")
    streams = [b"".join(part for number, part in frames(raw) if number == wanted) for wanted in (1, 2)]
    return Tried(code, *(stream.decode("utf-8", "replace") for stream in streams))


def writable(inspected: Mapping[str, Any]) -> List[str]:
    """Return the paths at which the container may write and its copy may not."""
    return [str(mount["Destination"]) for mount in _mounts(inspected) if mount.get("RW")]


def clean(engine: ChangingEngine, of: str) -> None:
    """Remove the copies of this container: our own, and what a run left that was killed."""
    listed = engine.get("/containers/json", all="1", filters='{"label":["%s=%s"]}' % (LABEL, of))
    for one in listed if isinstance(listed, list) else []:
        try:
            deadline = time.monotonic() + _CLEANING_SECONDS
            engine.ask("DELETE", "/containers/%s" % one["Id"], deadline, query={"force": "1", "v": "1"})
        except NotFoundError:
            continue


def _asked(
    inspected: Mapping[str, Any], argv: Sequence[str], copied: Sequence[Mapping[str, Any]], networks: Sequence[str]
) -> Dict[str, Any]:
    config, host = inspected.get("Config") or {}, inspected.get("HostConfig") or {}
    return {
        "Image": inspected["Image"],
        "Entrypoint": list(argv[:1]),
        "Cmd": list(argv[1:]),
        "Env": config.get("Env"),
        "User": config.get("User", ""),
        "WorkingDir": config.get("WorkingDir", ""),
        "Healthcheck": {"Test": ["NONE"]},
        "Labels": {LABEL: str(inspected["Id"])},
        "HostConfig": {
            **{name: host[name] for name in _KEPT if host.get(name)},
            "NetworkMode": networks[0] if networks else "none",
            "RestartPolicy": {"Name": "no"},
            "PidsLimit": 200,
            "Mounts": [_read_only(mount) for mount in _mounts(inspected) if mount not in copied],
        },
    }


def _networks(inspected: Mapping[str, Any]) -> List[str]:
    """Return the networks to join: each by id, or the host's or another container's where it has that."""
    mode = str((inspected.get("HostConfig") or {}).get("NetworkMode", ""))
    if mode in ("host", "none") or mode.startswith("container:"):
        return [mode]
    found = (inspected.get("NetworkSettings") or {}).get("Networks") or {}
    return [str((settings or {}).get("NetworkID") or name) for name, settings in sorted(found.items())]


def _mounts(inspected: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Return the mounts of files that the container has; what is in memory is kept as it is asked for."""
    found = [mount for mount in inspected.get("Mounts") or [] if isinstance(mount, dict)]
    return [mount for mount in found if mount.get("Type") in ("bind", "volume") and mount.get("Destination")]


def _holding(mounts: Sequence[Dict[str, Any]], paths: Sequence[str]) -> List[Dict[str, Any]]:
    """Return the mounts that hold one of the paths, and those that lie within such a mount."""
    holding = [mount["Destination"] for mount in mounts if any(_within(path, mount["Destination"]) for path in paths)]
    return [mount for mount in mounts if any(_within(mount["Destination"], folder) for folder in holding)]


def _outermost(mounts: Sequence[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """Return the mounts that lie in no other: what the live container has there includes the others."""
    folders = {mount["Destination"] for mount in mounts}
    return [
        mount
        for mount in mounts
        if not any(folder != mount["Destination"] and _within(mount["Destination"], folder) for folder in folders)
    ]


def _read_only(mount: Mapping[str, Any]) -> Dict[str, Any]:
    source = mount["Name"] if mount["Type"] == "volume" else mount["Source"]
    return {"Type": mount["Type"], "Source": source, "Target": mount["Destination"], "ReadOnly": True}


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


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
