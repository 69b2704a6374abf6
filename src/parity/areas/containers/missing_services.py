"""Services that an environment lacks for one reason: a compose file that it does not name, or another stack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from parity.areas.containers.workers import is_scheduler, is_worker
from parity.compare.comparison import Comparison
from parity.compare.together import SEVERAL
from parity.domain.findings import Difference
from parity.domain.stack import Stack
from parity_host.yaml.scan import scan

# The way of a service that is declared, behind a profile that is not in use.
PROFILE: Final = "profile"
# The way of a service that is declared to have no container.
REPLICAS: Final = "replicas"

# The fact of a part of an application that has none in the other environment.
NO_APPLICATION: Final = "no-application"

# From how many services on another stack is the reason, and not each of them.
_MANY: Final = 5
_LEAST: Final = 2
_SERVICE_PATH: Final = 2


def together(comparison: Comparison, found: Iterable[Difference]) -> Iterator[Difference]:
    """Yield missing services: those of one compose file, or very many, as one difference; what is expected alone."""
    groups: dict[tuple[object, ...], list[Difference]] = {}
    for one in _with_schedulers(comparison, found):
        if comparison.policy.expectation(one):
            yield one
        else:
            groups.setdefault((one.environments, one.ways - {PROFILE, REPLICAS}, one.facts), []).append(one)
    for group in groups.values():
        having = [stack for stack in comparison.stacks if stack.environment not in group[0].environments]
        rest = {one.service: one for one in group}
        for path, services in (pair for stack in having for pair in _only_in(stack, comparison).items()):
            of_file = [rest.pop(service) for service in sorted(services & rest.keys())]
            yield from _as_one(of_file, _LEAST, path)
        yield from _as_one(list(rest.values()), _LEAST if NO_APPLICATION in group[0].facts else _MANY, "")


def _with_schedulers(comparison: Comparison, found: Iterable[Difference]) -> Iterator[Difference]:
    """Yield missing services, a worker with its scheduler: without the one, the other has nothing to do."""
    every = list(found)
    images = {one.service: _images(comparison, one.service) for one in every}
    workers = [one for one in every if is_worker(one.service) and not is_scheduler(one.service)]
    of_worker: dict[str, list[Difference]] = {}
    for one in every if workers else ():
        like = [
            worker
            for worker in workers
            if is_scheduler(one.service)
            and (worker.environments, worker.ways) == (one.environments, one.ways)
            and images[worker.service] & images[one.service]
        ]
        if like:
            of_worker.setdefault(like[0].service, []).append(one)
    told = {one.service for schedulers in of_worker.values() for one in schedulers}
    for one in every:
        if one.service not in told:
            more = of_worker.get(one.service, [])
            yield replace(
                one,
                evidence=one.evidence + tuple(piece for other in more for piece in other.evidence),
                mentions=one.mentions | {other.service for other in more},
            )


def _images(comparison: Comparison, name: str) -> frozenset[str]:
    members = [service for match in comparison.matches if match.name == name for service in match.members.values()]
    return frozenset(one.config.image for one in members if one.config and one.config.image)


def _as_one(group: Sequence[Difference], least: int, file: str) -> Iterator[Difference]:
    if len(group) < least:
        yield from group
        return
    services = sorted(one.service for one in group)
    nowhere = [one.service for one in group if PROFILE not in one.ways]
    behind = [one for one in group if PROFILE in one.ways] if nowhere else []
    declared = ", ".join(f"{one.service} with the profile {one.words['profiles']}" for one in behind)
    yield replace(
        group[0],
        service="",
        item=file,
        evidence=tuple(piece for one in group for piece in one.evidence),
        words={
            **group[0].words,
            "services": ", ".join(sorted(nowhere) or services),
            "profiles": ", ".join(dict.fromkeys(one.words["profiles"] for one in group if one.words["profiles"])),
            "count": str(len(services)),
            "file": f" All are declared in {file}." if file else "",
            "behind": f" Declared there, but not started: {declared}." if declared else "",
        },
        ways=group[0].ways - {PROFILE, REPLICAS} | {SEVERAL, *(() if nowhere else (PROFILE,))},
        mentions=frozenset(services),
    )


def _only_in(stack: Stack, comparison: Comparison) -> Mapping[str, frozenset[str]]:
    """Return the services of each compose file none of whose services another environment has, by the file's name."""
    found = {}
    for file in stack.files:
        if file.text and {"compose", "include"} & set(file.roles):
            keys = [one.path for one in scan(file.text).scalars if one.is_key and len(one.path) == _SERVICE_PATH]
            services = {str(path[1]) for path in keys if path[0] == "services"} & stack.services.keys()
            matches = {match.name for match in comparison.matches if match.members.keys() == {stack.environment}}
            if services <= matches:
                found[stack.shorten(file.path)] = frozenset(services)
    return found
