"""What the answers of health endpoints mean, and what of them leaves the host: bounded, and without secrets."""

from __future__ import annotations

import functools
import json
import math
import re
from typing import Any, Callable, Dict, List, Mapping
from urllib.parse import urlsplit

from ..secrets.names import is_telling
from ..secrets.redact import Redactor
from ..secrets.words import wordset
from .http_probe import BODY_LIMIT_BYTES, HttpAnswer
from .kinds import SPEAKING_KINDS
from .probe import FAILED, OK, UNKNOWN, ProbeOutcome

TEXT_LIMIT = 200
MOST_TARGETS = 200
_LARGE_BODY_BYTES = 2 * 1024 * 1024
_MOST_NODES = 600
_DEEPEST = 12
_KEY_LIMIT = 80
# Below the first the keys of health answers name the parts of a service, and under the others the values do.
_PARTS = wordset("services checks components entries dependencies healthchecks health_checks resources results systems")
_NAMING = wordset("name component componentid service check")
_SERIES = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{([^}]*)\})? +([0-9.eE+-]+|NaN|[+-]Inf)(?: +[0-9]+)?")
_VERSION_LABEL = re.compile(r'(?:^|,)\s*version="([^"]{1,60})"')
# The series of Loki's /metrics that are kept, summed over their labels.
_LOKI_SERIES = ("loki_panic_total", "loki_discarded_samples_total", "loki_distributor_lines_received_total")
_RELEASE = re.compile(r"v?[0-9]{1,4}(?:\.[0-9]{1,6}){1,4}(?:[-+~][a-z]{1,8}[0-9]{0,3}(?:[.-][0-9]{1,3}){0,2})?")
_HALF = re.compile("[\ud800-\udfff]")
_STUB_STATUS = re.compile(rb"Active connections: (\d+)\s[\s\S]{0,200}Reading: (\d+) Writing: (\d+) Waiting: (\d+)")


def body_limit(path: str) -> int:
    """Return how much of the body at a path is read."""
    return _LARGE_BODY_BYTES if path.partition("?")[0].endswith(("/targets", "/metrics")) else BODY_LIMIT_BYTES


def read(kind: str, path: str, answer: HttpAnswer, redactor: Redactor) -> ProbeOutcome:
    """Return what an answer says of the service that gave it."""
    facts: Dict[str, Any] = {"status": answer.status}
    if kind == "nginx":
        return _nginx(answer, facts)
    if answer.status in (401, 403, 407):
        return ProbeOutcome(UNKNOWN, "it requires a login (status %d)" % answer.status, facts)
    if 300 <= answer.status < 400:
        where = redactor.text(_origin(answer.headers.get("location", "")))
        return ProbeOutcome(UNKNOWN, "it redirects to %s, which is not followed" % (where or "nowhere"), facts)
    read_body = next((reader for end, reader in _READERS.items() if path.partition("?")[0].endswith(end)), _health)
    found = (read_body if kind in SPEAKING_KINDS else _health)(answer, redactor)
    facts.update(found.facts)
    if not 200 <= answer.status < 300:
        return ProbeOutcome(FAILED, found.reason or "it answers with status %d" % answer.status, facts)
    return found._replace(facts=facts)


def _origin(location: str) -> str:
    try:
        parts = urlsplit(location)
        return ("%s://%s%s" % (parts.scheme, parts.hostname, parts.path))[:TEXT_LIMIT] if parts.hostname else ""
    except ValueError:
        return ""


def _nginx(answer: HttpAnswer, facts: Dict[str, Any]) -> ProbeOutcome:
    stub = _STUB_STATUS.match(answer.body)
    if stub:
        names = ("active", "reading", "writing", "waiting")
        facts["connections"] = {name: int(number[:12]) for name, number in zip(names, stub.groups())}  # noqa: B905
    if answer.status in (502, 503, 504):
        return ProbeOutcome(FAILED, "it answers with status %d: its upstream does not respond" % answer.status, facts)
    if answer.status >= 500:
        return ProbeOutcome(FAILED, "it answers with status %d" % answer.status, facts)
    return ProbeOutcome(OK, "", facts)


def _json(answer: HttpAnswer) -> Any:
    """Return the decoded body; raises ValueError for what is not JSON, is cut off, or nests too deep."""
    if not answer.whole:
        raise ValueError("the response is longer than the limit")
    try:
        return json.loads(answer.body.decode("utf-8"), parse_constant=lambda _: None)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None


def _health(answer: HttpAnswer, redactor: Redactor) -> ProbeOutcome:
    """Read an application's own health: JSON is kept, pruned; of other text the beginning."""
    kind = answer.headers.get("content-type", "").lower()
    try:
        data = _json(answer)
    except ValueError:
        if "json" in kind:
            return ProbeOutcome(OK, "the Content-Type is JSON, but the body is not", {})
        text = answer.body[: TEXT_LIMIT * 4].decode("utf-8", "replace") if "text/plain" in kind else ""
        return ProbeOutcome(OK, "", {"text": redactor.said(text.strip())[:TEXT_LIMIT]} if text.strip() else {})
    return ProbeOutcome(OK, "", {"health": prune(data, redactor)})


def prune(data: Any, redactor: Redactor) -> Any:
    """Return JSON data with its secrets hidden, its texts cut, and no more of it than a report can use."""
    left = [_MOST_NODES]

    def walk(value: Any, name: str, depth: int) -> Any:
        left[0] -= 1
        if left[0] < 0 or depth > _DEEPEST:
            return None
        if isinstance(value, Mapping):
            named = [(_whole(k[:_KEY_LIMIT]), v) for k, v in list(value.items())[:_MOST_NODES]]
            shown = redactor.part if name.lower() in _PARTS else redactor.key
            return {shown(k): walk(v, _name_below(k, name, value), depth + 1) for k, v in named}
        if isinstance(value, list):
            return [walk(item, name, depth + 1) for item in value[:_MOST_NODES]]
        if isinstance(value, str):
            shown = redactor.part if name.lower() in _NAMING else functools.partial(redactor.answer, name)
            return shown(_whole(value))[:TEXT_LIMIT]
        return _number(name, _plain_number(value), redactor)

    return walk(data, "", 0)


def _name_below(key: str, above: str, siblings: Mapping[str, Any]) -> str:
    """Return the name of a value: its key, the secret's name that it stands below, or the name beside it."""
    if is_telling(above):
        return above
    beside = siblings.get("name", siblings.get("key"))
    return beside[:_KEY_LIMIT] if key.lower() == "value" and isinstance(beside, str) else key


def _number(name: str, number: Any, redactor: Redactor) -> Any:
    """Return a number, or its token where its name is a secret's or it is long for no known reason."""
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        return number
    if isinstance(number, float) and not is_telling(name):
        return number  # measured, not made up
    shown = redactor.value(name, str(number))
    return number if shown == str(number) else shown


def _whole(text: str) -> str:
    """Return a text of JSON with half characters as JSON spells them: they stand for nothing that can be written."""
    return text if text.isascii() else _HALF.sub(lambda half: "\\u%04x" % ord(half[0]), text)


def _plain_number(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    try:
        number = float(value)
    except (OverflowError, TypeError, ValueError):
        return None
    if not math.isfinite(number):
        return None
    return value if isinstance(value, float) or abs(value) < 10**15 else number


def _version(answer: HttpAnswer, redactor: Redactor) -> ProbeOutcome:
    data = _mapping(answer)
    return ProbeOutcome(OK, "", {"version": _release(_part(data, "data").get("version"), redactor)} if data else {})


def _grafana(answer: HttpAnswer, redactor: Redactor) -> ProbeOutcome:
    data = _mapping(answer)
    database = _text(data.get("database"), redactor)
    facts = {"version": _release(data.get("version"), redactor), "database": database}
    if database and data["database"] != "ok":
        return ProbeOutcome(FAILED, "its database: %s" % database, facts)
    return ProbeOutcome(OK, "", facts)


def _loki_ready(answer: HttpAnswer, redactor: Redactor) -> ProbeOutcome:
    said = redactor.said(answer.body[:TEXT_LIMIT].decode("utf-8", "replace").strip())
    return ProbeOutcome(OK, "" if answer.status == 200 else "it says: %s" % said, {})


def _loki_metrics(answer: HttpAnswer, redactor: Redactor) -> ProbeOutcome:
    sums: Dict[str, float] = {}
    version = ""
    for line in answer.body.decode("utf-8", "replace").splitlines():
        match = _SERIES.match(line) if line.startswith("loki_") else None
        if match and match.group(1) == "loki_build_info":
            label = _VERSION_LABEL.search(match.group(2) or "")
            version = redactor.text(label.group(1)) if label else version
        elif match and match.group(1) in _LOKI_SERIES:
            number = _plain_number(_float(match.group(3)))
            sums[match.group(1)] = sums.get(match.group(1), 0.0) + (number or 0.0)
    return ProbeOutcome(OK, "", {"version": version, "series": sums})


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _prometheus_targets(answer: HttpAnswer, redactor: Redactor) -> ProbeOutcome:
    """Read Prometheus' targets. Source: https://prometheus.io/docs/prometheus/latest/querying/api/#targets."""
    data = _mapping(answer)
    active = _part(data, "data").get("activeTargets")
    if not isinstance(active, list):
        return ProbeOutcome(
            UNKNOWN, "its list of targets could not be read" + ("" if answer.whole else ": too long"), {}
        )
    found: List[Dict[str, str]] = []
    for entry in active[:MOST_TARGETS]:
        if isinstance(entry, dict):
            labels = _part(entry, "labels")
            job = _cut(labels.get("job") or entry.get("scrapePool"))
            instance = _cut(labels.get("instance"))
            named = [shown for shown in (redactor.thing(job), redactor.thing(instance)) if shown in (job, instance)]
            found.append(
                {
                    "job": redactor.thing(job),
                    "instance": redactor.thing(instance),
                    "url": redactor.value("url", _cut(entry.get("scrapeUrl")).partition("?")[0]),
                    "health": _text(entry.get("health"), redactor),
                    "error": _text(entry.get("lastError"), redactor, *named),
                }
            )
    return ProbeOutcome(OK, "", {"targets": found, "more_targets": max(len(active) - MOST_TARGETS, 0)})


def _mapping(answer: HttpAnswer) -> Dict[str, Any]:
    try:
        data = _json(answer)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _part(data: Mapping[str, Any], key: str) -> Dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _release(value: Any, redactor: Redactor) -> str:
    """Return a release as a program names its own, empty where that is none."""
    found = _RELEASE.match(value) if isinstance(value, str) else None
    return redactor.text(found.group()) if found else ""


def _cut(value: Any) -> str:
    return _whole(value[:TEXT_LIMIT]) if isinstance(value, str) else ""


def _text(value: Any, redactor: Redactor, *named: str) -> str:
    return redactor.said(_whole(value[: TEXT_LIMIT * 2]), *named)[:TEXT_LIMIT] if isinstance(value, str) else ""


_READERS: Dict[str, Callable[[HttpAnswer, Redactor], ProbeOutcome]] = {
    "/api/v1/targets": _prometheus_targets,
    "/buildinfo": _version,
    "/api/health": _grafana,
    "/ready": _loki_ready,
    "/metrics": _loki_metrics,
    "/-/healthy": lambda _answer, _redactor: ProbeOutcome(OK),
}
