"""What a copy of an nginx container cannot tell: it may not write, has nothing of what was in memory, no own address.

Whatever it says for one of these reasons says nothing of the container.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any, Dict, Iterable, List, Mapping, Sequence

from ..engine.client import Engine
from ..engine.container_layer import in_memory, within
from ..engine.trial_container import Tried, writable
from . import files

_QUOTED = re.compile(r"\"(/[^\"\n]*)\"")
_NOT_OURS = re.compile(r"bind\(\) to (?P<address>\S+):\d+ failed \(99: ")
_READ_ONLY = "Read-only file system"
_MISSING = "No such file or directory"
_ROOT = ("", "0", "root", "0:0", "root:root")
_LOOKS = 20


def may_vanish(
    engine: Engine, inspected: Mapping[str, Any], paths: Iterable[str], entry: Mapping[str, Any]
) -> List[str]:
    """Return folders on writable mounts that a copy may have empty and in memory: nginx only writes in them.

    None of them holds a file that the configuration reads, as far as `entry` (`nginx_files.gather`) knows. Only for
    root: whether another user may write there is for the real folder to say. Raises EngineUnavailableError.
    """
    if str((inspected.get("Config") or {}).get("User") or "") not in _ROOT:
        return []
    kept = writable(inspected)
    read = read_paths(entry)
    at = "/containers/%s/archive" % inspected["Id"]
    folders = {posixpath.dirname(path) for path in paths if any(within(path, one) for one in kept)}
    free = [one for one in sorted(folders) if one != "/" and not any(within(path, one) for path in read)]
    return [one for one in free[:_LOOKS] if engine.has(at, path=one)]


def why_not_its_own(inspected: Mapping[str, Any], tried: Tried, memory: Sequence[str], entry: Mapping[str, Any]) -> str:
    """Return why a copy's answer says nothing of the container; empty where it does."""
    apart = in_memory(inspected)
    hidden = [one for one in apart if any(_meet(one, folder) for folder in _folders(entry))]
    if hidden:
        return "a part of its configuration is in memory (%s), which a temporary container does not share" % hidden[0]
    if tried.code == 0:
        return ""
    own = _addresses(inspected)
    for line in tried.errors.splitlines():
        named = _QUOTED.findall(line)
        for path in named if _READ_ONLY in line else []:
            if any(within(path, one) for one in writable(inspected)):
                return "nginx -t needs to write %s, which a temporary container must not" % path
        for path in named if _MISSING in line else []:
            if any(within(path, one) for one in [*apart, *memory]):
                return "%s is in memory, which a temporary container does not share" % path
        address = _NOT_OURS.search(line)
        if address and address["address"].strip("[]") in own:
            return "nginx listens on %s, an address that only the original container has" % address["address"]
    return ""


def _meet(one: str, other: str) -> bool:
    return within(one, other) or within(other, one)


def read_paths(entry: Mapping[str, Any]) -> List[str]:
    """Return the paths of what the configuration reads; relative ones begin beside its main file."""
    folder = posixpath.dirname(str(entry.get("main") or files.USUAL))
    named: Dict[str, Any] = {}
    for part in ("files", "certificates", "keys"):
        named.update(entry.get(part) or {})
    return [posixpath.normpath(posixpath.join(folder, path)) for path in [folder, *named]]


def _folders(entry: Mapping[str, Any]) -> List[str]:
    """Return where its files lie, and where its includes look for more."""
    main = str(entry.get("main") or files.USUAL)
    found = {main}
    for path, record in (entry.get("files") or {}).items():
        data = str(record.get("text", "")).encode("utf-8", "replace")
        found |= {str(path), *files.includes(data, posixpath.dirname(main))}
    return sorted({posixpath.dirname(path) for path in found})


def _addresses(inspected: Mapping[str, Any]) -> List[str]:
    networks = (inspected.get("NetworkSettings") or {}).get("Networks") or {}
    found = []
    for settings in networks.values():
        told = settings or {}
        asked = told.get("IPAMConfig") or {}
        found += [
            told.get("IPAddress"),
            told.get("GlobalIPv6Address"),
            asked.get("IPv4Address"),
            asked.get("IPv6Address"),
        ]
    return [str(one) for one in found if one]
