"""What the project's containers and their host have left now: logs on the disk, memory, and the host itself.

Each container that runs is asked once, with one sample: what it needed at its peak is not known from that.
"""

from __future__ import annotations

import os
import re
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

from ..engine.answers import INFO, STATS, MalformedError, shaped
from ..engine.client import Engine, EngineAbsentError, EngineUnavailableError, NotFoundError, find_endpoint
from ..engine.compose_labels import ONE_OFF
from . import host_resources
from .container_facts import part

# The first version of the API that answers with one sample at once; before, each container took more than a second.
# Source: https://docs.docker.com/reference/api/engine/version-history/#v141-api-changes
_ONE_SHOT = (1, 41)
# What asking may cost a host: of the containers beyond, nothing is known.
SECONDS = 10.0
_WORKERS = 32  # up to Docker Engine 25 an answer takes up to a second even so: all are asked at once
_DRIVER = re.compile(r"[A-Za-z0-9_./:-]{1,80}\Z")
_SIZE = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})? ?[A-Za-z]{0,3}\Z")


def gather(docker_host: str, environ: Dict[str, str], seen: Sequence[Mapping[str, Any]], folder: str) -> Dict[str, Any]:
    """Return the resources' part of a host's facts: `state` (seen, absent or unseen, with a `reason`).

    `seen` are the engine's own answers for the project's containers, `folder` is the project's. `containers` are by
    short id; `host` is what the engine says of its machine, and what only that machine itself can tell where it is
    this one.
    """
    started = time.monotonic()
    try:
        engine = Engine(find_endpoint(docker_host, environ), environ)
        version = engine.negotiate()
    except EngineAbsentError as error:
        return {"state": "absent", "reason": str(error)}
    except EngineUnavailableError as error:
        return {"state": "unseen", "reason": str(error)}
    info, unread = _info(engine)
    here = host_resources.is_here(engine.endpoint, info)
    ours = [one for one in seen if part(part(one, "Config"), "Labels").get(ONE_OFF) != "True"]
    memory, missed = _memory(engine, version, ours, started + SECONDS)
    containers = {
        str(one["Id"])[:12]: {"log": _log(one, here), **({"memory": memory[one["Id"]]} if one["Id"] in memory else {})}
        for one in ours
    }
    seconds = round(time.monotonic() - started, 3)
    host = host_resources.describe(info, folder, here)
    return {"state": "seen", "containers": containers, "host": host, "unread": [*unread, *missed], "seconds": seconds}


def _info(engine: Engine) -> Tuple[Dict[str, Any], Sequence[str]]:
    """Return what an engine says of its host, and why it does not: a proxy before its socket may not let it."""
    try:
        return shaped(engine.get("/info"), INFO), []
    except (NotFoundError, EngineUnavailableError, MalformedError) as error:
        return {}, ["the engine does not describe its host (/info): %s" % error]


def _memory(
    engine: Engine, version: Mapping[str, Any], containers: Sequence[Mapping[str, Any]], deadline: float
) -> Tuple[Dict[str, Dict[str, int]], Sequence[str]]:
    """Return what memory each container that runs and has a limit uses, by its id, and what is said of the others."""
    limited = [one for one in containers if _is_running(one) and int(part(one, "HostConfig").get("Memory") or 0) > 0]
    if not limited:
        return {}, []
    if tuple(int(number) for number in str(version["ApiVersion"]).split(".")[:2]) < _ONE_SHOT:
        return {}, ["memory use was not read: Docker Engine 20.10 (API 1.41) is the first that tells it at once"]

    def ask(one: Mapping[str, Any]) -> Tuple[Optional[Dict[str, int]], bool]:
        """Return what is used, and whether it should have been told: a container that ended meanwhile uses nothing."""
        if time.monotonic() > deadline:
            return None, True
        query = {"stream": "false", "one-shot": "true"}
        try:
            answer = shaped(engine.get("/containers/%s/stats" % one["Id"], **query), STATS)
        except NotFoundError:
            return None, False
        except (EngineUnavailableError, MalformedError):
            return None, True
        return _used(part(answer, "memory_stats")), False

    with ThreadPoolExecutor(max_workers=_WORKERS) as pool:
        answers = list(pool.map(ask, limited))
    found = {one["Id"]: used for one, (used, _) in zip(limited, answers) if used}  # noqa: B905 - Python 3.8
    missed = sum(failed for _, failed in answers)
    return found, ["the memory use of %d containers was not told by the engine" % missed] if missed else []


def _used(stats: Mapping[str, Any]) -> Optional[Dict[str, int]]:
    """Return a container's memory in bytes: its working set, and how much of that is cache that is given back.

    The working set is what `docker stats` shows: all but the file cache that nothing used lately. What is in use of
    the file cache is given back as well before a limit kills anything. cgroup 1 has other names than cgroup 2.
    Source: https://docs.docker.com/reference/cli/docker/container/stats/
    """
    details = part(stats, "stats")
    usage, limit = int(stats.get("usage") or 0), int(stats.get("limit") or 0)
    inactive = int(details.get("total_inactive_file", details.get("inactive_file", 0)))
    active = int(details.get("total_active_file", details.get("active_file", 0)))
    if usage <= 0 or limit <= 0:
        return None
    working_set = usage - inactive if 0 <= inactive < usage else usage
    return {"working_set": working_set, "file_cache": min(max(active, 0), working_set), "limit": limit}


def _log(one: Mapping[str, Any], here: bool) -> Dict[str, Any]:
    """Return how a container's log is kept; with its size in bytes where this user may see the file.

    The engine copies its own defaults (daemon.json) into each container that it creates.
    """
    told = part(part(one, "HostConfig"), "LogConfig")
    driver, size = str(told.get("Type", "")), str(part(told, "Config").get("max-size", ""))
    found: Dict[str, Any] = {"driver": driver if _DRIVER.match(driver) else ""}
    found["max_size"] = size if _SIZE.match(size) else "other" if size else ""
    taken = _file_size(str(one.get("LogPath") or "")) if here else None
    return found if taken is None else {**found, "size": taken}


def _file_size(path: str) -> Optional[int]:
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def _is_running(one: Mapping[str, Any]) -> bool:
    return bool(part(one, "State").get("Status") == "running")
