"""Rendering a project's compose files with the real Compose, on files that a host sent.

The host's files are untrusted. They are laid out below a fresh folder as they lie on the host, and every path in them
that Compose would open is rewritten to point below that folder, so that Compose never reads a file of this machine.
"""

from __future__ import annotations

import json
import posixpath
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from parity.domain.untrusted import as_mapping, mapping, text, texts
from parity.domain.yaml_loader import SafeLoader
from parity_host.envfile.interpolate import interpolate
from parity_host.envfile.reader import effective, read_env_file

SECONDS: Final = 20
MARKER: Final = "parity-unset"
_ATTEMPTS: Final = 20
_READ_BY_COMPOSE: Final = ("compose", "include", "extends")
_PATH_KEYS: Final = frozenset({"env_file", "label_file", "include", "extends"})
_NOT_A_PATH: Final = frozenset({"required", "format", "service"})
_REQUIRED_VARIABLE = re.compile(r'required variable "?([A-Za-z_][A-Za-z0-9_]*)"? is missing a value:? ?(.*)')
_UNSET_VARIABLE = re.compile(r'msg="The \\"([^"\\]+)\\" variable is not set')
_LOG_MESSAGE = re.compile(r'msg="((?:[^"\\]|\\.)*)"')
_PROPERTIES = re.compile(r"^(?:[&!][^\s,\[\]{}]*\s+)+")


def render(project: Mapping[str, Any], name: str, profiles: Sequence[str], compose: str) -> dict[str, Any]:
    """Return what Compose makes of a project's files.

    `project` is the project part of a host's facts, `name` the Compose project's name, `profiles` the profiles in use,
    `compose` the path of the docker-compose program. The result has `state` (`rendered`, `partly`, `failed`),
    `services` (as `docker-compose config` prints them, `$$` undone, paths as on the host), `networks`
    (their names on the engine), `external` (those that Compose does not make), `inactive`
    (services whose profile is not in use) and `problems`, each with `kind`, `message` and what else is known (`name`,
    `path`, `line`).
    """
    with tempfile.TemporaryDirectory(prefix="parity-render-") as folder:
        mirror = _Mirror(Path(folder), project)
        mirror.lay_out()
        if mirror.broken:
            return {"state": "failed", "services": {}, "inactive": [], "problems": mirror.problems}
        return _run(mirror, name, profiles, compose)


class _Mirror:
    """The host's files below a folder of ours."""

    def __init__(self, root: Path, project: Mapping[str, Any]) -> None:
        self.root = root
        self.problems: list[dict[str, Any]] = []
        self.broken = False
        self.directory = _normal(text(project, "directory"))
        self.compose_files = [_normal(path) for path in texts(project, "compose_files")]
        self.env_files = [_normal(path) for path in texts(project, "env_files")]
        self._files = {_normal(path): as_mapping(record) for path, record in mapping(project, "files").items()}
        self.lookup = self._project_variables()

    def _project_variables(self) -> dict[str, str]:
        lookup: dict[str, str] = {}
        for path in self.env_files:
            parsed = read_env_file(text(as_mapping(self._files.get(path)), "text").encode("utf-8", "replace"), lookup)
            lookup.update({key: entry.value for key, entry in effective(parsed).items() if entry.value is not None})
        return lookup

    def lay_out(self) -> None:
        """Write every file; say what is missing and what is no YAML."""
        try:
            self.place(self.directory).mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError):
            message = f"the project directory {self.directory} cannot be laid out: it is no usable name"
            self.problems.append({"kind": "refused", "message": message})
            self.broken = True
            return
        for path, record in sorted(self._files.items()):
            roles, content = texts(record, "roles"), record.get("text")
            read_by_compose = any(role in _READ_BY_COMPOSE for role in roles)
            if not isinstance(content, str):
                self._say_missing(path, record, read_by_compose)
                content = ""
                if read_by_compose:
                    continue
            if read_by_compose:
                base = self.directory if "compose" in roles else posixpath.dirname(path)
                content = self._rewritten(path, content, base)
            self._write(path, content)

    def _say_missing(self, path: str, record: Mapping[str, Any], needed: bool) -> None:
        kind = "missing-file" if record.get("missing") else "unreadable-file"
        self.problems.append(
            {
                "kind": kind,
                "path": path,
                "message": str(record.get("problem") or f"{path} was not read"),
                "roles": list(texts(record, "roles")),
            }
        )
        self.broken = self.broken or (needed and path in self.compose_files)

    def _write(self, path: str, text: str) -> None:
        target = self.place(path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", errors="replace")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "impossible name"
            self.problems.append(
                {"kind": "unreadable-file", "path": path, "message": f"{path} cannot be laid out: {reason}"}
            )

    def place(self, path: str) -> Path:
        """Return where the host's absolute `path` lies below the folder."""
        return self.root / _normal(path).lstrip("/")

    def to_host(self, text: str) -> str:
        """Return Compose's output with the host's paths instead of ours."""
        return text.replace(str(self.root), "")

    def _rewritten(self, path: str, text: str, base: str) -> str:
        try:
            documents = list(yaml.compose_all(text, SafeLoader))
        except yaml.YAMLError as error:
            self._say_syntax_error(path, error)
            return ""
        spans = sorted(
            {span for document in documents if document is not None for span in _path_scalars(document)}, reverse=True
        )
        for start, end, value in spans:
            properties = _PROPERTIES.match(text[start:end])
            anchors = "".join(
                f"{word} " for word in (properties.group(0) if properties else "").split() if word.startswith("&")
            )
            text = text[:start] + anchors + self._target(value, base, path) + text[end:]
        return text

    def _say_syntax_error(self, path: str, error: yaml.YAMLError) -> None:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 0
        what = str(getattr(error, "problem", None) or "it is not YAML")
        self.problems.append({"kind": "syntax", "path": path, "line": line, "message": f"{path}:{line}: {what}"})
        self.broken = True

    def _target(self, value: str, base: str, origin: str) -> str:
        """Return the YAML scalar that stands in for a path Compose would open."""
        try:
            named, unset = interpolate(value, self.lookup)
        except ValueError:
            named, unset = "", [value]
        if "://" in named or named.startswith("git@"):
            self.problems.append(
                {
                    "kind": "remote-file",
                    "path": origin,
                    "message": f"{origin} includes {named}, which an audit does not fetch",
                }
            )
            named, unset = "", []
        elif unset:
            names = ", ".join(unset)
            self.problems.append(
                {
                    "kind": "unset-variable",
                    "name": names,
                    "path": origin,
                    "message": f"{origin} names the file {value}, but {names} is not set",
                }
            )
        if not named or unset:
            named = MARKER
        target = self.place(posixpath.join(base, named))
        if named == MARKER:
            self._write(posixpath.join(base, named), "")
        return "'" + str(target).replace("'", "''").replace("$", "$$") + "'"


def _normal(path: str) -> str:
    """Return an absolute path without `..`, whatever the host sent."""
    return posixpath.normpath("/" + path.replace("\0", "")).replace("//", "/")


def _path_scalars(root: yaml.Node) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and value of every scalar that Compose may open as a file."""
    seen: set[tuple[int, bool]] = set()
    todo: list[tuple[yaml.Node, bool]] = [(root, False)]
    while todo:
        node, is_path = todo.pop()
        if (id(node), is_path) in seen:
            continue
        seen.add((id(node), is_path))
        if isinstance(node, yaml.ScalarNode):
            if is_path and node.value:
                yield node.start_mark.index, node.end_mark.index, node.value
        elif isinstance(node, yaml.SequenceNode):
            todo.extend((child, is_path) for child in node.value)
        elif isinstance(node, yaml.MappingNode):
            for key, child in node.value:
                name = key.value if isinstance(key, yaml.ScalarNode) else ""
                opens = name in _PATH_KEYS or (is_path and name not in _NOT_A_PATH)
                # `extends: base` names a service of the same file, not a file.
                if name == "extends" and isinstance(child, yaml.ScalarNode):
                    opens = False
                todo.append((child, opens))


def _run(mirror: _Mirror, name: str, profiles: Sequence[str], compose: str) -> dict[str, Any]:
    extra: dict[str, str] = {}
    flags: list[str] = []
    problems = list(mirror.problems)
    for _ in range(_ATTEMPTS):
        code, output, errors = _compose(mirror, name, compose, extra, flags)
        if code == 0:
            break
        required = _REQUIRED_VARIABLE.search(errors)
        if required and required.group(1) not in extra:
            extra[required.group(1)] = MARKER
            message = f"{required.group(1)} must be set: {required.group(2)}".rstrip(": ")
            problems.append({"kind": "required-variable", "name": required.group(1), "message": message})
            continue
        problems.append({"kind": "refused", "message": _last_sentence(errors)})
        if flags:
            return {"state": "failed", "services": {}, "inactive": [], "problems": problems}
        flags = ["--no-consistency"]
    else:
        return {"state": "failed", "services": {}, "inactive": [], "problems": problems}
    problems += [
        {
            "kind": "unset-variable",
            "name": unset,
            "message": f"{unset} is not set; Compose puts an empty string in its place",
        }
        for unset in dict.fromkeys(_UNSET_VARIABLE.findall(errors))
    ]
    services, networks, external = _decoded(output)
    state = "partly" if extra or flags else "rendered"
    active = set(profiles) | set(filter(None, mirror.lookup.get("COMPOSE_PROFILES", "").split(",")))
    return {
        "state": state,
        "services": services,
        "networks": networks,
        "external": external,
        "inactive": _inactive(services, active),
        "problems": problems,
    }


def _compose(
    mirror: _Mirror, name: str, compose: str, extra: Mapping[str, str], flags: Sequence[str]
) -> tuple[int, str, str]:
    empty = mirror.root / "parity-empty.env"
    empty.touch()
    env_files = [str(mirror.place(path)) for path in mirror.env_files] or [str(empty)]
    command = [
        compose,
        "--project-name",
        name,
        "--project-directory",
        str(mirror.place(mirror.directory)),
        "--profile",
        "*",
    ]
    for path in env_files:
        command += ["--env-file", path]
    for path in mirror.compose_files:
        command += ["--file", str(mirror.place(path))]
    command += ["config", "--format", "json", *flags]
    try:
        # Nothing of this machine's environment: a `KEY` without a value would take it over.
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
            env={"HOME": str(mirror.root), **extra},
            cwd=mirror.root,
        )
    except subprocess.TimeoutExpired:
        return 1, "", f"Compose did not finish within {SECONDS} seconds"
    except OSError as error:
        return (
            1,
            "",
            f"docker-compose cannot be run: {error.strerror}; make the virtual environment anew with `make setup`",
        )
    return (
        done.returncode,
        mirror.to_host(done.stdout.decode("utf-8", "replace")),
        mirror.to_host(done.stderr.decode("utf-8", "replace")),
    )


def _last_sentence(errors: str) -> str:
    lines = [line.strip() for line in errors.splitlines() if line.strip() and "level=warning" not in line]
    message = lines[-1] if lines else "Compose gave no reason"
    logged = _LOG_MESSAGE.search(message)
    return logged.group(1) if logged else message


def _decoded(output: str) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    """Return the services as Compose means them, by their key the networks' names on the engine, and the external ones.

    A network of another driver than Docker's own counts as external: it may span engines.
    """
    document = json.loads(output)
    services: dict[str, Any] = _mapped(document.get("services") or {}, lambda text: text.replace("$$", "$"))
    declared = document.get("networks") or {}
    networks = {key: str((options or {}).get("name") or key) for key, options in declared.items()}
    external = [
        networks[key]
        for key, options in declared.items()
        if (options or {}).get("external") or (options or {}).get("driver", "bridge") != "bridge"
    ]
    return services, networks, sorted(external)


def _mapped(data: Any, change: Callable[[str], str]) -> Any:
    if isinstance(data, str):
        return change(data)
    if isinstance(data, list):
        return [_mapped(item, change) for item in data]
    if isinstance(data, dict):
        return {key: _mapped(value, change) for key, value in data.items()}
    return data


def _inactive(services: Mapping[str, Any], active: set[str]) -> list[str]:
    if "*" in active:
        return []
    return sorted(
        name for name, service in services.items() if service.get("profiles") and not active & set(service["profiles"])
    )
