"""The files of a service that runs nowhere here, as its remedy reads and changes them: from what its project mounts."""

from __future__ import annotations

from typing import Any, Dict, Mapping, NamedTuple, Sequence

from ..compose.bind_files import near
from ..compose.services import Service
from ..engine.container_files import Read
from ..engine.mounted import NotOnHostError
from ..gather import nginx_in_project, project
from ..secrets.redact import Redactor


class ProjectFiles(NamedTuple):
    """How the files of one service are found: `mounts` as the engine would tell them, and what stands at a path.

    Only what lies below `folder` may be changed.
    """

    service: Service
    folder: str
    mounts: Dict[str, Any]
    read: Read


def find(wanted: Mapping[str, Any], name: str, redactor: Redactor) -> ProjectFiles:
    """Return the files of a service; `wanted` names the project's `directory`, `compose_files` and `env_files`.

    The redactor meets the project's secrets on the way. Only what lies below the folder above the project's may be
    changed. Raises NotOnHostError where there is no such service.
    """
    directory = str(wanted.get("directory", ""))
    files = {part: [str(path) for path in _list(wanted.get(part))] for part in ("compose_files", "env_files")}
    reader = project.ProjectReader(project.Wanted(directory, files["compose_files"], files["env_files"], ""), redactor)
    reader.gather()
    service = next((one for one in reader.services if one.name == name), None)
    if service is None:
        raise NotOnHostError("service %s no longer exists in the Compose files of %s" % (name, directory))
    folder = near(directory)
    mounts = [{"Type": "bind", "Source": mount.source, "Destination": mount.target} for mount in service.mounts]
    return ProjectFiles(service, folder, {"Mounts": mounts}, nginx_in_project.reader(service, folder))


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else []
