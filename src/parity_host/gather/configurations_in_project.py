"""The configurations of programs where no container runs: from what the project's own services mount.

Texts are read below the folder above the project's alone, whatever a compose file names as a source: they leave the
host, redacted. Of TLS files only certificates and a digest of the public key leave it: these are read where they lie.
"""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from ..compose.bind_files import near
from ..compose.services import Service
from ..health.kinds import kind_of
from ..secrets.redact import Redactor
from .room import Room
from .understood import PROGRAMS

ALL_TEXTS_LIMIT = 16 * 1024 * 1024


def gather(services: Sequence[Service], directory: str, redactor: Redactor) -> Dict[str, Any]:
    """Return an entry for each service that runs such a program, in the shape that `configurations.gather` gives.

    An entry's `container` is empty. `in_image` names what lies in the image and not here: it is there, and unknown.
    `assumed` says that the main file does too, and that the one of nginx's own image was taken for it.
    """
    found: List[Dict[str, Any]] = []
    folder, room = near(directory), Room(ALL_TEXTS_LIMIT)
    for service in services:
        kind = kind_of(service.image, service.words, service.name)
        if kind not in PROGRAMS:
            continue
        entry = {"kind": kind, "container": "", "service": service.name}
        if room.is_full():
            unread = ["the configuration of %s: %s" % (service.name, room.why())]
            found.append(dict(entry, main="", files={}, unread=unread, in_image=[], assumed=False))
        else:
            found.append(dict(entry, **room.counted(PROGRAMS[kind].in_project(service, folder, redactor))))
    return {"state": "seen", "found": found}
