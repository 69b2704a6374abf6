"""A Loki in a container, as a switch of its file asks it: prove the file, restart, is it ready, does it keep a line."""

from __future__ import annotations

import http.client
import json
import re
import time
from typing import Any, Dict, Optional, Tuple
from urllib.parse import urlencode

from ..engine.client import EngineUnavailableError, NotFoundError
from ..engine.times import nanoseconds
from ..health.http_probe import HEAD_LIMIT_BYTES, Address, Bounded, SocketLike
from ..health.targets import engine_host, target
from ..loki import trial
from .container_service import ContainerService
from .service import ServiceError

PORT = 3100
_LISTEN = re.compile(r"(?m)^[ \t]+http_listen_port:[ \t]*([0-9]{1,5})\b")
_PREFIX = re.compile(r"(?m)^[ \t]+http_path_prefix:[ \t]*[\"']?(/[\w./-]{0,200})")
_PAUSE_SECONDS = 0.5
_STEADY_SECONDS = 3.0
_BODY_BYTES = 64 * 1024
_TENANT = "parity"


class LokiService(ContainerService):
    """One Loki. See `switch_service.Service`."""

    def _look(self) -> None:
        self._was_ready = self._is_ready(time.monotonic() + 5.0)

    def is_ill(self) -> bool:
        """Return whether it was meant to be ready and was not."""
        return self._runs and not self._was_ready

    def prove(self) -> None:
        """Have the same image verify the file."""
        self._not_paused()
        if not self._options.trial:
            return
        for path, content in self._files.items():
            try:
                code, said = trial.verify(self._engine, self._inspected, path, content, self._deadline())
            except EngineUnavailableError as error:
                raise ServiceError("the file could not be tested in a temporary container: %s" % error) from None
            if code:
                raise ServiceError("Loki rejects the file (exit %d): %s" % (code, self._redacted(said)))

    def take(self) -> None:
        """Restart the container: Loki reads its configuration once. One that somebody stopped stays stopped."""
        if self._runs:
            self._restart(30)

    def verify(self) -> None:
        """Wait until it is ready and stays up, ask its metrics, and have it keep a line."""
        if not self._runs:
            return
        deadline = self._deadline()
        started = ""
        while not self._is_ready(deadline):
            started = self._still(started)
            if time.monotonic() > deadline:
                raise ServiceError("it is not ready after %d seconds: %s" % (self._options.seconds, self._log()))
            time.sleep(_PAUSE_SECONDS)
        started = self._still(started)
        if self._ask("GET", "/metrics", deadline)[0] != 200:
            raise ServiceError("it is ready, but /metrics does not answer")
        if self._options.push:
            self._keeps_a_line(deadline)
        time.sleep(_STEADY_SECONDS)
        self._still(started)

    def back(self, since: int) -> bool:
        """Restart with the old file where it was started since; it must be ready when it was before."""
        if not self._runs or not self._was_started(since):
            return False
        self.take()
        deadline = self._deadline()
        while self._was_ready and not self._is_ready(deadline):
            if time.monotonic() > deadline:
                raise ServiceError("it was ready before and is not ready now: %s" % self._log())
            time.sleep(_PAUSE_SECONDS)
        return True

    def _keeps_a_line(self, deadline: float) -> None:
        """Push a line and read it back; a component that takes no logs says 404, and is not asked for them."""
        now = time.time_ns()
        line = "Parity: test line to verify that Loki stores log lines (%d)" % now
        pushed = {"streams": [{"stream": {"job": "parity_remedy"}, "values": [[str(now), line]]}]}
        status, body = self._ask("POST", "/loki/api/v1/push", deadline, json.dumps(pushed).encode())
        if status == 404:
            return
        if status not in (200, 204):
            raise ServiceError("pushing a test line failed (status %d): %s" % (status, self._redacted(body)))
        query = {"query": '{job="parity_remedy"}', "start": str(now - 10**9), "end": str(now + 10**9), "limit": "10"}
        while True:
            status, body = self._ask("GET", "/loki/api/v1/query_range?" + urlencode(query), deadline)
            if status == 404 or str(now) in body:
                return
            if time.monotonic() > deadline:
                raise ServiceError("it accepted a test line but does not return it (status %d)" % status)
            time.sleep(_PAUSE_SECONDS)

    def _is_ready(self, deadline: float) -> bool:
        return self._ask("GET", "/ready", min(deadline, time.monotonic() + 5.0))[0] == 200

    def _ask(self, method: str, path: str, deadline: float, body: Optional[bytes] = None) -> Tuple[int, str]:
        """Return status and body from the first of Loki's addresses that answers; 0 when none does."""
        text = "\n".join(content.decode("utf-8", "replace") for content in self._files.values())
        port, prefix = _LISTEN.search(text), _PREFIX.search(text)
        number = int(port[1]) if port else PORT
        at = (prefix[1].rstrip("/") if prefix else "") + path
        host = engine_host(self._engine.endpoint)
        for address in target(self._inspect()).reach(number, False, host):
            try:
                return _request(address, method, at, body, deadline)
            except (OSError, http.client.HTTPException):
                continue
        return 0, "nothing answers on port %d" % number

    def _inspect(self) -> Dict[str, Any]:
        try:
            found = self._engine.get("/containers/%s/json" % self.container)
        except (EngineUnavailableError, NotFoundError) as error:
            raise ServiceError("the container cannot be inspected: %s" % error) from None
        return found if isinstance(found, dict) else {}

    def _was_started(self, since: int) -> bool:
        state, before = self._inspect().get("State") or {}, self._inspected.get("State") or {}
        if state.get("Status") != "running" or state.get("StartedAt") != before.get("StartedAt"):
            return True
        started = nanoseconds(state.get("StartedAt"))
        return started is None or started >= since

    def _still(self, started: str) -> str:
        """Return since when it runs; raises ServiceError when it fell, or started again since `started`."""
        state = self._inspect().get("State") or {}
        now = str(state.get("StartedAt", ""))
        if state.get("Status") != "running" or (started and now != started):
            raise ServiceError("it does not stay up: %s" % self._log())
        return now


def _request(address: Address, method: str, path: str, body: Optional[bytes], deadline: float) -> Tuple[int, str]:
    deadline = min(max(deadline, time.monotonic() + 0.1), time.monotonic() + 10.0)
    connection = http.client.HTTPConnection(address.ip, address.port, timeout=deadline - time.monotonic())
    try:
        headers = {"X-Scope-OrgID": _TENANT, "Content-Type": "application/json"}
        connection.request(method, path, body, headers)
        # Bounded as a whole: one that sends a byte now and then would else be listened to for days.
        stream = Bounded(connection.sock, deadline, HEAD_LIMIT_BYTES + 2 * _BODY_BYTES)
        response = http.client.HTTPResponse(SocketLike(stream), method=method)  # type: ignore[arg-type]
        response.begin()
        return response.status, response.read(_BODY_BYTES).decode("utf-8", "replace")
    finally:
        connection.close()
