"""A project's files below a folder of ours: those that Compose reads, written so that it can open nothing else.

A host's names become folders below `root` and nothing more: each file that Compose reads is there under a name of ours,
and each path in a compose file that Compose opens is replaced by one of these. Which files are read as YAML follows
from `compose_files`, `include` and `extends`, never from the roles that a host claims.
"""

from __future__ import annotations

import posixpath
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from parity.domain.untrusted import as_mapping, mapping, text, texts
from parity.record import compose_yaml
from parity.record.compose_paths import Paths, Reading
from parity.record.compose_yaml import RefusedError
from parity_host.envfile.reader import EnvFile, effective, read_env_file

MARKER: Final = "parity-unset"
_FILES_LIMIT: Final = 500
_CHARACTERS_LIMIT: Final = 32 * 1024 * 1024
_PROBLEMS_LIMIT: Final = 1000
_TOO_MANY: Final = f"the project references more than {_FILES_LIMIT} files"


class ProjectFiles:
    """The files of a project that a host sent, below `root`.

    `compose_files`, `env_files` and `directory` are what Compose is to be called with, `problems` what is wrong with
    the files, `broken` whether Compose cannot be asked at all, `variables` what the project's env files set,
    `has_profiles` whether any service may have one.
    """

    def __init__(self, root: Path, project: Mapping[str, Any]) -> None:
        """Write the project's files; `root` is an empty folder."""
        self._root = root
        self._sent = {_normal(path): as_mapping(record) for path, record in mapping(project, "files").items()}
        self._token = f"parity-{secrets.token_hex(8)}"
        self._name = re.compile(self._token + r"-(\d+)\.(?:yml|env)")
        self._hosts: list[str] = []  # the host's path of each file, by its number
        self._names: dict[tuple[Any, ...], str] = {}
        self._scopes: list[Mapping[str, str]] = []
        self._unread: list[tuple[str, str, Reading]] = []
        self._characters = 0
        self._said: set[tuple[str, str, str]] = set()
        self.problems: list[dict[str, Any]] = []
        self.broken = False
        self.has_profiles = any("profiles" in text(record, "text") for record in self._sent.values())
        main = [_normal(path) for path in texts(project, "compose_files")]
        env_files = [_normal(path) for path in texts(project, "env_files")]
        directory = _normal(text(project, "directory"))
        self.directory = self.folder(directory)
        self._say_not_sent(main)
        self._check(directory, main, len(main) + len(env_files))
        self.variables: Mapping[str, str] = {}
        self.env_files: list[str] = []
        self.compose_files: list[str] = []
        if not self.broken:
            self._lay_out(directory, main, env_files)

    def to_host(self, said: str) -> str:
        """Return a text of Compose's with the host's paths instead of ours."""
        named = self._name.sub(lambda match: posixpath.basename(self._hosts[int(match.group(1))]), said)
        return named.replace(str(self._root), "")

    def folder(self, path: str) -> str:
        """Return the path that stands for a folder of the host, or for a file that nobody opens."""
        return str(self._root) + _normal(path).rstrip("/")

    def env_file(self, path: str) -> str:
        """Return where an env file of the host lies here. One that could not be read there is empty."""
        path = _normal(path)
        name, is_new = self._placed(("env", path), path)
        if is_new:
            self._say_not_known(path)
            self._read(path, self.variables)
            self._write(path, name, text(self._sent.get(path, {}), "text"))
        return name

    def compose_file(self, path: str, reading: Reading) -> str:
        """Return where a compose file of the host lies here for one way of reading it."""
        path = _normal(path)
        variables = self._scope(reading.variables)
        name, is_new = self._placed(("compose", path, reading.base, self._scopes.index(variables)), path)
        if is_new:
            self._unread.append((path, name, reading))
        return name

    def empty_file(self, path: str) -> str:
        """Return where an empty file lies that stands for one nobody can name in the host's folder `path`."""
        path = _normal(posixpath.join(path, MARKER))
        name, is_new = self._placed(("empty", path), path)
        if is_new:
            self._write(path, name, "")
        return name

    def included(self, path: str, reading: Reading, env_files: list[str] | None) -> tuple[Reading, list[str]]:
        """Return how Compose reads what is included in the folder `path`, and its env files' paths here.

        Without a list of env files it is the `.env` in that folder; variables set outside win over theirs.
        """
        path = _normal(path)
        own = posixpath.join(path, ".env")
        named = [own] * (own in self._sent) if env_files is None else [_normal(one) for one in env_files]
        variables = {**self._values(named, reading.variables), **reading.variables}
        return Reading(path, self._scope(variables)), [self.env_file(one) for one in named]

    def say(self, kind: str, message: str, path: str, name: str = "", **more: Any) -> None:
        """Keep a problem."""
        problem = {"kind": kind, **({"name": name} if name else {}), "path": path, "message": message, **more}
        known = (kind, path, message)
        if known not in self._said and len(self._said) < _PROBLEMS_LIMIT:
            self._said.add(known)
            self.problems.append(problem)

    def _say_not_sent(self, main: list[str]) -> None:
        for path, record in sorted(self._sent.items()):
            if not isinstance(record.get("text"), str):
                missing = "optional-file-missing" if record.get("optional") is True else "missing-file"
                kind = missing if record.get("missing") else "unreadable-file"
                message = str(record.get("problem") or f"{path} was not read")
                self.say(kind, message, path, roles=list(texts(record, "roles")))
                self.broken = self.broken or path in main

    def _check(self, directory: str, main: list[str], count: int) -> None:
        refused = []
        if not main:
            refused.append("no Compose file is known, so nothing is rendered; set parity_compose_files")
        if count > _FILES_LIMIT:
            refused.append(_TOO_MANY)
        try:
            Path(self.directory).mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError):
            refused.append(f"the project directory {directory} cannot be recreated on the controller: invalid name")
        self.problems += [{"kind": "refused", "message": message} for message in refused]
        self.broken = self.broken or bool(refused)

    def _lay_out(self, directory: str, main: list[str], env_files: list[str]) -> None:
        self.variables = self._scope(self._values(env_files, {}))
        self.env_files = [self.env_file(path) for path in env_files]
        self.compose_files = [self.compose_file(path, Reading(directory, self.variables)) for path in main]
        while self._unread:
            self._rewrite(*self._unread.pop(0))

    def _values(self, env_files: list[str], outer: Mapping[str, str]) -> dict[str, str]:
        values: dict[str, str] = {}
        for path in env_files:
            read = effective(self._read(path, {**values, **outer}))
            values.update({key: entry.value for key, entry in read.items() if entry.value is not None})
        return values

    def _read(self, path: str, outer: Mapping[str, str]) -> EnvFile:
        """Return what Compose reads in an env file; it is spared one whose values have no end in sight."""
        parsed = read_env_file(text(self._sent.get(path, {}), "text").encode("utf-8", "replace"), outer)
        for problem in parsed.problems:
            if problem.kind == "too-large":
                self.say("refused", f"{path}:{problem.line}: {problem.message}", path, line=problem.line)
                self.broken = True
        return parsed

    def _scope(self, variables: Mapping[str, str]) -> Mapping[str, str]:
        """Return the one mapping that stands for all that are equal, so that a circle of includes comes to an end."""
        for known in self._scopes:
            if known == variables:
                return known
        self._scopes.append(variables)
        return variables

    def _placed(self, key: tuple[Any, ...], path: str) -> tuple[str, bool]:
        if key in self._names:
            return self._names[key], False
        if len(self._hosts) >= _FILES_LIMIT:
            raise RefusedError(_TOO_MANY)
        kind = "yml" if key[0] == "compose" else "env"
        self._names[key] = f"{self.folder(posixpath.dirname(path))}/{self._token}-{len(self._hosts)}.{kind}"
        self._hosts.append(path)
        return self._names[key], True

    def _say_not_known(self, path: str) -> bool:
        """Say that a file is not among those that the host sent: it read no more, or its path has a hidden part."""
        if path in self._sent:
            return False
        self.say("unknown", f"{path} was not read: too many files, or a part of its path is hidden", path)
        return True

    def _rewrite(self, path: str, name: str, reading: Reading) -> None:
        if self._say_not_known(path):
            self.broken = True
        content = self._sent.get(path, {}).get("text")
        if not isinstance(content, str):
            return
        try:
            documents = compose_yaml.read(content)
        except RefusedError as error:
            self.say("syntax", _placed_message(path, error), path, line=error.line)
            self.broken = True
            return
        try:
            paths = Paths(self, path, reading)
            written = compose_yaml.write([paths.replaced(document) for document in documents])
        except RefusedError as error:
            # It is YAML: what refuses it is Compose.
            self.problems.append({"kind": "refused", "message": _placed_message(path, error)})
            self.broken = True
        else:
            self._write(path, name, written)

    def _write(self, path: str, name: str, content: str) -> None:
        self._characters += len(content)
        if self._characters > _CHARACTERS_LIMIT:
            self.say(
                "unreadable-file",
                f"{path} cannot be recreated on the controller: the project's files are too large",
                path,
            )
            return
        try:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            with open(name, "x", encoding="utf-8", errors="replace", newline="") as stream:
                stream.write(content)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "invalid name"
            self.say("unreadable-file", f"{path} cannot be recreated on the controller: {reason}", path)


def _placed_message(path: str, error: RefusedError) -> str:
    return f"{path}:{error.line}: {error}" if error.line else f"{path}: {error}"


def _normal(path: str) -> str:
    """Return an absolute path without `..`, whatever the host sent."""
    return posixpath.normpath("/" + path.replace("\0", "")).replace("//", "/")
