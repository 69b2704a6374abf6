"""Which services are workers, by their names, and which of those take tasks from a queue."""

from __future__ import annotations

import re
from typing import Final

from parity.domain.stack import Service

_WORKER: Final = re.compile(r"worker|celery|sidekiq|queue|beat|scheduler|(?:^|[-_])rq(?:$|[-_])|horizon|bull|resque")
# What a worker that takes tasks from a queue names: a library, or a variable for its broker.
_QUEUE: Final = re.compile(
    r"celery|sidekiq|resque|horizon|bull|dramatiq|huey|taskiq|queue|broker|(?<![a-z])(?:a?rq|beat)(?![a-z])"
)
_SCHEDULER: Final = re.compile(r"beat|scheduler|(?:^|[-_])cron(?:$|[-_])")


def is_scheduler(name: str) -> bool:
    """Return whether a service is named for what sends tasks to workers when they are due."""
    return bool(_SCHEDULER.search(name.lower()))


def is_worker(name: str) -> bool:
    """Return whether a service is named for a worker."""
    return bool(_WORKER.search(name.lower()))


def takes_tasks(service: Service) -> bool:
    """Return whether a service is named for a worker and names a queue: other workers look into a database."""
    config = service.config
    if config is None or not is_worker(service.name):
        return False
    said = (service.name, *config.entrypoint, *(config.command or ()), *config.environment)
    return any(_QUEUE.search(word.lower()) for word in said)
