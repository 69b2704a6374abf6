"""What servers share by name: upstreams, zones, maps and log formats."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Final

from parity.programs.nginx.check.urls import parse_url
from parity.programs.nginx.model.defaults import defaults
from parity.programs.nginx.model.levels import shown
from parity.programs.nginx.model.tree import Node, text_of
from parity.programs.nginx.model.types import Member, Setting, Table, Upstream, Zone
from parity.programs.nginx.model.values import canonical, meaning, network, parsed, rate, seconds
from parity.programs.nginx.syntax.knowledge import Version
from parity.programs.nginx.syntax.scalars import duration, offset, size

_METHODS: Final = frozenset({"least_conn", "ip_hash", "hash", "random", "least_time", "sticky"})
_MEMBER_DEFAULTS: Final = frozenset({("weight", "1"), ("max_fails", "1"), ("fail_timeout", "10"), ("max_conns", "0")})
_CACHE_DEFAULTS: Final = {"use_temp_path": ("on",), "inactive": (600,), "levels": ("",)}
_ZONE_READERS: Final[dict[str, Callable[[str], int | str]]] = {
    "size": lambda text: parsed(size, text),
    "rate": rate,
    "max_size": lambda text: parsed(offset, text),
    "min_free": lambda text: parsed(offset, text),
    "inactive": lambda text: parsed(seconds, text),
}
_Options = dict[str, tuple[Hashable, str]]


def upstream(node: Node, version: Version, section: str = "upstream_defaults") -> Upstream:
    """Return one upstream{} block; `section` has what goes without saying there."""
    settings = dict(defaults(version, section))
    method = Setting("method", ("round robin",), "round robin")
    for child in node.children:
        value = (child.name, *map(canonical, child.args))
        if child.name in _METHODS:
            method = Setting("method", value, f"{child.name} {shown(child)}".strip(), child.place)
        elif child.name == "zone":
            settings["zone"] = Setting("zone", ("zone",), shown(child), child.place)
        elif child.name != "server":
            words = meaning(child.name, child.args, version)
            settings.setdefault(child.name, Setting(child.name, words, shown(child), child.place))
            if settings[child.name].place is None:
                settings[child.name] = Setting(child.name, words, shown(child), child.place)
    members = tuple(_member(child) for child in node.children if child.name == "server")
    return Upstream(node.args[0].lower(), node.place, members, method, settings)


def _member(node: Node) -> Member:
    address = node.args[0]
    host, port = address, 0
    if not address.lower().startswith("unix:"):
        url = parse_url(address.encode("utf-8"), 80, resolve=False)
        if not url.error:
            host, port = text_of(url.host).lower(), url.port
    found = set()
    for word in node.args[1:]:
        name, _, value = word.partition("=")
        if name == "fail_timeout":
            value = str(parsed(seconds, value))
        found.add((name, value))
    return Member(host, port, node.place, frozenset(found - _MEMBER_DEFAULTS))


def zones(nodes: Iterable[Node]) -> dict[tuple[str, str], Zone]:
    """Return the shared memory that http{} sets aside."""
    found: dict[tuple[str, str], Zone] = {}
    for node in nodes:
        zone = None
        if node.name in ("limit_req_zone", "limit_conn_zone"):
            zone = _limit_zone(node)
        elif node.name.endswith("_cache_path"):
            zone = _cache_zone(node)
        if zone is not None:
            found.setdefault((zone.kind, zone.name), zone)
    return found


def _zone(kind: str, name: str, key: str, node: Node, options: _Options) -> Zone:
    settings = {
        option: Setting(option, (value,), text, node.place) for option, (value, text) in sorted(options.items())
    }
    return Zone(kind, name, key, node.place, settings)


def _options(node: Node, zone: str, read: Callable[[str], Hashable]) -> tuple[str, _Options]:
    """Return the name of a zone, and the options behind the first word of its line, by name: meaning and text."""
    name = ""
    options: _Options = {}
    for word in node.args[1:]:
        option, _, value = word.partition("=")
        if option == zone:
            name, _, space = value.partition(":")
            options["size"] = (_ZONE_READERS["size"](space), space)
        else:
            options[option] = (_ZONE_READERS.get(option, read)(value), value)
    return name, options


def _limit_zone(node: Node) -> Zone | None:
    name, options = _options(node, "zone", canonical)
    if node.name == "limit_req_zone":
        options.setdefault("rate", (60, "1r/s"))
    return _zone(node.name.removesuffix("_zone"), name, canonical(node.args[0]), node, options) if name else None


def _cache_zone(node: Node) -> Zone | None:
    name, options = _options(node, "keys_zone", _time)
    options["path"] = (node.args[0], node.args[0])
    for option, (default,) in _CACHE_DEFAULTS.items():
        if option in options and options[option][0] == default:
            del options[option]
    return _zone("cache", name, "", node, options) if name else None


def _time(text: str) -> int | str:
    return parsed(duration, text)


def tables(nodes: Iterable[Node]) -> dict[str, Table]:
    """Return the map, geo and split_clients blocks by the variable that each makes."""
    found: dict[str, Table] = {}
    for node in nodes:
        if node.name in ("map", "geo", "split_clients") and node.args:
            table = _table(node)
            found.setdefault(table.variable, table)
    return found


def _table(node: Node) -> Table:
    source = canonical(node.args[0]) if len(node.args) > 1 else "${remote_addr}"
    entries: dict[str, Setting] = {"default": Setting("default", ("",), '""')} if node.name != "split_clients" else {}
    ordered = []
    for line in node.children:
        key = _key(node.name, line.name)
        value = Setting(key, tuple(map(canonical, line.args)), shown(line) or "set", line.place)
        if key not in entries or entries[key].place is None:
            entries[key] = value
        if node.name == "split_clients" or key.startswith("~"):
            ordered.append(key)
    return Table(node.name, canonical(node.args[-1]), source, node.place, entries, tuple(ordered))


def _key(kind: str, text: str) -> str:
    if kind == "map" and not text.startswith("~"):
        return text.removeprefix("\\").lower()
    if kind == "geo" and text not in ("default", "proxy", "delete", "ranges", "proxy_recursive", "volatile"):
        return network(text)
    return text


def formats(nodes: Iterable[Node]) -> dict[str, Setting]:
    """Return the log formats."""
    found: dict[str, Setting] = {}
    for node in nodes:
        if node.name == "log_format":
            escape = next((arg for arg in node.args[1:2] if arg.startswith("escape=")), "")
            text = "".join(node.args[2:] if escape else node.args[1:])
            value = (canonical(text), escape.removeprefix("escape=") or "default")
            found.setdefault(node.args[0], Setting("log_format", value, text, node.place))
    return found
