"""Where an environment itself is found: the hosts that its own variables and its web server name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from parity.areas.oauth.applications import effective_environment
from parity.areas.oauth.redirects import is_loopback
from parity.areas.oauth.vocabulary import Vocabulary
from parity.compare.env_files import EnvFiles
from parity.compare.nginx_model import server_names
from parity.domain.environment_names import environments_named
from parity.domain.stack import Stack
from parity.domain.values import as_url

_HOST: Final = re.compile(
    r"\.?(?P<host>localhost|\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+)(?::[0-9]{1,5})?"
)
_WEB: Final = frozenset({"http", "https"})
_LISTED: Final = re.compile(r"[\s,;\"'\[\]|]+")
_LONGEST: Final = 4000


@dataclass
class OwnHosts:
    """The hosts of one environment: for each, which variables name it and by which schemes."""

    named_by: dict[str, list[str]] = field(default_factory=dict)
    schemes: dict[str, set[str]] = field(default_factory=dict)

    def add(self, host: str, scheme: str, source: str) -> None:
        """Note that `source` names `host`, by `scheme` where it says one."""
        sources = self.named_by.setdefault(host, [])
        if source not in sources:
            sources.append(source)
        if scheme:
            self.schemes.setdefault(host, set()).add(scheme)

    def has(self, host: str) -> bool:
        """Return whether `host` is one of these, or a host below one."""
        return any(host == own or host.endswith("." + own) for own in self.named_by)

    def exactly(self, host: str) -> bool:
        """Return whether `host` itself is one of these."""
        return host in self.named_by

    def neighbours(self, host: str) -> bool:
        """Return whether `host` lies beside or above one of these: app.example.org beside api.example.org."""
        return any(own.endswith("." + host) or _parent(own) == _parent(host) != "" for own in self.named_by)

    def only_https(self, host: str) -> bool:
        """Return whether the environment calls `host` by https and by nothing else."""
        return self.schemes.get(host) == {"https"}

    def in_words(self) -> str:
        """Return the hosts with the variables that name them."""
        return ", ".join(f"{host} ({', '.join(sources[:3])})" for host, sources in sorted(self.named_by.items())[:5])


def _parent(host: str) -> str:
    """Return the domain above a host, where that is more than a top-level domain."""
    parent = host.partition(".")[2]
    return parent if "." in parent else ""


def own_hosts(stack: Stack, files: EnvFiles, vocabulary: Vocabulary) -> OwnHosts:
    """Return the hosts of an environment; none where nothing tells.

    Production that calls itself localhost has another fault: that does not count as its host.
    """
    found = OwnHosts()
    named = [(value, name) for name, value in _variables(stack, files) if vocabulary.names_own_host(name)]
    for value, source in [*named, *((name, "the web server") for name in server_names(stack))]:
        for scheme, host in _hosts(value):
            if not (stack.production and is_loopback(host)):
                found.add(host, scheme, source)
    return found


def _variables(stack: Stack, files: EnvFiles) -> Iterator[tuple[str, str]]:
    """Yield every variable of the environment once for each value that it has."""
    pairs = {pair: None for service in stack.services.values() for pair in effective_environment(service).items()}
    pairs.update(((name, value), None) for name, value, _ in files.project_variables())
    yield from pairs


def _hosts(value: str) -> Iterator[tuple[str, str]]:
    """Yield scheme and host of every domain or address in a value, which may be a list."""
    for part in _LISTED.split(value[:_LONGEST]):
        url = as_url(part)
        if url is not None and url.scheme not in _WEB:
            continue
        match = _HOST.fullmatch(url.hostname or "" if url else part)
        if match:
            yield url.scheme if url else "", match.group("host").strip("[]").lower()


def of_another_kind(host: str, stack: Stack) -> bool:
    """Return whether the name of a host says that it belongs to another kind of environment than `stack`."""
    own = environments_named(stack.environment) or ({"prod"} if stack.production else set())
    below_the_domain = ".".join(host.split(".")[:-2])
    return bool(own) and bool(environments_named(below_the_domain) - own)
