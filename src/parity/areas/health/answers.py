"""What an application's own health JSON says, whatever its shape: which parts are ill, how slow and how full they are.

Read are flat and nested answers, lists of checks, and the shapes of Spring Boot's actuator, ASP.NET Core, MicroProfile,
NestJS Terminus and `application/health+json` (https://datatracker.ietf.org/doc/html/draft-inadarei-api-health-check).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

from parity.areas.health.amounts import seconds_of, utilization_of

_MOST_NODES: Final = 2000
_DEEPEST: Final = 20
_STATUS_KEYS: Final = frozenset(
    {"status", "healthy", "state", "ok", "up", "health", "alive", "ready", "connected", "available", "success"}
    | {"reachable", "online", "operational", "running", "is_healthy", "is_ready", "is_alive", "is_connected", "is_up"}
)
# Of these a number says whether: 1 or 0, or a status of HTTP. `running: 0` counts something.
_NUMBERED_KEYS: Final = frozenset({"status", "healthy", "ok", "up", "alive", "success", "is_healthy", "is_up"})
_ERROR_KEYS: Final = ("error", "exception", "message", "detail", "reason", "output", "description", "msg")
_NAME_KEYS: Final = ("name", "component", "componentid", "service", "key", "check")
# What wraps parts without being one; below the first ones, every word that is a status is a part's.
_LISTS: Final = frozenset(
    {"services", "checks", "components", "entries", "results", "dependencies", "healthchecks", "health_checks"}
    | {"resources", "systems"}
)
_WRAPPERS: Final = (
    _LISTS
    | {"service", "component", "details", "info", "data", "error", "errors"}
    | {
        "health",
        "status",
        "payload",
    }
)
_COMPONENTS: Final = frozenset(
    {"database", "db", "postgres", "postgresql", "mysql", "mongo", "mongodb", "redis", "cache", "broker", "queue"}
    | {"celery", "worker", "workers", "scheduler", "rabbitmq", "kafka", "storage", "s3", "elasticsearch", "search"}
    | {"email", "smtp", "mail", "api", "disk", "memory", "vector", "qdrant", "llm", "backend", "pool"}
)
_GOOD: Final = frozenset(
    {"healthy", "ok", "okay", "up", "pass", "passed", "passing", "success", "successful", "green", "alive", "running"}
    | {"ready", "available", "connected", "online", "operational", "good", "active", "true", "normal", "serving"}
)
_BAD: Final = frozenset(
    {"unhealthy", "down", "fail", "failed", "failing", "failure", "error", "critical", "crit", "red", "dead", "false"}
    | {"unavailable", "disconnected", "offline", "out_of_service", "unreachable", "timeout", "stopped", "bad", "not"}
    | {"outage", "broken", "refused"}
)
_WARN: Final = frozenset({"degraded", "warn", "warning", "yellow", "partial", "slow", "unstable"})
_WORD: Final = re.compile(r"[a-z_]+")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Verdict(Enum):
    """What a part says of itself."""

    GOOD = "good"
    WARN = "degraded"
    BAD = "unhealthy"


@dataclass(frozen=True)
class Part:
    """A part of an answer: its `name` without what wraps it (empty: the whole), and its `path` as it stands.

    `said` is its own word, `error` what it gives as the reason. What it does not say is None.
    """

    name: str
    path: str
    verdict: Verdict | None
    said: str
    error: str
    seconds: float | None
    utilization: float | None


def read_parts(data: Any, total_seconds: float) -> list[Part]:
    """Return the parts of a health answer that say anything. Never raises, whatever `data` is.

    `total_seconds` is how long the whole answer took: a part took no longer, which tells its unit where none is named.
    """
    found: list[Part] = []
    left = _MOST_NODES
    stack: list[tuple[tuple[str, ...], Any]] = [((), data)]
    while stack and left:
        path, value = stack.pop()
        left -= 1
        if isinstance(value, Mapping):
            part = _part(path, value, total_seconds)
            found += [part] if part else []
            inner = [((*path, str(key)), item) for key, item in value.items()]
            found += [leaf for child, item in inner if (leaf := _leaf(child, item))]
        elif isinstance(value, list):
            inner = [((*path, _name_in(item) or str(index)), item) for index, item in enumerate(value[:_MOST_NODES])]
        else:
            continue
        if len(path) < _DEEPEST:
            stack += [pair for pair in reversed(inner) if isinstance(pair[1], Mapping | list)]
    return list(_once(found))


def ill(parts: list[Part]) -> list[Part]:
    """Return the parts that are ill for a reason of their own: not those that repeat what a part of theirs says."""
    sick = [part for part in parts if part.verdict in (Verdict.BAD, Verdict.WARN)]
    return [
        part
        for part in sick
        if not any(other is not part and _below(other.path, part.path) for other in sick)
        and not (part.name == "" and any(other.name for other in sick))
    ]


def _below(path: str, above: str) -> bool:
    return not above or path.startswith(above + ".")


def _once(parts: list[Part]) -> Iterator[Part]:
    """Yield what is said of a part in several places (Terminus: `info` and `details`) as one part, the worst of it."""
    order = {Verdict.BAD: 0, Verdict.WARN: 1, Verdict.GOOD: 2, None: 3}
    best: dict[str, Part] = {}
    for part in parts:
        known = best.get(part.name)
        worse, other = (part, known) if known is None or order[part.verdict] < order[known.verdict] else (known, part)
        best[part.name] = worse if other is None else _filled(worse, other)
    yield from best.values()


def _filled(part: Part, other: Part) -> Part:
    return replace(
        part,
        seconds=other.seconds if part.seconds is None else part.seconds,
        utilization=other.utilization if part.utilization is None else part.utilization,
    )


def _part(path: tuple[str, ...], value: Mapping[str, Any], total: float) -> Part | None:
    verdict, said = _verdict(value)
    error = _error(value)
    if verdict is None and any(
        _plain(key) in ("error", "exception") and isinstance(v, str) and v for key, v in value.items()
    ):
        verdict = Verdict.BAD
    seconds, utilization = seconds_of(value, total), utilization_of(value)
    if verdict is None and seconds is None and utilization is None:
        return None
    name = _name_in(value)
    return Part(_name(path, name), ".".join(path), verdict, said, error, seconds, utilization)


def _leaf(path: tuple[str, ...], value: Any) -> Part | None:
    """Return the part that a flat answer such as `{"database": "ok"}` or `{"redis": false}` names."""
    key = _plain(path[-1])
    parent = _plain(path[-2]) if len(path) > 1 else ""
    component = _COMPONENTS.intersection(key.split("_")) and (not parent or parent in _WRAPPERS)
    if key in _STATUS_KEYS or key in _ERROR_KEYS or key in _NAME_KEYS or not (component or parent in _LISTS):
        return None
    verdict = _judged(value) if isinstance(value, str | bool) else None
    if verdict is None:
        return None
    text = value if isinstance(value, str) else str(value).lower()
    first = _first_word(text)
    error = text if verdict is Verdict.BAD and text.strip().lower() != first else ""
    return Part(_name(path, ""), ".".join(path), verdict, text, error, None, None)


def _verdict(value: Mapping[str, Any]) -> tuple[Verdict | None, str]:
    for key, item in value.items():
        if _plain(key) in _STATUS_KEYS and not isinstance(item, Mapping | list):
            verdict = _judged(item, number=_plain(key) in _NUMBERED_KEYS)
            if verdict is not None:
                return verdict, str(item).lower() if isinstance(item, bool) else str(item)
    return None, ""


def _judged(value: Any, number: bool = False) -> Verdict | None:
    """Return what a status means; words that say neither, such as `unknown` or `disabled`, mean nothing."""
    if isinstance(value, bool):
        return Verdict.GOOD if value else Verdict.BAD
    if isinstance(value, int | float):
        if not number:
            return None
        good, bad = value == 1 or 200 <= value < 300, value == 0 or 500 <= value < 600
        return Verdict.GOOD if good else Verdict.BAD if bad else None
    if not isinstance(value, str):
        return None
    word = _first_word(value)
    for verdict, words in ((Verdict.GOOD, _GOOD), (Verdict.BAD, _BAD), (Verdict.WARN, _WARN)):
        if word in words or value.strip().lower().replace(" ", "_") in words:
            return verdict
    last = _WORD.findall(value.lower())[-1:]
    return Verdict.GOOD if last and last[0] == "available" and "un" not in value.lower() else None


def _first_word(text: str) -> str:
    match = _WORD.search(text[:200].lower())
    return match.group() if match else ""


def _error(value: Mapping[str, Any]) -> str:
    plain = {_plain(key): item for key, item in value.items()}
    nested = plain.get("details") if isinstance(plain.get("details"), Mapping) else {}
    for source in (plain, nested or {}):
        for key in _ERROR_KEYS:
            item = source.get(key)
            if isinstance(item, str) and item.strip():
                return item.strip()
    return ""


def _name_in(value: Any) -> str:
    if not isinstance(value, Mapping):
        return ""
    plain = {_plain(key): item for key, item in value.items()}
    return next((plain[key] for key in _NAME_KEYS if isinstance(plain.get(key), str) and plain[key]), "")


def _name(path: tuple[str, ...], own: str) -> str:
    """Return a part's name: its path without the words that only wrap."""
    words = [word for word in path if _plain(word) not in _WRAPPERS and not word.isdigit()]
    if own and path and (path[-1].isdigit() or path[-1] == own) and own not in words:
        words.append(own)
    return ".".join(words)


def _plain(key: Any) -> str:
    return _HUMP.sub("_", str(key)).lower().replace("-", "_")
