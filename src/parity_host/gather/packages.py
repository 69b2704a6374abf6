"""Which packages a project's containers have, each distinct image looked at once.

Files are read through the engine's archive. What only the names of folders tell (Python, Ruby) is asked of a shell in
the container, which starts no program; where there is no shell, that stays unknown.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import (
    Any,
    Callable,
    Dict,
    FrozenSet,
    Hashable,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
)

from ..engine.client import Engine, EngineAbsentError, EngineUnavailableError, find_endpoint
from ..engine.commands import CannotRunError, run
from ..engine.compose_labels import ONE_OFF
from ..engine.container_files import Tree, read
from ..engine.container_layer import places as mounted
from ..health.targets import OF_IMAGE
from ..packages.direct import FILES, named
from ..packages.installed import Packages, Reader, apk, dpkg, gems, python
from ..packages.places import LISTS, Places, environment, places
from ..secrets.redact import Redactor
from .container_facts import part as mapped

# What looking may cost a host: what is beyond is unknown, and said to be so.
MOST_LOOKS = 80
SECONDS = 8.0
LIST_BYTES = 4 * 1024 * 1024
_WORKERS = 4
_SECONDS_IN_CONTAINER = 3.0
_SYSTEM = (("dpkg", "/var/lib/dpkg/status", dpkg), ("apk", "/lib/apk/db/installed", apk))
# Where images without a shell, as those called distroless, keep what dpkg keeps in one file.
_APART = "/var/lib/dpkg/status.d"
# Variables in which the official images of languages have their release.
_RUNTIMES = ("PYTHON", "NODE", "RUBY", "PHP", "GOLANG", "JAVA")
_RELEASE = re.compile(r"(?:jdk-?)?([0-9][0-9A-Za-z.+_-]{0,30})\Z")

# Packages by kind; None for a kind that is there and cannot be read.
Kinds = Dict[str, Optional[Packages]]
_Container = Mapping[str, Any]


class _Found(NamedTuple):
    """Packages by kind with those that an application names itself, or None and why they are not known."""

    packages: Optional[Kinds]
    direct: Dict[str, List[str]]
    reason: str = ""


def gather(docker_host: str, environ: Dict[str, str], redactor: Redactor, seen: Sequence[_Container]) -> Dict[str, Any]:
    """Return the packages' part of a host's facts: `state` (seen, absent or unseen, with a `reason`).

    `seen` are the engine's own answers for the project's containers. `lists` are by a digest of their content, and
    `containers` say by short id which lists a container has, and why one of them is not known.
    """
    started = time.monotonic()
    try:
        engine = Engine(find_endpoint(docker_host, environ), environ)
        engine.negotiate()
    except EngineAbsentError as error:
        return {"state": "absent", "reason": str(error)}
    except EngineUnavailableError as error:
        return {"state": "unseen", "reason": str(error)}
    ours = [one for one in seen if mapped(mapped(one, "Config"), "Labels").get(ONE_OFF) != "True" and one.get("Image")]
    look = _Look(engine, redactor, started + SECONDS)
    ours.sort(key=lambda one: (bool(mapped(one, OF_IMAGE).get("RepoDigests")), not _runs(one)))
    parts = {"system": (look.system, _of_image), "application": (look.application, _of_application)}
    lists: Dict[str, Any] = {}
    containers: Dict[str, Dict[str, str]] = {str(one["Id"])[:12]: {} for one in ours}
    with ThreadPoolExecutor(max_workers=_WORKERS) as pool:
        for part, (read_one, key) in parts.items():
            for group, found in _each(pool, read_one, ours, key):
                entry = {part: _kept(lists, found)} if found.packages is not None else {part + "_unread": found.reason}
                for one in group:
                    containers[str(one["Id"])[:12]].update(entry)
    seconds = round(time.monotonic() - started, 3)
    return {"state": "seen", "lists": lists, "containers": containers, "seconds": seconds}


def _each(
    pool: ThreadPoolExecutor,
    read_one: Callable[[_Container], _Found],
    containers: Sequence[_Container],
    key: Callable[[_Container], Hashable],
) -> Iterator[Tuple[List[_Container], _Found]]:
    """Yield containers that have one key with what is found in the first of them."""
    groups: Dict[Hashable, List[_Container]] = {}
    for one in containers:
        groups.setdefault(key(one), []).append(one)
    yield from zip(groups.values(), pool.map(read_one, [group[0] for group in groups.values()]))  # noqa: B905 - Python 3.8


def _of_image(one: _Container) -> Hashable:
    return str(one["Image"])


def _of_application(one: _Container) -> Hashable:
    """Return what containers that see the same packages have in common: image, places, what is mounted there."""
    where = places(mapped(one, "Config"))
    sources = {str(mount.get("Destination")): str(mount.get("Source")) for mount in one.get("Mounts") or []}
    return one["Image"], _runs(one), where, tuple((path, sources.get(path)) for path in where.within(mounted(one)))


class _Look:
    """Looks at containers as long as there is time and room for it."""

    def __init__(self, engine: Engine, redactor: Redactor, deadline: float) -> None:
        self._engine = engine
        self._redactor = redactor
        self._deadline = deadline
        self._looks = 0

    def system(self, one: _Container) -> _Found:
        """Return the packages of a container's distribution."""
        return self._guarded(one, self._system)

    def application(self, one: _Container) -> _Found:
        """Return the packages of a container's application, and the runtimes that its image names."""
        return self._guarded(one, self._application)

    def _guarded(self, one: _Container, look: Callable[[_Container], _Found]) -> _Found:
        self._looks += 1
        if self._looks > MOST_LOOKS or time.monotonic() > self._deadline:
            return _Found(None, {}, "there are too many images, or the engine is too slow")
        try:
            return look(one)
        except (EngineUnavailableError, CannotRunError) as error:
            return _Found(None, {}, self._redactor.said(str(error))[:200])

    def _system(self, one: _Container) -> _Found:
        found: Kinds = {}
        for kind, path, reader in _SYSTEM:
            known, packages = self._packages(one, path, reader)
            if known:
                return _Found({kind: packages}, {})
        apart = self._read(one, _APART)
        texts = [content for path, content in sorted(apart.files.items()) if not path.endswith(".md5sums")]
        if texts:
            found["dpkg"] = None if apart.left_out else dpkg(b"\n\n".join(texts))
        return _Found(found, {})

    def _packages(self, one: _Container, path: str, reader: Reader) -> Tuple[bool, Optional[Packages]]:
        """Return whether there is a list at a path, and its packages; one without any is none of a package manager."""
        tree = self._read(one, path)
        content = tree.files.get(tree.resolve(path))
        if tree.left_out:
            return True, None
        return (True, reader(content) or None) if content is not None else (False, None)

    def _application(self, one: _Container) -> _Found:
        if not _runs(one):
            return _Found(None, {}, "it is not running")
        where = places(mapped(one, "Config"))
        deadline = min(self._deadline, time.monotonic() + _SECONDS_IN_CONTAINER)
        printed = run(self._engine, str(one["Id"]), where.script(), {"LC_ALL": "C"}, deadline).output.splitlines()
        there = frozenset(printed)
        found: Kinds = {"runtime": _runtimes(one), "python": python(printed), "gem": gems(printed)}
        for kind, (name, reader) in LISTS.items():
            path = next((at for at in (posixpath.join(f, name) for f in where.folders) if at in there), "")
            found[kind] = self._packages(one, path, reader)[1] if path else {}
        found = {kind: packages for kind, packages in found.items() if packages != {}}
        direct = {kind: self._direct(one, kind, where, there) for kind in found if kind in FILES}
        return _Found(found, {kind: names for kind, names in direct.items() if names})

    def _direct(self, one: _Container, kind: str, where: Places, there: FrozenSet[str]) -> List[str]:
        """Return the packages that the files of the first of the folders that has some name."""
        for folder in where.folders:
            paths = {name: posixpath.join(folder, name) for name, _ in FILES[kind]}
            trees = {name: (path, self._read(one, path)) for name, path in paths.items() if path in there}
            if trees:
                return named(
                    kind, {name: tree.files.get(tree.resolve(path), b"") for name, (path, tree) in trees.items()}
                )
        return []

    def _read(self, one: _Container, path: str) -> Tree:
        return read(self._engine, str(one["Id"]), path, LIST_BYTES)


def _runtimes(one: _Container) -> Packages:
    variables = environment(mapped(mapped(one, OF_IMAGE), "Config"))
    told = {name: _RELEASE.match(variables.get(name + "_VERSION", "").lstrip("v")) for name in _RUNTIMES}
    return {name.lower(): found[1] for name, found in told.items() if found}


def _kept(lists: Dict[str, Any], found: _Found) -> str:
    """Return the name under which packages are in `lists`, where each content is once."""
    content = {"packages": found.packages, "direct": found.direct}
    name = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
    lists[name] = content
    return name


def _runs(one: _Container) -> bool:
    return mapped(one, "State").get("Status") == "running"
