"""The configurations of the programs in containers that Parity understands: see `understood.py`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Optional, Tuple

from ..engine.change import ChangingEngine
from ..engine.client import Engine, EngineUnavailableError, NotFoundError, find_endpoint
from ..health.kinds import kind_of
from ..nginx import configtest
from ..secrets.redact import Redactor
from .room import Room
from .understood import PROGRAMS

_WORKERS = 4
# What redacting may cost a host is bounded; what is read at the same time may go beyond it.
ALL_TEXTS_LIMIT = 16 * 1024 * 1024


def gather(
    containers: List[Dict[str, Any]],
    docker_host: str,
    environ: Dict[str, str],
    redactor: Redactor,
    tested: Optional[List[Dict[str, Any]]] = None,
) -> Dict[str, Any]:
    """Return an entry for each of the containers (as `containers.gather` describes them) that runs such a program.

    An entry has `kind`, `container`, `service`, `main` (the path of the file it begins with), `files` by path, and in
    `unread` what could not be read, a sentence each. Files are read as the containers see them, mounts included.
    `tested` are the engine's own answers for containers in which nginx may be asked to test its configuration: the
    entry then has `test`.
    """
    wanted = [(container, kind) for container in containers for kind in [_kind(container)] if kind in PROGRAMS]
    if not wanted:
        return {"state": "seen", "found": []}
    engine = ChangingEngine(find_endpoint(docker_host, environ), environ)
    engine.negotiate()

    room = Room(ALL_TEXTS_LIMIT)

    def read(one: Tuple[Dict[str, Any], str]) -> Dict[str, Any]:
        container, kind = one
        if room.is_full():
            return _nothing(container, kind, room.why())
        return room.counted(read_one(container, kind))

    def read_one(container: Dict[str, Any], kind: str) -> Dict[str, Any]:
        argv = [*container["entrypoint"], *container["command"]]
        inspected = by_id.get(str(container["id"])) if kind == "nginx" else None
        if inspected is None:
            return _read(engine, container, kind, argv, redactor)
        words = configtest.started(engine, inspected)
        entry = _read(engine, container, kind, words, redactor)
        return dict(entry, test=configtest.test(engine, inspected, words, entry, redactor))

    by_id = {str(one.get("Id", ""))[:12]: one for one in tested or []}
    with ThreadPoolExecutor(max_workers=_WORKERS) as pool:
        return {"state": "seen", "found": list(pool.map(read, wanted))}


def _read(engine: Engine, container: Dict[str, Any], kind: str, argv: List[str], redactor: Redactor) -> Dict[str, Any]:
    try:
        return dict(_entry(container, kind), **PROGRAMS[kind].in_container(engine, container["id"], argv, redactor))
    except NotFoundError:
        return _nothing(container, kind, "container %s is gone" % container["name"])
    except EngineUnavailableError as error:
        return _nothing(container, kind, str(error))


def _entry(container: Dict[str, Any], kind: str) -> Dict[str, Any]:
    return {"kind": kind, "container": container["name"], "service": container["service"]}


def _nothing(container: Dict[str, Any], kind: str, why: str) -> Dict[str, Any]:
    unread = ["the configuration of %s: %s" % (container["name"], why)]
    return dict(_entry(container, kind), main="", files={}, unread=unread)


def _kind(container: Dict[str, Any]) -> str:
    words = tuple(str(word) for word in [*container["entrypoint"], *container["command"]])
    return kind_of(str(container["image"]), words, str(container["service"]))
