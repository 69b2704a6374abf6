"""Files that are mounted alone: a container keeps to that of its start, whatever takes its name on the host since."""

from __future__ import annotations

import os
from typing import Any, Dict, Iterable, List, Mapping

from ..engine import commands
from ..engine.client import Engine
from ..engine.commands import CannotRunError
from . import live_file


def mounted_alone(inspected: Mapping[str, Any], paths: Iterable[str]) -> Dict[str, str]:
    """Return those of `paths` in a container that are mounted alone, with where they lie on the host."""
    wanted = set(paths)
    sources = {
        str(mount.get("Destination")): os.path.realpath(str(mount.get("Source")))
        for mount in inspected.get("Mounts") or []
        if str(mount.get("Destination")) in wanted and mount.get("Type") == "bind"
    }
    return {path: source for path, source in sources.items() if os.path.isfile(source)}


def replaced(engine: Engine, inspected: Mapping[str, Any], paths: Iterable[str], deadline: float) -> List[str]:
    """Return those of `paths` of which a running container keeps to a file that another has replaced since.

    An editor does that, and the remedy of another container that has the same file. The engine's own archive shows the
    new one, so the container is asked; where its image cannot tell, nothing is known. Raises FileError.
    """
    state = inspected.get("State") or {}
    if state.get("Status") != "running":
        return []
    found = []
    for path, source in sorted(mounted_alone(inspected, paths).items()):
        try:
            ran = commands.run(engine, str(inspected["Id"]), ["sha256sum", path], {}, deadline)
        except CannotRunError:
            continue
        if ran.code == 0 and ran.output.split()[:1] != [live_file.digest(live_file.read(source).content)]:
            found.append(path)
    return found
