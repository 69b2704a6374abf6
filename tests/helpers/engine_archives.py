"""Archives as the Docker Engine answers them for a path in a container."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from typing import Any

from parity_host.engine.client import ANSWER_LIMIT_BYTES


def archive_of(files: Mapping[str, Any], path: str, uid: int = 0) -> bytes:
    """Return files by their names in the container, below that of `path`: bytes, None for a folder, a tuple for a link.

    It is cut where the client cuts it.
    """
    above = path.rstrip("/").rpartition("/")[0] + "/"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in sorted(files.items()):
            member = tarfile.TarInfo(name.removeprefix(above))
            member.uid = uid
            if data is None:
                member.type = tarfile.DIRTYPE
            elif isinstance(data, tuple):
                member.type, member.linkname = tarfile.SYMTYPE, data[0]
            else:
                member.size = len(data)
            archive.addfile(member, io.BytesIO(data) if isinstance(data, bytes) else None)
    return buffer.getvalue()[:ANSWER_LIMIT_BYTES]
