"""The configurations of the programs in containers that Parity understands: nginx's and Loki's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, List, Optional, Tuple

from . import loki_files, nginx_files
from .engine_client import Engine, EngineUnavailableError, NotFoundError, find_endpoint
from .redact import Redactor

Reader = Callable[[Engine, str, List[str], Redactor], Dict[str, Any]]
_READERS: Dict[str, Reader] = {"nginx": nginx_files.gather, "loki": loki_files.gather}
# Images that are named for a program and are another one.
_BESIDE = ("exporter", "canary", "docker-driver", "ui", "certbot", "amplify", "query-tee", "operator")
_WORKERS = 4


def gather(
    containers: List[Dict[str, Any]], docker_host: str, environ: Dict[str, str], redactor: Redactor
) -> Dict[str, Any]:
    """Return an entry for each of the containers (as `containers.gather` describes them) that runs such a program.

    An entry has `kind`, `container`, `service`, `main` (the path of the file it begins with), `files` by path, and in
    `unread` what could not be read, a sentence each. Files are read as the containers see them, mounts included.
    """
    wanted = [(container, kind) for container in containers for kind in [kind_of(container)] if kind]
    if not wanted:
        return {"state": "seen", "found": []}
    engine = Engine(find_endpoint(docker_host, environ), environ)
    engine.negotiate()

    def read(one: Tuple[Dict[str, Any], str]) -> Dict[str, Any]:
        return _read(engine, one[0], one[1], redactor)

    with ThreadPoolExecutor(max_workers=_WORKERS) as pool:
        return {"state": "seen", "found": list(pool.map(read, wanted))}


def _read(engine: Engine, container: Dict[str, Any], kind: str, redactor: Redactor) -> Dict[str, Any]:
    entry = {"kind": kind, "container": container["name"], "service": container["service"]}
    argv = [*container["entrypoint"], *container["command"]]
    try:
        return dict(entry, **_READERS[kind](engine, container["id"], argv, redactor))
    except NotFoundError:
        why = "container %s was gone" % container["name"]
    except EngineUnavailableError as error:
        why = str(error)
    return dict(entry, main="", files={}, unread=["the configuration of %s: %s" % (container["name"], why)])


def kind_of(container: Dict[str, Any]) -> Optional[str]:
    """Return which program of `_READERS` a container runs, by its image's name, its command or its service."""
    image = str(container["image"]).rpartition("@")[0] or str(container["image"])
    name = image.rpartition("/")[2].partition(":")[0].lower()
    programs = {str(word).rpartition("/")[2] for word in [*container["entrypoint"], *container["command"]]}
    words = name.replace("_", "-").split("-")
    for kind in _READERS:
        if kind in programs or (kind in words and not any(word in name for word in _BESIDE)):
            return kind
    return next((kind for kind in _READERS if str(container["service"]).lower() == kind), None)
