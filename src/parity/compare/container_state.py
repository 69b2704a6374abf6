"""Whether a container serves, from its state, restarts and health."""

from __future__ import annotations

from parity.domain.stack import Container


def state_rules(container: Container) -> tuple[str, ...]:
    """Return the rules of the area `containers` that report that a container does not serve, none when it does."""
    found = []
    if container.state == "restarting" or (container.state == "running" and container.loops):
        found.append("containers.restarting")
    elif container.state in ("exited", "dead", "created", "paused") and not _finished(container):
        found.append("containers.not-running")
    if container.health == "unhealthy":
        found.append("containers.unhealthy")
    return tuple(found)


def _finished(container: Container) -> bool:
    """Whether a stopped container did what it was for: a job that ended well and is not meant to run again."""
    return container.state == "exited" and container.exit_code == 0 and container.config.restart in ("no", "on-failure")
