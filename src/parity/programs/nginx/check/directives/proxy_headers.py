"""The tables of header names that the proxy module makes for each level: nginx warns where they are too small."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from parity.programs.nginx.check.directives.tls import merged
from parity.programs.nginx.check.hash_tables import aligned, build
from parity.programs.nginx.check.state import Block, Conf

_HIDDEN: Final = (
    b"Date Server X-Pad X-Accel-Expires X-Accel-Redirect X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset".split()
)
_SENT: Final = b"Host Connection Content-Length Transfer-Encoding TE Keep-Alive Expect Upgrade".split()
_CACHED: Final = [
    *_SENT, *b"If-Modified-Since If-Unmodified-Since If-None-Match If-Match Range If-Range".split()
]  # fmt: skip


def proxy_hashes(conf: Conf, block: Block) -> None:
    """Build the tables of one level as nginx would; those that it inherits are built already."""
    sizes = merged(block, "proxy_headers_hash_max_size", 512), merged(block, "proxy_headers_hash_bucket_size", 64)
    hidden = merged(block, "proxy_hide_header") or []
    shown = merged(block, "proxy_pass_header") or []
    sent = merged(block, "proxy_set_header") or []
    tables: list[tuple[str, tuple[int, ...], Callable[[], list[bytes]]]] = [
        ("hidden", (id(hidden), id(shown)) if hidden or shown else (), lambda: _hidden(hidden, shown)),
        ("sent", (id(sent),) if sent else (), lambda: _named(sent, _SENT)),
    ]
    if merged(block, "proxy_cache"):
        tables.append(("cached", (id(sent),) if sent else (), lambda: _named(sent, _CACHED)))
    built: set[Any] = conf.block.fields.setdefault("proxy hashes", set())
    for kind, source, names in tables:
        if (kind, source) not in built:
            built.add((kind, source))
            build(conf, "proxy_headers_hash", names(), sizes[0], aligned(sizes[1]))


def _hidden(hidden: list[tuple[bytes, ...]], shown: list[tuple[bytes, ...]]) -> list[bytes]:
    names = {name.lower(): name for name in _HIDDEN}
    for (name,) in hidden:
        names.setdefault(name.lower(), name)
    for (name,) in shown:
        names.pop(name.lower(), None)
    return list(names.values())


def _named(sent: list[tuple[bytes, ...]], defaults: list[bytes]) -> list[bytes]:
    names = [pair[0] for pair in sent]
    own = {name.lower() for name in names}
    return names + [name for name in defaults if name.lower() not in own]
