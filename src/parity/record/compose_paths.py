"""The paths in a compose file that Compose opens, replaced by those of files that were written for it.

Where such a path can stand was read in Compose's own source (compose-go v2.16, `loader/` and `paths/`): `include`,
`extends`, `env_file`, `label_file`, and `develop.watch`, whose symbolic links Compose follows.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, Protocol

import yaml

from parity.record.compose_yaml import DEPTH_LIMIT, MERGE, RESET, RefusedError, pairs, scalar
from parity_host.envfile.interpolate import PATH_LIMIT, interpolate

# Compose skips it where it is an env file of `include`.
_NO_FILE: Final = "/dev/null"
_NULLS: Final = ("", "~", "null", "Null", "NULL")
# What is below a key, at each place in a compose file; `*` is any other key. What is not here is not opened.
_PLACES: Final[Mapping[str, Mapping[str, str]]] = {
    "document": {"include": "include", "services": "services"},
    "services": {"*": "service"},
    "service": {"extends": "extends", "env_file": "env_file", "label_file": "label_file", "develop": "develop"},
    "extends": {"service": "", "*": "extended"},
    "extended": {"*": "extended"},
    "env_file": {"required": "", "format": "", "*": "env_file"},
    "label_file": {"*": "label_file"},
    "develop": {"watch": "watch"},
    "watch": {"path": "watched"},
    "watched": {"*": "watched"},
}


class Reading(NamedTuple):
    """How a compose file is read: the host's folder at which its paths begin, and the variables put into it."""

    base: str
    variables: Mapping[str, str]


class Files(Protocol):
    """The project's files: each method takes a path of the host and returns the one that stands for it."""

    def env_file(self, path: str) -> str:
        """Return an env or label file's."""

    def compose_file(self, path: str, reading: Reading) -> str:
        """Return a compose file's."""

    def empty_file(self, path: str) -> str:
        """Return that of a file that is there and empty."""

    def folder(self, path: str) -> str:
        """Return a folder's, or that of a file that nobody opens."""

    def included(self, path: str, reading: Reading, env_files: list[str] | None) -> tuple[Reading, list[str]]:
        """Return how Compose reads what is included in the folder `path`, and its env files' paths."""

    def say(self, kind: str, message: str, path: str, name: str = "") -> None:
        """Keep a problem of the compose file `path`."""


class Paths:
    """Replaces the paths in one compose file."""

    def __init__(self, files: Files, path: str, reading: Reading) -> None:
        """Take the project's files, the compose file's path on the host, and how it is read."""
        self._files, self._path, self._reading = files, path, reading
        self._known: dict[tuple[int, str], yaml.Node] = {}

    def replaced(self, document: yaml.Node) -> yaml.Node:
        """Return a document with its paths replaced; raises RefusedError."""
        return self._of(document, "document", 0)

    def _of(self, node: yaml.Node, place: str, depth: int) -> yaml.Node:
        if not place:
            return node
        if depth > DEPTH_LIMIT:
            raise RefusedError(f"its aliases are nested more than {DEPTH_LIMIT} levels deep")
        key = (id(node), place)
        if key not in self._known:
            self._known[key] = self._new(node, place, depth)
        return self._known[key]

    def _new(self, node: yaml.Node, place: str, depth: int) -> yaml.Node:
        if isinstance(node, yaml.ScalarNode):
            return self._file(node, place)
        if isinstance(node, yaml.SequenceNode):
            items = [
                self._include(item) if place == "include" else self._of(item, place, depth + 1) for item in node.value
            ]
            return yaml.SequenceNode(node.tag, items, node.start_mark)
        below = _PLACES.get(place, {})
        found = []
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            there = place if name == MERGE else below.get(name, below.get("*", ""))
            found.append((key, self._of(value, there, depth + 1)))
        return yaml.MappingNode(node.tag, found, node.start_mark)

    def _file(self, node: yaml.ScalarNode, place: str) -> yaml.Node:
        opened: dict[str, Callable[[str], str]] = {
            "env_file": self._files.env_file,
            "label_file": self._files.env_file,
            "watched": self._files.folder,
            "extended": self._extended,
        }
        if place not in opened or _is_null(node):
            return node
        if node.tag == RESET:
            return yaml.ScalarNode(RESET, "null")
        named = self._named(node.value)
        stands_for = opened[place](named) if named and named != _NO_FILE else self._nothing()
        return yaml.ScalarNode(node.tag if node.tag.startswith("!") else "", _literal(stands_for), style='"')

    def _extended(self, path: str) -> str:
        return self._files.compose_file(path, Reading(posixpath.dirname(path), self._reading.variables))

    def _nothing(self) -> str:
        return self._files.empty_file(self._reading.base)

    def _include(self, entry: yaml.Node) -> yaml.Node:
        """Return an entry of `include` that names our files. Compose takes its keys in capitals too."""
        if entry.tag == RESET:
            return yaml.ScalarNode(RESET, "null")
        if isinstance(entry, yaml.ScalarNode):
            wanted: Mapping[str, yaml.Node] = {"path": entry}
        else:
            wanted = _flat(entry, 0)
        named = [self._named(value) for value in _texts(wanted.get("path"))]
        directories = [self._named(value) for value in _texts(wanted.get("project_directory"))]
        directory = next(filter(None, directories), "")
        env_files = _texts(wanted.get("env_file"))
        inside, env_paths = self._files.included(
            directory or (posixpath.dirname(named[0]) if named and named[0] else self._reading.base),
            self._reading,
            [path for path in map(self._named, env_files) if path and path != _NO_FILE] if env_files else None,
        )
        written = {
            "path": [self._files.compose_file(path, inside) if path else self._nothing() for path in named],
            # Without one Compose looks for a .env.
            "env_file": env_paths or [_NO_FILE],
        }
        values = [(scalar(key), _sequence(paths)) for key, paths in written.items()]
        if directory:
            values.append((scalar("project_directory"), scalar(_literal(self._files.folder(directory)))))
        return yaml.MappingNode("", values)

    def _named(self, value: str) -> str:
        """Return the path on the host that a value of the compose file names, or nothing and say why."""
        try:
            named, unset = interpolate(value, self._reading.variables, PATH_LIMIT)
        except ValueError:
            named, unset = "", [value]
        if "://" in named or named.startswith("git@"):
            self._files.say(
                "remote-file", f"{self._path} includes {named}, which is remote and not fetched", self._path
            )
            return ""
        if unset:
            names = ", ".join(unset)
            message = f"{self._path} references the file {value}, but {names} is not set"
            self._files.say("unset-variable", message, self._path, names)
            return ""
        return posixpath.join(self._reading.base, named) if named else ""


def _literal(path: str) -> str:
    """Return a path such that Compose puts no variable into it."""
    return path.replace("$", "$$")


def _sequence(paths: list[str]) -> yaml.Node:
    return yaml.SequenceNode("", [scalar(_literal(path)) for path in paths])


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style and node.tag != RESET and node.value in _NULLS


def _texts(node: yaml.Node | None) -> list[str]:
    """Return the texts of a scalar, or of a list of them."""
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return [one.value for one in nodes if isinstance(one, yaml.ScalarNode) and one.tag != RESET and not _is_null(one)]


def _flat(node: yaml.Node, depth: int) -> dict[str, yaml.Node]:
    """Return a mapping's values by their keys in small letters, with those that it merges."""
    own: dict[str, yaml.Node] = {}
    merged: dict[str, yaml.Node] = {}
    for key, value in pairs(node):
        if key != MERGE:
            own[key.casefold()] = value
        elif depth < DEPTH_LIMIT:
            for one in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                merged = {**_flat(one, depth + 1), **merged}
    return {**merged, **own}
