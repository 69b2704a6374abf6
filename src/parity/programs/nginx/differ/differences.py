"""`differences`: what two configurations make nginx do differently. Where it only reads otherwise, nothing is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from parity.programs.nginx.differ import shared
from parity.programs.nginx.differ.alike import alike
from parity.programs.nginx.differ.hosts import Hosts
from parity.programs.nginx.differ.record import Record
from parity.programs.nginx.differ.servers import servers
from parity.programs.nginx.differ.settings import Differing, Sides
from parity.programs.nginx.differ.stream import stream
from parity.programs.nginx.differ.versions import versions
from parity.programs.nginx.model.types import Model


def differences(
    left: Model,
    right: Model,
    services: Mapping[str, str] | None = None,
    right_services: Mapping[str, str] | None = None,
) -> Iterator[Record]:
    """Yield what differs in meaning; first what the same text means to two versions of nginx.

    services: which service a host name is, by a name that both sides share: {"api-dev": "api", "backend": "api"}
    right_services: the same for the right configuration, where a name is another service there

    What a model could not read (`unread`) is not compared: look there before trusting that something is missing.
    """
    left, right = alike(left, right)
    names = services or {}
    theirs = names if right_services is None else right_services
    sides = Sides(left, right, (Hosts(left, names), Hosts(right, theirs)), shared.zones_by_left_name(left, right))
    settings = Differing(sides)
    found = [*servers(sides, settings), *settings.records()]
    for part in (shared.upstreams, shared.zones, shared.tables, shared.top_level):
        found += part(sides)
    found += stream(sides)
    yield from versions(sides)
    yield from (record for record in found if record.kind == "version")
    yield from (record for record in found if record.kind != "version")
