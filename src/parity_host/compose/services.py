"""What each service of a project runs and mounts, read from its compose files on the host, where no Compose is.

It answers one question: which files does the program of a service see, and where do they lie here. What these files
mean together is for Compose to say, on the controller; what is not understood here is left out.
"""

from __future__ import annotations

import os
from typing import Dict, List, Mapping, NamedTuple, Optional, Tuple

from ..envfile.interpolate import interpolate
from ..secrets import shell_words
from ..yaml.reader import Path
from ..yaml.scan import scan
from .references import Uses, volume_source

_TOPS = ("services", "configs", "secrets")
_SERVICE_KEYS = ("image", "command", "entrypoint", "volumes", "configs", "secrets", "extends", "build", "environment")
_DEPTH = 5
_ENVSUBST = "NGINX_ENVSUBST_"
# Of all texts with their variables put in, together.
_EXPANDED_LIMIT = 4 * 1024 * 1024

# Values of one setting by their path below it.
Values = Dict[Path, str]


class Mount(NamedTuple):
    """A file or folder of the host, and the path at which a container has it."""

    source: str
    target: str


class Service(NamedTuple):
    """A service as far as its files go: `words` are its command line, `built` says that its image is made here.

    `envsubst` are the variables of `environment` that say which files nginx's image renders from templates.
    """

    name: str
    image: str
    words: Tuple[str, ...]
    built: bool
    mounts: Tuple[Mount, ...]
    envsubst: Mapping[str, str]
    volumes: Tuple[str, ...] = ()


class _File(NamedTuple):
    base: str
    variables: Mapping[str, str]
    settings: Dict[Tuple[str, str, str], Values]


class _Fill:
    """Puts variables into texts; a text that lacks one is empty, and so is one Compose would refuse."""

    def __init__(self) -> None:
        self._left = _EXPANDED_LIMIT

    def __call__(self, text: str, one: _File) -> str:
        try:
            filled, unset = interpolate(text, one.variables, self._left)
        except ValueError:
            return ""
        self._left -= len(filled)
        return "" if unset else filled


class ComposeServices:
    """Collects compose files in Compose's order; a later one counts for more."""

    def __init__(self) -> None:
        """Begin with none."""
        self._files: Dict[str, _File] = {}

    def add(self, path: str, text: str, base: str, variables: Mapping[str, str]) -> None:
        """Take a compose file, whose paths begin at `base`, with what to put in. Of two readings the first counts."""
        if path in self._files:
            return
        found = scan(text)
        uses = Uses(found)
        own: Dict[Tuple[str, str, str], Values] = {}
        merged: Dict[Tuple[str, str, str], Values] = {}
        for scalar in found.scalars:
            if scalar.is_key:
                continue
            for at, place in enumerate(uses.places(scalar.path)):
                if len(place) < 3 or place[0] not in _TOPS:
                    continue
                if place[0] == "services" and place[2] not in _SERVICE_KEYS:
                    continue
                into = merged if at else own
                into.setdefault((str(place[0]), str(place[1]), str(place[2])), {})[place[3:]] = scalar.value
        # A key of the service's own replaces the one that an alias brings.
        self._files[path] = _File(base, variables, {**merged, **own})

    def services(self) -> List[Service]:
        """Return the services, with the variables put in."""
        fill = _Fill()
        names = {name for one in self._files.values() for top, name, _ in one.settings if top == "services"}
        return [self._service(name, fill) for name in sorted(names)]

    def _service(self, name: str, fill: _Fill) -> Service:
        image, built = "", False
        command: Tuple[str, ...] = ()
        entrypoint: Tuple[str, ...] = ()
        mounts: Dict[str, Mount] = {}
        envsubst: Dict[str, str] = {}
        volumes: List[str] = []
        for one, called in self._layers(name, fill):
            settings = one.settings
            image = fill(_only(settings.get(("services", called, "image"))), one) or image
            built = built or ("services", called, "build") in settings
            command = _words(settings.get(("services", called, "command")), one, fill) or command
            entrypoint = _words(settings.get(("services", called, "entrypoint")), one, fill) or entrypoint
            envsubst.update(_envsubst(settings.get(("services", called, "environment"), {}), one, fill))
            for mount in self._mounts(one, called, fill):
                mounts[mount.target] = mount
            volumes += self._volumes(one, called, fill)
        return Service(name, image, (*entrypoint, *command), built, tuple(mounts.values()), envsubst, tuple(volumes))

    def _layers(self, name: str, fill: _Fill) -> List[Tuple[_File, str]]:
        """Return the definitions of a service, what it extends first."""
        layers: List[Tuple[_File, str]] = []
        for path, one in self._files.items():
            layers += self._extended(path, one, name, fill, _DEPTH)
        return layers

    def _extended(self, path: str, one: _File, name: str, fill: _Fill, left: int) -> List[Tuple[_File, str]]:
        extends = one.settings.get(("services", name, "extends"), {})
        base = fill(extends.get((), "") or extends.get(("service",), ""), one)
        below: List[Tuple[_File, str]] = []
        if base and left:
            named = fill(extends.get(("file",), ""), one)
            other = _absolute(named, one.base) if named else path
            if other in self._files:
                below = self._extended(other, self._files[other], base, fill, left - 1)
        return [*below, (one, name)]

    def _volumes(self, one: _File, service: str, fill: _Fill) -> List[str]:
        """Return where volumes that have a name are mounted: what they hold is on no path of the project."""
        found: List[str] = []
        for values in _entries(one.settings.get(("services", service, "volumes"), {})):
            short = values.get((), "")
            source = volume_source(short) if short else values.get(("source",), "")
            target = short[len(source or "") + 1 :] if short else values.get(("target",), "")
            named = values.get(("type",), "volume") == "volume" and source and source[0] not in "/.~$"
            if named:
                found.append(fill(target, one).partition(":")[0])
        return found

    def _mounts(self, one: _File, service: str, fill: _Fill) -> List[Mount]:
        found: List[Mount] = []
        for values in _entries(one.settings.get(("services", service, "volumes"), {})):
            short, kind = values.get((), ""), values.get(("type",), "")
            if short:
                source = volume_source(short)
                target = short[len(source) + 1 :] if source else ""
            else:
                source, target = (values.get(("source",), "") if kind == "bind" else ""), values.get(("target",), "")
            found += _bind(fill(source or "", one), fill(target, one).partition(":")[0], one.base)
        for top, folder in (("configs", "/"), ("secrets", "/run/secrets/")):
            for values in _entries(one.settings.get(("services", service, top), {})):
                name = values.get((), "") or values.get(("source",), "")
                target = fill(values.get(("target",), ""), one) or name
                target = target if target.startswith("/") else folder + target
                for other in self._files.values():
                    file = fill(other.settings.get((top, name, "file"), {}).get((), ""), other)
                    found += _bind("./" + file if file[:1] not in "/.~" else file, target, other.base) if file else []
        return found


def _entries(values: Values) -> List[Values]:
    """Return the entries of a list, each with its values by their path below it."""
    entries: Dict[object, Values] = {}
    for path, value in values.items():
        if path:
            entries.setdefault(path[0], {})[path[1:]] = value
    return list(entries.values())


def _only(values: Optional[Values]) -> str:
    return (values or {}).get((), "")


def _words(values: Optional[Values], one: _File, fill: _Fill) -> Tuple[str, ...]:
    if not values:
        return ()
    if () in values:
        return tuple(word.text for word in shell_words.split(fill(values[()], one)))
    listed = {path[0]: value for path, value in values.items() if isinstance(path[0], int)}
    return tuple(fill(listed[position], one) for position in sorted(listed))


def _envsubst(values: Values, one: _File, fill: _Fill) -> Dict[str, str]:
    found: Dict[str, str] = {}
    for path, value in values.items():
        listed = not path or isinstance(path[0], int)
        name, given = value.partition("=")[::2] if listed else (str(path[0]), value)
        if name.startswith(_ENVSUBST):
            found[name] = fill(given, one)
    return found


def _bind(source: str, target: str, base: str) -> List[Mount]:
    """Return the mount of a path of the host; nothing for a volume's name and for what is not filled in."""
    if source[:1] not in ("/", ".", "~") or not target.startswith("/") or "\0" in source + target:
        return []
    return [Mount(_absolute(source, base), os.path.normpath("/" + target.lstrip("/")))]


def _absolute(path: str, base: str) -> str:
    return os.path.normpath(os.path.join(base, os.path.expanduser(path)))
