"""What services in containers have in common: one runs or was stopped, is restarted, and has a log."""

from __future__ import annotations

import time
from typing import Any, Mapping, Sequence

from ..engine.change import ChangingEngine
from ..engine.client import EngineUnavailableError, NotFoundError
from ..secrets.redact import Redactor
from . import service_log
from .service import RUNS, Options, ServiceError

# The status with which a container ends that somebody stops.
STOPPED_BY_HAND = (0, 137, 143)
_SAID_CHARACTERS = 2000


class ContainerService:
    """One program in one container; see `switch_service.Service` for what is left to each."""

    def __init__(
        self,
        engine: ChangingEngine,
        inspected: Mapping[str, Any],
        files: Mapping[str, bytes],
        redactor: Redactor,
        options: Options,
    ) -> None:
        """Take the engine's `inspect` answer and the repaired files by the path at which the container has them."""
        self.container = str(inspected["Id"])[:12]
        self._engine, self._inspected, self._files = engine, inspected, files
        self._redactor, self._options = redactor, options
        self._began = time.time()
        state = inspected.get("State") or {}
        stopped = state.get("Status") in ("exited", "created") and state.get("ExitCode") in STOPPED_BY_HAND
        self._runs = not stopped
        self._paused = state.get("Paused") is True
        self._look()

    def _look(self) -> None:
        """Note how it does before anything is changed."""
        raise NotImplementedError

    def done(self) -> Sequence[str]:
        """Return that it runs, or that somebody had stopped it."""
        return RUNS if self._runs else ("the container was stopped and stays stopped",)

    def _not_paused(self) -> None:
        if self._paused:
            raise ServiceError("its container is paused; run docker unpause first")

    def _restart(self, grace_seconds: int) -> None:
        """Restart the container; it has `grace_seconds` to end by itself."""
        path, query = "/containers/%s/restart" % self.container, {"t": str(grace_seconds)}
        try:
            self._engine.ask("POST", path, self._deadline(), query=query)
        except (EngineUnavailableError, NotFoundError) as error:
            raise ServiceError("the container could not be restarted: %s" % error) from None

    def _log(self) -> str:
        return service_log.since(self._engine, self.container, self._began, self._redacted)

    def _redacted(self, text: str) -> str:
        return str(self._redactor.sweep(self._redactor.text(text)))[-_SAID_CHARACTERS:]

    def _deadline(self) -> float:
        return time.monotonic() + self._options.seconds
