"""The env files of one environment: which there are, what they set, and where a variable gets its value."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from parity.domain.stack import Stack
from parity_host.compose.references import references
from parity_host.envfile.interpolate import PATH_LIMIT, interpolate
from parity_host.envfile.raw import read_raw_env_file
from parity_host.envfile.reader import EnvFile, effective, read_env_file

_OF_COMPOSE: Final = ("COMPOSE_", "DOCKER_")
_REFERENCE: Final = re.compile(r"(?<!\$)(?:\$\$)*\$(?:\{([A-Za-z_]\w*)|([A-Za-z_]\w*))")


class EnvFiles:
    """What the env files of a stack say.

    by_path: every file of the stack; parsed: the env files among them, in the order in which Compose reads them;
    of_service: the paths in the `env_file` list of each service.
    """

    def __init__(self, stack: Stack) -> None:
        """Read every env file of the stack, in the order in which Compose does."""
        self.stack = stack
        self.by_path = {file.path: file for file in stack.files}
        self._lookup: dict[str, str] = {}
        self.parsed: dict[str, EnvFile] = {}
        for path in stack.env_files:
            self._parse(path)
            self._lookup.update(self._values(path))
        self._referred = self._references()
        self.of_service = self._service_files()
        for path in sorted({path for paths in self.of_service.values() for path in paths}):
            self._parse(path)

    def _parse(self, path: str) -> None:
        file = self.by_path.get(path)
        if file is not None and file.text is not None and path not in self.parsed:
            read = read_raw_env_file if file.is_raw else read_env_file
            self.parsed[path] = read(file.text.encode("utf-8", "replace"), self._lookup)

    def _values(self, path: str) -> dict[str, str]:
        parsed = self.parsed.get(path)
        return (
            {key: entry.value for key, entry in effective(parsed).items() if entry.value is not None} if parsed else {}
        )

    def _references(self) -> frozenset[str]:
        """Return the variables that the files refer to; what a comment names counts too."""
        texts = [file.text for file in self.stack.files if file.text and "template" not in file.roles]
        return frozenset(name for text in texts for names in _REFERENCE.findall(text) for name in names if name)

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
            entry = effective(self.parsed[path]).get(name) if path in self.parsed else None
            if entry is not None and entry.value == value:
                return f"{self.stack.shorten(path)}:{entry.line}"
        return ""

    def is_used(self, name: str) -> bool:
        """Return whether Compose itself reads a variable: its own, or one that a compose file or env file refers to."""
        return name.startswith(_OF_COMPOSE) or name in self._referred

    def project_variables(self) -> Iterator[tuple[str, str, str]]:
        """Yield name, value and place of what Compose itself reads."""
        for path in self.stack.env_files:
            if path in self.parsed:
                for name, entry in effective(self.parsed[path]).items():
                    if entry.value is not None:
                        yield name, entry.value, f"{self.stack.shorten(path)}:{entry.line}"
