"""What the real Compose makes of the files that a host sent.

The files are untrusted: `compose_files.py` writes those that Compose reads, `run_compose.py` asks it, confined.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from parity.domain.untrusted import readable
from parity.record.compose_files import MARKER, ProjectFiles
from parity.record.run_compose import Answer, Compose
from parity_host.secrets.token import find

_ATTEMPTS: Final = 20
_PROJECT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_REQUIRED_VARIABLE = re.compile(r'required variable "?([A-Za-z_][A-Za-z0-9_]*)"? is missing a value:? ?(.*)')
_UNSET_VARIABLE = re.compile(r'msg="The \\"([^"\\]+)\\" variable is not set')
_LOG_MESSAGE = re.compile(r'msg="((?:[^"\\]|\\.)*)"')
# Lines of what was written for Compose, which are not those of the host's file.
_LINE = re.compile(r"\b(?:yaml: )?line \d+: | at L\d+\.C\d+\b")
# What compose files declare beside services.
_RESOURCES: Final = ("networks", "volumes", "secrets", "configs")
_FAILED: Final[Mapping[str, Any]] = {"state": "failed", "services": {}, "inactive": []}


def render(project: Mapping[str, Any], name: str, profiles: Sequence[str], compose: str) -> dict[str, Any]:
    """Return what Compose makes of a project's files.

    `project` is the project part of a host's facts, `name` the Compose project's name (without a valid one it is
    by Compose's own rule), `profiles` the profiles in use, `compose` the path of the docker-compose program. The result
    has `state` (`rendered`, `partly`, `failed`),
    `services` (as `docker-compose config` prints them, `$$` undone, paths as on the host), `networks`
    (their names on the engine), `external` (those that Compose does not make), `resources` (networks, volumes,
    secrets and configs by key, as they are declared), `inactive`
    (services whose profile is not in use) and `problems`, each with `kind`, `message` and what else is known (`name`,
    `path`, `line`).
    """
    with tempfile.TemporaryDirectory(prefix="parity-render-") as created:
        folder = Path(created).resolve()
        for below in ("host", "home"):
            (folder / below).mkdir()
        files = ProjectFiles(folder / "host", project)
        if files.broken:
            result = {**_FAILED, "problems": files.problems}
        else:
            result = _Rendering(folder, files, name, Compose(compose, folder, folder / "home")).result(profiles)
        rendered: dict[str, Any] = readable(result)
        return rendered


class _Rendering:
    def __init__(self, folder: Path, files: ProjectFiles, name: str, compose: Compose) -> None:
        self._home = str(folder / "home")
        self._files = files
        self._compose = compose
        self._problems = list(files.problems)
        # Variables that are required and set nowhere, in an env file of ours behind the host's.
        self._required: dict[str, str] = {}
        self._required_file = folder / "required.env"
        self._options = ["--project-name", name] if _PROJECT_NAME.fullmatch(name) else []
        for path in [*files.env_files, str(self._required_file)]:
            self._options += ["--env-file", path]
        for path in files.compose_files:
            self._options += ["--file", path]

    def result(self, profiles: Sequence[str]) -> dict[str, Any]:
        flags: list[str] = []
        for _ in range(_ATTEMPTS):
            answer = self._asked(profiles, flags)
            if answer.code == 0:
                break
            required = _REQUIRED_VARIABLE.search(answer.errors)
            if required and required.group(1) not in self._required:
                self._required[required.group(1)] = MARKER
                message = f"{required.group(1)} must be set: {required.group(2)}".rstrip(": ")
                self._problems.append({"kind": "required-variable", "name": required.group(1), "message": message})
                continue
            self._problems.append(_refusal(_last_sentence(answer.errors)))
            if flags:
                return {**_FAILED, "problems": self._problems}
            flags = ["--no-consistency"]
        else:
            return {**_FAILED, "problems": self._problems}
        active = self._document(answer)
        state = "partly" if self._required or flags else "rendered"
        return self._rendered(active, self._every(active), _UNSET_VARIABLE.findall(answer.errors), state)

    def _every(self, active: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what Compose makes of the files with every profile; it does not say then what is in use."""
        if not self._files.has_profiles:
            return active
        # What only an inactive service lacks is no fault.
        answer = self._asked(["*"], ["--no-consistency"])
        return self._document(answer) if answer.code == 0 else active

    def _asked(self, profiles: Sequence[str], flags: Sequence[str]) -> Answer:
        self._required_file.write_text("".join(f"{name}={value}\n" for name, value in self._required.items()))
        options = [*(f"--profile={profile}" for profile in profiles), *self._options]
        answer = self._compose.config(self._files.directory, options, flags)
        return answer._replace(errors=self._to_host(answer.errors))

    def _to_host(self, said: str) -> str:
        return self._files.to_host(said).replace(self._home, "~")

    def _document(self, answer: Answer) -> dict[str, Any]:
        document: dict[str, Any] = _mapped(
            json.loads(answer.output), lambda text: self._to_host(text.replace("$$", "$"))
        )
        return document

    def _rendered(
        self, active: Mapping[str, Any], every: Mapping[str, Any], unset: Sequence[str], state: str
    ) -> dict[str, Any]:
        empty = "is not set; Compose uses an empty string"
        problems = [
            {"kind": "unset-variable", "name": name, "message": f"{name} {empty}"} for name in dict.fromkeys(unset)
        ]
        declared = {
            section: {**(every.get(section) or {}), **(active.get(section) or {})}
            for section in ("services", *_RESOURCES)
        }
        networks, external = _networks(declared["networks"])
        return {
            "state": state,
            "services": declared["services"],
            "networks": networks,
            "external": external,
            "resources": {section: declared[section] for section in _RESOURCES},
            "inactive": sorted(set(declared["services"]) - set(active.get("services") or {})),
            "problems": [*self._problems, *problems],
        }


def _refusal(message: str) -> dict[str, str]:
    """Return the problem that Compose refuses the files; that it refuses a fingerprint says nothing of the host's."""
    if not find(message):
        return {"kind": "refused", "message": message}
    return {"kind": "unknown", "message": f"Compose cannot read a value that is hidden, see parity_show: {message}"}


def _last_sentence(errors: str) -> str:
    lines = [line.strip() for line in errors.splitlines() if line.strip() and "level=warning" not in line]
    message = lines[-1] if lines else "Compose gave no reason"
    logged = _LOG_MESSAGE.search(message)
    return _LINE.sub("", logged.group(1) if logged else message)


def _networks(declared: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """Return the networks' names on the engine by their key, and the external ones.

    A network of another driver than Docker's own counts as external: it may span engines.
    """
    names = {key: str((options or {}).get("name") or key) for key, options in declared.items()}
    external = [
        names[key]
        for key, options in declared.items()
        if (options or {}).get("external") or (options or {}).get("driver", "bridge") != "bridge"
    ]
    return names, sorted(external)


def _mapped(data: Any, change: Callable[[str], str]) -> Any:
    if isinstance(data, str):
        return change(data)
    if isinstance(data, list):
        return [_mapped(item, change) for item in data]
    if isinstance(data, dict):
        return {change(key): _mapped(value, change) for key, value in data.items()}
    return data
