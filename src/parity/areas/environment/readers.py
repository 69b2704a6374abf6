"""Which services read a variable, as far as compose files tell: those for which they set it by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from parity.compare.comparison import Comparison
from parity.compare.match_services import Match
from parity.compare.variable import Variable
from parity.domain.stack import Service
from parity_host.envfile.reader import effective

_ENDS: Final = frozenset({"", "no", "on-failure"})
# From which share of a twin's variables on a service is set up like it, and lacks one of them by mistake.
_ALIKE: Final = 0.8


class SeenReaders:
    """The services that are seen to read one variable: compose files set it for them by name, in any environment."""

    def __init__(self, comparison: Comparison, name: str, environments: Mapping[str, Variable]) -> None:
        """Take a variable by its name, and what it is in each environment."""
        self._comparison = comparison
        self._name = name
        self._environments = environments

    @cached_property
    def _named(self) -> dict[tuple[str, str], Match]:
        """Each of them in each environment that sets it so."""
        return {
            (environment, match.name): match
            for environment, variable in self._environments.items()
            for match in self._comparison.matches_of(variable.values)
            if environment in match.members and _is_set_by_name(self._comparison, environment, match, self._name)
        }

    @cached_property
    def _services(self) -> dict[str, Match]:
        return {name: match for (_, name), match in self._named.items()}

    def have_it(self, service: str, absent: frozenset[str]) -> bool:
        """Return whether the environments `absent` set the variable for each service that is seen to read it.

        `service` is none of them: it has the variable elsewhere from an env file that others share. It reads it all
        the same where it is a twin of one of them: the same image with the same settings.
        """
        if service in self._services:
            return False
        elsewhere = {environment for environment, _ in self._named} - absent
        for environment in absent:
            own = self._environments.get(environment)
            readers = [match for match in self._services.values() if environment in match.members]
            if not readers or own is None or any(match.name not in own.values for match in readers):
                return False
            ours = self._comparison.matches_of([service])
            if not elsewhere and any(_are_twins(mine, one, environment) for mine in ours for one in readers):
                return False
        return True


def _is_set_by_name(comparison: Comparison, environment: str, match: Match, name: str) -> bool:
    files, service = comparison.files[environment], match.members[environment].name
    given = [files.parsed[path] for path in files.of_service.get(service, ()) if path in files.parsed]
    return not any(name in effective(file) for file in given) or service in files.set_for.get(name, ())


def _are_twins(one: Match, other: Match, environment: str) -> bool:
    """Return whether two services run the same image in the same way, and have nearly the same variables."""
    mine, theirs = one.members[environment], other.members[environment]
    if mine.config is None or theirs.config is None or not set(_made_of(mine)) & set(_made_of(theirs)):
        return False
    if mine.config.restart in _ENDS and theirs.config.restart not in _ENDS:
        return False  # a job that runs once, as a migration does
    names = set(theirs.config.environment)
    return len(names & set(mine.config.environment)) >= _ALIKE * len(names)


def _made_of(service: Service) -> Iterator[str]:
    if service.config and service.config.image:
        yield service.config.image
    if service.declared and service.declared.built:
        yield repr(service.declared.raw.get("build"))
