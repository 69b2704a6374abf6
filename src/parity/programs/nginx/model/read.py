"""`read_model`: the meaning of a configuration, from its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from parity.programs.nginx.model import shared
from parity.programs.nginx.model.defaults import defaults
from parity.programs.nginx.model.http import read_servers
from parity.programs.nginx.model.levels import shown
from parity.programs.nginx.model.looked_up_hosts import needs
from parity.programs.nginx.model.stream import read_stream
from parity.programs.nginx.model.tree import Node, TreeReader
from parity.programs.nginx.model.types import Gap, Model, Setting, Upstream
from parity.programs.nginx.model.values import meaning
from parity.programs.nginx.syntax.directives import OLDEST, release
from parity.programs.nginx.syntax.knowledge import Version

_BLOCKS: Final = frozenset({"http", "events", "stream", "mail", "include"})


def read_model(
    files: Mapping[str, bytes], main: str = "/etc/nginx/nginx.conf", version: str = OLDEST, own_modules: bool = False
) -> Model:
    """Return what a configuration means to the nginx that will read it.

    files: every file that belongs to it, by the path that nginx has for it; no other path is looked at
    main: the file that nginx begins with; relative includes are looked for beside it
    version: that nginx's, such as "1.22" or "1.27.3"; raises ValueError where it is no version
    own_modules: whether it may have modules built in that are not nginx's own

    Where nginx would stop, this goes on: what it had to leave out stands in the model's `unread`.
    """
    wanted = release(version)
    tree = TreeReader(files, main, wanted, own_modules)
    http = [node for node in tree.nodes if node.name == "http"]
    for extra in http[1:]:
        tree.note(Gap.DUPLICATE, extra.place, "http")
    for other in tree.nodes:
        if other.name == "mail":
            tree.note(Gap.NOT_COMPARED, other.place, "mail{}", refused=False)
    nodes = [node for block in http[:1] for node in block.children]
    servers = read_servers(http[:1], wanted, tree.note)
    upstreams: dict[str, Upstream] = {}
    for node in nodes:
        if node.name == "upstream" and node.args:
            found = shared.upstream(node, wanted)
            upstreams.setdefault(found.name, found)
    blocks = [node for node in tree.nodes if node.name == "stream"]
    for extra in blocks[1:]:
        tree.note(Gap.DUPLICATE, extra.place, "stream")
    stream = read_stream(blocks[:1], wanted, tree.note)
    return Model(
        wanted,
        _main(tree.nodes, wanted),
        servers,
        upstreams,
        shared.zones(nodes),
        shared.tables(nodes),
        shared.formats(nodes),
        tuple(tree.unread),
        needs(tree.nodes, servers, upstreams),
        stream,
    )


def _main(nodes: Iterable[Node], version: Version) -> dict[str, Setting]:
    """Return the settings of the top level and of events{}."""
    settings = dict(defaults(version, "main_defaults"))
    lines = [(node, "main") for node in nodes if node.name not in _BLOCKS]
    lines += [(child, "events") for node in nodes if node.name == "events" for child in node.children]
    for node, family in lines:
        value = meaning(node.name, node.args, version, family)
        before = settings.get(node.name)
        if before is None or before.place is None:
            settings[node.name] = Setting(node.name, value, shown(node), node.place)
        elif node.name in ("load_module", "env"):
            text = f"{before.shown}; {shown(node)}"
            settings[node.name] = Setting(node.name, (*_values(before), *_values_of(value)), text, before.place)
    return settings


def _values(setting: Setting) -> tuple[object, ...]:
    return _values_of(setting.value)


def _values_of(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)
