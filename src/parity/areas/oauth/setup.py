"""What the rules about OAuth look at: every application of every environment, with the hosts of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from parity.areas.oauth.applications import Application, Applications, OauthSetting, read_settings
from parity.areas.oauth.own_hosts import OwnHosts, own_hosts
from parity.areas.oauth.vocabulary import Vocabulary
from parity.compare.comparison import Comparison
from parity.domain.findings import Difference, Evidence
from parity.domain.stack import Stack
from parity.domain.values import show


@dataclass(frozen=True)
class Setup:
    """The applications and the hosts, by environment."""

    comparison: Comparison
    vocabulary: Vocabulary
    applications: Mapping[str, Applications]
    hosts: Mapping[str, OwnHosts]

    def used(self) -> Iterator[tuple[Stack, Application]]:
        """Yield every application of which anything is filled in, with its environment."""
        for stack in self.comparison.stacks:
            for application in self.applications[stack.environment].values():
                if application.used:
                    yield stack, application

    def used_keys(self) -> list[str]:
        """Return the keys of the applications that any environment uses."""
        return sorted({application.key for _, application in self.used()})

    def users(self, key: str) -> dict[str, Application]:
        """Return the application `key` of each environment that uses it."""
        return {stack.environment: application for stack, application in self.used() if application.key == key}

    def lacking(self, name: str) -> tuple[str, ...]:
        """Return the environments in which no service has the variable."""
        return tuple(env for env, settings in self._by_environment(name) if not settings)

    def empty(self, name: str) -> tuple[str, ...]:
        """Return the environments in which the variable is there and empty."""
        return tuple(env for env, settings in self._by_environment(name) if settings and not settings[0].filled)

    def having(self, name: str) -> tuple[str, ...]:
        """Return the environments in which a service has the variable, empty or not."""
        return tuple(env for env, settings in self._by_environment(name) if settings)

    def _by_environment(self, name: str) -> Iterator[tuple[str, list[OauthSetting]]]:
        for environment, applications in self.applications.items():
            yield environment, [s for a in applications.values() for s in a.settings if s.name == name]

    def not_set(self, names: Iterable[str]) -> frozenset[str]:
        """Return the ids by which the area `environment` says that variables are missing or empty."""
        return frozenset(
            same_fault(f"environment.{how}", name, environments)
            for name in names
            for how, environments in (("missing", self.lacking(name)), ("empty", self.empty(name)))
        )


def read_setup(comparison: Comparison, vocabulary: Vocabulary) -> Setup:
    """Return what there is to judge in a comparison."""
    files = comparison.files
    hosts = {stack.environment: own_hosts(stack, files[stack.environment], vocabulary) for stack in comparison.stacks}
    return Setup(comparison, vocabulary, read_settings(comparison, files, vocabulary), hosts)


def same_fault(rule: str, name: str, environments: Iterable[str]) -> str:
    """Return the id that another area gives to a fault of the variable `name`."""
    return Difference(rule, tuple(environments), "", name).id


def pieces(environment: str, settings: Iterable[OauthSetting]) -> tuple[Evidence, ...]:
    """Return each variable once for each value that it has, with the services that have it."""
    by_value: dict[tuple[str, str], list[OauthSetting]] = {}
    for setting in settings:
        by_value.setdefault((setting.name, setting.value), []).append(setting)
    return tuple(
        Evidence(environment, f"{name}: {show(value)}", having[0].place, ", ".join(s.service for s in having))
        for (name, value), having in by_value.items()
    )


def names(settings: Iterable[OauthSetting]) -> str:
    """Return the names of variables, each once, for a sentence."""
    return ", ".join(dict.fromkeys(setting.name for setting in settings))
