"""An nginx in a container, as a switch of its files asks it: prove them in a copy, reload or restart, does it serve."""

from __future__ import annotations

import os
import socket
import time
from typing import Any, Dict, FrozenSet, List, NamedTuple, Optional

from ..engine import commands
from ..engine.client import EngineUnavailableError, NotFoundError
from ..engine.commands import CannotRunError
from ..health.http_probe import Address
from ..health.targets import Target, engine_host, target
from ..nginx import command, configtest
from . import pinned
from .container_service import ContainerService
from .service import ServiceError

_MASTER = "nginx: master process"
_WORKER = "nginx: worker process"
# What a worker of the configuration before calls itself until its last connection ends.
_LEAVING = "is shutting down"
_PAUSE_SECONDS = 0.3
_STEADY_SECONDS = 3.0
_CONNECT_SECONDS = 2.0


class _Processes(NamedTuple):
    """Whether a master runs, and the workers of its configuration, by process id on the engine's machine."""

    master: bool
    workers: FrozenSet[str]


class NginxService(ContainerService):
    """One nginx. See `switch_service.Service`."""

    def _look(self) -> None:
        self._words = configtest.started(self._engine, self._inspected)
        self._before = self._processes()
        self._behind = bool(pinned.replaced(self._engine, self._inspected, self._files, self._deadline()))
        self._pinned = self._alone()
        self._answered = self._answering() if self._before.master else frozenset()

    def is_ill(self) -> bool:
        """Return whether it was meant to run and did not, or reads another file than is mounted."""
        return self._runs and (self._behind or not self._before.master)

    def prove(self) -> None:
        """Have nginx test the files in a throw-away copy of its container, where it looks for them."""
        self._not_paused()
        if not self._options.trial:
            return
        try:
            tried = configtest.trial(self._engine, self._inspected, self._files, self._deadline())
        except (EngineUnavailableError, NotFoundError) as error:
            raise ServiceError("the files could not be tested in a temporary container: %s" % error) from None
        if tried.code:
            printed = self._redacted(tried.errors or tried.output)
            raise ServiceError("nginx rejects the files: %s" % printed, printed)

    def take(self) -> None:
        """Reload; restart where it does not run, or where a file is mounted alone: the container sees the old one.

        One that somebody stopped stays stopped.
        """
        if not self._runs:
            return
        if self._processes().master and not self._behind and self._alone() == self._pinned:
            self._reload()
        else:
            self._start_anew()

    def verify(self) -> None:
        """Wait until a master runs with workers of its own that were not there before, stays up, and is reachable."""
        if not self._runs:
            return
        deadline = self._deadline()
        while True:
            now = self._processes()
            if now.master and now.workers - self._before.workers:
                break
            if time.monotonic() > deadline:
                what = "no new worker process" if now.master else "no master process is running (master_process off?)"
                raise ServiceError("%s within %d seconds: %s" % (what, self._options.seconds, self._log()))
            time.sleep(_PAUSE_SECONDS)
        started = self._started()
        self._reachable(deadline)
        time.sleep(_STEADY_SECONDS)
        if self._started() != started or not self._processes().master:
            raise ServiceError("it does not stay up: %s" % self._log())

    def back(self, since: int) -> bool:
        """Have it read the old files; it must run when it did before. Its workers tell whether it has read others."""
        if not self._before.master:
            if self._runs:
                self._start_anew()
            return self._runs
        workers = self._processes().workers
        if workers and workers == self._before.workers:
            return False
        self.take()
        deadline = self._deadline()
        while True:
            now = self._processes()
            if now.master and now.workers - workers:
                break
            if time.monotonic() > deadline:
                raise ServiceError("it was running before and is not running now: %s" % self._log())
            time.sleep(_PAUSE_SECONDS)
        self._reachable(deadline)
        return True

    def _alone(self) -> Dict[str, int]:
        """Return the inodes of the files that are mounted alone. A container keeps to that of its start."""
        sources = pinned.mounted_alone(self._inspected, self._files).values()
        return {path: os.stat(path).st_ino for path in sources}

    def _reload(self) -> None:
        argv = command.signalling(self._words, "reload")
        try:
            ran = commands.run(self._engine, str(self._inspected["Id"]), argv, {}, self._deadline())
        except (CannotRunError, EngineUnavailableError, NotFoundError) as error:
            raise ServiceError("nginx could not be reloaded: %s" % error) from None
        if ran.code:
            raise ServiceError("nginx does not reload: %s" % self._redacted(ran.errors or ran.output))

    def _start_anew(self) -> None:
        self._restart(10)
        self._pinned, self._behind = self._alone(), False

    def _processes(self) -> _Processes:
        try:
            listed = self._engine.get("/containers/%s/top" % self.container, ps_args="-eo pid,args")
        except (EngineUnavailableError, NotFoundError):
            return _Processes(False, frozenset())  # it does not run
        rows = listed.get("Processes") if isinstance(listed, dict) else None
        lines = [(str(row[0]), str(row[-1])) for row in rows or [] if isinstance(row, list) and row]
        workers = [pid for pid, line in lines if line.startswith(_WORKER) and _LEAVING not in line]
        return _Processes(any(line.startswith(_MASTER) for _, line in lines), frozenset(workers))

    def _reachable(self, deadline: float) -> None:
        """Raise ServiceError when a port at which it answered before is closed now."""
        while True:
            closed = sorted(self._answered - self._answering())
            if not closed:
                return
            if time.monotonic() > deadline:
                raise ServiceError(
                    "it answered on port %d before and does not answer now: %s" % (closed[0], self._log())
                )
            time.sleep(_PAUSE_SECONDS)

    def _answering(self) -> FrozenSet[int]:
        """Return which of its open ports take a connection."""
        host = engine_host(self._engine.endpoint)
        found = target(self._inspect() or self._inspected)
        ports = {*found.open_ports, *found.bindings}
        return frozenset(port for port in ports if any(map(_connects, _own(found, port, host))))

    def _inspect(self) -> Dict[str, Any]:
        try:
            found = self._engine.get("/containers/%s/json" % self.container)
        except (EngineUnavailableError, NotFoundError):
            return {}
        return found if isinstance(found, dict) else {}

    def _started(self) -> Optional[str]:
        state = self._inspect().get("State") or {}
        return str(state.get("StartedAt", "")) if state.get("Status") == "running" else None


def _own(found: Target, port: int, host: str) -> List[Address]:
    """Return the container's own addresses: a published port takes connections even where nothing listens behind it."""
    return [one for one in found.reach(port, False, host) if found.host_network or not one.published]


def _connects(address: Address) -> bool:
    try:
        with socket.create_connection((address.ip, address.port), timeout=_CONNECT_SECONDS):
            return True
    except OSError:
        return False
