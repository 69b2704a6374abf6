"""Every variable of every environment: what each service has, and what Compose itself reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final

from parity.compare.copies import Copies
from parity.compare.env_files import EnvFiles
from parity.compare.match_services import Match
from parity.compare.readers import is_known, may_read
from parity.compare.variable import COMPOSE, Variable
from parity.domain.findings import Evidence
from parity.domain.places import in_container, in_service
from parity.knowledge.images import Images
from parity_host.secrets.token import SECRET, find, parse

# From how many letters on a value is recognised in another one.
_SHORTEST_PART: Final = 3
_WORD: Final = re.compile(r"[\w.-]+")


class Variables:
    """Every variable of every environment; the service COMPOSE holds what only Compose itself reads."""

    def __init__(self, matches: Iterable[Match], files: Mapping[str, EnvFiles], images: Images) -> None:
        """Take what services have, and what Compose reads of the env files."""
        self.by_name: dict[str, dict[str, Variable]] = {}
        self._settings: dict[tuple[str, str], dict[str, str]] = {}
        for match in matches:
            set_somewhere = {name for one in match.members.values() if one.config for name in one.config.environment}
            if all(is_known(images, service) for service in match.members.values()):
                # What none of the programs reads, an env file that others share has given to the service.
                set_somewhere = {
                    name
                    for name in set_somewhere
                    if any(may_read(images, service, name) for service in match.members.values())
                }
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
                for value in variable.first
                if (token := parse(value)) is not None
            )
            for environment in files
        }

        self.copies = {environment: Copies(env_files, self.of(environment)) for environment, env_files in files.items()}
        self._holding: dict[tuple[str, str], dict[str, set[str]]] = {}

    def of(self, environment: str) -> dict[str, Variable]:
        """Return the variables of one environment by name."""
        return {name: found[environment] for name, found in sorted(self.by_name.items()) if environment in found}

    def of_service(self, environment: str, service: str) -> dict[str, str]:
        """Return the variables of one service in one environment."""
        return self._settings.get((environment, service), {})

    def derived(self, environment: str, value: str) -> bool:
        """Return whether each secret in a value is a variable of its own, as the password is that an address holds."""
        tokens = [token for token in find(value) if token.why == SECRET]
        return (
            bool(tokens)
            and parse(value) is None
            and {token.fingerprint for token in tokens} <= self._whole[environment]
        )

    def of_another(self, name: str, service: str, values: Mapping[str, str | None]) -> bool:
        """Return whether values differ only in what another variable of the service holds: PGUSER, in `-U dev`."""
        (first, text), *others = ((environment, value or "") for environment, value in values.items())
        for word in {word for word in _WORD.findall(text) if word != text and len(word) >= _SHORTEST_PART}:
            for other in self._names_by_value(first, service).get(word, set()) - {name}:
                parts = [self._value(other, environment, service) for environment, _ in others]
                rest = _without(text, word)
                if all(part and _without(value, part) == rest for part, (_, value) in zip(parts, others, strict=True)):
                    return True
        return False

    def _names_by_value(self, environment: str, service: str) -> dict[str, set[str]]:
        """Return the names of a service's variables by their value; few services are asked for, most of them often."""
        known = self._holding.get((environment, service))
        if known is None:
            known = self._holding[environment, service] = {}
            for name, value in self.of_service(environment, service).items():
                known.setdefault(value, set()).add(name)
        return known

    def _value(self, name: str, environment: str, service: str) -> str:
        found = self.by_name[name].get(environment)
        return found.values.get(service, "") if found else ""

    def names(self, values: Mapping[str, str | None]) -> list[str]:
        """Return the names under which environments have these secrets, each one whole, in order."""
        having = [self._names_of.get(pair, {}) for pair in values.items()]
        return [name for name in having[0] if all(name in one for one in having[1:])] if having else []

    @cached_property
    def _names_of(self) -> dict[tuple[str, str | None], dict[str, None]]:
        """The names, in order, under which an environment has a value."""
        found: dict[tuple[str, str | None], dict[str, None]] = {}
        for name, environments in sorted(self.by_name.items()):
            for environment, variable in environments.items():
                for value in variable.first:
                    found.setdefault((environment, value), {})[name] = None
        return found

    def _add(self, name: str, environment: str, service: str, value: str, place: str) -> None:
        environments = self.by_name.setdefault(name, {})
        if environment not in environments:
            environments[environment] = Variable()
        environments[environment].values[service] = value
        environments[environment].places[service] = place
        self._settings.setdefault((environment, service), {})[name] = value


def _without(text: str, word: str) -> list[str]:
    """Return the words of a text, without one of them and what stands between them."""
    return [one for one in _WORD.findall(text) if one != word]


def services_named(services: Iterable[str]) -> str:
    """Return services for a sentence."""
    return ", ".join(sorted({service for service in services if service})) or "the compose files"


def in_words(pieces: Iterable[Evidence]) -> str:
    """Return what environments have, for a sentence."""
    return "; ".join(dict.fromkeys(f"{piece.environment}: {piece.shown}" for piece in pieces))
