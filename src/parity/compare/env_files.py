"""The env files of one environment: where a variable is set, twice or differently, and what the template says."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Final

from parity.domain.findings import Difference, Evidence
from parity.domain.stack import File, Stack
from parity.domain.values import show
from parity_host.compose.references import references
from parity_host.envfile.interpolate import interpolate
from parity_host.envfile.reader import EnvFile, effective, read_env_file

_DOLLAR_CUT: Final = "dollar-cut"


class EnvFiles:
    """What the env files of a stack say."""

    def __init__(self, stack: Stack) -> None:
        """Read every env file of the stack, in the order in which Compose does."""
        self._stack = stack
        self._files = {file.path: file for file in stack.files}
        self._lookup: dict[str, str] = {}
        self._parsed: dict[str, EnvFile] = {}
        for path in stack.env_files:
            self._parse(path)
            self._lookup.update(self._values(path))
        self._of_service = self._service_files()
        for path in sorted({path for paths in self._of_service.values() for path in paths}):
            self._parse(path)

    def _parse(self, path: str) -> None:
        file = self._files.get(path)
        if file is not None and file.text is not None and path not in self._parsed:
            self._parsed[path] = read_env_file(file.text.encode("utf-8", "replace"), self._lookup)

    def _values(self, path: str) -> dict[str, str]:
        parsed = self._parsed.get(path)
        return (
            {key: entry.value for key, entry in effective(parsed).items() if entry.value is not None} if parsed else {}
        )

    def _service_files(self) -> dict[str, list[str]]:
        """Return the env files of each service, in the order of its `env_file` list."""
        found: dict[str, list[str]] = {}
        for file in self._stack.files:
            main = "compose" in file.roles
            if file.text is None or not (main or {"include", "extends"} & set(file.roles)):
                continue
            base = self._stack.directory if main else posixpath.dirname(file.path)
            for reference in references(file.text):
                if reference.kind == "env_file" and reference.service:
                    path = self._resolved(reference.path, base)
                    if path and path not in found.setdefault(reference.service, []):
                        found[reference.service].append(path)
        return found

    def _resolved(self, named: str, base: str) -> str:
        try:
            text, unset = interpolate(named, self._lookup)
        except ValueError:
            return ""
        return "" if unset or not text else posixpath.normpath(posixpath.join(base, text))

    def place(self, name: str, value: str, service: str) -> str:
        """Return `file:line` where a service's variable gets its value, or an empty string."""
        for path in [*reversed(self._of_service.get(service, [])), *reversed(self._stack.env_files)]:
            entry = effective(self._parsed[path]).get(name) if path in self._parsed else None
            if entry is not None and entry.value == value:
                return f"{self._stack.shorten(path)}:{entry.line}"
        return ""

    def project_variables(self) -> Iterator[tuple[str, str, str]]:
        """Yield name, value and place of what Compose itself reads."""
        for path in self._stack.env_files:
            if path in self._parsed:
                for name, entry in effective(self._parsed[path]).items():
                    if entry.value is not None:
                        yield name, entry.value, f"{self._stack.shorten(path)}:{entry.line}"

    def differences(self) -> Iterator[Difference]:
        """Yield what is wrong within these files."""
        for path, parsed in self._parsed.items():
            yield from self._duplicates(path, parsed)
            yield from self._refused(path, parsed)
            yield from self._cut(self._files[path])
        yield from self._overlaps()
        yield from self._against_template()

    def _piece(self, path: str, line: int, shown: str) -> Evidence:
        return Evidence(self._stack.environment, shown, f"{self._stack.shorten(path)}:{line}")

    def _found(
        self, rule: str, item: str, pieces: tuple[Evidence, ...], ways: frozenset[str] = frozenset(), **words: str
    ) -> Difference:
        return Difference(rule, (self._stack.environment,), "", item, pieces, words, ways)

    def _duplicates(self, path: str, parsed: EnvFile) -> Iterator[Difference]:
        lines: dict[str, list[tuple[int, str | None]]] = {}
        for entry in parsed.entries:
            lines.setdefault(entry.key, []).append((entry.line, entry.value))
        for key, places in lines.items():
            if len(places) > 1:
                pieces = tuple(self._piece(path, line, show(value)) for line, value in places)
                way = "different" if len({value for _, value in places}) > 1 else "same"
                yield self._found(
                    "environment.duplicate",
                    key,
                    pieces,
                    frozenset({way}),
                    file=self._stack.shorten(path),
                    last=pieces[-1].shown,
                )

    def _refused(self, path: str, parsed: EnvFile) -> Iterator[Difference]:
        for problem in parsed.problems:
            shown = show(problem.message)
            yield self._found(
                "environment.refused-file",
                self._stack.shorten(path),
                (self._piece(path, problem.line, shown),),
                reason=shown,
            )

    def _cut(self, file: File) -> Iterator[Difference]:
        for line, key, note in file.notes:
            if note == _DOLLAR_CUT:
                piece = self._piece(file.path, line, "a part behind a $ is taken for a variable and vanishes")
                yield self._found("environment.dollar-cut", key, (piece,), file=self._stack.shorten(file.path))

    def _overlaps(self) -> Iterator[Difference]:
        found: dict[str, dict[str, Evidence]] = {}
        users: dict[str, set[str]] = {}
        for service, paths in self._of_service.items():
            for key, pieces in self._overlapping(paths).items():
                found.setdefault(key, {}).update(pieces)
                users.setdefault(key, set()).add(service)
        for key, by_path in sorted(found.items()):
            files = ", ".join(self._stack.shorten(path) for path in by_path)
            last = list(by_path.values())[-1].shown
            yield self._found(
                "environment.overlap",
                key,
                tuple(by_path.values()),
                services=", ".join(sorted(users[key])),
                files=files,
                last=last,
            )

    def _overlapping(self, paths: list[str]) -> dict[str, dict[str, Evidence]]:
        """Return the keys to which several files of one service give different values, with where."""
        table: dict[str, dict[str, tuple[int, str]]] = {}
        for path in paths:
            for key, entry in (effective(self._parsed[path]) if path in self._parsed else {}).items():
                if entry.value is not None:
                    table.setdefault(key, {})[path] = (entry.line, entry.value)
        return {
            key: {path: self._piece(path, line, show(value)) for path, (line, value) in by_path.items()}
            for key, by_path in table.items()
            if len({value for _, value in by_path.values()}) > 1
        }

    def _against_template(self) -> Iterator[Difference]:
        template = self._files.get(self._stack.template)
        if template is None or template.text is None:
            return
        parsed = read_env_file(template.text.encode("utf-8", "replace"), {})
        wanted = effective(parsed)
        optional = {commented.key for commented in parsed.commented}
        present = self._present()
        name = self._stack.shorten(template.path)
        for key in sorted(set(wanted) - set(present)):
            piece = self._piece(template.path, wanted[key].line, "named by the template, set nowhere")
            yield self._found("environment.template-key-missing", key, (piece,), template=name)
        if present:
            for key in sorted(set(present) - set(wanted) - optional):
                yield self._found("environment.not-in-template", key, (present[key],), template=name)

    def _present(self) -> Mapping[str, Evidence]:
        present: dict[str, Evidence] = {}
        for path, parsed in self._parsed.items():
            for key, entry in effective(parsed).items():
                present.setdefault(key, self._piece(path, entry.line, show(entry.value)))
        return present
