"""What every area is given to compare, and the questions all of them ask of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from parity.compare.configured import Reader, configured
from parity.compare.env_files import EnvFiles
from parity.compare.match_services import Match
from parity.compare.variables import Variables
from parity.domain.findings import Evidence
from parity.domain.places import in_container, in_service
from parity.domain.stack import Configuration, Container, Service, ServiceConfig, Stack
from parity.domain.values import Same, fingerprints, same
from parity.knowledge.images import NONE, Images
from parity.knowledge.policy import Policy
from parity.knowledge.signatures import Signature

T = TypeVar("T")


@dataclass(frozen=True)
class Comparison:
    """The environments side by side. Areas read it and yield differences; they change nothing."""

    stacks: tuple[Stack, ...]
    matches: tuple[Match, ...]
    policy: Policy
    signatures: tuple[Signature, ...] = ()
    images: Images = NONE

    def stack(self, environment: str) -> Stack:
        """Return the environment called `environment`."""
        return self._stacks[environment]

    @cached_property
    def _stacks(self) -> Mapping[str, Stack]:
        return {stack.environment: stack for stack in self.stacks}

    @cached_property
    def _in_production(self) -> frozenset[str]:
        return frozenset(stack.environment for stack in self.stacks if stack.production)

    @cached_property
    def files(self) -> Mapping[str, EnvFiles]:
        """What the env files of each environment say, by its name."""
        return {stack.environment: EnvFiles(stack) for stack in self.stacks}

    @cached_property
    def variables(self) -> Variables:
        """What variables each service has, and Compose itself, in all environments."""
        return Variables(self.matches, self.files, self.images)

    @cached_property
    def _by_name(self) -> Mapping[str, list[tuple[int, Match]]]:
        found: dict[str, list[tuple[int, Match]]] = {}
        for number, match in enumerate(self.matches):
            found.setdefault(match.name, []).append((number, match))
        return found

    def matches_of(self, names: Iterable[str]) -> list[Match]:
        """Return the matches that have one of the names, in their order."""
        found = [one for name in set(names) for one in self._by_name.get(name, ())]
        return [match for _, match in sorted(found, key=lambda one: one[0])]

    def settings(self, environment: str, service: str) -> Mapping[str, str] | None:
        """Return the variables of a service, called as its match is, in one environment; None where it has none."""
        members = (match.members.get(environment) for match in self.matches_of([service]))
        found = [member.config.environment for member in members if member is not None and member.config is not None]
        return found[-1] if found else None

    def names_with(self, environment: str, service: str, value: str) -> Sequence[str]:
        """Return the variables among `settings` that may have a value: of secrets, the fingerprints are the same."""
        known = self._names_by_value.get((environment, service))
        if known is None:
            known = self._names_by_value[environment, service] = {}
            for name, held in (self.settings(environment, service) or {}).items():
                known.setdefault(fingerprints(held), []).append(name)
        return known.get(fingerprints(value), ())

    @cached_property
    def _names_by_value(self) -> dict[tuple[str, str], dict[str, list[str]]]:
        return {}  # filled by service: few are asked for, most of them often

    @cached_property
    def _by_member(self) -> Mapping[str, list[Match]]:
        found: dict[str, list[Match]] = {}
        for match in self.matches:
            for name in dict.fromkeys(service.name.lower() for service in match.members.values()):
                found.setdefault(name, []).append(match)
        return found

    def matches_called(self, host: str) -> list[Match]:
        """Return the matches of which a member has a name, in lower case, in their order."""
        return self._by_member.get(host, [])

    def production(self, environments: Iterable[str]) -> bool:
        """Return whether any of the environments is production."""
        return not self._in_production.isdisjoint(environments)

    def same_value(self, one: str, first: str, other: str, second: str) -> Same:
        """Return whether value `first` of environment `one` equals `second` of `other`."""
        return same(first, second, self.stack(one).run == self.stack(other).run)

    def running(self) -> Iterator[tuple[Stack, Match, Service, Container]]:
        """Yield every container with where it belongs."""
        for match in self.matches:
            for environment, service in match.members.items():
                for container in service.containers:
                    yield self.stack(environment), match, service, container

    def configured(self, match: Match, kind: str) -> Iterator[tuple[Stack, Configuration, Reader]]:
        """Yield the configurations of one kind of program that a service has, each with its stack and its reader."""
        for environment, service in match.members.items():
            stack = self.stack(environment)
            for configuration, reader in configured(stack, kind):
                if configuration.service == service.name:
                    yield stack, configuration, reader


def per_environment(members: Mapping[str, Service], read: Callable[[ServiceConfig], T]) -> dict[str, T]:
    """Return what `read` finds in each environment's configuration of a service."""
    return {environment: read(service.config) for environment, service in members.items() if service.config is not None}


def differs(values: Mapping[str, object]) -> bool:
    """Return whether environments do not all have the same value."""
    found = list(values.values())
    return any(value != found[0] for value in found[1:])


def place_of(service: Service) -> str:
    """Return where a service's configuration was read."""
    if service.containers:
        return in_container(service.containers[0].name)
    return in_service(service.name)


def evidence(members: Mapping[str, Service], shown: Mapping[str, str]) -> tuple[Evidence, ...]:
    """Return what each environment shows for a service, with where it was read."""
    return tuple(
        Evidence(environment, shown[environment], place_of(service), service.name)
        for environment, service in members.items()
        if environment in shown
    )
