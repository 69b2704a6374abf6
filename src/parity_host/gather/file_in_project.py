"""The configuration of a program that reads one file and runs nowhere: what its service mounts."""

from __future__ import annotations

from typing import Any, Callable, Dict, List

from ..compose.bind_files import BindFiles
from ..compose.services import Service
from ..engine.container_files import Read
from ..secrets.redact import Redactor


def read(
    collect: Callable[[Read, List[str], Redactor], Dict[str, Any]],
    usual: str,
    service: Service,
    folder: str,
    redactor: Redactor,
) -> Dict[str, Any]:
    """Return what `collect` finds below `folder`; `usual` is the file that the image reads where no other is named."""
    texts = BindFiles(service.mounts, folder)
    entry = collect(texts.read, list(service.words), redactor)
    if not entry["files"]:
        left = texts.read(entry["main"]).left_out if entry["main"] else {}
        unread = ["%s: %s" % one for one in sorted(left.items())]
        path = entry["main"] or usual
        return dict(entry, main=path, unread=unread, in_image=[] if unread or texts.covers(path) else [path])
    return entry
