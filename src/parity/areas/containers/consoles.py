"""Which services are a console or an API for administrators: `knowledge/open_ports.yml`."""

from __future__ import annotations

from parity.areas.containers.open_ports import Console, is_program, load
from parity.domain.stack import Service


def console_of(service: Service) -> Console | None:
    """Return the console that a service's program has; None where nothing tells."""
    return next((console for console in load().consoles if is_program(console.words, service)), None)


def unguarded(service: Service) -> bool:
    """Return whether a service is a page or an API that asks for no password by itself."""
    command = service.config.command if service.config else ()
    return any(is_program(words, service) for words in load().unguarded) or "flower" in " ".join(command or ()).split()


def only_administers(service: Service) -> bool:
    """Return whether a service is nothing but a page or an API for administrators."""
    console = console_of(service)
    return unguarded(service) or (console is not None and not console.ports)
