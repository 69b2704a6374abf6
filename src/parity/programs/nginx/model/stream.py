"""What stream{} means: servers that pass connections on, in the same words as those of http{}.

Sources: the pages of ngx_stream_core_module, ngx_stream_proxy_module and their kin on nginx.org.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from parity.programs.nginx.model import shared
from parity.programs.nginx.model.defaults import defaults
from parity.programs.nginx.model.handlers import files, passing
from parity.programs.nginx.model.levels import level, shown
from parity.programs.nginx.model.listens import Note, listens_of, settle
from parity.programs.nginx.model.tree import Node
from parity.programs.nginx.model.types import (
    SERVER,
    Handler,
    Listen,
    Location,
    Model,
    Place,
    Server,
    Settings,
    Step,
    Tls,
    Upstream,
)
from parity.programs.nginx.model.values import canonical
from parity.programs.nginx.syntax.knowledge import Version

# Directives of stream{} and its servers that are no settings of a level.
_APART: Final = frozenset(
    {"server", "upstream", "listen", "server_name", "proxy_pass", "pass", "return", "set", "map", "geo"}
    | {"split_clients", "limit_conn_zone", "log_format", "map_hash_bucket_size", "map_hash_max_size"}
    | {"server_names_hash_bucket_size", "server_names_hash_max_size"}
    | {"variables_hash_bucket_size", "variables_hash_max_size"}
)


def read_stream(blocks: Sequence[Node], version: Version, note: Note) -> Model:
    """Return what the stream{} blocks mean; a model without servers where there is none."""
    nodes = [node for block in blocks for node in block.children]
    settings, _ = level(defaults(version, "stream_defaults"), _settings(nodes), version, "stream")
    servers = [node for node in nodes if node.name == "server"]
    listens = settle([listens_of(node, note) if _listens(node) else () for node in servers])
    upstreams: dict[str, Upstream] = {}
    for node in nodes:
        if node.name == "upstream" and node.args:
            found = shared.upstream(node, version, "stream_upstream_defaults")
            upstreams.setdefault(found.name, found)
    return Model(
        version,
        {},
        tuple(_server(node, own, settings, version) for node, own in zip(servers, listens, strict=True)),
        upstreams,
        shared.zones(nodes),
        shared.tables(nodes),
        shared.formats(nodes),
    )


def _server(node: Node, listens: tuple[Listen, ...], inherited: Settings, version: Version) -> Server:
    base = _base(node, inherited, version)
    names = tuple(name.lower() for child in node.children if child.name == "server_name" for name in child.args)
    tls = _tls(base.settings) if any(one.ssl for one in listens) else None
    return Server(node.place, names or ("",), node.place, listens, base, tls)


def _listens(node: Node) -> bool:
    """Whether a server says where it listens: here there is no port that goes without saying."""
    return any(child.name == "listen" for child in node.children)


def _settings(nodes: Sequence[Node]) -> list[Node]:
    return [node for node in nodes if node.name not in _APART]


def _base(node: Node, inherited: Settings, version: Version) -> Location:
    settings, own = level(inherited, _settings(node.children), version, "stream")
    steps = tuple(
        Step("set", tuple(map(canonical, child.args)), f"set {shown(child)}", child.place)
        for child in node.children
        if child.name == "set"
    )
    return Location(SERVER, "", node.place, _handler(node), settings, own, steps)


def _handler(node: Node) -> Handler:
    """Return what becomes of a connection; nginx takes one of the three in a server."""
    for child in node.children:
        if child.name in ("return", "pass") and child.args:
            text = canonical(child.args[0])
            return Handler(child.name, child.place, f"{child.name} {shown(child)}", text=text)
    return passing(node.children, {}) or files(node.place)


def _tls(settings: Settings) -> Tls:
    found: list[tuple[tuple[str, Place], ...]] = []
    for name in ("ssl_certificate", "ssl_certificate_key"):
        one = settings.get(name)
        lines = one.value if one is not None and isinstance(one.value, tuple) else ()
        found.append(tuple((str(line[0]), one.place) for line in lines if line and one is not None and one.place))
    return Tls(found[0], found[1], settings["ssl_protocols"], settings["ssl_ciphers"], None)
