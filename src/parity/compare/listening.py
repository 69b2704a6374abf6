"""On which port a service listens, where its own command line says so; nothing where it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from parity.domain.stack import Service, ServiceConfig
from parity.domain.untrusted import words

# Servers that listen where these options say. Sources: the command line reference of each.
_SERVERS: Final = re.compile(r"(?:^|[/ ])(?:uvicorn|gunicorn|hypercorn|daphne|granian|flask|runserver)(?= |\Z)")
_OPTION: Final = re.compile(r"(?:^| )(?:--port|--bind|-b|-p)[ =](?:[\w.*-]+:|\[[0-9a-fA-F:]*\]:)?(\d{2,5})(?= |\Z)")
_RUNSERVER: Final = re.compile(r" runserver (?:[\w.]+:)?(\d{2,5})(?= |\Z)")
# What more than one program, a shell or a variable may change.
_UNSURE: Final = re.compile(r"[$;&|`]|supervisor|--config|(?:^| )-c(?= |\Z)|unix:")
_PORT_NAME: Final = re.compile(r"(?:^|_)(?:PORT|BIND|LISTEN)(?:_|\Z)|_ARGS\Z")
_NUMBER: Final = re.compile(r"(?<!\d)(\d{2,5})(?!\d)")


@dataclass(frozen=True)
class Ports:
    """`sure` are the ports that the command `said` names; `all` also those that anything else speaks of."""

    sure: frozenset[int]
    all: frozenset[int]
    said: str

    @property
    def shown(self) -> str:
        """The sure ones, for people."""
        return ", ".join(map(str, sorted(self.sure)))


def listens(service: Service) -> Ports | None:
    """Return where a service listens, None where its command does not settle it."""
    config = service.config
    if config is None or not config.command:
        return None
    command = " ".join(config.command)
    entry = " ".join(words(service.declared.raw.get("entrypoint"))) if service.declared else ""
    if not _SERVERS.search(f"{entry} {command}") or _UNSURE.search(command):
        return None
    sure = frozenset(int(port) for form in (_OPTION, _RUNSERVER) for port in form.findall(command))
    if not sure:
        return None
    return Ports(sure, sure | frozenset(_spoken_of(service, config)), command)


def _spoken_of(service: Service, config: ServiceConfig) -> Iterator[int]:
    """Yield every port that its publishing, its health check, its variables or its compose file name."""
    texts = [port.container for port in config.ports]
    texts += list(config.healthcheck.test) if config.healthcheck else []
    texts += [value for name, value in config.environment.items() if _PORT_NAME.search(name.upper())]
    texts += list(words(service.declared.raw.get("expose"))) if service.declared else []
    for text in texts:
        yield from map(int, _NUMBER.findall(text))
