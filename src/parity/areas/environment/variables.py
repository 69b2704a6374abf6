"""Every variable of every environment: what each service has, and what Compose itself reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from parity.compare.comparison import Comparison
from parity.compare.env_files import EnvFiles
from parity.domain.findings import Evidence
from parity.domain.places import in_container, in_service
from parity_host.secrets.token import SECRET, find, parse

# What a variable belongs to that only Compose reads.
COMPOSE = ""


@dataclass
class Variable:
    """One variable in one environment: its values by service, in the order met."""

    values: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


class Variables:
    """Every variable of every environment; the service COMPOSE holds what only Compose itself reads."""

    def __init__(self, comparison: Comparison, files: Mapping[str, EnvFiles]) -> None:
        """Take what services have, and what Compose reads of the env files."""
        self.by_name: dict[str, dict[str, Variable]] = {}
        for match in comparison.matches:
            set_somewhere = {name for one in match.members.values() if one.config for name in one.config.environment}
            for environment, service in match.members.items():
                config = service.config
                runs = bool(service.containers) and config is service.containers[0].config
                # What a container has from its image counts, but nobody has set it where all leave it to their images.
                values = dict(service.containers[0].environment if runs else config.environment if config else {})
                for name in sorted(set_somewhere.intersection(values)):
                    value = values[name]
                    where = files[environment].place(name, value, service.name)
                    if runs:
                        where = in_container(service.containers[0].name) + (f", {where}" if where else "")
                    self._add(name, environment, match.name, value, where or in_service(service.name))
        for environment, env_files in files.items():
            for name, value, place in env_files.project_variables():
                if env_files.is_used(name):
                    self._add(name, environment, COMPOSE, value, place)

        self._whole = {
            environment: frozenset(
                token.fingerprint
                for variable in self.of(environment).values()
                for value in variable.values.values()
                if (token := parse(value)) is not None
            )
            for environment in files
        }

    def of(self, environment: str) -> dict[str, Variable]:
        """Return the variables of one environment by name."""
        return {name: found[environment] for name, found in sorted(self.by_name.items()) if environment in found}

    def derived(self, environment: str, value: str) -> bool:
        """Return whether each secret in a value is a variable of its own, as the password is that an address holds."""
        tokens = [token for token in find(value) if token.why == SECRET]
        return (
            bool(tokens)
            and parse(value) is None
            and {token.fingerprint for token in tokens} <= self._whole[environment]
        )

    def names(self, values: Mapping[str, str | None]) -> list[str]:
        """Return the names under which environments have these secrets, each one whole, in order."""
        return [
            name
            for name, found in sorted(self.by_name.items())
            if all(one in found and value in found[one].values.values() for one, value in values.items())
        ]

    def _add(self, name: str, environment: str, service: str, value: str, place: str) -> None:
        variable = self.by_name.setdefault(name, {}).setdefault(environment, Variable())
        variable.values[service] = value
        variable.places[service] = place


def services_named(services: Iterable[str]) -> str:
    """Return services for a sentence."""
    return ", ".join(sorted({service for service in services if service})) or "Compose itself"


def in_words(pieces: Iterable[Evidence]) -> str:
    """Return what environments have, for a sentence."""
    return "; ".join(dict.fromkeys(f"{piece.environment}: {piece.shown}" for piece in pieces))
