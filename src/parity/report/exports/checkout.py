"""Where in a Git checkout the lines are that evidence names: code scanning shows a problem at its line."""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from parity.domain.untrusted import mapping, mappings, text, texts
from parity.domain.yaml_loader import SafeLoader

_TIMEOUT: Final = 10
_PATH: Final = re.compile(r"(?:^|, | in )(?P<path>/?[\w.@+-][\w.@+/-]*\.[\w.-]+)(?::(?P<line>\d{1,7}))?(?=$|, )")
_LINE: Final = re.compile(r"^line (?P<line>\d{1,7}): ")
# `git@example.org:group/project.git`, which is no address for anything but git.
_SCP: Final = re.compile(r"(?:[\w.-]+@)?(?P<host>[\w.-]+):(?P<path>(?!/)[^:]+)")


@dataclass(frozen=True)
class Line:
    """A line of a file, by its path below the root of the checkout."""

    path: str
    line: int


@dataclass(frozen=True)
class Repository:
    """A working tree of Git. What git does not know of it is empty; `remote` has neither user nor password."""

    root: str
    remote: str = ""
    revision: str = ""
    branch: str = ""


@dataclass(frozen=True)
class Checkout:
    """A working tree, and the projects by environment whose files are in it."""

    repository: Repository
    projects: Mapping[str, Sequence[_Project]]

    def line_of(self, piece: Mapping[str, Any]) -> Line | None:
        """Return the line that a piece of evidence is about; None where the checkout has no such file."""
        for project in self.projects.get(piece["environment"], ()):
            for path, line in project.named(piece):
                if found := self._inside(path):
                    return Line(found, line)
        return None

    def declared(self, environments: Sequence[str], service: str) -> list[Line]:
        """Return the lines where compose files declare a service, or begin."""
        found: dict[Line, None] = {}
        for environment in environments:
            for project in self.projects.get(environment, ()):
                path, line = project.declared(service)
                if inside := self._inside(path):
                    found[Line(inside, line)] = None
        return list(found)

    def _inside(self, path: str) -> str:
        """Return the path below the root; empty where it is not, or no file: it is then a path of another host."""
        relative = posixpath.relpath(posixpath.normpath(path), self.repository.root) if path.startswith("/") else ".."
        return (
            ""
            if relative.startswith("..") or not os.path.isfile(posixpath.join(self.repository.root, relative))
            else relative
        )


@dataclass(frozen=True)
class _Project:
    """The files of a Compose project on a host: where it is, what its services mount, and what declares them."""

    directory: str
    mounts: Mapping[str, Sequence[tuple[str, str]]]
    compose: Sequence[str]
    services: Mapping[str, tuple[str, int]]

    def named(self, piece: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
        """Yield paths on the host, with their lines, that a piece of evidence may name."""
        shown = _LINE.match(piece["shown"])
        for said in (piece["place"].partition(", as ")[0], piece["shown"]):
            for found in _PATH.finditer(said):
                line = int(found["line"] or (shown["line"] if shown else 1))
                for path in self._on_host(found["path"], piece["service"]):
                    yield path, max(line, 1)
        if piece["service"] in self.services:
            yield self.services[piece["service"]]

    def declared(self, service: str) -> tuple[str, int]:
        return self.services.get(service) or (self.compose[0] if self.compose else "", 1)

    def _on_host(self, path: str, service: str) -> Iterator[str]:
        if not path.startswith("/"):
            # Evidence shows paths below the folder above the project's (`Stack.shorten`).
            yield posixpath.join(posixpath.dirname(self.directory), path)
            return
        for target, source in self.mounts.get(service, ()):
            if path == target or path.startswith(f"{target}/"):
                yield source + path[len(target) :]
        yield path


def repository(folder: Path) -> Repository | None:
    """Return the working tree that a folder is in; None where it is in none."""
    root, revision, branch, *_ = [
        *_git(folder, "rev-parse", "--show-toplevel", "HEAD", "--abbrev-ref", "HEAD"),
        *[""] * 3,
    ]
    if not root:
        return None
    if revision == "HEAD":  # nothing is committed yet
        return Repository(root, remote(folder))
    return Repository(root, remote(folder), revision, "" if branch == "HEAD" else branch)


def remote(folder: Path) -> str:
    """Return the address that the working tree of a folder was cloned from; empty where it is not known."""
    return _address("".join(_git(folder, "config", "--get", "remote.origin.url")))


def checkout(folder: Path, snapshots: Sequence[Mapping[str, Any]]) -> Checkout | None:
    """Return the checkout that a folder is in; None where no project of the snapshots is in it."""
    here = any(os.path.isfile(path) for one in snapshots for facts in _seen(one) for path in _compose(facts))
    # Git is not started for what was recorded, or is on other hosts.
    found = repository(folder) if here else None
    if found is None:
        return None
    projects = {one["environment"]: list(_projects(one, f"{found.root}/")) for one in snapshots}
    return Checkout(found, projects) if any(projects.values()) else None


def _git(folder: Path, *arguments: str) -> list[str]:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the user's own git
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT,
            # A hook of Git says which repository it is run for.
            env={name: value for name, value in os.environ.items() if name not in ("GIT_DIR", "GIT_WORK_TREE")},
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.splitlines()


def _address(remote: str) -> str:
    """Return a remote as an address without user and password; empty where it is a folder."""
    if scp := _SCP.fullmatch(remote):
        return f"https://{scp['host']}/{scp['path']}"
    try:
        parts = urlsplit(remote)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.scheme}://{host}{port}{parts.path}" if parts.scheme in ("https", "http", "ssh") and host else ""


def _seen(snapshot: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield what is known of each host."""
    yield from (facts for facts in mapping(snapshot, "hosts").values() if isinstance(facts, dict))


def _compose(facts: Mapping[str, Any]) -> tuple[str, ...]:
    return texts(mapping(facts, "project"), "compose_files")


def _projects(snapshot: Mapping[str, Any], root: str) -> Iterator[_Project]:
    """Yield the projects whose compose files are below `root`."""
    for facts in _seen(snapshot):
        project = mapping(facts, "project")
        compose = [path for path in _compose(facts) if path.startswith(root)]
        if not compose:
            continue
        services = mapping(mapping(facts, "rendered"), "services")
        files = mapping(project, "files")
        yield _Project(
            text(project, "directory"),
            {str(name): _mounts(one) for name, one in services.items() if isinstance(one, dict)},
            compose,
            {
                name: (path, line)
                for path in reversed(compose)
                for name, line in _services(text(mapping(files, path), "text"))
            },
        )


def _mounts(service: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a service mounts, as (target, source), the most particular first."""
    binds = [one for one in mappings(service, "volumes") if one.get("type") == "bind"]
    return sorted(((text(one, "target"), text(one, "source")) for one in binds), key=lambda one: -len(one[0]))


def _services(compose: str) -> Iterator[tuple[str, int]]:
    """Yield the services that a compose file declares, with their lines."""
    try:
        node = yaml.compose(compose, SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if key.value == "services" and isinstance(value, yaml.MappingNode):
            yield from ((str(name.value), name.start_mark.line + 1) for name, _ in value.value)
