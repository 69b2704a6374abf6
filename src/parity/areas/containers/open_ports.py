"""What answers on published ports, and asks for no login or is for administrators: `knowledge/open_ports.yml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from parity.domain.stack import Port, Service, ServiceConfig
from parity.knowledge.entries import checked, checked_list
from parity.knowledge.files import FOLDER, read_yaml
from parity.knowledge.patterns import named

_FILE: Final = FOLDER / "open_ports.yml"
_SECTIONS: Final = ("programs", "variables", "debuggers", "unguarded", "consoles")
_ANSWERS: Final = ("name", "allows", "harm")
_PROGRAM: Final = (*_ANSWERS, "words", "ports")
_VARIABLE: Final = (*_ANSWERS, "names")
_CONSOLE: Final = ("name", "words", "ports")
_WORD: Final = re.compile(r"[a-z0-9]+")
_Words = frozenset[str]


@dataclass(frozen=True)
class Opening:
    """What answers on a port without a login: its name, what it allows (code, data, use, metrics), and the harm."""

    name: str
    allows: str
    harm: str


@dataclass(frozen=True)
class Console:
    """What people administer a program with: its name, the program's words, and the ports that it answers on.

    Without ports it is all that the program serves.
    """

    name: str
    words: _Words
    ports: tuple[str, ...]


@dataclass(frozen=True)
class _Program:
    opening: Opening
    words: _Words
    ports: frozenset[str]
    alone: bool
    unless: re.Pattern[str] | None
    only: re.Pattern[str] | None

    def answers(self, service: Service, port: str, said: str) -> bool:
        """Return whether it is what answers on a port of a service, and nothing in `said` sets a login."""
        return (
            (not self.ports or port in self.ports)
            and (self.alone or is_program(self.words, service) or {_owner(service)} == self.words)
            and not (self.unless and self.unless.search(said))
            and (self.only is None or self.only.search(said) is not None)
        )


@dataclass(frozen=True)
class OpenPorts:
    """Everything that `knowledge/open_ports.yml` says: programs, variables that name a port, how debuggers listen.

    unguarded: the words of programs that ask for no password on any port
    """

    programs: tuple[_Program, ...]
    variables: tuple[tuple[tuple[str, ...], Opening], ...]
    debuggers: tuple[re.Pattern[str], ...]
    unguarded: tuple[_Words, ...]
    consoles: tuple[Console, ...]

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
    """Return what a file says; raises ParityError naming it, the entry and the mistake."""
    data, origin = checked(read_yaml(path), path.name, _SECTIONS, _SECTIONS), path.name
    programs = checked_list(data, "programs", origin, (*_PROGRAM, "alone", "unless", "only"), _PROGRAM)
    variables = checked_list(data, "variables", origin, _VARIABLE, _VARIABLE)
    consoles = checked_list(data, "consoles", origin, _CONSOLE, _CONSOLE)
    return OpenPorts(
        programs=tuple(
            _Program(
                _opening(one),
                frozenset(one["words"]),
                frozenset(map(str, one["ports"])),
                bool(one.get("alone")),
                re.compile(one["unless"]) if "unless" in one else None,
                re.compile(one["only"]) if "only" in one else None,
            )
            for one in programs
        ),
        variables=tuple((tuple(one["names"]), _opening(one)) for one in variables),
        debuggers=tuple(map(re.compile, data["debuggers"])),
        unguarded=tuple(map(frozenset, data["unguarded"])),
        consoles=tuple(
            Console(one["name"], frozenset(one["words"]), tuple(f"{port}/tcp" for port in one["ports"]))
            for one in consoles
        ),
    )


def _opening(entry: Mapping[str, Any]) -> Opening:
    return Opening(entry["name"], entry["allows"], entry["harm"])


def is_program(words: _Words, service: Service) -> bool:
    """Return whether a service is a program that has these words in its name.

    Its image tells, with the service's name. That name alone tells where the image is built here, or has the service's
    name too: what pulls an image of another name is called as its owner likes.
    """
    image = set(_WORD.findall(re.split("[:@]", (service.config.image if service.config else "").rpartition("/")[2])[0]))
    if words & image:
        return words <= image | set(_WORD.findall(service.name.lower()))
    built = service.declared is not None and service.declared.built
    return (built or not image) and words <= set(_WORD.findall(service.name.lower()))
