"""The configuration that a Loki in a container reads, without its secrets."""

from __future__ import annotations

import re
from functools import partial
from typing import Any, Dict, List

from ..engine import container_files
from ..engine.client import Engine
from ..engine.container_files import Read
from ..secrets.redact import Redactor
from .text import redact

__all__ = ["USUAL", "collect", "gather", "redact"]

# Where grafana/loki's image looks when its command names no file.
USUAL = ("/etc/loki/local-config.yaml", "/etc/loki/config.yaml", "/etc/loki/loki.yaml")
_TRUE = ("", "true", "1", "t", "T", "TRUE", "True")


def gather(engine: Engine, container: str, argv: List[str], redactor: Redactor) -> Dict[str, Any]:
    """Return what `collect` does for a container, read through the engine."""
    return collect(partial(container_files.read, engine, container), argv, redactor)


def collect(read: Read, argv: List[str], redactor: Redactor) -> Dict[str, Any]:
    """Return the file's path, its redacted text, and whether Loki expands variables in it."""
    named = container_files.options(argv, ("-config.file", "--config.file")).split(",")[0]
    given = [word for word in argv if re.match(r"--?config\.expand-env(=|$)", word)]
    expands = bool(given) and given[-1].partition("=")[2] in _TRUE
    for path in [named] if named else [word for word in argv if word in USUAL] or list(USUAL):
        tree = read(path)
        data = tree.files.get(tree.resolve(path))
        if data is not None:
            text = data.decode("utf-8", "replace")
            files = {path: {"text": redact(text, redactor), "digest": redactor.fingerprint(data)}}
            return {"main": path, "files": files, "expand_env": expands, "unread": []}
    return {
        "main": named,
        "files": {},
        "expand_env": expands,
        "unread": ["its configuration: %s" % ("%s does not exist" % named if named else "no file was found")],
    }
