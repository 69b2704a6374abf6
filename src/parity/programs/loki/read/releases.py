"""Which fields each Loki release accepts, and which release's table to use for a version between two of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

from parity.knowledge import files

FOLDER: Final = files.FOLDER / "loki"
_NUMBERS: Final = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?")
_NEWEST: Final = 9999
_TAG: Final = re.compile(r"v?(\d{1,3})(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?(?:-[\w.-]+)?", re.ASCII)
_LOGGED: Final = re.compile(r"Starting Loki.*\(version=v?(\d{1,3}\.\d{1,3}\.\d{1,3})\b", re.ASCII)
_COUNTER: Final = re.compile(r"#\d+$")


@dataclass(frozen=True, order=True)
class Release:
    """A Loki version that sorts as semantic versions do; `v3.4.3` is `3.4.3`."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, version: str) -> Release:
        """Return the release that `version` names (`3.4.3`, `v3.4`, `3.4.3-amd64`); raises ValueError otherwise."""
        match = _NUMBERS.match(version.strip())
        if not match:
            raise ValueError(f"'{version}' is not a Loki version; write it like 3.4.3")
        major, minor, patch = match.groups()
        # `3.4` and `3` are tags of the newest 3.4.x and 3.x, so they must not fall below those releases' tables.
        return cls(int(major), int(minor or _NEWEST), int(patch or _NEWEST))

    def __str__(self) -> str:
        """Return the version as three numbers."""
        return f"{self.major}.{self.minor}.{self.patch}"


@dataclass(frozen=True)
class FieldTable:
    """The structs of one release: Go type name → field → what it holds (`@X` a struct, `[]@X` a list, `{}@X` a map)."""

    release: Release
    root: str
    structs: Mapping[str, Mapping[str, str]]

    def has(self, struct: str, field: str) -> bool:
        """Whether `struct` exists in this release and accepts `field`."""
        return field in self.structs.get(struct, {})

    def kind(self, path: str) -> str | None:
        """Return what the field at `path` (dotted, list and map levels left out) holds, None when there is none."""
        kind = "@" + self.root
        for name in path.split("."):
            struct = self.structs.get(kind.partition("@")[2], {}) if "@" in kind else {}
            found = struct.get(name)
            if found is None:
                return None
            kind = found
        return kind

    def type(self, path: str) -> str:
        """Return Go's type for the leaf field at `path` (dotted), "" when there is none."""
        above, _, name = path.rpartition(".")
        struct = (self.kind(above) or "").partition("@")[2] if above else self.root
        kind = self.structs.get(struct, {}).get(name)
        return self.go_type(struct, name, kind) if kind else ""

    def go_type(self, struct: str, field: str, kind: str) -> str:
        """Return Go's type for a leaf field of this release whose table entry is `kind`."""
        newer = gotypes()["since"].get(f"{go_name(struct)}.{field}")
        if newer and (self.release.major, self.release.minor) >= tuple(map(int, newer["release"].split("."))):
            return str(newer["type"])
        return go_type(struct, field, kind)


def go_name(struct: str) -> str:
    """Return a struct's name as Go prints it."""
    printed = gotypes()["printed"].get(struct)
    return str(printed) if printed else _COUNTER.sub("", struct)


def go_type(struct: str, field: str, kind: str) -> str:
    """Return Go's type for a leaf field whose table entry is `kind`."""
    exceptions = _exceptions()
    for name in (f"{struct}.{field}", f"{go_name(struct)}.{field}", f"{go_name(struct)}.*"):
        special = exceptions.get(name)
        if special and (not name.endswith("*") or _fits(kind, special)):
            return special
    return str(gotypes()["usual"].get(kind, "any"))


_ROUGH: Final = {
    "model.Duration": "duration",
    "flagext.Bytes": "bytes",
    "config.Secret": "secret",
    "config.URL": "url",
    "int64": "int",
    "flagext.StringSlice": "list<string>",
    "relabel.Action": "string",
}


def _fits(kind: str, special: str) -> bool:
    return _ROUGH.get(special) == kind


@cache
def gotypes() -> dict[str, Any]:
    """Return knowledge/loki/gotypes.yml."""
    return read_yaml("gotypes.yml")  # type: ignore[no-any-return]


@cache
def _exceptions() -> dict[str, str]:
    return {name: special for special, names in gotypes()["fields"].items() for name in names}


@cache
def releases() -> tuple[Release, ...]:
    """Return the releases there are tables for, oldest first."""
    return tuple(
        sorted(Release.parse(path.stem.removeprefix("fields-")) for path in (FOLDER / "fields").glob("fields-*.json"))
    )


def nearest(version: str) -> str:
    """Return the release whose table stands for `version`: that of its series, the newest below it, else the oldest.

    Fields come and go with a series, 2.9.0 has those of 2.9.10. Compared by number, not by date: 2.9.10 appeared after
    3.0.0 and is still below it. Raises ValueError for a version
    that is not one.
    """
    wanted = Release.parse(version)
    series = [release for release in releases() if (release.major, release.minor) == (wanted.major, wanted.minor)]
    if series:
        return str(series[-1])
    below = [release for release in releases() if release <= wanted]
    return str(below[-1] if below else releases()[0])


class Told(NamedTuple):
    """Which releases an image may hold: `assumed` is the one to judge by, `certain` says that it is told.

    Where it is not, what every one of `candidates` refuses is certain all the same; without candidates nothing is.
    """

    assumed: str
    certain: bool
    candidates: tuple[str, ...]


def told_by(image: str, log: Iterable[str] = ()) -> Told:
    """Return what an image's tag says of the Loki in it, or else the version that it logged at its last start."""
    name = image.partition("@")[0].rpartition("/")[2]
    tag = _TAG.fullmatch(name.partition(":")[2])
    if tag is None or tag[3] is None:
        for logged in filter(None, map(_LOGGED.search, log)):
            tag = _TAG.fullmatch(logged[1]) or tag
    known = releases()
    if tag is None:
        return Told(str(known[-1]), certain=False, candidates=tuple(map(str, known)))
    wanted = Release.parse(".".join(filter(None, (tag[1], tag[2], tag[3]))))
    if tag[2] is None:
        same = tuple(str(release) for release in known if release.major == wanted.major)
        return Told(same[-1] if same else nearest(tag[1]), certain=False, candidates=same)
    series = (wanted.major, wanted.minor)
    version = nearest(f"{tag[1]}.{tag[2]}") if tag[3] is None else str(wanted)
    covered = (known[0].major, known[0].minor) <= series <= (known[-1].major, known[-1].minor)
    return Told(version, certain=covered, candidates=(version,) if covered else ())


@cache
def table(version: str) -> FieldTable:
    """Return the table for `version`, which need not have one of its own."""
    release = nearest(version)
    content = json.loads((FOLDER / "fields" / f"fields-{release}.json").read_text(encoding="utf-8"))
    return FieldTable(Release.parse(release), content["root"], content["structs"])


def read_yaml(name: str) -> Any:
    """Return a file of knowledge/loki."""
    return files.read_yaml(FOLDER / name)
