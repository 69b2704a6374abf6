"""Services that an environment has not, that do not run, or that go by another name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from parity.areas.containers import missing_services
from parity.areas.containers.missing_services import NO_APPLICATION, PROFILE, REPLICAS
from parity.areas.containers.needless import why_not_missed
from parity.areas.containers.own_work import has_none, is_application
from parity.areas.containers.tools import is_a_tool, serves_developers
from parity.areas.containers.workers import is_scheduler, is_worker
from parity.compare.comparison import Comparison, evidence, place_of
from parity.compare.match_services import Match
from parity.domain.environment_names import environments_named
from parity.domain.findings import Difference, Evidence
from parity.domain.places import in_service
from parity.domain.programs import kinds
from parity.domain.stack import Service, Stack
from parity.domain.untrusted import texts
from parity.domain.values import show

_PROXY: Final = re.compile(r"nginx|traefik|caddy|haproxy|envoy|(?:^|[-_])(?:reverse[-_]?)?proxy(?:$|[-_])|ingress")
_BESIDE_WORK: Final = re.compile(r"exporter|flower|monitor|metrics|dashboard|(?:^|[-_])ui(?:$|[-_])|console")

# Options with which Celery's worker runs the schedule. Source: `celery worker --help`.
_OWN_SCHEDULE: Final = frozenset({"-B", "--beat"})


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield services that are not in every environment, or not under one name, and containers that name another."""
    missing = [one for match in comparison.matches for one in _missing(comparison, match)]
    yield from missing_services.together(comparison, missing)
    for match in comparison.matches:
        yield from _presence(comparison, match)
    for stack in comparison.stacks:
        yield from _names(stack)


def _missing(comparison: Comparison, match: Match) -> Iterator[Difference]:
    there = {environment: service for environment, service in match.members.items() if not _is_idle(service)}
    absent = [stack for stack in comparison.stacks if stack.environment not in there and stack.services]
    absent = [stack for stack in absent if not _split(there, comparison, match, stack)]
    if absent and there:
        shown = {stack.environment: _why_not(match, stack) for stack in absent}
        pieces = evidence(there, {e: _standing(s) for e, s in there.items()})
        pieces += tuple(Evidence(environment, text) for environment, text in shown.items())
        way = (
            "only-production"
            if comparison.production(there)
            else "not-in-production"
            if any(s.production for s in absent)
            else "only-elsewhere"
        )
        profiles = {stack.environment: _profiles(match, stack) for stack in absent}
        behind, idle = all(profiles.values()), all(stack.environment in match.members for stack in absent)
        words = {
            "has": ", ".join(there),
            "lacks": ", ".join(shown),
            "services": match.name,
            "profiles": ", ".join(dict.fromkeys(profiles.values())) if behind else "",
        }
        untried = way == "only-production" and _does_the_work(there.values(), absent)
        helper = way != "only-production" and all(map(serves_developers, there.values()))
        tool = way == "not-in-production" and all(map(is_a_tool, there.values()))
        needed = way == "not-in-production" and _is_sent_tasks(there.values(), absent)
        quiet = "behind-profile" if behind and not needed else "helper" if helper and not behind else ""
        needless = why_not_missed(match.name, there, absent, _are_proxies(there.values()), comparison)
        started = way == "only-production" and not (needless or behind)
        alone = started and _is_of_no_application(comparison, there, absent)
        facts = frozenset({NO_APPLICATION if alone else needless or ("untried" if untried else quiet)} - {""})
        ways = frozenset({"tool" if tool else way, *((PROFILE,) if behind else (REPLICAS,) if idle else ())})
        where = tuple(shown)
        yield Difference("containers.service-missing", where, match.name, "", pieces, words, ways, facts=facts)


def _is_idle(service: Service) -> bool:
    """Return whether a service is declared to have no container: `replicas: 0`."""
    return not service.containers and service.declared is not None and service.declared.scale == 0


def _presence(comparison: Comparison, match: Match) -> Iterator[Difference]:
    for environment, service in match.members.items():
        stack = comparison.stack(environment)
        if (
            stack.runs
            and not service.containers
            and service.declared
            and service.declared.active
            and service.declared.scale > 0
        ):
            where = Evidence(environment, "declared, but has no container", in_service(service.name), service.name)
            yield Difference(
                "containers.absent", (environment,), match.name, "", (where,), {"service_name": service.name}
            )
    if match.renamed:
        names = {environment: service.name for environment, service in match.members.items()}
        pieces = evidence(match.members, names)
        yield Difference(
            "containers.renamed",
            tuple(names),
            match.name,
            "",
            pieces,
            {"names": " / ".join(names.values()), "how": match.how},
            frozenset({"name"}),
        )


def _why_not(match: Match, stack: Stack) -> str:
    profiles = _profiles(match, stack)
    if stack.environment in match.members:
        return "declared with replicas: 0"
    return f"only with the profile {profiles}" if profiles else "no such service"


def _profiles(match: Match, stack: Stack) -> str:
    """Return the profiles, none of them in use, with which an environment declares a service; nothing without any."""
    one = next((stack.inactive[s.name] for s in match.members.values() if s.name in stack.inactive), None)
    return show(", ".join(texts(one.declared.raw, "profiles"))) if one and one.declared else ""


def _is_of_no_application(comparison: Comparison, there: Mapping[str, Service], absent: Iterable[Stack]) -> bool:
    """Return whether a service is a part of an application that the other environments have no part of."""
    having = [comparison.stack(environment) for environment in there]
    return all(map(is_application, there.values())) and all(has_none(stack, having) for stack in absent)


def _does_the_work(there: Iterable[Service], absent: Iterable[Stack]) -> bool:
    """Return whether a service does work, or lets visitors in, for an application that runs where it is absent."""
    found = [service for service in there if service.config is not None]
    lets_in = _are_proxies(found)
    public = any(port.host_port for service in found if service.config for port in service.config.ports)
    worker = any(is_worker(service.name) and not _BESIDE_WORK.search(service.name.lower()) for service in found)
    own = any(s.declared is None or s.declared.built for stack in absent for s in stack.services.values())
    return own and (worker or (lets_in and public))


def _are_proxies(services: Iterable[Service]) -> bool:
    return any(kinds(service) & {"nginx"} or _PROXY.search(service.name.lower()) for service in services)


def _is_sent_tasks(there: Iterable[Service], absent: Iterable[Stack]) -> bool:
    """Return whether a service is a worker of an application that runs where it is absent, by image or build."""
    workers = [one for one in there if is_worker(one.name) and not _BESIDE_WORK.search(one.name.lower())]
    rest = [one for stack in absent for one in stack.services.values()]
    return any(_made_of(worker) & _made_of(one) for worker in workers for one in rest)


def _made_of(service: Service) -> set[str]:
    build = service.declared.raw.get("build") if service.declared else None
    image = service.config.image if service.config else ""
    return {image, repr(build) if build else ""} - {""}


def _split(there: Mapping[str, Service], comparison: Comparison, match: Match, stack: Stack) -> bool:
    """Return whether an environment runs a worker as several, or several as one.

    `celery` of one is `celery-worker` of another, which may run the schedule apart as `celery-beat`.
    """
    elsewhere = {name for environment in there for name in comparison.stack(environment).services}
    parts = (f"{match.name}-worker", f"{match.name}_worker")
    own = stack.services.keys() - elsewhere
    one = any(match.name.startswith((f"{name}-", f"{name}_")) and is_worker(name) for name in own)
    apart = one and _BESIDE_WORK.search(match.name.lower()) is None and _names_worker(elsewhere, own)
    return is_worker(match.name) and (any(name.startswith(parts) for name in own) or apart or _schedules(match, stack))


def _schedules(match: Match, stack: Stack) -> bool:
    """Return whether a service is a scheduler, and a worker of an environment runs the schedule itself: `worker -B`."""
    commands = [service.config.command or () for service in stack.services.values() if service.config]
    return is_scheduler(match.name) and any(
        "worker" in " ".join(command).split() and _OWN_SCHEDULE & set(" ".join(command).split()) for command in commands
    )


def _names_worker(names: Iterable[str], of: Iterable[str]) -> bool:
    """Return whether one of the names is that of the worker part of one of the others."""
    return any(name.startswith((f"{one}-worker", f"{one}_worker")) for one in of for name in names)


def _standing(service: Service) -> str:
    return ", ".join(f"{c.state}{f' ({c.health})' if c.health else ''}" for c in service.containers) or "declared"


def _names(stack: Stack) -> Iterator[Difference]:
    own = environments_named(stack.environment)
    for container in stack.containers():
        # Compose's default names start with the project's; only what the name says beyond that was chosen.
        words = environments_named(container.name.lower().removeprefix(container.project.lower()))
        if words and own and not words & own:
            other = sorted(words)[0]
            where = Evidence(
                stack.environment, container.name, place_of(stack.services[container.service]), container.service
            )
            yield Difference(
                "containers.misleading-name",
                (stack.environment,),
                container.service,
                "",
                (where,),
                {"container": container.name, "other": other},
            )
