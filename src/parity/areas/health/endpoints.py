"""What services answer over HTTP: down, ill, nearly full, or much slower than in the other environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from parity.areas.health.answers import Part, Verdict, ill, read_parts
from parity.areas.health.probes import Here, about, by_match, stands_still, unhealthy
from parity.compare.match_services import bare_name
from parity.domain.findings import Difference, Evidence
from parity.domain.mentions import names_in
from parity.domain.stack import Stack
from parity.domain.untrusted import number, text, whole
from parity.domain.values import show
from parity_host.health.kinds import HTTP, HTTP_KINDS, WEB

_HTTP_KINDS: Final = frozenset({HTTP, WEB, *HTTP_KINDS})
_NEARLY_FULL: Final = 0.9
_TIMES_SLOWER: Final = 3.0
_SECONDS_SLOW: Final = 0.5
_PARTS_REPORTED: Final = 30
# Other names by which health answers call what a service is.
_CALLED: Final = (
    frozenset({"database", "db", "postgres", "postgresql", "pg", "sql"}),
    frozenset({"redis", "cache", "broker", "valkey"}),
    frozenset({"celery", "worker", "workers", "tasks"}),
)


def differences(heres: Sequence[Here]) -> Iterator[Difference]:
    """Yield what HTTP endpoints show."""
    answers = [here for here in heres if here.probe.kind in _HTTP_KINDS]
    parts = {id(here): _parts(here) for here in answers}
    told = set()
    for here in answers:
        for difference in _ill(here, parts[id(here)]):
            told.add(here.probe.service)
            yield difference
        yield from _full(here, parts[id(here)])
    yield from _down([here for here in answers if here.probe.service not in told and not unhealthy(here)])
    yield from _slow(answers, parts)


def _down(answers: Sequence[Here]) -> Iterator[Difference]:
    answering = {(here.environment, here.probe.container) for here in answers if here.probe.state == "ok"}
    for here in answers:
        if here.probe.state == "failed":
            shown, target = show(here.probe.reason), here.probe.target
            if _loki_ready(here):
                yield about("health.loki-not-ready", here, shown)
            elif (here.environment, here.probe.container) in answering:
                yield about("health.address-down", here, shown, item=target, target=show(target))
            else:
                answered = names_in(text(here.probe.facts, "text"), text(here.probe.facts, "database"))
                yield replace(about("health.endpoint-down", here, shown), mentions=answered)


def _loki_ready(here: Here) -> bool:
    return here.probe.kind == "loki" and here.probe.target.endswith("/ready") and whole(here.probe.facts, "status") > 0


def _parts(here: Here) -> list[Part]:
    health = here.probe.facts.get("health")
    return read_parts(health, number(here.probe.facts, "answer_seconds") or here.probe.seconds)


def _ill(here: Here, parts: list[Part]) -> Iterator[Difference]:
    for part in ill(parts)[:_PARTS_REPORTED]:
        if _stopped(here.stack, part.name):
            continue
        rule = "health.part-unhealthy" if part.verdict is Verdict.BAD else "health.part-degraded"
        named = show(part.name) if part.name else "overall status"
        error = f": {show(part.error)}" if part.error and part.error != part.said else ""
        shown = f"{show(part.path) or 'status'} is {show(part.said) or 'in error'}{error}"
        found = about(rule, here, shown, item=part.name, part=named, said=shown)
        yield replace(found, mentions=names_in(part.name, part.path, part.said, part.error))


def _stopped(stack: Stack, part: str) -> bool:
    """Return whether a part names a service that does not run: that is reported where it is."""
    called = {word.lower() for word in part.replace("-", "_").replace(".", "_").split("_")}
    for names in _CALLED:
        if called & names:
            called |= names
    return any(
        bare_name(service.name) in called and service.containers and stands_still(service)
        for service in stack.services.values()
    )


def _full(here: Here, parts: list[Part]) -> Iterator[Difference]:
    for part in parts[:_PARTS_REPORTED]:
        if part.utilization is not None and part.utilization >= _NEARLY_FULL:
            share = f"{part.utilization:.0%}"
            yield about(
                "health.nearly-full",
                here,
                f"{show(part.path)}: {share}",
                item=part.name,
                part=show(part.name),
                share=share,
            )


def _slow(answers: Sequence[Here], parts: Mapping[int, list[Part]]) -> Iterator[Difference]:
    """Yield what takes much longer in one environment than in the other, the answer as a whole or a part of it."""
    for environments in by_match(answers).values():
        if len(environments) > 1:
            measured: dict[str, dict[str, tuple[float, Here]]] = {}
            for environment, heres in environments.items():
                for here in heres:
                    for item, seconds in _times(here, parts[id(here)]):
                        measured.setdefault(item, {})[environment] = (seconds, here)
            for item, found in measured.items():
                yield from _compare(item, found)


def _times(here: Here, parts: list[Part]) -> Iterator[tuple[str, float]]:
    if here.probe.state == "ok":
        yield text(here.probe.facts, "path"), number(here.probe.facts, "answer_seconds")
    for part in parts[:_PARTS_REPORTED]:
        if part.name and part.seconds is not None:
            yield part.name, part.seconds


def _compare(item: str, found: Mapping[str, tuple[float, Here]]) -> Iterator[Difference]:
    if len(found) < 2:
        return
    fastest = min(seconds for seconds, _ in found.values())
    for environment, (seconds, here) in found.items():
        if seconds > _SECONDS_SLOW and seconds > fastest * _TIMES_SLOWER:
            pieces = tuple(
                Evidence(name, spell(took), other.place, other.probe.service) for name, (took, other) in found.items()
            )
            words: dict[str, Any] = {"slow": spell(seconds), "fast": spell(fastest), "what": show(item)}
            yield Difference("health.slow", (environment,), here.name, item, pieces, words)


def spell(seconds: float) -> str:
    """Return a duration as people write it."""
    return f"{seconds:.2g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"
