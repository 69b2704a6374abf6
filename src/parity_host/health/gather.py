"""How the services of one Compose project answer for themselves: every probe of a host, all at once."""

from __future__ import annotations

import functools
import time
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ..engine.client import Engine, EngineAbsentError, EngineUnavailableError, find_endpoint
from ..secrets.redact import Redactor
from . import celery as celery_probe
from . import http_readers, postgres, redis
from .celery_answers import Answers
from .http_endpoints import Correction, HttpEndpoint, corrections, endpoints, external, look_up
from .http_probe import Address, ClosedError, HttpAnswer, NoAnswerError, UnreachableError, get
from .kinds import CELERY_BEAT, CELERY_WORKER, HTTP, HTTP_KINDS, NONE, kind_of
from .probe import FAILED, OK, UNKNOWN, Probe, ProbeOutcome, run_all, unable
from .targets import Target, engine_host, read_targets, targets_of

# A program has to be started in its container before it can ask, Celery's with the whole application.
PROGRAM_TIMES = 3
OVERALL_TIMES = 4
# What takes longer is asked again, and the fastest answer counts: one slow moment of the host is not the service's.
SLOW_SECONDS = 0.5
SLOW_TIMES = 3


class ProbeOptions(NamedTuple):
    """What to probe: the engine's address, the Compose project, the user's corrections, and seconds for one probe."""

    docker_host: str
    project: str
    configured: Any
    timeout: float


def gather(
    options: ProbeOptions,
    environ: Dict[str, str],
    redactor: Redactor,
    seen: Optional[Sequence[Mapping[str, Any]]] = None,
) -> Dict[str, Any]:
    """Return the health part of a host's facts: `state` (seen, absent or unseen, with a `reason`) and `probes`.

    `seen` are the engine's own answers for the project's containers; without them it is asked.
    """
    started = time.monotonic()
    timeout = min(max(options.timeout, 0.5), 60.0)
    endpoint = find_endpoint(options.docker_host, environ)
    try:
        engine = Engine(endpoint, environ)
        engine.negotiate()
        targets = read_targets(engine, options.project) if seen is None else targets_of(seen)
    except EngineAbsentError as error:
        return {"state": "absent", "reason": str(error)}
    except EngineUnavailableError as error:
        return {"state": "unseen", "reason": str(error)}
    probes = list(_probes(engine, targets, options, timeout, redactor))
    records = run_all(probes, timeout * OVERALL_TIMES)
    return {"state": "seen", "probes": records, "seconds": round(time.monotonic() - started, 3)}


def web_answers(
    engine: Engine, seen: Sequence[Mapping[str, Any]], timeout: float, redactor: Redactor
) -> Dict[Tuple[str, str], Tuple[str, str]]:
    """Return by service and address what answers over HTTP: its state and, where that is not `ok`, the reason.

    `seen` are the engine's own answers for the containers; of several of one service the worst counts.
    """
    probes = list(_probes(engine, targets_of(seen), ProbeOptions("", "", [], timeout), timeout, redactor))
    records = run_all([one for one in probes if one.kind == HTTP or one.kind in HTTP_KINDS], timeout)
    found: Dict[Tuple[str, str], Tuple[str, str]] = {}
    for one in records:
        at = (one["service"], one["target"])
        if found.get(at, (OK, ""))[0] == OK:
            found[at] = (one["state"], one["reason"])
    return found


def _probes(
    engine: Engine, targets: Sequence[Target], options: ProbeOptions, timeout: float, redactor: Redactor
) -> Iterator[Probe]:
    corrected = corrections(options.configured)
    known = {target.service for target in targets}
    celery: Dict[Tuple[str, str], List[Target]] = {}
    for target in targets:
        own = [entry for entry in corrected if entry.service == target.service and not entry.problem]
        corrected_kind = next((entry.kind for entry in own if entry.kind and not entry.names_address), "")
        kind = corrected_kind or kind_of(target.image, target.words, target.service)
        if kind == NONE:
            continue
        if not target.runs:
            yield Probe(target.service, target.name, kind, "", timeout, unable("the container is %s" % target.state))
            continue
        for endpoint in endpoints(target, kind, own, engine_host(engine.endpoint)):
            yield _http(endpoint, timeout, redactor)
        if kind in (CELERY_WORKER, CELERY_BEAT):
            celery.setdefault((target.service, kind), []).append(target)
        elif kind in _COMMANDS:
            run = functools.partial(_COMMANDS[kind].probe, engine, target, redactor)
            yield Probe(target.service, target.name, kind, kind, timeout * PROGRAM_TIMES, run)
    answers = Answers([one for (_, kind), replicas in celery.items() if kind == CELERY_BEAT for one in replicas])
    for (service, kind), replicas in sorted(celery.items()):
        part = kind.partition("-")[2]
        ask = functools.partial(celery_probe.probe, engine, replicas, part, answers, redactor)
        yield Probe(service, replicas[0].name, kind, "celery inspect", timeout * PROGRAM_TIMES, ask)
    yield from _without_container(corrected, known, timeout, redactor)


_COMMANDS: Dict[str, Any] = {"postgres": postgres, "redis": redis}


def _without_container(
    corrected: Sequence[Correction], known: Any, timeout: float, redactor: Redactor
) -> Iterator[Probe]:
    """Yield what the user wants asked of services that have no container here, and which entries cannot be followed."""
    for entry in corrected:
        if entry.problem:
            yield Probe(entry.service, "", entry.kind or HTTP, "parity_endpoints", timeout, unable(entry.problem))
        elif entry.service not in known and entry.url:
            for endpoint in external(entry, entry.kind if entry.kind in HTTP_KINDS else HTTP):
                yield _http(endpoint, timeout, redactor)
        elif entry.service not in known:
            why = "parity_endpoints names a service without a container on this host, and no url"
            yield Probe(entry.service, "", entry.kind or HTTP, "parity_endpoints", timeout, unable(why))


def _http(endpoint: HttpEndpoint, timeout: float, redactor: Redactor) -> Probe:
    ask = functools.partial(_ask_http, endpoint, redactor)
    shown = redactor.text(endpoint.target)
    return Probe(endpoint.service, endpoint.container, endpoint.kind, shown, timeout, ask)


def _ask_http(endpoint: HttpEndpoint, redactor: Redactor, deadline: float) -> ProbeOutcome:
    try:
        addresses = look_up(endpoint)
    except OSError:
        return ProbeOutcome(UNKNOWN, "the host name %s does not resolve" % redactor.text(endpoint.host))
    outcome = ProbeOutcome(UNKNOWN, "not reachable from the host: no published port and no network address")
    seen = False
    for address in addresses:
        try:
            answer, path = _first_answer(endpoint, address, deadline)
        except NoAnswerError as error:
            guess = isinstance(error, UnreachableError) or (endpoint.kind == "nginx" and isinstance(error, ClosedError))
            if outcome.state == UNKNOWN and not (guess and seen):
                outcome = ProbeOutcome(UNKNOWN if guess else FAILED, redactor.text(str(error)))
            seen = True
            continue
        if answer is None:
            why = "it answers, but no usual health endpoint exists; set the address in parity_endpoints"
            return ProbeOutcome(UNKNOWN, why, {"status": 404})
        found = http_readers.read(endpoint.kind, path, answer, redactor)
        return found._replace(
            facts={**found.facts, "answer_seconds": round(answer.seconds, 4), "path": redactor.text(path)}
        )
    return outcome


def _fastest(address: Address, path: str, host: str, deadline: float) -> HttpAnswer:
    best = get(address, path, host, deadline, http_readers.body_limit(path))
    for _ in range(SLOW_TIMES - 1):
        if best.seconds <= SLOW_SECONDS or time.monotonic() + best.seconds * 2 > deadline:
            break
        try:
            again = get(address, path, host, deadline, http_readers.body_limit(path))
        except NoAnswerError:
            break
        best = again if again.seconds < best.seconds else best
    return best


def _first_answer(endpoint: HttpEndpoint, address: Address, deadline: float) -> Tuple[Optional[HttpAnswer], str]:
    """Return the answer at the first path that is there; None where several were tried and none is."""
    for path in endpoint.paths:
        answer = _fastest(address, path, endpoint.host, deadline)
        if answer.status != 404 or len(endpoint.paths) == 1:
            return answer, path
    return None, ""
