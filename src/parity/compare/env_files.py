"""The env files of one environment: which there are, what they set, and where a variable gets its value."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Final

from parity.domain.stack import Stack
from parity_host.compose.references import references
from parity_host.envfile.interpolate import PATH_LIMIT, interpolate
from parity_host.envfile.raw import read_raw_env_file
from parity_host.envfile.reader import Entry, EnvFile, effective, read_env_file
from parity_host.yaml.reader import Path
from parity_host.yaml.scan import scan

_COMPOSE_ROLES: Final = frozenset({"compose", "include", "extends"})
# Below `environment`, of a service or of an extension that services take over.
_ENVIRONMENT_DEPTH: Final = 3
# Where a compose file names a variable without a reference: below one of the first, any name, and the last.
_TAKEN_BELOW: Final = (("secrets", "configs"), "*", "environment")
_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_OF_COMPOSE: Final = ("COMPOSE_", "DOCKER_")
_REFERENCE: Final = re.compile(r"(?<!\$)(?:\$\$)*\$(?:\{([A-Za-z_]\w*)|([A-Za-z_]\w*))")
# `${NAME:-something}`, and whether there is something.
_DEFAULT: Final = re.compile(r"(?<!\$)(?:\$\$)*\$\{([A-Za-z_]\w*):?-([^}]?)")
_FALLBACK: Final = re.compile(r"(?<!\$)(?:\$\$)*\$\{([A-Za-z_]\w*)(?::?-([^{}]*))?\}")
# All of a value: one reference, with or without a default.
_WHOLE: Final = re.compile(r"([\"']?)\$(?:\{[A-Za-z_]\w*(?::?[-?][^{}]*)?\}|[A-Za-z_]\w*)\1[ \t]*")


class EnvFiles:
    """What the env files of a stack say.

    by_path: every file of the stack; parsed: the env files among them, in the order in which Compose reads them;
    of_service: the paths in the `env_file` list of each service; parts: by variable, those that its value refers to;
    sources: by variable, the one that is all of its value (`PGPASSWORD: ${DB_PASSWORD}`) wherever it is set;
    assigned: what compose files themselves set by name; set_for: by such a variable, the services for which they do,
    an empty name for what services take over from elsewhere in the file.
    """

    def __init__(self, stack: Stack) -> None:
        """Read every env file of the stack, in the order in which Compose does."""
        self.stack = stack
        self.by_path = {file.path: file for file in stack.files}
        self._lookup: dict[str, str] = {}
        self.parsed: dict[str, EnvFile] = {}
        self._entries: dict[str, dict[str, Entry]] = {}  # by path and key: the entry that counts
        for path in stack.env_files:
            self._parse(path)
            self._lookup.update(self._values(path))
        self._referred = self._references()
        self._defaults = self._with_default()
        self.of_service = self._service_files()
        self.parts, self.sources, self.assigned = self._assignments()
        self.set_for = self._services_by_variable()
        for path in sorted({path for paths in self.of_service.values() for path in paths}):
            self._parse(path)

    def _parse(self, path: str) -> None:
        file = self.by_path.get(path)
        if file is not None and file.text is not None and path not in self.parsed:
            read = read_raw_env_file if file.is_raw else read_env_file
            self.parsed[path] = read(file.text.encode("utf-8", "replace"), self._lookup)
            self._entries[path] = effective(self.parsed[path])

    def _values(self, path: str) -> dict[str, str]:
        return {key: one.value for key, one in self._entries.get(path, {}).items() if one.value is not None}

    def _references(self) -> frozenset[str]:
        """Return the variables that the files refer to; what a comment names counts too."""
        texts = [file.text for file in self.stack.files if file.text and "template" not in file.roles]
        named = {name for text in texts for names in _REFERENCE.findall(text) for name in names if name}
        return frozenset(named.union(*map(_taken_whole, self._compose_texts())))

    def _with_default(self) -> dict[str, set[bool]]:
        """Return the variables to which compose files give a default, with whether it is one that says something."""
        found: dict[str, set[bool]] = {}
        for text in self._compose_texts():
            for name, first in _DEFAULT.findall(text):
                found.setdefault(name, set()).add(bool(first))
        return found

    def _assignments(self) -> tuple[dict[str, frozenset[str]], dict[str, str], frozenset[str]]:
        """Return `parts`, `sources` and `assigned`."""
        in_compose = [(name, value) for text in self._compose_texts() for _, name, value in _set_in_compose(text)]
        in_compose_alone = {name for name, _ in in_compose} - self._referred
        given = {path for paths in self.of_service.values() for path in paths}
        in_files = [
            (name, value)
            for file in self.stack.files
            if file.text and not {"template", *_COMPOSE_ROLES} & set(file.roles)
            for line in file.text.splitlines()
            for name, _, value in [line.partition("=")]
            if "$" in line or _NAME.fullmatch(name)
            # A line that only Compose reads is nobody's where compose files set the same name without referring to it.
            if file.path in given or file.path not in self.stack.env_files or name.strip() not in in_compose_alone
        ]
        parts: dict[str, set[str]] = {}
        copied: dict[str, set[str]] = {}
        set_in_files = {name for name, _ in in_files}
        for name, value in (*in_compose, *in_files):
            named = {one for names in _REFERENCE.findall(value) for one in names if one}
            parts.setdefault(name, set()).update(named - {name})
            copied.setdefault(name, set()).update(named if _WHOLE.fullmatch(value) else {""})
        for name in set_in_files & copied.keys():
            copied[name].discard(name)  # compose files pass on what an env file makes of others
        sources = {name: min(named) for name, named in copied.items() if len(named) == 1 and named - {"", name}}
        assigned = frozenset(name for name, _ in in_compose)
        return {name: frozenset(named) for name, named in parts.items()}, sources, assigned

    def _services_by_variable(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for service, name, _ in (one for text in self._compose_texts() for one in _set_in_compose(text)):
            found.setdefault(name, set()).add(service)
        return found

    def _compose_texts(self) -> Iterator[str]:
        yield from (file.text for file in self.stack.files if file.text and _COMPOSE_ROLES & set(file.roles))

    def _service_files(self) -> dict[str, list[str]]:
        """Return the env files of each service, in the order of its `env_file` list."""
        found: dict[str, list[str]] = {}
        for file in self.stack.files:
            main = "compose" in file.roles
            if file.text is None or not (main or {"include", "extends"} & set(file.roles)):
                continue
            base = file.base or (self.stack.directory if main else posixpath.dirname(file.path))
            for reference in references(file.text):
                if reference.kind == "env_file" and reference.service:
                    path = self._resolved(reference.path, base)
                    if path and path not in found.setdefault(reference.service, []):
                        found[reference.service].append(path)
        return found

    def _resolved(self, named: str, base: str) -> str:
        try:
            text, unset = interpolate(named, self._lookup, PATH_LIMIT)
        except ValueError:
            return ""
        return "" if unset or not text else posixpath.normpath(posixpath.join(base, text))

    def place(self, name: str, value: str, service: str) -> str:
        """Return `file:line` where a service's variable gets its value, or an empty string."""
        for path in [*reversed(self.of_service.get(service, [])), *reversed(self.stack.env_files)]:
            entry = self._entries.get(path, {}).get(name)
            given = path in self.of_service.get(service, ()) or not service or self.reads(name)
            if entry is not None and entry.value == value and given:
                return f"{self.stack.shorten(path)}:{entry.line}"
        return ""

    def is_used(self, name: str) -> bool:
        """Return whether Compose itself reads a variable: its own, or one that a compose file or env file refers to."""
        return name.startswith(_OF_COMPOSE) or name in self._referred

    def reads(self, name: str) -> bool:
        """Return whether compose files take a variable from the project's env file: referred to, or passed through."""
        return self.is_used(name) or name in self._passed_through

    @cached_property
    def _passed_through(self) -> frozenset[str]:
        return frozenset(name for text in self._compose_texts() for name in _without_value(text))

    def is_published_port(self, name: str) -> bool:
        """Return whether compose files refer to a variable only where they publish ports, and set it for no service."""
        return name in self._only_in_ports and name not in self.assigned

    @cached_property
    def _only_in_ports(self) -> frozenset[str]:
        return self._only_at(lambda path: "ports" in path)

    def has_no_effect(self, name: str) -> bool:
        """Return whether compose files refer to a variable only in words of health checks that a shell ignores.

        Of `[CMD-SHELL, command, word]` the shell runs the command; the word is its `$0`.
        """
        return name in self._only_ignored

    @cached_property
    def _only_ignored(self) -> frozenset[str]:
        scalars = [one for text in self._compose_texts() if "CMD-SHELL" in text for one in scan(text).scalars]
        tests = {one.path[:-1] for one in scalars if one.value == "CMD-SHELL" and one.path[-2:] == ("test", 0)}
        return self._only_at(lambda path: path[:-1] in tests and path[-1] not in (0, 1))

    def _only_at(self, place: Callable[[Path], bool]) -> frozenset[str]:
        """Return the variables to which compose files refer only at such places, by their keys."""
        found: dict[bool, set[str]] = {True: set(), False: set()}
        for text in self._compose_texts():
            for scalar in scan(text).scalars if "$" in text else ():
                for names in _REFERENCE.findall(scalar.value):
                    found[place(scalar.path)].update(names)
        return frozenset(found[True] - found[False])

    def parts_of(self, name: str) -> frozenset[str]:
        """Return the variables to which the value of one refers."""
        return self.parts.get(name, frozenset())

    def all_parts_of(self, name: str) -> frozenset[str]:
        """Return the variables to which the value of one refers, and those to which theirs do."""
        seen: set[str] = set()
        ahead = [name]
        while ahead:
            further = self.parts_of(ahead.pop()) - seen - {name}
            seen |= further
            ahead.extend(further)
        return frozenset(seen)

    def roots_of(self, name: str) -> frozenset[str]:
        """Return the variables that the value of one is made of in the end: those that refer to no more."""
        return frozenset(part for part in self.all_parts_of(name) if not self.parts_of(part) - {part})

    def is_set(self, name: str) -> bool:
        """Return whether the files that Compose reads set a variable, be it to nothing."""
        return name in self._lookup

    def is_empty(self, name: str) -> bool:
        """Return whether Compose puts nothing in the place of a variable: it is set to nothing, or not set at all."""
        set_to = self._lookup.get(name)
        return set_to == "" or (set_to is None and (name in self.stack.unset or self.may_be_empty(name)))

    def only_interpolated(self, name: str) -> bool:
        """Return whether compose files give a variable a default and refer to it, but set it for no service."""
        return name in self._defaults and name not in self.assigned

    def may_be_empty(self, name: str) -> bool:
        """Return whether compose files themselves let a variable be empty: `${NAME:-}`."""
        return self._defaults.get(name) == {False}

    def falls_back_to(self, name: str, value: str) -> bool:
        """Return whether compose files give a variable this default, wherever they refer to it: `${NAME:-value}`."""
        found = {default for text in self._compose_texts() for one, default in _FALLBACK.findall(text) if one == name}
        return found == {value}

    def is_suggested(self, name: str, value: str) -> bool:
        """Return whether a value is the one that the template has, or that the compose files fall back to."""
        set_here = any(name in entries for entries in self._entries.values())
        return value == self._template.get(name) or (not set_here and True in self._defaults.get(name, ()))

    def is_of_template(self, name: str, value: str) -> bool:
        """Return whether a value is the one that the template has."""
        return value == self._template.get(name)

    @cached_property
    def _template(self) -> dict[str, str | None]:
        file = self.by_path.get(self.stack.template)
        parsed = read_env_file((file.text if file and file.text else "").encode("utf-8", "replace"), {})
        return {name: entry.value for name, entry in effective(parsed).items()}

    def project_variables(self) -> Iterator[tuple[str, str, str]]:
        """Yield name, value and place of what Compose itself reads."""
        for path in self.stack.env_files:
            for name, entry in self._entries.get(path, {}).items():
                if entry.value is not None:
                    yield name, entry.value, f"{self.stack.shorten(path)}:{entry.line}"


def _taken_whole(text: str) -> set[str]:
    """Return the variables whose values are the secrets and configs of a compose file: `environment: DB_PASSWORD`."""
    depth = len(_TAKEN_BELOW)
    return {
        scalar.value
        for scalar in (scan(text).scalars if "environment" in text else ())
        if not scalar.is_key
        and len(scalar.path) == depth
        and scalar.path[0] in _TAKEN_BELOW[0]
        and scalar.path[-1] == _TAKEN_BELOW[-1]
    }


def _without_value(text: str) -> Iterator[str]:
    """Yield the variables that a compose file names for a service without a value: Compose passes them through."""
    given = set()
    named = []
    for scalar in scan(text).scalars:
        path = scalar.path
        if len(path) >= _ENVIRONMENT_DEPTH and path[-2] == "environment":
            if isinstance(path[-1], int):
                yield from [] if "=" in scalar.value else [scalar.value]
            elif scalar.is_key:
                named.append(path)
            else:
                given.add(path)
    yield from (str(path[-1]) for path in named if path not in given)


def _set_in_compose(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield the service, name and value, as it is written, of each variable that a compose file sets by name."""
    for scalar in scan(text).scalars:
        path = scalar.path
        if scalar.is_key or len(path) < _ENVIRONMENT_DEPTH or path[-2] != "environment":
            continue
        service = str(path[1]) if path[0] == "services" else ""
        name, given, value = scalar.value.partition("=")
        if not isinstance(path[-1], int):
            yield service, str(path[-1]), scalar.value
        elif given:
            yield service, name, value
