"""What Celery says, asked once for all containers of a host in which it would say the same.

Each question starts a Python that loads the whole application, which costs more than all else that an audit asks.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Any, Callable, Dict, Sequence, Tuple

from .targets import Target

BEAT = "beat"
# What decides which broker an application talks to stands in variables of such names, or is a URL.
_OF_BROKERS = ("BROKER", "CELERY", "REDIS", "VALKEY", "AMQP", "RABBIT", "SQS", "QUEUE")
Said = Dict[str, Any]
Ask = Callable[[str], Said]


class Answers:
    """The answers of one host, by the containers that are alike and the application."""

    def __init__(self, beats: Sequence[Target]) -> None:
        """Take the containers that run beat: what is asked there holds all that a worker's container would tell."""
        self._with_beat = {_likeness(target) for target in beats}
        self._lock = threading.Lock()
        self._said: Dict[Tuple[Any, ...], "Future[Said]"] = {}

    def of(self, target: Target, app: Tuple[str, ...], part: str, ask: Ask) -> Said:
        """Return what `ask`, called with the part to ask for, says in `target` or in a container like it.

        Raises what `ask` raises in `target`; a container like it that could not be asked does not count.
        """
        alike = _likeness(target)
        with self._lock:
            first = (alike, app) not in self._said
            said = self._said.setdefault((alike, app), Future())
        if first:
            try:
                said.set_result(ask(BEAT if alike in self._with_beat else part))
            except Exception as error:
                said.set_exception(error)
                raise
        elif said.exception() is not None:
            return ask(part)
        found = dict(said.result())
        if part != BEAT:
            found.pop("schedule", None)
            found.pop("scheduler", None)
        return found


def _likeness(target: Target) -> Tuple[Any, ...]:
    """Return what two containers must share for their Celery to have the same code and the same broker."""
    broker = {
        name: value
        for name, value in target.environment.items()
        if "://" in value or any(word in name.upper() for word in _OF_BROKERS)
    }
    return target.image, target.networks, target.host_network, tuple(sorted(broker.items()))
