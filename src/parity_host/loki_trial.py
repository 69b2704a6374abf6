"""Would Loki take this file? Asked of Loki itself: a throw-away container of the same image, with `-verify-config`.

It has no network and none of the service's mounts: it can touch nothing, and needs nothing but the file.
"""

from __future__ import annotations

import io
import posixpath
import tarfile
import time
from typing import Any, Dict, Mapping, Tuple

from .engine_change import ChangingEngine, mapping
from .engine_client import EngineUnavailableError, NotFoundError, split_log_stream

LABEL = "parity.remedy.trial"
_LINES = 20
_CLEANING_SECONDS = 15.0


def verify(
    engine: ChangingEngine, inspected: Mapping[str, Any], path: str, content: bytes, deadline: float
) -> Tuple[int, str]:
    """Return with what status Loki ends that is given `content` at `path`, and the last that it says.

    Raises EngineUnavailableError when it cannot be run, or does not end by `deadline`.
    """
    of = str(inspected["Id"])
    _clean(engine, of)
    try:
        _, answer = engine.ask("POST", "/containers/create", deadline, _asked(inspected, of))
        made = str(mapping(answer).get("Id", ""))
        engine.ask("PUT", "/containers/%s/archive" % made, deadline, _archive(path, content), {"path": "/"})
        engine.ask("POST", "/containers/%s/start" % made, deadline)
        _, answer = engine.ask("POST", "/containers/%s/wait" % made, deadline)
        code = mapping(answer).get("StatusCode")
        raw = engine.get_bytes("/containers/%s/logs" % made, stdout="1", stderr="1", tail=str(_LINES))
    except NotFoundError:
        raise EngineUnavailableError("the image of the container is no longer here") from None
    finally:
        _clean(engine, of)
    if not isinstance(code, int):
        raise EngineUnavailableError("the engine does not say how the trial ended")
    return code, "\n".join(split_log_stream(raw))


def _asked(inspected: Mapping[str, Any], of: str) -> Dict[str, Any]:
    config = inspected["Config"]
    return {
        "Image": inspected["Image"],
        "Entrypoint": config.get("Entrypoint"),
        "Cmd": [*(config.get("Cmd") or []), "-verify-config"],
        "Env": config.get("Env"),
        "User": config.get("User", ""),
        "WorkingDir": config.get("WorkingDir", ""),
        "Healthcheck": {"Test": ["NONE"]},
        "Labels": {LABEL: of},
        "HostConfig": {"NetworkMode": "none", "CapDrop": ["ALL"], "RestartPolicy": {"Name": "no"}, "PidsLimit": 200},
    }


def _archive(path: str, content: bytes) -> bytes:
    """Return an archive of the one file; its folders are made where the image has none."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        parts = path.strip("/").split("/")
        for depth in range(1, len(parts)):
            folder = tarfile.TarInfo(posixpath.join(*parts[:depth]))
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(folder)
        member = tarfile.TarInfo("/".join(parts))
        member.size, member.mode = len(content), 0o444
        archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def _clean(engine: ChangingEngine, of: str) -> None:
    """Remove trials of this container: our own, and what a run left that was killed."""
    listed = engine.get("/containers/json", all="1", filters='{"label":["%s=%s"]}' % (LABEL, of))
    for one in listed if isinstance(listed, list) else []:
        try:
            deadline = time.monotonic() + _CLEANING_SECONDS
            engine.ask("DELETE", "/containers/%s" % one["Id"], deadline, query={"force": "1", "v": "1"})
        except NotFoundError:
            continue
