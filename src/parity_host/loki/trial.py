"""Would Loki take this file? Asked of Loki itself: a throw-away container of the same image, with `-verify-config`."""

from __future__ import annotations

from typing import Any, Mapping, Tuple

from ..engine import trial_container
from ..engine.change import ChangingEngine
from ..engine.trial_request import Copy


def verify(
    engine: ChangingEngine, inspected: Mapping[str, Any], path: str, content: bytes, deadline: float
) -> Tuple[int, str]:
    """Return with what status Loki ends that is given `content` at `path`, and the last that it says.

    It is given no network: it needs nothing but the file. Raises EngineUnavailableError when it cannot be run, or does
    not end by `deadline`.
    """
    config = inspected["Config"]
    argv = [*(config.get("Entrypoint") or []), *(config.get("Cmd") or []), "-verify-config"]
    tried = trial_container.run(engine, inspected, argv, {path: content}, deadline, Copy(networks=False))
    return tried.code, tried.output + tried.errors
