"""The register: which function reads which directive. One that is not named here is read by its kind of value."""

from __future__ import annotations

from typing import Final

from parity.nginx import (
    logs,
    mail,
    main_blocks,
    maps,
    misc,
    proxies,
    rewrite,
    servers,
    sized,
    stream,
    tls,
    upstreams,
    zones,
)
from parity.nginx.conf import Conf, Handler
from parity.nginx.listen import listen, listening
from parity.nginx.slots import apply
from parity.nginx.zones import check_zones

HANDLERS: Final[dict[str, dict[str, Handler]]] = {
    "main": {**main_blocks.MAIN, **stream.MAIN, **mail.MAIN, "http": servers.HTTP["http"]},
    "events": main_blocks.EVENTS,
    "mail": mail.MAIL,
    "http": {
        **servers.HTTP,
        **logs.HTTP,
        **maps.HTTP,
        **misc.HTTP,
        **proxies.HTTP,
        **rewrite.HTTP,
        **sized.HTTP,
        **tls.HTTP,
        **upstreams.ENTRY,
        **zones.HTTP,
        "listen": listen,
    },
    "stream": stream.STREAM,
    "http/upstream": upstreams.BLOCK,
    "stream/upstream": upstreams.BLOCK,
}
_NONE: Final[dict[str, Handler]] = {}


def handler_for(conf: Conf) -> Handler:
    """Return the function that reads the directive at hand in the block at hand."""
    name = conf.directive.decode("latin-1")
    own = HANDLERS.get(conf.block.context, _NONE).get(name)
    return own or HANDLERS[conf.block.family].get(name) or apply


def finish(conf: Conf) -> None:
    """Check what nginx checks once every file is read."""
    for name, (declared, file, line) in conf.thread_pools.items():
        if not declared:
            conf.fail_at(file, line, b'unknown thread pool "%b"', name)
    if "events" not in conf.block.fields:
        conf.fail_nowhere(b'no "events" section in configuration')
    sockets = sum(listening(family.ports) for family in conf.families.values())
    if conf.connections < sockets + 1:
        text = b"%d worker_connections are not enough for %d listening sockets"
        conf.fail_nowhere(text, conf.connections, sockets)
    check_zones(conf)
