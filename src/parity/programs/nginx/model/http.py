"""Servers and locations with what is in force in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from parity.programs.nginx.model.defaults import defaults
from parity.programs.nginx.model.handlers import HANDLERS, STEPS, answering, constants_of, files, passing
from parity.programs.nginx.model.levels import level, shown
from parity.programs.nginx.model.listens import Note, listens_of, settle
from parity.programs.nginx.model.tree import Node
from parity.programs.nginx.model.types import (
    SERVER,
    Handler,
    Listen,
    Location,
    Place,
    Server,
    Setting,
    Settings,
    Step,
    Tls,
)
from parity.programs.nginx.model.values import canonical
from parity.programs.nginx.syntax.knowledge import Version

_BLOCKS: Final = frozenset({"location", "if", "limit_except"})
# Directives of http{}, servers and locations that are no settings of a level.
_APART: Final = frozenset(
    [
        "server", "upstream", "listen", "server_name", "try_files", "internal", "charset_map", "map", "geo",
        "split_clients", "limit_req_zone", "limit_conn_zone", "log_format", "proxy_cache_path", "fastcgi_cache_path",
        "uwsgi_cache_path", "scgi_cache_path", "map_hash_bucket_size", "map_hash_max_size",
        "server_names_hash_bucket_size", "server_names_hash_max_size", "variables_hash_bucket_size",
        "variables_hash_max_size", "types_hash_bucket_size", "types_hash_max_size", "proxy_headers_hash_bucket_size",
        "proxy_headers_hash_max_size",
    ]
) | _BLOCKS | HANDLERS | STEPS  # fmt: skip


def read_servers(blocks: Sequence[Node], version: Version, note: Note) -> tuple[Server, ...]:
    """Return the servers of http{}, in nginx's order."""
    nodes = [node for block in blocks for node in block.children]
    settings, _ = level(defaults(version), _settings(nodes), version)
    found = [node for node in nodes if node.name == "server"]
    listens = settle([listens_of(node, note) for node in found])
    reader = _Locations(version)
    return tuple(_server(reader, node, own, settings) for node, own in zip(found, listens, strict=True))


def _settings(nodes: Iterable[Node]) -> list[Node]:
    return [node for node in nodes if node.name not in _APART]


def _server(reader: _Locations, node: Node, listens: tuple[Listen, ...], inherited: Settings) -> Server:
    base = reader.read(node, SERVER, "", inherited, None, {})
    lines = [child for child in node.children if child.name == "server_name"]
    names = tuple(name if name.startswith("~") else name.lower() for line in lines for name in line.args)
    old = base.settings.get("ssl")
    if old is not None and old.value == ("on",):
        listens = tuple(replace(one, ssl=True) for one in listens)
    http2 = base.settings.get("http2")
    if http2 is not None and http2.value == ("on",):
        listens = tuple(replace(one, http2=True) for one in listens)
    named = next((one for one in listens if one.http2), None)
    if named is not None and (http2 is None or http2.value != ("on",)):
        base = replace(base, settings={**base.settings, "http2": Setting("http2", ("on",), "on", named.place)})
    tls = _tls(base.settings) if any(one.ssl for one in listens) else None
    place = lines[0].place if lines else node.place
    return Server(node.place, names or ("",), place, listens, base, tls)


def _tls(settings: Settings) -> Tls:
    return Tls(
        _paths(settings.get("ssl_certificate")),
        _paths(settings.get("ssl_certificate_key")),
        settings["ssl_protocols"],
        settings["ssl_ciphers"],
        settings.get("add_header strict-transport-security"),
    )


def _paths(setting: Setting | None) -> tuple[tuple[str, Place], ...]:
    if setting is None or setting.place is None or not isinstance(setting.value, tuple):
        return ()
    return tuple((str(line[0]), setting.place) for line in setting.value if line)


class _Locations:
    """Reads a server's level and, within it, locations; `if` and limit_except are locations without a name."""

    def __init__(self, version: Version) -> None:
        self._version = version

    def read(
        self,
        node: Node,
        modifier: str,
        path: str,
        inherited: Settings,
        outer: Handler | None,
        known: Mapping[str, str],
    ) -> Location:
        """Return one level and those in it. `outer` answers where an `if` names nothing; `known` are constants."""
        settings, own = level(inherited, _settings(node.children), self._version)
        steps = tuple(_step(child) for child in node.children if child.name in STEPS)
        constants = constants_of(steps, known)
        handler = answering(steps) or passing(node.children, constants) or outer or files(node.place)
        tried = next((child for child in node.children if child.name == "try_files"), None)
        inner = [self._inner(child, settings, handler, constants) for child in node.children if child.name in _BLOCKS]
        return Location(
            modifier,
            path,
            node.place,
            handler,
            settings,
            own,
            steps,
            Setting("try_files", tuple(map(canonical, tried.args)), shown(tried), tried.place) if tried else None,
            next((child.place for child in node.children if child.name == "internal"), None),
            tuple(inner),
        )

    def _inner(self, node: Node, settings: Settings, handler: Handler, known: Mapping[str, str]) -> Location:
        if node.name == "location":
            modifier, path = _written(node.args)
            return self.read(node, modifier, path, settings, None, known)
        text = condition(node.args) if node.name == "if" else _methods(node.args)
        return self.read(node, node.name, text, settings, handler, known)


def _written(args: tuple[str, ...]) -> tuple[str, str]:
    """Return a location's modifier and path; the two may be written as one word."""
    if len(args) == 2:
        return args[0], args[1]
    for modifier in ("=", "^~", "~*", "~"):
        if args[0].startswith(modifier):
            return modifier, args[0][len(modifier) :]
    return "", args[0]


def _methods(words: Sequence[str]) -> str:
    """Return the methods that a limit_except leaves alone; HEAD goes without saying where GET is one."""
    found = {word.upper() for word in words}
    return " ".join(sorted(found - {"HEAD"} if "GET" in found else found))


def condition(words: Sequence[str]) -> str:
    """Return an `if`'s condition in one spelling, within its brackets."""
    text = list(words)
    text[0] = text[0].removeprefix("(")
    text[-1] = text[-1].removesuffix(")")
    text = [word for word in text if word]
    if text:
        text[0] = canonical(text[0])
    if len(text) == 3 and text[1] in ("=", "!="):
        text[2] = canonical(text[2])
    return f"({' '.join(text)})"


def _step(node: Node) -> Step:
    if node.name == "if":
        text = condition(node.args)
        return Step("if", (text,), text, node.place)
    words = [canonical(arg) for arg in node.args]
    if node.name == "rewrite":
        words[0] = node.args[0]  # a pattern: its `$` are ends of lines
    return Step(node.name, tuple(words), f"{node.name} {shown(node)}".strip(), node.place)
