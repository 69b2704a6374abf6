"""What the same text means to two versions of nginx, beyond the defaults that changed (`settings.yml` knows those)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parity.programs.nginx.differ.record import LOW, Record
from parity.programs.nginx.differ.settings import Sides
from parity.programs.nginx.model.types import Model, Setting

# Source: CHANGES of 1.25.1.
_HTTP2: Final = (1, 25, 1)
_BEFORE: Final = "`listen … http2` enables HTTP/2 for an address and port; this version has no directive http2"
_SINCE: Final = "`http2 on` enables HTTP/2 for a server; `listen … http2` is deprecated"


def versions(sides: Sides) -> Iterator[Record]:
    """Yield what changed its meaning between the two versions and is used."""
    early = [model.version < _HTTP2 for model in (sides.left, sides.right)]
    used = [_http2(model) for model in (sides.left, sides.right)]
    if early[0] is not early[1] and any(used):
        shown = [_BEFORE if is_early else _SINCE for is_early in early]
        places = [setting.place if setting else None for setting in used]
        yield Record("version", "http2", shown[0], shown[1], places[0], places[1], LOW)


def _http2(model: Model) -> Setting | None:
    found = (server.base.settings.get("http2") for server in model.servers)
    return next((one for one in found if one is not None and one.value == ("on",)), None)
