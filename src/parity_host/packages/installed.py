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
_NAME = re.compile(r"[A-Za-z0-9@_][A-Za-z0-9@/_.+-]{0,99}\Z")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+~:_-]{0,79}\Z")
_FIELD = re.compile(rb"^(Package|Status|Version): *([^\n]{1,200})$", re.MULTILINE)
_APK = re.compile(rb"^([PV]):([^\n]{1,200})$", re.MULTILINE)
# https://packaging.python.org/en/latest/specifications/recording-installed-packages/
_PYTHON = re.compile(r"([A-Za-z0-9][A-Za-z0-9_.]*)-([A-Za-z0-9!+._]+?)(?:-py[0-9.]+)?\.(?:dist|egg)-info\Z")
# A gem's name may have hyphens; a version begins with a digit, and a platform may follow it.
_GEM = re.compile(r"([A-Za-z0-9_.-]+?)-([0-9][A-Za-z0-9.]*)(?:-[a-z0-9_.-]+)?\.gemspec\Z")
_UNIFIED = re.compile(r"[-_.]+")

Packages = Dict[str, str]


def dpkg(content: bytes) -> Optional[Packages]:
    """Return the packages of /var/lib/dpkg/status, or of a file of status.d, in which everything is installed.

    Source: https://man7.org/linux/man-pages/man5/deb-control.5.html, dpkg(1) about states.
    """
    return _collected(_debian(content))


def _debian(content: bytes) -> Iterator[Tuple[str, str]]:
    for paragraph in content.split(b"\n\n"):
        fields = {name: value.decode("ascii", "replace").strip() for name, value in _FIELD.findall(paragraph)}
        if fields.get(b"Status", "install ok installed").endswith(" installed"):
            yield fields.get(b"Package", ""), fields.get(b"Version", "")


def apk(content: bytes) -> Optional[Packages]:
    """Return the packages of /lib/apk/db/installed (https://wiki.alpinelinux.org/wiki/Apk_spec)."""
    paragraphs = (dict(_APK.findall(paragraph)) for paragraph in content.split(b"\n\n"))
    return _collected(
        (one.get(b"P", b"").decode("ascii", "replace"), one.get(b"V", b"").decode("ascii", "replace"))
        for one in paragraphs
    )


def npm(content: bytes) -> Optional[Packages]:
    """Return the packages of node_modules/.package-lock.json but for those of development.

    Source: https://docs.npmjs.com/cli/configuring-npm/package-lock-json
    """
    packages = _mapping(content).get("packages")
    if not isinstance(packages, dict):
        return None
    return _collected(
        (path.rpartition("node_modules/")[2], one.get("version"))
        for path, one in packages.items()
        if "node_modules/" in path and isinstance(one, dict) and not (one.get("dev") or one.get("link"))
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
    found = (_PYTHON.match(posixpath.basename(path)) for path in paths)
    return _collected((unified(one[1]), one[2]) for one in found if one)


def gems(paths: Iterable[str]) -> Optional[Packages]:
    """Return the gems of the files `*.gemspec` among paths."""
    found = (_GEM.match(posixpath.basename(path)) for path in paths)
    return _collected((one[1], one[2]) for one in found if one)


def unified(name: str) -> str:
    """Return a Python distribution's name in the form in which all its spellings are one.

    Source: https://packaging.python.org/en/latest/specifications/name-normalization/
    """
    return _UNIFIED.sub("-", name).lower()


def _collected(pairs: Iterable[Tuple[Any, Any]]) -> Optional[Packages]:
    """Return versions by name; None where there are more than anybody installs."""
    found: Dict[str, Set[str]] = {}
    for name, version in pairs:
        if isinstance(name, str) and isinstance(version, str) and _NAME.match(name) and _VERSION.match(version):
            found.setdefault(name, set()).add(version)
            if len(found) > MOST_PACKAGES:
                return None
    return {name: " ".join(sorted(versions)[:_MOST_COPIES]) for name, versions in sorted(found.items())}


def _mapping(content: bytes) -> Mapping[str, Any]:
    try:
        data = json.loads(content.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


# What tells the packages of a kind in one file.
Reader = Callable[[bytes], Optional[Packages]]
