"""What a compose file names elsewhere: env files, other compose files, directories that are mounted or built."""

from __future__ import annotations

import re
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from ..envfile.interpolate import InterpolationError, VariableReference, parse
from ..yaml.reader import Path
from ..yaml.scan import Scan, line_at, line_starts, scan

# How deep below an anchor a path may stand (`env_file`, a position, `path`), and how many aliases are followed for it.
_BELOW_ANCHOR = 4
_ALIASES = 4
_USES_LIMIT = 20_000
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|git@|github\.com/")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_FALSE = frozenset(("false", "False", "FALSE", "no", "off"))

Values = Dict[Path, str]
Named = Iterator[Tuple[str, str]]
Rule = Callable[[Path, Values], Named]


class PathReference(NamedTuple):
    """A path that a compose file names, as it stands there: no variables put in, relative to what the reader knows.

    `kind`: env_file, label_file, include, extends, config, secret, context, dockerfile (behind its context), bind,
    or mount, which is a bind or a named volume once its variables are put in. `service` is empty outside of services.
    `format` is `raw` for an env file that Compose reads without quotes and variables, else empty.
    """

    kind: str
    path: str
    service: str
    line: int
    required: bool = True
    format: str = ""


def references(text: str) -> List[PathReference]:
    """Return what a compose file names elsewhere, in the file's order; never raises."""
    found = scan(text)
    values = {scalar.path: scalar.value for scalar in found.scalars if not scalar.is_key}
    starts = line_starts(text)
    uses = Uses(found)
    result: List[PathReference] = []
    for scalar in found.scalars:
        if scalar.is_key or not scalar.value:
            continue
        beside = scalar.path[:-1]
        required = values.get((*beside, "required")) not in _FALSE
        for path in uses.places(scalar.path):
            keys = tuple("*" if isinstance(part, int) else part for part in path)
            rule = _IN_SERVICE.get(keys[2:]) if keys[:1] == ("services",) else _outside(keys)
            if rule is None:
                continue
            service = str(path[1]) if path[0] == "services" else ""
            for kind, named in rule(scalar.path, values):
                form = values.get((*beside, "format"), "") if keys[-1] == "path" and kind == "env_file" else ""
                result.append(PathReference(kind, named, service, line_at(starts, scalar.start), required, form))
    return result


class Uses:
    """Where the values of a file stand: in their own place, and wherever an alias puts them."""

    def __init__(self, found: Scan) -> None:
        """Take what a text holds."""
        self._uses: Dict[Path, List[Path]] = {}
        self._left = _USES_LIMIT
        for alias in found.aliases:
            path = alias.path
            if path[-2:-1] == ("<<",):
                path = path[:-1]
            path = path[:-1] if path[-1:] == ("<<",) else path
            for anchored in found.anchors.get(alias.name, ()):
                self._uses.setdefault(anchored, []).append(path)

    def places(self, path: Path, followed: int = 0) -> Iterator[Path]:
        """Yield a path, and each that the value there has by an alias of something it stands in."""
        yield path
        if not self._uses or followed == _ALIASES:
            return
        for below in range(min(_BELOW_ANCHOR, len(path)) + 1):
            for use in self._uses.get(path[: len(path) - below], ()):
                if self._left <= 0:
                    return
                self._left -= 1
                yield from self.places(use + path[len(path) - below :], followed + 1)


# --- which paths name something; each rule is given where a value is written, and all values


def _is(kind: str) -> Rule:
    def rule(own: Path, values: Values) -> Named:
        yield kind, values[own]

    return rule


def _context(own: Path, values: Values) -> Named:
    if not _REMOTE.match(values[own]):
        yield "context", values[own]


def _dockerfile(own: Path, values: Values) -> Named:
    context = values.get((*own[:-1], "context"), ".")
    if not _REMOTE.match(context):
        named = values[own]
        yield "dockerfile", named if named.startswith("/") else context.rstrip("/") + "/" + named


def _short_volume(own: Path, values: Values) -> Named:
    source = volume_source(values[own])
    kind = _source_kind(source) if source else ""
    if kind and source:
        yield kind, source


def _long_volume(own: Path, values: Values) -> Named:
    if values.get((*own[:-1], "type")) == "bind":
        yield "bind", values[own]


def _device(own: Path, values: Values) -> Named:
    if "bind" in values.get((*own[:-1], "o"), ""):
        yield "bind", values[own]


_IN_SERVICE: Dict[Tuple[str, ...], Rule] = {
    ("env_file",): _is("env_file"),
    ("env_file", "*"): _is("env_file"),
    ("env_file", "*", "path"): _is("env_file"),
    ("label_file",): _is("label_file"),
    ("label_file", "*"): _is("label_file"),
    ("extends", "file"): _is("extends"),
    ("build",): _context,
    ("build", "context"): _context,
    ("build", "dockerfile"): _dockerfile,
    ("volumes", "*"): _short_volume,
    ("volumes", "*", "source"): _long_volume,
}
_AT_THE_TOP: Dict[Tuple[str, ...], Rule] = {
    ("include",): _is("include"),
    ("include", "*"): _is("include"),
    ("include", "*", "path"): _is("include"),
    ("include", "*", "path", "*"): _is("include"),
    ("include", "*", "env_file"): _is("env_file"),
    ("include", "*", "env_file", "*"): _is("env_file"),
}
# Below a name of the file's own.
_BELOW_NAME: Dict[Tuple[str, ...], Rule] = {
    ("configs", "file"): _is("config"),
    ("secrets", "file"): _is("secret"),
    ("volumes", "driver_opts", "device"): _device,
}


def _outside(keys: Tuple[str, ...]) -> Optional[Rule]:
    """Return the rule for a path outside of services."""
    return _AT_THE_TOP.get(keys) or _BELOW_NAME.get(keys[:1] + keys[2:])


# --- mounts


def volume_source(short: str) -> Optional[str]:
    """Return the source of a mount written as `source:target[:mode]`; None when it has none."""
    try:
        parts = parse(short)
    except InterpolationError:
        return None
    masked = short
    for part in parts:
        if isinstance(part, VariableReference):
            masked = masked[: part.start] + "x" * (part.end - part.start) + masked[part.end :]
    colon = masked.find(":", 2 if _DRIVE.match(masked) else 0)
    return short[:colon] if colon > 0 else None


def _source_kind(source: str) -> str:
    """Return whether a mount's source is a path on the host, or may be one; an empty text for a volume's name."""
    if source[0] in "/.~" or _DRIVE.match(source) or "/" in re.sub(r"\$\{[^{}]*\}", "", source):
        return "bind"
    return "mount" if "$" in source else ""
