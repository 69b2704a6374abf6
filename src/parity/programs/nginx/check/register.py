"""The register: which function reads which directive. One that is not named here is read by its kind of value."""

from __future__ import annotations

from typing import Final

from parity.programs.nginx.check.directives import (
    http2_and_sizes,
    http_core,
    logs,
    mail,
    main_blocks,
    maps,
    proxies,
    rewrite,
    servers,
    stream,
    tls,
    upstreams,
    zones,
)
from parity.programs.nginx.check.directives.listen import listen, listening
from parity.programs.nginx.check.directives.zones import check_zones
from parity.programs.nginx.check.state import Conf, Handler
from parity.programs.nginx.check.value_kinds import apply

HANDLERS: Final[dict[str, dict[str, Handler]]] = {
    "main": {**main_blocks.MAIN, **stream.MAIN, **mail.MAIN, "http": servers.HTTP["http"]},
    "events": main_blocks.EVENTS,
    "mail": mail.MAIL,
    "http": {
        **servers.HTTP,
        **logs.HTTP,
        **maps.HTTP,
        **http_core.HTTP,
        **proxies.HTTP,
        **rewrite.HTTP,
        **http2_and_sizes.HTTP,
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
