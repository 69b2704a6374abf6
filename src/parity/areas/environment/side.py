"""The variables of one environment, judged without the others: what the rules share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from parity.areas.environment.accepted import Accepted
from parity.compare.comparison import Comparison
from parity.compare.env_files import EnvFiles
from parity.compare.variable import COMPOSE, Variable
from parity.compare.variables import Variables, services_named
from parity.domain.environment_names import environments_named
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Service
from parity.domain.values import show

# Ways in which a container shares its network, so that localhost is more than the container itself.
_SHARED: Final = frozenset({"host", "service", "container"})


class Side:
    """One environment, with its variables, files and services.

    all: the variables of all environments; names: the environments by words for them; runs: whether it has containers
    members: its services by the names of their matches; at_home: those for which localhost is more than the container
    """

    def __init__(self, comparison: Comparison, files: EnvFiles, variables: Variables) -> None:
        """Take the variables of all environments, of which those of the stack that `files` belong to are judged."""
        self.stack = stack = files.stack
        self.files = files
        self.runs = any(service.containers for service in stack.services.values())
        self.policy = comparison.policy
        self.names = {
            word: one.environment for one in comparison.stacks for word in environments_named(one.environment)
        }
        self.all = variables
        self.variables = variables.of(stack.environment)
        self.copies = variables.copies[stack.environment]
        self.accepted = Accepted(stack)
        self._kept: dict[str, list[str]] = {}
        self.members = {
            match.name: match.members[stack.environment]
            for match in comparison.matches
            if stack.environment in match.members
        }
        self.at_home = frozenset(
            name for name, service in self.members.items() if _network_mode(service).partition(":")[0] in _SHARED
        )

    def found(
        self, rule: str, name: str, variable: Variable, services: Iterable[str], **words: str
    ) -> Iterator[Difference]:
        """Yield a difference of a variable that is at fault in `services`, where there are any, with what it copies."""
        environment = self.stack.environment
        pieces = [Evidence(environment, show(variable.values[s]), variable.places[s], s) for s in services]
        if pieces:
            words = {
                "services": services_named(services),
                "value": pieces[0].shown,
                **words,
            }
            facts = frozenset({"from-env-file", "set-for-inactive"} if self._set_for_inactive(name) else ())
            source = self.variables.get(self.copies.source(name))
            if source is not None and source is not variable and COMPOSE in source.values:
                pieces.append(Evidence(environment, show(source.values[COMPOSE]), source.places[COMPOSE]))
            yield Difference(rule, (environment,), "", name, tuple(pieces), words, facts=facts)

    def kept_under(self, value: str) -> list[str]:
        """Return the variables under which a value is reported, in order: those that copy others are not among them."""
        if value not in self._kept:
            names = self.all.names({self.stack.environment: value})
            self._kept[value] = [one for one in names if self.copies.keeper(one, value) == one]
        return self._kept[value]

    def named_after(self, service: str) -> set[str]:
        """Return the environments that a service's own name says; its variables are known by the name of all."""
        member = self.members.get(service)
        return environments_named(member.name) if member is not None else set()

    def _set_for_inactive(self, name: str) -> bool:
        """Return whether compose files set a variable for services that are not started, and for no other.

        The others have it from an env file that they share with those, and whether they read it nobody can tell.
        """
        services = self.files.set_for.get(name, set())
        return bool(services) and services <= self.stack.inactive.keys()

    def weighed(self, found: Difference, name: str, variable: Variable, services: Iterable[str]) -> Difference:
        """Return a difference with the fact that its value is only the one that a user is given to begin with."""
        if self.runs or not all(self.files.is_suggested(name, variable.values[service]) for service in services):
            return found
        return replace(found, facts=found.facts | {"not-filled-in"})


def _network_mode(service: Service) -> str:
    if service.containers:
        return service.containers[0].lookup.mode
    return str(service.declared.raw.get("network_mode") or "") if service.declared else ""
