"""The OAuth applications of an environment, put together from the variables of its services."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from parity.areas.oauth.redirects import Redirect, read_redirects
from parity.areas.oauth.vocabulary import ID, REDIRECT, SECRET, Meaning, Provider, Vocabulary
from parity.compare.comparison import Comparison
from parity.compare.env_files import EnvFiles
from parity.domain.places import in_container, in_service
from parity.domain.stack import Container, Service
from parity.domain.values import as_boolean
from parity_host.secrets.placeholders import placeholder_class
from parity_host.secrets.token import parse

# What is to be filled in, whatever it stands for; the other kinds are somebody's choice outside production.
_FILL_IN: Final = frozenset({"yourhere", "changeme", "template", "repeated"})
_NO_CHOICE_IN_PRODUCTION: Final = frozenset({"default", "example"})
# Names of lists of what is allowed, which an application checks itself.
_ALLOWED: Final = re.compile(r"(?i)(?:URI|URL|TARGET|REDIRECT|CALLBACK)S$|ALLOW|WHITELIST|EXTRA|ADDITIONAL")
_IN_URIS: Final = frozenset({"yourhere", "changeme", "template"})


@dataclass(frozen=True)
class OauthSetting:
    """One variable of one service; `service` is the name under which it is matched across environments."""

    name: str
    value: str
    service: str
    place: str
    meaning: Meaning

    @property
    def filled(self) -> bool:
        """Whether there is something in it."""
        return self.value.strip() != ""

    def is_placeholder(self, production: bool) -> bool:
        """Return whether its value only stands where a real one should."""
        if self.meaning.file or not self.filled:
            return False
        if self.meaning.part == REDIRECT:
            return placeholder_class(self.value) in _IN_URIS
        token = parse(self.value)
        if token is None:
            return placeholder_class(self.value) in _FILL_IN
        return token.placeholder in _FILL_IN or (production and token.placeholder in _NO_CHOICE_IN_PRODUCTION)


@dataclass
class Application:
    """One application at one provider, as one environment knows it."""

    key: str
    title: str
    provider: Provider
    settings: list[OauthSetting] = field(default_factory=list)

    def of(self, part: str) -> list[OauthSetting]:
        """Return the settings that hold `part`, filled in or not."""
        return [setting for setting in self.settings if setting.meaning.part == part]

    def filled(self, part: str) -> list[OauthSetting]:
        """Return the settings in which there is something for `part`."""
        return [setting for setting in self.of(part) if setting.filled]

    def readable(self, part: str) -> list[OauthSetting]:
        """Return the settings whose own value is `part`, and not the path of a file with it."""
        return [setting for setting in self.filled(part) if not setting.meaning.file]

    @property
    def used(self) -> bool:
        """Whether anything of it is filled in."""
        return any(setting.filled for setting in self.settings)

    def redirects(self) -> Iterator[tuple[OauthSetting, Redirect]]:
        """Yield every redirect URI with the setting that holds it."""
        for setting in self.readable(REDIRECT):
            for redirect in read_redirects(setting.value, _ALLOWED.search(setting.name) is not None):
                yield setting, redirect


Applications = Mapping[str, Application]


def read_settings(
    comparison: Comparison, files: Mapping[str, EnvFiles], vocabulary: Vocabulary
) -> dict[str, Applications]:
    """Return the applications of every environment, by environment and key."""
    found: dict[str, dict[str, Application]] = {stack.environment: {} for stack in comparison.stacks}
    meanings: dict[str, Meaning | None] = {}
    for match in comparison.matches:
        for environment, service in match.members.items():
            for name, value in sorted(effective_environment(service).items()):
                if name not in meanings:
                    meanings[name] = vocabulary.meaning(name)
                meaning = meanings[name]
                if meaning is not None and not (meaning.part == REDIRECT and as_boolean(value) is not None):
                    new = Application(meaning.application, meaning.title, meaning.provider)
                    application = found[environment].setdefault(meaning.application, new)
                    place = _place(service, files[environment], name, value)
                    application.settings.append(OauthSetting(name, value, match.name, place, meaning))
    _drop_unclear(found)
    return {environment: dict(applications) for environment, applications in found.items()}


def container_of(service: Service) -> Container | None:
    """Return the container that speaks for a service: one that runs, if any does."""
    running = [container for container in service.containers if container.state == "running"]
    return next(iter((*running, *service.containers)), None)


def effective_environment(service: Service) -> Mapping[str, str]:
    """Return the variables that a service gets: its container's, else those declared for it."""
    container = container_of(service)
    if container is not None:
        return container.environment
    return service.declared.config.environment if service.declared else {}


def _place(service: Service, files: EnvFiles, name: str, value: str) -> str:
    container = container_of(service)
    where = in_container(container.name) if container else in_service(service.name)
    line = files.place(name, value, service.name)
    return f"{where}, {line}" if line else where


def _drop_unclear(found: Mapping[str, dict[str, Application]]) -> None:
    """Take away short names (NOTION_SECRET) where no environment has both an id and a secret for the provider."""
    for key in {key for applications in found.values() for key in applications}:
        everywhere = [applications[key] for applications in found.values() if key in applications]
        if not all(any(application.of(part) for application in everywhere) for part in (ID, SECRET)):
            for application in everywhere:
                application.settings = [s for s in application.settings if not s.meaning.short]
    for applications in found.values():
        for key in [key for key, application in applications.items() if not application.settings]:
            del applications[key]
