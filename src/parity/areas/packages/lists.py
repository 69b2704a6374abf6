"""The packages of a service by environment, and the rows in which they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from parity.areas.packages.versions import LEVELS, level
from parity.compare.match_services import Match
from parity.domain.packages import RUNTIME, SYSTEM, Packages
from parity.domain.stack import Service

Lists = Mapping[str, Mapping[str, str]]  # versions by name, by environment
# What installs packages comes with the base, whatever the application needs.
_INSTALLERS: Final = frozenset({"pip", "setuptools", "wheel", "npm", "corepack", "bundler"})
# Lists that have less in common are not of one application: a folder that was not looked into explains them better.
_IN_COMMON: Final = 1 / 3


@dataclass(frozen=True)
class Row:
    """A package that environments have in other versions, or not all: its versions by environment, empty where none.

    `named_in` are the environments in which the application itself names it.
    """

    name: str
    versions: Mapping[str, str]
    named_in: frozenset[str] = frozenset()

    @property
    def direct(self) -> bool:
        """Whether the application names it, and it did not only come with another one."""
        return bool(self.named_in)

    @property
    def level(self) -> str:
        """How far the versions are apart; one that is missing is not compared."""
        return level([version for version in self.versions.values() if version])

    def lacking(self) -> tuple[str, ...]:
        """Return the environments without it."""
        return tuple(environment for environment, version in self.versions.items() if not version)


def packages_of(service: Service) -> Packages | None:
    """Return the packages that all containers of a service have; None where they are not known, or not the same."""
    found = [container.packages for container in service.containers if container.packages is not None]
    return found[0] if found and all(one == found[0] for one in found) else None


def rows_of(match: Match) -> Iterator[tuple[str, list[Row]]]:
    """Yield each kind that can be compared with the packages that differ."""
    told = {environment: packages_of(service) for environment, service in match.seen.items()}
    known = {environment: one for environment, one in told.items() if one is not None}
    for kind in sorted({kind for one in known.values() for kind in one.installed}):
        lists = {e: _application(one.installed[kind]) for e, one in known.items() if kind in one.installed}
        if len(lists) > 1 and (kind in SYSTEM | {RUNTIME} or _of_one_application(lists.values())):
            yield kind, _rows(lists, {e: known[e].direct.get(kind, frozenset()) for e in lists})


def _of_one_application(lists: Iterable[Mapping[str, str]]) -> bool:
    names = [frozenset(one) for one in lists]
    return len(frozenset.intersection(*names)) >= max(map(len, names)) * _IN_COMMON


def _application(packages: Mapping[str, str]) -> Mapping[str, str]:
    return {name: version for name, version in packages.items() if name not in _INSTALLERS}


def _rows(lists: Lists, direct: Mapping[str, frozenset[str]]) -> list[Row]:
    """Return the packages that differ: what the application names first, then the largest steps, then by name."""
    first, *others = lists.values()
    if all(other == first for other in others):
        return []
    found = []
    for name in sorted({name for one in lists.values() for name in one}):
        versions = {environment: one.get(name, "") for environment, one in lists.items()}
        if len(set(versions.values())) > 1:
            found.append(Row(name, versions, frozenset(e for e, names in direct.items() if name in names)))
    return sorted(found, key=lambda row: (not row.direct, -LEVELS.index(row.level), row.name))
