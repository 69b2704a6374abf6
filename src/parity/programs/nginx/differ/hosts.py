"""Whom a handler talks to, as services and not as names: upstreams by their members, hosts by the service they are."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from typing import Final

from parity.programs.nginx.model.types import Handler, Member, Model, Upstream

_URL_HOST: Final = re.compile(r"(?<=://)[A-Za-z0-9_.-]+")

End = tuple[str, int]


class Hosts:
    """One side's names for other machines."""

    def __init__(self, model: Model, services: Mapping[str, str]) -> None:
        """`services` says which service a host name is, by the name that service has on both sides."""
        self._upstreams = model.upstreams
        self._services = {name.lower(): service for name, service in services.items()}

    def within(self, model: Model) -> Hosts:
        """Return the same names for the upstreams of another model of this side."""
        return Hosts(model, self._services)

    def service(self, host: str) -> str:
        """Return the service a host is, or the host."""
        name = host.lower().rstrip(".")
        return self._services.get(name, name)

    def end(self, member: Member) -> End:
        """Return service and port of an upstream's member."""
        return self.service(member.host), member.port

    def upstream(self, handler: Handler) -> Upstream | None:
        """Return the upstream that a handler names."""
        return self._upstreams.get(handler.host)

    def ends(self, handler: Handler) -> frozenset[End]:
        """Return whom a handler may talk to."""
        group = self.upstream(handler)
        if group is None:
            return frozenset({(self.service(handler.host), handler.port)})
        return frozenset(self.end(member) for member in group.members)

    def text(self, text: str) -> str:
        """Return `text` with the hosts in its URLs, or a host alone, named by service."""
        if text.lower() in self._services:
            return self._services[text.lower()]
        return _URL_HOST.sub(lambda found: self.service(found[0]), text) if "://" in text else text

    def value(self, value: Hashable) -> Hashable:
        """Return a setting's value with its hosts named by service."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, tuple):
            return tuple(self.value(one) for one in value)
        return value
