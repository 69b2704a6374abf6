"""Which services read a variable, as far as compose files tell: those for which they set it by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from parity.compare.comparison import Comparison
from parity.compare.match_services import Match
from parity.compare.variable import Variable
from parity.domain.stack import Service
from parity_host.envfile.reader import effective

_ENDS: Final = frozenset({"", "no", "on-failure"})
# From which share of a twin's variables on a service is set up like it, and lacks one of them by mistake.
_ALIKE: Final = 0.8


def set_where_read(
    comparison: Comparison, name: str, environments: Mapping[str, Variable], service: str, absent: frozenset[str]
) -> bool:
    """Return whether the environments `absent` set a variable for each service that is seen to read it.

    Those are the services for which compose files set it by name, in any environment. `service` is none of them: it
    has the variable elsewhere from an env file that others share. It reads it all the same where it is a twin of one
    of them: the same image with the same settings.
    """
    matches = {match.name: match for match in comparison.matches}
    named = {
        (environment, one)
        for environment, variable in environments.items()
        for one in variable.values
        if one in matches and _is_set_by_name(comparison, environment, matches[one], name)
    }
    if any(one == service for _, one in named):
        return False
    elsewhere = {environment for environment, _ in named} - absent
    for environment in absent:
        has = environments[environment].values.keys() if environment in environments else frozenset()
        readers = {one for _, one in named if environment in matches[one].members}
        if not readers or not readers <= has:
            return False
        if not elsewhere and any(_are_twins(matches[service], matches[one], environment) for one in readers):
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
