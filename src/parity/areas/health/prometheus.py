"""What Prometheus scrapes: targets that are down, that stand for a service nobody has, and jobs one side lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from parity.areas.health.probes import Here, about, by_match, host_of, known_by, stands_still
from parity.domain.findings import Difference, Evidence
from parity.domain.mentions import names_in
from parity.domain.stack import Service, Stack
from parity.domain.untrusted import mappings, text
from parity.domain.values import is_unknown, show

_MOST: Final = 200
_ITSELF: Final = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0", "host.docker.internal"})  # noqa: S104 - names
# What a scrape's error says for short: an answer's status, or why there was no answer.
_WHY: Final = re.compile(
    r"HTTP status (\d{3}(?: [A-Z][A-Za-z]+)*)"
    r"|(connection refused|no such host|no route to host|context deadline exceeded|certificate \w+)"
)


@dataclass(frozen=True)
class ScrapeTarget:
    """One target that Prometheus scrapes, and the service behind its address where there is one."""

    job: str
    instance: str
    url: str
    health: str
    error: str
    host: str
    service: Service | None

    @property
    def of_the_stack(self) -> bool:
        """Whether its address is a name that only the stack's own network can know."""
        named = bool(self.host) and not is_unknown(self.url or self.instance)
        return named and self.host not in _ITSELF and "." not in self.host and ":" not in self.host


def differences(heres: Sequence[Here]) -> Iterator[Difference]:
    """Yield what the targets show."""
    asked = [here for here in heres if here.probe.kind == "prometheus" and here.probe.state == "ok"]
    asked = [here for here in asked if isinstance(here.probe.facts.get("targets"), list)]
    for here in asked:
        for target in _targets(here):
            yield from _down(here, target, [other.stack for other in asked])
    for environments in by_match(asked).values():
        yield from _missing({environment: found[0] for environment, found in environments.items()})


def _targets(here: Here) -> list[ScrapeTarget]:
    found = []
    for entry in mappings(here.probe.facts, "targets")[:_MOST]:
        host = host_of(text(entry, "url")) or host_of(text(entry, "instance"))
        found.append(
            ScrapeTarget(
                job=text(entry, "job"),
                instance=text(entry, "instance"),
                url=text(entry, "url"),
                health=text(entry, "health"),
                error=text(entry, "error"),
                host=host,
                service=known_by(here.stack, host) if host else None,
            )
        )
    return found


def _down(here: Here, target: ScrapeTarget, stacks: Sequence[Stack]) -> Iterator[Difference]:
    if target.health == "up":
        return
    words = {
        "job": show(target.job),
        "target": show(target.instance or target.url),
        "error": show(target.error or "none"),
        "why": _why(target),
    }
    item = f"{target.job}/{target.instance}"
    shown = f"{show(target.url)} is {show(target.health)}: {show(target.error or 'no error yet')}"
    if target.service is None and target.of_the_stack:
        having = [stack.environment for stack in stacks if known_by(stack, target.host)]
        elsewhere = f"{' and '.join(having)} has it" if having else "no environment has it"
        name = show(target.host)
        yield about("health.target-without-service", here, shown, item, name=name, elsewhere=elsewhere, **words)
    elif target.health == "down" and not (target.service and stands_still(target.service)):
        mentions = names_in(target.job, target.instance, target.url, target.error)
        yield replace(about("health.target-down", here, shown, item, **words), mentions=mentions)


def _why(target: ScrapeTarget) -> str:
    """Return why a target is down, in a few words of its error; the job that it belongs to where none are known."""
    found = _WHY.search(target.error)
    return (found[1] or found[2]) if found else f"job {show(target.job)}"


def _missing(heres: Mapping[str, Here]) -> Iterator[Difference]:
    """Yield jobs that one environment's Prometheus does not have, though what they scrape is there too."""
    targets = {environment: _targets(here) for environment, here in heres.items()}
    scraped = {
        environment: {found.job for found in listed} | {_subject(found) for found in listed}
        for environment, listed in targets.items()
    }
    for job in sorted({target.job for listed in targets.values() for target in listed if not is_unknown(target.job)}):
        having = {e: [t for t in listed if t.job == job] for e, listed in targets.items()}
        subjects = {_subject(target) for listed in having.values() for target in listed}
        lacking = [e for e, listed in having.items() if not listed and not subjects & scraped[e]]
        lacking = [e for e in lacking if not any(is_unknown(target.job) for target in targets[e])]
        lacking = [
            e for e in lacking if any(_is_there(heres[e].stack, t) for listed in having.values() for t in listed)
        ]
        if lacking:
            yield _job_missing(job, lacking, having, heres)


def _job_missing(
    job: str, lacking: Sequence[str], having: Mapping[str, Sequence[ScrapeTarget]], heres: Mapping[str, Here]
) -> Difference:
    pieces = tuple(
        Evidence(
            environment,
            ", ".join(show(target.instance) for target in having[environment]) or "no such job",
            here.place,
            here.probe.service,
        )
        for environment, here in heres.items()
    )
    has = ", ".join(environment for environment, listed in having.items() if listed)
    words = {"job": show(job), "has": has, "lacks": ", ".join(lacking)}
    return Difference("health.scrape-job-missing", tuple(lacking), heres[lacking[0]].name, job, pieces, words)


def _subject(target: ScrapeTarget) -> str:
    """Return what a target is about, the same in every environment whose services bear the same names."""
    return f"service {target.service.name}" if target.service else f"address {target.instance}"


def _is_there(stack: Stack, target: ScrapeTarget) -> bool:
    if target.of_the_stack:
        service = known_by(stack, target.host)
        return service is not None and bool(service.containers)
    return True
