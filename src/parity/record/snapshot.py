"""One environment as it was seen: the record that an audit works from, now or later.

    {"schema": 2, "environment": "prod", "production": true, "run": "1f0c…", "taken": "2026-11-23T22:50:00Z",
     "profiles": [], "hosts": {"prod1": {"state": "seen", "reason": "", "engine": {…}, "project": {…}}}}

A host's `state` is `seen`, `unreachable` or `failed`; its parts carry a `state` and `reason` of their own. A recording
of schema 1 has no `images`; it is read like one whose images were not seen.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Final

from parity.domain.findings import ParityError
from parity.domain.untrusted import as_mapping, mapping, mappings, readable, whole

SCHEMA: Final = 2
# What a host is asked for; `rendered` is added here.
SOURCES: Final = ("engine", "project", "config", "code", "oauth", "health", "images", "packages", "resources")
_LISTS: Final = ("oauth",)
_REASON_LIMIT: Final = 300
# What a shell exits with when it cannot run a program, or does not find it.
_NOT_RUN: Final = (126, 127)


def host_facts(registered: Mapping[str, Any]) -> dict[str, Any]:
    """Return one host's entry of a snapshot from what Ansible registered of `parity_stack_info` for it."""
    if not registered:
        registered = {"failed": True, "msg": "nothing was gathered from this host; check whether --limit excludes it"}
    state = "unreachable" if registered.get("unreachable") else "failed" if registered.get("failed") else "seen"
    reason = "" if state == "seen" else failure(registered)
    sources = {} if state != "seen" else as_mapping(readable(registered))
    return {"state": state, "reason": reason, **{name: _source(name, sources) for name in SOURCES}}


def with_controllers_clock(facts: Mapping[str, Any], asked: float, answered: float) -> dict[str, Any]:
    """Return a host's facts with the controller's own time when it asked, and when the answer was there."""
    taken = mapping(facts, "resources")
    if "clock" not in taken:
        return dict(facts)
    clock = {**mapping(taken, "clock"), "asked": asked, "answered": answered}
    return {**facts, "resources": {**taken, "clock": clock}}


def _source(name: str, sources: Mapping[str, Any]) -> Any:
    """Return what a host tells of one source, in the shape that the source has."""
    return (mappings(sources, name) or {}) if name in _LISTS else mapping(sources, name)


def rendered(render: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what `render` makes of one host's files.

    What a host sent may hold what nobody thought of: a fault of our own over it is a failed rendering of that host, and
    no end of the others' audit. Of the fault its place is told; its words may quote what the host sent.
    """
    try:
        return render()
    except ParityError:
        raise
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
        message = f"a bug in Parity ({where}); please report it"
        return {
            "state": "failed",
            "services": {},
            "inactive": [],
            "problems": [{"kind": "refused", "message": message}],
        }


def failure(registered: Mapping[str, Any]) -> str:
    """Return why there is nothing of a host; Ansible reports what its own time limit ended in `timedout`."""
    seconds = whole(mapping(registered, "timedout"), "period")
    if whole(registered, "rc") in _NOT_RUN and "module_stderr" in registered:
        return "Python does not start on this host; set ansible_python_interpreter to Python 3.8 or newer"
    return f"took more than {seconds} seconds (parity_host_timeout)" if seconds else sentence(registered.get("msg"))


def sentence(message: Any) -> str:
    """Return the first line of what a host said of its failure, or that it gave no reason."""
    lines = filter(None, map(str.strip, str(message or "").splitlines()))
    return next(lines, "no reason was given")[:_REASON_LIMIT]


def dump(snapshot: Mapping[str, Any]) -> str:
    """Return a snapshot as the JSON text of its file."""
    return json.dumps(snapshot, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def load(path: Path, environment: str, recorded_as: Collection[str]) -> dict[str, Any]:
    """Return the snapshot in `path` that stands in for `environment`; raises ParityError when it cannot be used.

    `recorded_as`: the names of environments that it may be of.
    """
    try:
        data = readable(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ParityError(
            f"{environment}: parity_replay names {path}, which does not exist. Correct the path."
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or "not valid JSON"
        raise ParityError(f"{environment}: cannot read the snapshot {path}: {reason}") from None
    return check(data, str(path), recorded_as)


def check(data: Any, origin: str, environments: Collection[str]) -> dict[str, Any]:
    """Return `data` when it is a snapshot of one of these that this version can read; raises ParityError otherwise."""
    if not isinstance(data, dict) or not isinstance(data.get("schema"), int) or not isinstance(data.get("hosts"), dict):
        raise ParityError(f"{origin} is not a snapshot. Each audit records one (docs/record-and-replay.md).")
    if data["schema"] > SCHEMA:
        raise ParityError(
            f"the snapshot {origin} has schema {data['schema']}; this version of Parity reads up to {SCHEMA}. "
            "Update Parity, or record the environment again."
        )
    if data.get("environment") not in environments:
        raise ParityError(
            f"the snapshot {origin} is of environment '{data.get('environment')}', not '{', '.join(environments)}'. "
            "Correct parity_replay in the inventory, or set parity_replay_of to the environment that was recorded."
        )
    if not all(isinstance(host, dict) for host in data["hosts"].values()):
        raise ParityError(f"{origin} is damaged: a host in it is not a mapping. Record the environment again.")
    return data
