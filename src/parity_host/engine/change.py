"""The few requests to the Docker Engine that change something: of remedies, and of trials in throw-away containers."""

from __future__ import annotations

import json
from typing import Any, Dict, Optional, Tuple, Union
from urllib.parse import quote, urlencode

from .client import Engine, EngineUnavailableError, NotFoundError

ANSWER_BYTES = 256 * 1024


class ChangingEngine(Engine):
    """An engine that may be asked to change something."""

    def ask(
        self,
        method: str,
        path: str,
        deadline: float,
        body: Union[bytes, Dict[str, Any], None] = None,
        query: Optional[Dict[str, str]] = None,
    ) -> Tuple[int, bytes]:
        """Return the status and the beginning of the answer; bytes are sent as a tar archive, a mapping as JSON.

        Raises EngineUnavailableError when there is no answer by `deadline` (as `time.monotonic` counts) or when the
        engine refuses, NotFoundError when the object is not there.
        """
        target = quote(path) + ("?" + urlencode(query) if query else "")
        archive = isinstance(body, bytes)
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        kind = "application/x-tar" if archive else "application/json"
        status, answer = self._ask(method, target, deadline, ANSWER_BYTES, data, kind)
        if status == 404:
            raise NotFoundError(path)
        if status >= 400:
            raise EngineUnavailableError("the engine rejected the request: %s" % message(answer, status))
        return status, answer


def message(answer: bytes, status: int) -> str:
    """Return what the engine says to explain a refusal."""
    return str(mapping(answer).get("message") or "status %d" % status)


def mapping(answer: bytes) -> Dict[str, Any]:
    """Return a JSON answer that is a mapping, else an empty one."""
    try:
        data = json.loads(answer.decode("utf-8", "replace"))
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
