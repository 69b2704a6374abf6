"""An inventory in one line: `dev=local,prod=deploy@server.example.org:/srv/app`."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FORMS: Final = (
    "local, local:/folder, user@host, user@host:/folder, user@host:port:/folder, ./folder, "
    "./compose.yml+./other.yml or ./snapshot.json"
)
_BEGINS: Final = re.compile(r"[\w.-]+=")
_ENVIRONMENT: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)
# A name that begins with a hyphen would be an option of ssh.
_WORD: Final = r"[\w.][\w.-]*"
_HOST: Final = re.compile(
    rf"(?:(?P<user>{_WORD})@)?(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<host>{_WORD}))(?::(?P<port>\d+))?(?::(?P<folder>.*))?",
    re.ASCII,
)
_PATH: Final = re.compile(r"[./~]|[^:@]*/|[^:@]*\.(?:json|ya?ml)(?:\+|$)")
# A folder may have a + in its name.
_NEXT_FILE: Final = re.compile(r"(?:(?<=\.yml)|(?<=\.yaml))\+")
_LARGEST_PORT: Final = 65535
_LOCAL: Final = {"ansible_connection": "local"}


class ShortInventoryError(ValueError):
    """A part of the line that cannot be understood; the message names it and what is possible."""


@dataclass(frozen=True)
class Host:
    """A host of an environment: its name in the inventory, and its variables."""

    environment: str
    name: str
    variables: Mapping[str, Any]


def is_short(source: str) -> bool:
    """Return whether an inventory source begins as `environment=…` does, and is not the name of a file that exists."""
    return _BEGINS.match(source) is not None and not os.path.exists(source)


def read(source: str, folder: Path) -> list[Host]:
    """Return the hosts that the line names, in its order.

    Local paths are relative to `folder`. An environment that is named twice has two hosts. Raises ShortInventoryError.
    """
    hosts = [_host(part.strip(), folder) for part in source.split(",") if part.strip()]
    numbers: Counter[str] = Counter()
    named = []
    for host in hosts:
        numbers[host.name] += 1
        name = host.name if numbers[host.name] == 1 else f"{host.name}-{numbers[host.name]}"
        named.append(Host(host.environment, name, host.variables))
    return named


def _host(part: str, folder: Path) -> Host:
    environment, equals, where = part.partition("=")
    if not equals or not where:
        raise ShortInventoryError(
            f"{part}: expected an environment and where it is, such as prod=deploy@server:/srv/app."
        )
    if not _ENVIRONMENT.fullmatch(environment):
        raise ShortInventoryError(f"{part}: the name of an environment has only letters, digits and underscores.")
    if where == "local" or where.startswith("local:"):
        given = where.partition(":")[2]
        project = {"parity_project_dir": _existing(part, folder, given)} if given else {}
        return Host(environment, f"{environment}-local", {**_LOCAL, **project})
    if _PATH.match(where):
        return Host(environment, f"{environment}-files", {**_LOCAL, **_files(part, folder, where)})
    return _remote(part, environment, where)


def _files(part: str, folder: Path, where: str) -> dict[str, Any]:
    """Return the variables of a snapshot, of compose files, or of a folder with a project's files."""
    paths = [_existing(part, folder, one) for one in _NEXT_FILE.split(where)]
    if paths[0].endswith(".json"):
        return {"parity_replay": paths[0], "parity_replay_of": _recorded(paths[0])}
    if os.path.isdir(paths[0]):
        return {"parity_files_only": True, "parity_project_dir": paths[0]}
    return {
        "parity_files_only": True,
        "parity_project_dir": os.path.dirname(paths[0]),
        "parity_compose_files": paths,
    }


def _recorded(path: str) -> str:
    """Return the environment that a snapshot was recorded of; of what is none, nothing: the audit reports it."""
    try:
        return str(json.loads(Path(path).read_text(encoding="utf-8"))["environment"])
    except (OSError, ValueError, RecursionError, LookupError, TypeError):
        return ""


def _existing(part: str, folder: Path, given: str) -> str:
    """Return the absolute path of what is on this machine. Raises ShortInventoryError if it is not there."""
    path = os.path.normpath(folder / os.path.expanduser(given))
    if not os.path.exists(path):
        raise ShortInventoryError(f"{part}: {path} does not exist on this machine.")
    return path


def _remote(part: str, environment: str, where: str) -> Host:
    found = _HOST.fullmatch(where)
    if not found:
        raise ShortInventoryError(f"{part}: {where} is not valid; write {FORMS}.")
    host, port, project = found["ipv6"] or found["host"], found["port"], found["folder"]
    if port and not 0 < int(port) <= _LARGEST_PORT:
        raise ShortInventoryError(f"{part}: {port} is not a port.")
    if project is not None and not project.startswith("/"):
        raise ShortInventoryError(f"{part}: the folder on {host} must be an absolute path, such as /srv/app.")
    variables: dict[str, Any] = {"ansible_host": host}
    variables |= {"ansible_user": found["user"]} if found["user"] else {}
    variables |= {"ansible_port": int(port)} if port else {}
    variables |= {"parity_project_dir": project} if project else {}
    return Host(environment, f"{environment}-{host}", variables)
