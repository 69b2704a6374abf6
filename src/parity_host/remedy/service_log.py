"""What a container wrote since a remedy began: why its service does not do its work now."""

from __future__ import annotations

from typing import Callable

from ..engine.client import Engine, EngineUnavailableError, NotFoundError, split_log_stream

_LINES = "5"


def since(engine: Engine, container: str, began: float, redacted: Callable[[str], str]) -> str:
    """Return the last lines that a container wrote since `began` (Unix time), redacted; else a sentence's end."""
    wanted = {"stdout": "1", "stderr": "1", "tail": _LINES, "since": "%.3f" % began}
    try:
        raw = engine.get_bytes("/containers/%s/logs" % container, **wanted)
    except (EngineUnavailableError, NotFoundError):
        return "its log cannot be read"
    return redacted("\n".join(split_log_stream(raw))) or "no log output since"
