"""What a Compose project's files on a host say, as redacted text: compose files, env files, the env template."""

from __future__ import annotations

import os
import stat
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from ..compose.dollars import cut
from ..compose.includes import Include, includes
from ..compose.redaction import redact_compose
from ..compose.references import PathReference, references
from ..compose.services import ComposeServices, Service
from ..compose.text import decoded
from ..envfile.interpolate import PATH_LIMIT, interpolate
from ..envfile.raw import read_raw_env_file, redact_raw_env_file
from ..envfile.reader import effective, read_env_file
from ..envfile.redaction import redact_env_file
from ..secrets.redact import Redactor
from .env_template import ENDINGS, Templates, choose

FILE_LIMIT_BYTES = 1024 * 1024
FILES_LIMIT = 500
# What reading may cost a host is bounded in all, also where one file is read again and again: some 20 seconds.
ALL_FILES_LIMIT_BYTES = 16 * 1024 * 1024
# Source: https://docs.docker.com/compose/intro/compose-application-model/ ("The Compose file").
DEFAULT_COMPOSE_FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
DEFAULT_OVERRIDES = tuple(name.replace("compose.", "compose.override.") for name in DEFAULT_COMPOSE_FILES)


class Wanted(NamedTuple):
    """What to read: as configured, or as the labels of the running containers say; empty means find it."""

    directory: str
    compose_files: Sequence[str]
    env_files: Sequence[str]
    template: str
    environment: str = ""


class Reading(NamedTuple):
    """How a compose file is read: the folder at which its paths begin, and the variables put into it."""

    base: str
    variables: Mapping[str, str]


class UnreadableError(Exception):
    """A file cannot be read. The message is a sentence; `missing` says whether it is simply not there."""

    def __init__(self, sentence: str, missing: bool = False) -> None:
        """Take the sentence for the report."""
        super().__init__(sentence)
        self.missing = missing


def read_limited(path: str) -> bytes:
    """Return a regular file's bytes; raises UnreadableError for anything else, or over FILE_LIMIT_BYTES."""
    try:
        # O_NONBLOCK: opening a FIFO that somebody put here must not hang the audit.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        raise UnreadableError("%s does not exist" % path, missing=True) from None
    except (OSError, ValueError) as error:
        raise UnreadableError("%s cannot be read: %s" % (path, getattr(error, "strerror", None) or error)) from None
    try:
        return _read(descriptor, path)
    except OSError as error:  # a disk or a share that fails under it
        raise UnreadableError("%s cannot be read: %s" % (path, error.strerror)) from None
    finally:
        os.close(descriptor)


def _read(descriptor: int, path: str) -> bytes:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        # Docker makes a folder where a compose file mounts a file that is not there.
        what = "a directory" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        raise UnreadableError("%s is %s" % (path, what))
    with os.fdopen(descriptor, "rb", closefd=False) as stream:
        # What the kernel makes up as it is read has no size before.
        content = stream.read(FILE_LIMIT_BYTES + 1) if status.st_size <= FILE_LIMIT_BYTES else b""
    if content is None:  # a file of the kernel's that would have to be waited for
        raise UnreadableError("%s cannot be read: it has no content yet" % path)
    size = max(status.st_size, len(content))
    if size > FILE_LIMIT_BYTES:
        raise UnreadableError(
            "%s has %.1f MB; files over %d MB are not read" % (path, size / 1e6, FILE_LIMIT_BYTES // 1024 // 1024)
        )
    return content


class ProjectReader:
    """Reads one project's files; each path once, every reason for not reading one kept."""

    def __init__(self, wanted: Wanted, redactor: Redactor) -> None:
        """Take what to read and the redactor that every text passes on its way out."""
        self._wanted = wanted
        self._redactor = redactor
        self._files: Dict[str, Dict[str, Any]] = {}
        self._paths: Dict[str, str] = {}
        self._digests: Dict[str, str] = {}
        self._lookup: Dict[str, str] = {}
        self._unread: Dict[str, None] = {}
        self._needed: Dict[str, bool] = {}
        self._bytes = 0
        self._services = ComposeServices()
        # Of compose files, by path.
        self._texts: Dict[str, str] = {}
        self._followed: Set[Tuple[str, str, Tuple[Tuple[str, str], ...]]] = set()

    @property
    def services(self) -> List[Service]:
        """What the services run and mount, as far as it can be told without Compose, once all was gathered."""
        return self._services.services()

    def gather(self) -> Dict[str, Any]:
        """Return the project's part of a host's facts; `state` is `seen` or `unseen` with a `reason`."""
        directory = self._wanted.directory
        if not directory:
            return {"state": "absent", "reason": "the project directory is unknown; set parity_project_dir"}
        if not os.path.isdir(directory):
            return {
                "state": "unseen",
                "reason": "the project directory %s %s" % (directory, _why_no_directory(directory)),
            }
        env_files = self._env_files()
        for path in env_files:
            self._read_env(path, "project", self._lookup)
            self._lookup.update(self._values(path, self._lookup))
        compose_files = self._compose_files()
        if not compose_files:
            return {"state": "unseen", "reason": "no Compose file in %s; set parity_compose_files" % directory}
        for path in compose_files:
            self._read_compose(path, "compose", Reading(directory, self._lookup))
        templates = self._templates(env_files)
        for template in filter(None, (*templates, *self._templates_of_services(env_files))):
            self._read_env(template, "template", self._lookup)
        for path, needed in self._needed.items():
            record = self._files.get(path)
            if record is not None and not needed and record["roles"] in (["env_file"], ["label_file"]):
                record["optional"] = True
        return {
            "state": "seen",
            "directory": directory,
            "compose_files": compose_files,
            "env_files": env_files,
            "template": templates.own,
            "general_template": templates.general,
            "files": self._files,
            "paths": self._paths,
            "digests": self._digests,
            "unread": list(self._unread),
        }

    def _absolute(self, path: str, base: str) -> str:
        return os.path.normpath(os.path.join(base, os.path.expanduser(path)))

    def _env_files(self) -> List[str]:
        if self._wanted.env_files:
            return [self._absolute(path, self._wanted.directory) for path in self._wanted.env_files]
        default = os.path.join(self._wanted.directory, ".env")
        return [default] if os.path.exists(default) else []

    def _compose_files(self) -> List[str]:
        directory = self._wanted.directory
        named = list(self._wanted.compose_files)
        if not named and self._lookup.get("COMPOSE_FILE"):
            separator = self._lookup.get("COMPOSE_PATH_SEPARATOR") or os.pathsep
            named = [part for part in self._lookup["COMPOSE_FILE"].split(separator) if part]
        if named:
            return [self._absolute(path, directory) for path in named]
        found = [
            os.path.join(directory, name)
            for name in DEFAULT_COMPOSE_FILES
            if os.path.exists(os.path.join(directory, name))
        ][:1]
        overrides = [
            os.path.join(directory, name) for name in DEFAULT_OVERRIDES if os.path.exists(os.path.join(directory, name))
        ][:1]
        return found + (overrides if found else [])

    def _templates(self, env_files: Sequence[str]) -> Templates:
        directory = self._wanted.directory
        if self._wanted.template:
            return Templates(self._absolute(self._wanted.template, directory), "")
        folders = list(dict.fromkeys([directory] + [os.path.dirname(path) for path in env_files]))
        return choose(folders, env_files, self._wanted.environment, self._keys)

    def _templates_of_services(self, env_files: Sequence[str]) -> List[str]:
        """Return the templates beside env files that only services have, and called after them: `app.env.example`."""
        read = {path: record for path, record in self._files.items() if path not in env_files}
        own = [path for path, record in read.items() if "env_file" in record["roles"] and not record["missing"]]
        return [path + ending for path in own for ending in ENDINGS if os.path.isfile(path + ending)]

    def _keys(self, path: str) -> Set[str]:
        try:
            return set(effective(read_env_file(read_limited(path), {})))
        except UnreadableError:
            return set()

    def _note(self, path: str, role: str) -> bool:
        """Record that `path` plays `role`; return whether it still has to be read."""
        known = self._files.get(path)
        if known is not None:
            if role not in known["roles"]:
                known["roles"].append(role)
            return False
        if len(self._files) >= FILES_LIMIT:
            self._say_too_many()
            return False
        self._files[path] = {"roles": [role], "text": None, "problem": None, "missing": False}
        return True

    def _bounded(self, path: str) -> bytes:
        """Return a file's bytes; raises UnreadableError for it, and for each file once there are too many bytes."""
        data = read_limited(path) if self._bytes < ALL_FILES_LIMIT_BYTES else b""
        if not self._spend(max(len(data), 1)):
            raise UnreadableError("%s was not read: %s" % (path, _too_much()))
        return data

    def _spend(self, count: int) -> bool:
        """Return whether `count` more bytes may be read; where not, that is said."""
        if self._bytes + count > ALL_FILES_LIMIT_BYTES:
            self._bytes = ALL_FILES_LIMIT_BYTES
            self._unread["%s; the rest was not read" % _too_much()] = None
            return False
        self._bytes += count
        return True

    def _say_too_many(self) -> None:
        self._unread["the project references more than %d files; the rest were not read" % FILES_LIMIT] = None

    def _read_env(self, path: str, role: str, variables: Mapping[str, str], is_raw: bool = False) -> None:
        if not self._note(path, role):
            return
        record = self._files[path]
        try:
            data = self._bounded(path)
            parsed = read_raw_env_file(data, variables) if is_raw else read_env_file(data, variables)
        except UnreadableError as error:
            record.update(problem=str(error), missing=error.missing)
            return
        unfit = [problem.message for problem in parsed.problems if problem.kind in ("not-text", "too-large")]
        if unfit:
            record["problem"] = "%s cannot be read: %s" % (path, unfit[0])
            return
        if is_raw:
            record["format"] = "raw"
            record["text"] = redact_raw_env_file(data, self._redactor)
        else:
            record["text"] = redact_env_file(data, self._redactor, variables)
        record["digest"] = self._redactor.fingerprint(data)
        record["notes"] = [
            {"line": entry.line, "key": entry.key, "note": note} for entry in parsed.entries for note in entry.notes
        ]

    def _values(self, path: str, variables: Mapping[str, str]) -> Dict[str, str]:
        """Return what an env file sets where `variables` are known already."""
        try:
            parsed = read_env_file(self._bounded(path), variables)
        except UnreadableError:
            return {}
        return {key: entry.value for key, entry in effective(parsed).items() if entry.value is not None}

    def _read_compose(self, path: str, role: str, reading: Reading) -> None:
        if self._note(path, role):
            self._read_text(path)
        text = self._texts.get(path)
        way = (path, reading.base, tuple(sorted(reading.variables.items())))
        if text is None or way in self._followed:
            return
        if len(self._followed) >= FILES_LIMIT:
            self._say_too_many()
            return
        again = any(path == followed[0] for followed in self._followed)
        if again and not self._spend(len(text)):
            return
        self._followed.add(way)
        record = self._files[path]
        record.setdefault("base", reading.base)
        if "notes" not in record:
            lost = cut(text, record["text"], reading.variables)
            record["notes"] = [{"line": line, "key": name, "note": "dollar-cut"} for line, name in lost]
        self._services.add(path, text, reading.base, reading.variables)
        for reference in references(text):
            self._follow(reference, reading)
        for entry in includes(text):
            self._include(entry, reading)

    def _read_text(self, path: str) -> None:
        record = self._files[path]
        try:
            text = decoded(self._bounded(path))
        except UnreadableError as error:
            record.update(problem=str(error), missing=error.missing)
            return
        except UnicodeDecodeError as error:
            record["problem"] = "%s is not %s text (byte %d)" % (path, error.encoding.upper(), error.start)
            return
        self._texts[path] = text
        record["text"] = redact_compose(text, self._redactor)

    def _follow(self, reference: PathReference, reading: Reading) -> None:
        path = self._named(reference.path, reading)
        if path is None or reference.kind == "include" or (reference.kind == "env_file" and not reference.service):
            return
        if reference.kind in ("env_file", "label_file"):
            # Compose reads these for the whole project, not for the file that names them.
            self._read_env(path, reference.kind, self._lookup, reference.format == "raw")
            # `required: false`: Compose goes on without a file that is not there.
            self._needed[path] = self._needed.get(path, False) or reference.required
        elif reference.kind == "extends":
            # Paths in these are relative to the file itself, in the main files to the project directory.
            self._read_compose(path, "extends", Reading(os.path.dirname(path), reading.variables))
        else:
            self._paths[path] = _kind(path)
            if reference.kind == "secret" and self._paths[path] == "file":
                self._note_secret(path)

    def _note_secret(self, path: str) -> None:
        """Keep the keyed digest of a secret's file, by which environments that have the same one are seen."""
        try:
            content = b"" if path in self._digests else self._bounded(path).strip()
        except UnreadableError:
            return
        if content:
            self._digests[path] = self._redactor.fingerprint(content)

    def _include(self, entry: Include, reading: Reading) -> None:
        """Read what is included: with the variables of its own env files, behind those of what includes it."""
        paths = [path for path in (self._named(named, reading) for named in entry.paths) if path is not None]
        if not paths:
            return
        base = (self._named(entry.directory, reading) if entry.directory else None) or os.path.dirname(paths[0])
        own = os.path.join(base, ".env")
        env_files = [path for path in (self._named(named, reading) for named in entry.env_files) if path is not None]
        if not entry.env_files and os.path.isfile(own):
            env_files = [own]
        variables = dict(reading.variables)
        for path in env_files:
            if path != os.devnull:
                self._read_env(path, "include_env_file", variables)
                variables = {**self._values(path, variables), **variables}
        for path in paths:
            self._read_compose(path, "include", Reading(base, variables))

    def _named(self, template: str, reading: Reading) -> Optional[str]:
        """Return the path on this host that a compose file names; None where that cannot be told, or is elsewhere."""
        # Compose is run in the project's folder; its shell says so in PWD, which counts before any env file.
        named, unset = _expand(template, {**reading.variables, "PWD": self._wanted.directory})
        if unset or not named or "://" in named or named.startswith("git@"):
            return None
        return self._absolute(named, reading.base)


def _too_much() -> str:
    return "the project's files together have more than %d MB to read" % (ALL_FILES_LIMIT_BYTES // 1024 // 1024)


def _expand(template: str, lookup: Mapping[str, str]) -> Any:
    try:
        return interpolate(template, lookup, PATH_LIMIT)
    except ValueError:
        return "", [template]


def _kind(path: str) -> str:
    """Return what stands at a path; `empty-directory` is one of root's, as Docker makes it for what is not there."""
    try:
        status = os.stat(path)
        if not stat.S_ISDIR(status.st_mode):
            return "file"
        return "directory" if status.st_uid or any(os.scandir(path)) else "empty-directory"
    except FileNotFoundError:
        return "missing"
    except (OSError, ValueError):
        return "unknown"


def _why_no_directory(path: str) -> str:
    if not os.path.lexists(path):
        return "does not exist or cannot be read by this user; set parity_project_dir"
    return "is not a directory that this user can read"
