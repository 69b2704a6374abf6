"""Whether a container serves, from its state, restarts and health."""

from __future__ import annotations

from parity.domain.stack import Container


def state_rules(container: Container) -> tuple[str, ...]:
    """Return the rules of the area `containers` that report that a container does not serve, none when it does."""
    found = []
    if container.state == "restarting" or (container.state == "running" and container.loops):
        found.append("containers.restarting")
    elif container.state in ("exited", "dead", "created", "paused") and not container.finished:
        found.append("containers.not-running")
    if container.health == "unhealthy":
        found.append("containers.unhealthy")
    return tuple(found)
