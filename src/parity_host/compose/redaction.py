"""Compose files as redacted text: what Compose reads in it is the same but for the secrets, line by line.

What a file says is told by its keys, so each scalar is judged by the key it stands under, wherever that is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Dict, Iterator, List, Tuple

from ..envfile.template_redaction import TemplateRedactor
from ..secrets.redact import Redactor
from ..yaml.aliases import Places, key_of
from ..yaml.reader import Path, Scalar
from ..yaml.scalars import write_quoted
from ..yaml.scan import Scan, YamlProblem, scan

# What Compose knows the meaning of; what is below one of the keys of _FREE is anybody's.
_SECTIONS = frozenset(("services", "networks", "volumes", "configs", "secrets", "name", "version", "include"))
_FREE = frozenset(
    ("environment", "labels", "args", "content", "annotations", "options", "driver_opts", "test", "metadata")
)
_COMMANDS = frozenset(("command", "entrypoint", "test"))
# Lists of names of secrets, not of secrets.
_LISTS_OF_NAMES = frozenset(("secrets", "configs", "environment", "env_file", "depends_on", "profiles"))
_OF_NAMES = frozenset(("source", "target", "file", "environment", "external", "name", "mode", "uid", "gid"))
_EXTENSION_OF_SECRETS = re.compile(r"(?i)x-.*(?:secret|password|credential|token)s?")
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_ASSIGNMENT = re.compile(r"(?P<name>(?:\$\{[^{}]*\}|[^\s=\"'{}?&])+)=(?P<value>.*)", re.DOTALL)
_PLAIN_NAME = re.compile(r"[&*]?(?:[A-Za-z]?[a-z_./-]{1,60}|[A-Z0-9_]{1,60})")
_TABS = re.compile("\t+")
_PLAIN_TAG = re.compile(r"!!?[a-z]*")
_SECRET_NAME = "PASSWORD"  # noqa: S105 - a name under which the redactor hides whatever it is given

# What Compose refuses for the reason for which it refuses the original.
_STOPPERS = {
    "tab": "\tX",
    "mapping-values": "X: X: X",
    "unterminated": '"',
    "unterminated-flow": "X: [",
    "character": "X: @",
    "colon": "X",
    "block-entry": "X: - X",
    "block-scalar": "X: |X",
    "escape": 'X: "\\q"',
    "indentation": 'X: "" X',
}


def redact_compose(text: str, redactor: Redactor) -> str:
    """Return a compose file's text without its secrets and comments: the same keys, lines and other values.

    A value with a secret in it becomes one double-quoted scalar on its first line. From a line on that is not
    understood nothing is told: what stands there instead is refused by Compose, in its own words for the same fault
    where they are known, and names what was not understood.
    """
    found = scan(text)
    pieces: List[str] = []
    position = 0
    for start, end, new in sorted(_edits(text, found, redactor)):
        if start >= position:
            pieces += [text[position:start], new]
            position = end
    if found.problem is None:
        return "".join(pieces) + text[position:]
    pieces += [text[position : found.problem.start], _hidden(text, found.problem)]
    return "".join(pieces)


def _hidden(text: str, problem: YamlProblem) -> str:
    stopper = _STOPPERS.get(problem.kind, "parity-cannot-read-this-file-from-line-%d-on: X" % problem.line)
    before = problem.line - text.count("\n", 0, problem.start) - 1
    after = text.count("\n", problem.start) - before
    return "%s%s # not shown from here on: %s%s" % ("\n" * before, stopper, problem.message, "\n" * after)


def _edits(text: str, found: Scan, redactor: Redactor) -> Iterator[Tuple[int, int, str]]:
    for start, end in found.comments:
        yield start, end, "#"
    for start, end in found.names:
        name = text[start:end]
        if not (_PLAIN_NAME.fullmatch(name) or _PLAIN_TAG.fullmatch(name)):
            yield start, end, redactor.text(name)
    yield from _tabs(text, found)
    values = _Values(found, redactor)
    for scalar, new in values.changed():
        lines = "\n" * text.count("\n", scalar.start, scalar.end)
        # What follows on the last line, in brackets, must not come to stand where a line begins.
        space = " " if lines and text[scalar.end : scalar.end + 1] not in ("", "\r", "\n") else ""
        yield scalar.start, scalar.end, write_quoted(new) + lines + space


def _tabs(text: str, found: Scan) -> Iterator[Tuple[int, int, str]]:
    """Yield tabs that separate values, as spaces: Compose takes both, other YAML readers only these.

    Where a tab may be indentation, which Compose refuses, it stays.
    """
    if "\t" not in text:
        return
    in_braces = text.lstrip("\ufeff \t\r\n").startswith("{")
    starts = [scalar.start for scalar in found.scalars]
    for match in _TABS.finditer(text):
        before = bisect_right(starts, match.start()) - 1
        within = before >= 0 and match.start() < found.scalars[before].end
        own_line = not text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
        if not within and (in_braces or not own_line):
            yield match.start(), match.end(), " " * len(match.group())


class _Values:
    """The new values of a file's scalars."""

    def __init__(self, found: Scan, redactor: Redactor) -> None:
        self._scalars = found.scalars
        self._redactor = redactor
        self._templates = TemplateRedactor(redactor)
        self._new: Dict[int, str] = {}
        self._keys: Dict[str, str] = {}
        self._places = Places(found)
        # Which scalars an alias stands for.
        anchored = {path for paths in found.anchors.values() for path in paths}
        by_path = {scalar.path: scalar for scalar in found.scalars if scalar.path in anchored and not scalar.is_key}
        self._aliased = [
            (alias.path, by_path[path])
            for alias in found.aliases
            for path in found.anchors.get(alias.name, ())
            if path in by_path
        ]

    def changed(self) -> Iterator[Tuple[Scalar, str]]:
        """Yield every scalar whose text has to change, with what it shall mean."""
        for scalar in self._scalars:
            if scalar.is_key:
                self._note(scalar, self._key(scalar.value))
            elif scalar.style != "plain" or scalar.value not in _NULLS or scalar.tagged:
                for path in _meant(list(self._places.of(scalar.path))):
                    self._note(scalar, self._value(path, self._value_now(scalar)))
        for words in self._commands():
            for scalar, new in zip(words, self._templates.argv([self._value_now(word) for word in words])):  # noqa: B905
                self._note(scalar, new)
        for scalar in self._scalars:
            if scalar.start in self._new:
                yield scalar, self._new[scalar.start]

    def _value_now(self, scalar: Scalar) -> str:
        return self._new.get(scalar.start, scalar.value)

    def _note(self, scalar: Scalar, new: str) -> None:
        if new != self._value_now(scalar):
            self._new[scalar.start] = new

    def _commands(self) -> Iterator[List[Scalar]]:
        """Yield the words of each command that is a list."""
        words: Dict[Path, List[Tuple[int, Scalar]]] = {}
        listed = [(scalar.path, scalar) for scalar in self._scalars if scalar.path and isinstance(scalar.path[-1], int)]
        for path, scalar in listed + [pair for pair in self._aliased if pair[0] and isinstance(pair[0][-1], int)]:
            place = path[:-1]
            if _is_command(place) or any(map(_is_command, self._places.by_alias(place))):
                words.setdefault(place, []).append((int(path[-1]), scalar))
        for numbered in words.values():
            yield [scalar for _, scalar in sorted(numbered, key=lambda pair: pair[0])]

    def _key(self, key: str) -> str:
        """Return a key redacted; also one like `PASSWORD=…`, from a list whose line has a `: ` in it."""
        if _PLAIN_NAME.fullmatch(key):
            return key
        if key not in self._keys:
            assigned = self._assigned(key)
            self._keys[key] = self._templates.text(key if assigned is None else assigned)
        return self._keys[key]

    def _assigned(self, text: str, path: Path = ()) -> "str | None":
        match = _ASSIGNMENT.fullmatch(text)
        if match is None or "://" in match.group("name"):
            return None
        name = match.group("name")
        shown = name if _PLAIN_NAME.fullmatch(name) else self._templates.text(name)
        return "%s=%s" % (shown, self._named(path, name, match.group("value")))

    def _value(self, path: Path, value: str) -> str:
        """Return a value redacted by what it is called at `path`."""
        key = key_of(path)
        in_list = bool(path) and isinstance(path[-1], int)
        if key in _COMMANDS:
            return value if in_list else self._templates.command(value)
        if in_list:
            assigned = self._assigned(value, path)
            if assigned is not None:
                return assigned
        return self._named(path, _name(path, key, in_list), value)

    def _named(self, path: Path, name: str, value: str) -> str:
        known = bool(path) and (path[0] in _SECTIONS or _is_mount(path))
        free = not known or not _FREE.isdisjoint(path)
        return (self._templates.value if free else self._templates.setting)(name, value)


def _is_mount(path: Path) -> bool:
    """Return whether a value is a mount that services take over from an extension: `x-app: {volumes: [.:/app]}`."""
    return len(path) > 1 and path[-2] == "volumes" and isinstance(path[-1], int)


def _name(path: Path, key: str, in_list: bool) -> str:
    """Return the name that says whether a value is a secret: its key, but for the places where that misleads."""
    if in_list and key in _LISTS_OF_NAMES:
        return "name"
    if path[:1] == ("secrets",) and key == "content":
        return _SECRET_NAME
    if path and isinstance(path[0], str) and key not in _OF_NAMES and _EXTENSION_OF_SECRETS.fullmatch(path[0]):
        return path[0]
    return key


def _meant(paths: List[Path]) -> List[Path]:
    """Return the places that say what a value is: of an extension's that stands elsewhere by an alias, those there."""
    elsewhere = [path for path in paths if path and path[0] in _SECTIONS]
    return elsewhere or paths


def _is_command(path: Path) -> bool:
    return bool(path) and path[-1] in _COMMANDS
