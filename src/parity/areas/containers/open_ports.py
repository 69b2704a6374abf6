"""Published ports on which a program asks for no login: `knowledge/open_ports.yml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from parity.areas.containers.consoles import is_program
from parity.domain.findings import ParityError
from parity.domain.stack import Port, Service, ServiceConfig
from parity.knowledge.files import FOLDER, read_yaml
from parity.knowledge.patterns import named

_FILE: Final = FOLDER / "open_ports.yml"


@dataclass(frozen=True)
class Opening:
    """What answers on a port without a login: its name, what it allows (code, data, use, metrics), and the harm."""

    name: str
    allows: str
    harm: str


@dataclass(frozen=True)
class _Program:
    opening: Opening
    words: str
    ports: frozenset[str]
    alone: bool
    unless: re.Pattern[str] | None
    only: re.Pattern[str] | None

    def answers(self, service: Service, port: str, said: str) -> bool:
        """Return whether it is what answers on a port of a service, and nothing in `said` sets a login."""
        return (
            (not self.ports or port in self.ports)
            and (self.alone or is_program(self.words, service) or _owner(service) == self.words)
            and not (self.unless and self.unless.search(said))
            and (self.only is None or self.only.search(said) is not None)
        )


@dataclass(frozen=True)
class OpenPorts:
    """Everything that `knowledge/open_ports.yml` says: programs, variables that name a port, how debuggers listen."""

    programs: tuple[_Program, ...]
    variables: tuple[tuple[tuple[str, ...], Opening], ...]
    debuggers: tuple[re.Pattern[str], ...]

    def of(self, service: Service, config: ServiceConfig, port: str) -> Opening | None:
        """Return what answers on a port of a container without a login; None where nothing says so."""
        said = _said(config)
        if any(port == found for debugger in self.debuggers for found in debugger.findall(said)):
            return _DEBUGGER
        named_by = (
            opening
            for names, opening in self.variables
            for name, value in config.environment.items()
            if value == port and named(names, name.upper())
        )
        programs = (one.opening for one in self.programs if one.answers(service, port, said))
        return next(programs, None) or next(named_by, None)


_DEBUGGER: Final = Opening("the debugger", "code", "run any code in it")


def openings(service: Service, config: ServiceConfig) -> Iterator[tuple[Opening, Port]]:
    """Yield the ports published to every address on which a service asks for no login, with what answers there."""
    for port in config.ports:
        number, _, protocol = port.container.partition("/")
        found = load().of(service, config, number) if port.open and protocol != "udp" else None
        if found is not None:
            yield found, port


def _owner(service: Service) -> str:
    """Return who publishes a service's image: `selenium` of `selenium/standalone-chrome`."""
    return (service.config.image if service.config else "").rpartition("/")[0].rpartition("/")[2]


def _said(config: ServiceConfig) -> str:
    variables = (f"{name}={value}" for name, value in config.environment.items())
    return "\n".join((" ".join((*config.entrypoint, *(config.command or ()))), *variables))


@cache
def load(path: Path = _FILE) -> OpenPorts:
    """Return what a file says; raises ParityError naming it and the key that it lacks."""
    data = read_yaml(path)
    try:
        return OpenPorts(
            programs=tuple(
                _Program(
                    _opening(one),
                    " ".join(one["words"]),
                    frozenset(map(str, one["ports"])),
                    bool(one.get("alone")),
                    re.compile(one["unless"]) if "unless" in one else None,
                    re.compile(one["only"]) if "only" in one else None,
                )
                for one in data["programs"]
            ),
            variables=tuple((tuple(one["names"]), _opening(one)) for one in data["variables"]),
            debuggers=tuple(map(re.compile, data["debuggers"])),
        )
    except KeyError as error:
        raise ParityError(f"{path.name}: an entry has no {error.args[0]}") from None


def _opening(entry: dict[str, Any]) -> Opening:
    return Opening(entry["name"], entry["allows"], entry["harm"])
