"""The host names that an nginx looks up: at its start, where it refuses the configuration without them, or later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from parity.programs.nginx.check.urls import parse_url
from parity.programs.nginx.model.handlers import PASSES, passing
from parity.programs.nginx.model.levels import shown
from parity.programs.nginx.model.tree import Node
from parity.programs.nginx.model.types import Need, Place, Server, Upstream
from parity.programs.nginx.model.values import has_variable

_MOST: Final = 500
_LOGS: Final = frozenset({"access_log", "error_log"})
_SYSLOG: Final = "syslog:"


def needs(nodes: Sequence[Node], servers: Sequence[Server], upstreams: Mapping[str, Upstream]) -> tuple[Need, ...]:
    """Return what is looked up, in the order of the files, each place once; names of upstream blocks are none.

    nodes: the top level. servers: those of http{}, for what only a request decides. Addresses are not left out.
    """
    found: dict[tuple[str, Place], Need] = {}
    for node in nodes:
        if node.name in ("http", "stream", "mail"):
            groups = {child.args[0].lower() for child in node.children if child.name == "upstream" and child.args}
            for need in _static(node, ""):
                member = need.shown.startswith("server ")  # whose name is looked up, whatever its group is called
                if need.host and (member or need.host not in groups):
                    found.setdefault((need.host, need.place), need)
        elif node.name == "error_log":
            for need in _of(node, ""):
                found.setdefault((need.host, need.place), need)
    for server in servers:
        for need in _dynamic(server, upstreams):
            found.setdefault((need.host, need.place), need)
    return tuple(sorted(found.values(), key=lambda need: need.place)[:_MOST])


def _static(level: Node, resolver: str) -> Iterator[Need]:
    """Yield what a level and those in it name without a variable. `resolver` is the one in force around it."""
    todo = [(level, resolver)]
    while todo:
        node, around = todo.pop()
        own = next((shown(child) for child in node.children if child.name == "resolver"), around)
        for child in node.children:
            yield from _of(child, own, within=node.name)
            if child.children:
                todo.append((child, own))


def _of(node: Node, resolver: str, within: str = "") -> Iterator[Need]:
    if not node.args:
        return
    first = node.args[0]
    if node.name == "server" and within == "upstream":
        yield _need(node, first, 80, start="resolve" not in node.args[1:], resolver=resolver)
    elif node.name in PASSES and not has_variable(first):
        handler = passing([node], {})
        if handler is not None and not handler.host.lower().startswith("unix:"):
            yield Need(handler.host, handler.port, node.place, f"{node.name} {shown(node)}", True, resolver)
    elif node.name == "resolver":
        for word in node.args:
            if "=" not in word:
                yield _need(node, word, 53)
    elif node.name == "auth_http":
        yield _need(node, first.partition("://")[2] or first, 80)
    elif node.name in _LOGS and first.startswith(_SYSLOG):
        server = next((part for part in first[len(_SYSLOG) :].split(",") if part.startswith("server=")), "")
        yield _need(node, server.partition("=")[2], 514)


def _need(node: Node, address: str, default: int, *, start: bool = True, resolver: str = "") -> Need:
    host, port = "", 0
    if address and not address.lower().startswith("unix:") and not has_variable(address):
        url = parse_url(address.encode("utf-8"), default, uri_part=True, resolve=False)
        if not url.error:
            host, port = url.host.decode("utf-8", "backslashreplace").lower(), url.port
    return Need(host, port, node.place, f"{node.name} {shown(node)}", start, resolver)


def _dynamic(server: Server, upstreams: Mapping[str, Upstream]) -> Iterator[Need]:
    """Yield the names in a pass with variables, as far as they are known: nginx looks them up at each request."""
    for _, location in server.walk():
        handler = location.handler
        if handler.dynamic and handler.host and "${" not in handler.host and handler.host not in upstreams:
            resolver = location.settings.get("resolver")
            need = Need(handler.host, handler.port, handler.place, handler.shown, False)
            yield replace(need, resolver=resolver.shown) if resolver else need
