"""What every probe is and gives back, and running all of them at once: each with its own deadline, and one for all."""

from __future__ import annotations

import threading
import time
import traceback
from types import MappingProxyType
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Sequence

OK = "ok"
FAILED = "failed"
UNKNOWN = "unknown"
MOST_PROBES = 100
_LATE = "no answer within %.3g seconds"


class ProbeOutcome(NamedTuple):
    """What a probe found: `state` is ok, failed or unknown, the last two with a reason."""

    state: str
    reason: str = ""
    facts: Mapping[str, Any] = MappingProxyType({})


class Probe(NamedTuple):
    """One question to one service.

    `target` names it the same on every run: a container's port and path, or a command. `run` is given the time
    (as `time.monotonic` counts) by which it must be back; `seconds` is how long it may take.
    """

    service: str
    container: str
    kind: str
    target: str
    seconds: float
    run: Callable[[float], ProbeOutcome]


def unable(reason: str) -> Callable[[float], ProbeOutcome]:
    """Return the run of a probe that cannot be made, and why."""
    return lambda _: ProbeOutcome(UNKNOWN, reason)


def run_all(probes: Sequence[Probe], overall: float) -> List[Dict[str, Any]]:
    """Return the record of every probe, at most `overall` seconds from now.

    Threads that are not back by then are left behind: they hold nothing and end with the process.
    """
    started = time.monotonic()
    records = [_record(probe, ProbeOutcome(UNKNOWN, _LATE % min(probe.seconds, overall)), 0.0) for probe in probes]

    def ask(index: int, probe: Probe) -> None:
        begun = time.monotonic()
        outcome = _guarded(probe, min(begun + probe.seconds, started + overall))
        records[index] = _record(probe, outcome, time.monotonic() - begun)

    asked = list(enumerate(probes[:MOST_PROBES]))
    threads = [threading.Thread(target=ask, args=pair, daemon=True) for pair in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(started + overall + 0.2 - time.monotonic(), 0))
    left_out = "more than %d probes; this one was skipped" % MOST_PROBES
    for index in range(len(asked), len(probes)):
        records[index] = _record(probes[index], ProbeOutcome(UNKNOWN, left_out), 0.0)
    return list(records)


def _guarded(probe: Probe, deadline: float) -> ProbeOutcome:
    """Return the probe's outcome. A fault of ours is one probe's and not the whole audit's, and quotes no value."""
    try:
        return probe.run(deadline)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = "%s:%s" % (place.filename.rsplit("/", 1)[-1], place.lineno)
        return ProbeOutcome(UNKNOWN, "a bug in Parity (%s at %s); please report it" % (type(error).__name__, where))


def _record(probe: Probe, outcome: ProbeOutcome, seconds: float) -> Dict[str, Any]:
    return {
        "service": probe.service,
        "container": probe.container,
        "kind": probe.kind,
        "target": probe.target,
        "state": outcome.state,
        "reason": outcome.reason,
        "seconds": round(seconds, 4),
        "facts": dict(outcome.facts),
    }
