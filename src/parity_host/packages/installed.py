"""What package managers have written down of what they installed. Contents are a container's own, and may be anything.

Every reader returns versions by name, those of several copies in order and with a space between them, and None for what
cannot be read. A name or version of another form than its manager allows is left out: it is no package.
"""

from __future__ import annotations

import json
import posixpath
import re
from typing import Any, Callable, Dict, Iterable, Iterator, Mapping, Optional, Set, Tuple

# A list that is longer is none that a person installed.
MOST_PACKAGES = 4000
_MOST_COPIES = 8
_LONGEST_PATH = 400
_NAME = re.compile(r"[A-Za-z0-9@_][A-Za-z0-9@/_.+-]{0,99}\Z")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+~:!_-]{0,79}\Z")
_DPKG = re.compile(rb"^(Package|Status|Version): ([^\n]{1,200})$", re.MULTILINE)
_APK = re.compile(rb"^([PV]):([^\n]{1,200})$", re.MULTILINE)
# https://packaging.python.org/en/latest/specifications/recording-installed-packages/
_PYTHON = re.compile(r"([A-Za-z0-9][A-Za-z0-9_.]*)-([A-Za-z0-9!+._]+?)(?:-py[0-9.]+)?\.(?:dist|egg)-info\Z")
# A gem's name may have hyphens; a version begins with a digit, and a platform may follow it.
_GEM = re.compile(r"([A-Za-z0-9_.-]+?)-([0-9][A-Za-z0-9.]*)(?:-[a-z0-9_.-]+)?\.gemspec\Z")
_NOT_EVERYWHERE = frozenset({"dev", "optional", "devOptional", "link"})
_UNIFIED = re.compile(r"[-_.]+")

Packages = Dict[str, str]


def dpkg(content: bytes) -> Optional[Packages]:
    """Return the packages of /var/lib/dpkg/status, or of files of status.d, in which everything is installed.

    Source: https://man7.org/linux/man-pages/man5/deb-control.5.html, and dpkg(1) about states.
    """
    told = _records(_DPKG, content, "Package")
    installed = (one for one in told if one.get("Status", "install ok installed").endswith(" installed"))
    return _collected((one.get("Package"), one.get("Version")) for one in installed)


def apk(content: bytes) -> Optional[Packages]:
    """Return the packages of /lib/apk/db/installed (https://wiki.alpinelinux.org/wiki/Apk_spec)."""
    return _collected((one.get("P"), one.get("V")) for one in _records(_APK, content, "P"))


def _records(fields: "re.Pattern[bytes]", content: bytes, first: str) -> Iterator[Dict[str, str]]:
    """Yield the fields of each record; one begins with its `first` field."""
    found: Dict[str, str] = {}
    for field in fields.finditer(content):
        name, value = (part.decode("ascii", "replace") for part in field.groups())
        if name == first and found:
            yield found
            found = {}
        found[name] = value
    yield found


def npm(content: bytes) -> Optional[Packages]:
    """Return the packages of node_modules/.package-lock.json, without those of development and of single platforms.

    Source: https://docs.npmjs.com/cli/configuring-npm/package-lock-json
    """
    packages = _mapping(content).get("packages")
    if not isinstance(packages, dict):
        return None
    return _collected(
        (path.rpartition("node_modules/")[2], one.get("version"))
        for path, one in packages.items()
        if "node_modules/" in path and isinstance(one, dict) and not _NOT_EVERYWHERE.intersection(one)
    )


def composer(content: bytes) -> Optional[Packages]:
    """Return the packages of vendor/composer/installed.json but for those of development."""
    data = _mapping(content)
    packages, names = data.get("packages"), data.get("dev-package-names")
    if not isinstance(packages, list):
        return None
    dev = {name for name in names if isinstance(name, str)} if isinstance(names, list) else set()
    return _collected(
        (one.get("name"), str(one.get("version", "")).lstrip("v"))
        for one in packages
        if isinstance(one, dict) and str(one.get("name")) not in dev
    )


def python(paths: Iterable[str]) -> Optional[Packages]:
    """Return the distributions of the folders `*.dist-info` and `*.egg-info` among paths."""
    found = (_PYTHON.match(name) for name in _names(paths))
    return _collected((unified(one[1]), one[2]) for one in found if one)


def gems(paths: Iterable[str]) -> Optional[Packages]:
    """Return the gems of the files `*.gemspec` among paths."""
    found = (_GEM.match(name) for name in _names(paths))
    return _collected((one[1], one[2]) for one in found if one)


def _names(paths: Iterable[str]) -> Iterator[str]:
    return (posixpath.basename(path) for path in paths if len(path) <= _LONGEST_PATH)


def unified(name: str) -> str:
    """Return a Python distribution's name in the form in which all its spellings are one.

    Source: https://packaging.python.org/en/latest/specifications/name-normalization/
    """
    return _UNIFIED.sub("-", name).lower()


def _collected(pairs: Iterable[Tuple[Any, Any]]) -> Optional[Packages]:
    """Return versions by name; None where there are more than anybody installs."""
    found: Dict[str, Set[str]] = {}
    for number, (name, version) in enumerate(pairs, 1):
        if number > MOST_PACKAGES:
            return None
        if isinstance(name, str) and isinstance(version, str) and _NAME.match(name) and _VERSION.match(version):
            found.setdefault(name, set()).add(version)
    return {name: " ".join(sorted(versions)[:_MOST_COPIES]) for name, versions in sorted(found.items())}


def _mapping(content: bytes) -> Mapping[str, Any]:
    try:
        data = json.loads(
            content.decode("utf-8", "replace"), parse_int=len
        )  # numbers may have a million digits, and none counts
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


# What tells the packages of a kind in one file.
Reader = Callable[[bytes], Optional[Packages]]
