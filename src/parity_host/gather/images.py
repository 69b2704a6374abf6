"""What the images of a project's containers are: where from, how old, on which distribution; and what they lack.

Nothing is run. Files are looked up and read through the engine's archive, each distinct image once.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from ..engine.answers import IMAGE, MalformedError, shaped
from ..engine.client import Engine, EngineAbsentError, EngineUnavailableError, NotFoundError, find_endpoint
from ..engine.compose_labels import ONE_OFF
from ..engine.container_files import Stat, read, stat
from ..engine.container_layer import in_memory, within
from ..health.targets import OF_IMAGE
from .check_programs import needed
from .container_facts import part

# What looking may cost a host: the images and programs beyond are unknown, and said to be so.
MOST_IMAGES = 60
MOST_LOOKS = 600
SECONDS = 10.0
OS_RELEASE_BYTES = 16 * 1024
_WORKERS = 4
_MOST_LINKS = 4
# https://www.freedesktop.org/software/systemd/man/latest/os-release.html: the first that is there counts.
_OS_RELEASE = ("/etc/os-release", "/usr/lib/os-release")
_OS_LINE = re.compile(r"(ID|VERSION_ID|PRETTY_NAME)=(['\"]?)([A-Za-z0-9 ._/()+~-]{1,80})\2\s*\Z")
# https://github.com/opencontainers/image-spec/blob/main/annotations.md; what has another form is not shown.
_LABEL = "org.opencontainers.image."
_LABELS = {
    "revision": re.compile(r"[0-9a-fA-F]{7,64}\Z"),
    "version": re.compile(r"v?[0-9][A-Za-z0-9_.+-]{0,63}\Z"),
    "created": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[0-9T:.Z+ -]{0,30}\Z"),
}
_DIGEST = re.compile(r"[A-Za-z0-9._/:-]{0,255}@sha256:[0-9a-f]{64}\Z")
# What the engine sets where a container says nothing (moby, oci/defaults.go).
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MOST_FOLDERS = 16
_FOUND, _MISSING, _UNKNOWN = "found", "missing", "unknown"


def gather(docker_host: str, environ: Dict[str, str], seen: Sequence[Mapping[str, Any]]) -> Dict[str, Any]:
    """Return the images' part of a host's facts: `state` (seen, absent or unseen, with a `reason`).

    `seen` are the engine's own answers for the project's containers. `images` are by id, `containers` by short id:
    the other image that the container's tag names now, and the program of its health check that it lacks, empty where
    it has it.
    """
    started = time.monotonic()
    try:
        engine = Engine(find_endpoint(docker_host, environ), environ)
        engine.negotiate()
    except EngineAbsentError as error:
        return {"state": "absent", "reason": str(error)}
    except EngineUnavailableError as error:
        return {"state": "unseen", "reason": str(error)}
    ours = [one for one in seen if part(part(one, "Config"), "Labels").get(ONE_OFF) != "True"]
    look = _Look(engine, started + SECONDS)
    images = look.images(ours)
    containers = {str(one["Id"])[:12]: look.container(one) for one in ours}
    seconds = round(time.monotonic() - started, 3)
    return {"state": "seen", "images": images, "containers": containers, "unread": look.unread(), "seconds": seconds}


class _Look:
    """Looks at images and containers as long as there is time and room for it."""

    def __init__(self, engine: Engine, deadline: float) -> None:
        self._engine = engine
        self._deadline = deadline
        self._looks = 0
        self._cut_short = False
        self._releases: Dict[Tuple[Any, ...], Dict[str, str]] = {}
        self._tags: Dict[str, Optional[Dict[str, str]]] = {}
        self._there: Dict[Tuple[Any, ...], str] = {}

    def unread(self) -> List[str]:
        """Return a sentence about what was not looked at."""
        return ["images were not all looked at: too many of them, or too slow an engine"] if self._cut_short else []

    def images(self, containers: Sequence[Mapping[str, Any]]) -> Dict[str, Dict[str, Any]]:
        """Return every image that containers run, by its id; of its containers one that runs shows its files."""
        shown: Dict[str, Mapping[str, Any]] = {}
        for one in sorted(containers, key=lambda one: part(one, "State").get("Status") != "running"):
            if one.get("Image") and one[OF_IMAGE]:
                shown.setdefault(str(one["Image"]), one)
        chosen = sorted(shown.items())
        self._cut_short = len(chosen) > MOST_IMAGES
        with ThreadPoolExecutor(max_workers=_WORKERS) as pool:
            releases = pool.map(lambda one: self._release(one[1]), chosen[:MOST_IMAGES])
            known = dict(zip((image for image, _ in chosen), releases))  # noqa: B905 - Python 3.8
        return {image: {**describe(one[OF_IMAGE]), "os": known.get(image, {})} for image, one in chosen}

    def container(self, one: Mapping[str, Any]) -> Dict[str, Any]:
        """Return what is known of a container's tag and health check; nothing of what could not be looked up."""
        found: Dict[str, Any] = {}
        other = self._other_of_tag(one)
        if other is not None:
            found["tag_names"] = other
        missing = self._missing(one)
        if missing is not None:
            found["check_lacks"] = missing
        return found

    def _other_of_tag(self, one: Mapping[str, Any]) -> Optional[Dict[str, str]]:
        """Return the image that a container's tag names now; None where it is the container's, or is not known."""
        name = str(part(one, "Config").get("Image", ""))
        if not one[OF_IMAGE] or not name or "@" in name or name.startswith("sha256:"):
            return None
        if _with_tag(name) in one[OF_IMAGE].get("RepoTags", ()):
            return None
        if name not in self._tags:
            self._tags[name] = self._inspected(name)
        named = self._tags[name]
        return named if named and named["id"] != one["Image"] else None

    def _inspected(self, name: str) -> Optional[Dict[str, str]]:
        if not self._may_look():
            return None
        try:
            image = shaped(self._engine.get("/images/%s/json" % name), IMAGE)
        except (NotFoundError, EngineUnavailableError, MalformedError):
            return None  # no image has this tag any more
        return {"id": image["Id"], "created": image.get("Created", "")} if image.get("Id") else None

    def _release(self, one: Mapping[str, Any]) -> Dict[str, str]:
        for path in _OS_RELEASE:
            try:
                at, found = self._at_end(one, path)
                if found is not None:
                    return self._read_release(one, at, found) if found.regular else {}
            except (EngineUnavailableError, NotFoundError):
                return {}
        return {}

    def _read_release(self, one: Mapping[str, Any], path: str, found: Stat) -> Dict[str, str]:
        """Return a distribution; the file that a base brought unchanged into several images is read once."""
        if found.size > OS_RELEASE_BYTES:
            return {}
        layers = part(one[OF_IMAGE], "RootFS").get("Layers") or [one["Image"]]
        key = (layers[0], path, found.size, found.changed)
        if key not in self._releases:
            self._releases[key] = os_release(read(self._engine, str(one["Id"]), path).files.get(path, b""))
        return self._releases[key]

    def _at_end(self, one: Mapping[str, Any], path: str) -> Tuple[str, Optional[Stat]]:
        """Return the path that a path leads to, and what stands there: nothing, or no link."""
        for _ in range(_MOST_LINKS):
            found = stat(self._engine, str(one["Id"]), path) if self._may_look() else None
            if found is None or not found.link:
                return path, found
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), found.link))
        return path, None

    def _missing(self, one: Mapping[str, Any]) -> Optional[str]:
        """Return the program of a health check that a container does not have, empty if it has all that is needed."""
        config = part(one, "Config")
        programs = needed(part(config, "Healthcheck").get("Test") or [], config.get("Shell") or [])
        if not programs or one[OF_IMAGE].get("Os", "linux") != "linux":
            return None
        for program in programs:
            state = self._state(one, program)
            if state != _FOUND:
                return program if state == _MISSING else None
        return ""

    def _state(self, one: Mapping[str, Any], program: str) -> str:
        """Return whether a container has a program; replicas have what one of them has, and may have more than it."""
        config = part(one, "Config")
        places = tuple(_candidates(program, config))
        mounts = tuple(sorted(str(mount.get("Destination")) for mount in one.get("Mounts") or []))
        key = (one.get("Image"), mounts, places)
        if self._there.get(key) != _FOUND:
            self._there[key] = self._looked_up(one, places)
        return self._there[key]

    def _looked_up(self, one: Mapping[str, Any], places: Sequence[str]) -> str:
        memory = in_memory(one)
        try:
            for path in places:
                state = self._at(one, path, memory)
                if state != _MISSING:
                    return state
            # Of a container that was removed meanwhile the engine says the same as of a path.
            there = self._may_look() and stat(self._engine, str(one["Id"]), "/") is not None
        except EngineUnavailableError:
            return _UNKNOWN
        return _MISSING if there else _UNKNOWN

    def _at(self, one: Mapping[str, Any], path: str, memory: Sequence[str]) -> str:
        for _ in range(_MOST_LINKS):
            # What a container keeps in memory is not in the archive.
            if any(within(path, place) for place in memory) or not self._may_look():
                return _UNKNOWN
            found = stat(self._engine, str(one["Id"]), path)
            if found is None:
                return _MISSING
            if not found.link:
                return _FOUND if found.regular and found.executable else _UNKNOWN
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), found.link))
        return _UNKNOWN

    def _may_look(self) -> bool:
        self._looks += 1
        if self._looks <= MOST_LOOKS and time.monotonic() < self._deadline:
            return True
        self._cut_short = True
        return False


def describe(image: Mapping[str, Any]) -> Dict[str, Any]:
    """Return an image's facts from the engine's `inspect` answer for it, but for what its files tell."""
    labels = part(part(image, "Config"), "Labels")
    told = {name: str(labels.get(_LABEL + name, "")).strip() for name in _LABELS}
    layers = part(image, "RootFS").get("Layers") or []
    platform = [str(image.get(part, "")) for part in ("Os", "Architecture", "Variant")]
    return {
        "created": str(image.get("Created", "")),
        "platform": "/".join(part for part in platform if part),
        "digests": sorted(str(one) for one in image.get("RepoDigests") or [] if _DIGEST.match(str(one))),
        "layers": hashlib.sha256("\n".join(map(str, layers)).encode()).hexdigest() if layers else "",
        "labels": {name: value for name, value in told.items() if _LABELS[name].match(value)},
    }


def os_release(content: bytes) -> Dict[str, str]:
    """Return `id`, `version` and `name` of a distribution, as far as its os-release file has them in a plain form."""
    found: Dict[str, str] = {}
    names = {"ID": "id", "VERSION_ID": "version", "PRETTY_NAME": "name"}
    for line in content[:OS_RELEASE_BYTES].decode("utf-8", "replace").splitlines():
        matched = _OS_LINE.match(line)
        if matched:
            found[names[matched[1]]] = matched[3]
    return found if "id" in found else {}


def _candidates(program: str, config: Mapping[str, Any]) -> List[str]:
    """Return the paths at which a program may be, in the order in which it is looked for."""
    if "/" in program:
        return [posixpath.normpath(program)]
    variables = dict(str(pair).partition("=")[::2] for pair in config.get("Env") or [])
    folders = [folder for folder in variables.get("PATH", _PATH).split(":") if folder.startswith("/")]
    return [posixpath.join(folder, program) for folder in dict.fromkeys(folders)][:_MOST_FOLDERS]


def _with_tag(name: str) -> str:
    return name if ":" in name.rpartition("/")[2] else name + ":latest"
