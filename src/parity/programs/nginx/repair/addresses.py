"""Addresses of servers that are written with the scheme of another kind of directive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parity.programs.nginx.repair.outline_source import OutlineNode, Source
from parity.programs.nginx.repair.plan import Edit, Proposal
from parity.programs.nginx.syntax.problem import Problem

_ADDRESS: Final = re.compile(rb"([a-z]+)://([^/\s]+)/?", re.IGNORECASE)
_SLASH: Final = re.compile(rb"()([A-Za-z0-9.-]+:\d+)/+")
# The schemes that say no more than the directive itself, and what stands for them.
_SCHEMES: Final[dict[str, dict[bytes, bytes]]] = {
    "server": {b"http": b"", b"tcp": b"", b"": b""},
    "proxy_pass": {b"tcp": b"", b"udp": b""},
    "fastcgi_pass": {b"http": b"", b"tcp": b"", b"fcgi": b"", b"fastcgi": b"", b"": b""},
    "uwsgi_pass": {b"tcp": b"", b"": b""},
    "scgi_pass": {b"tcp": b"", b"scgi": b"", b"": b""},
    "memcached_pass": {b"tcp": b"", b"memcached": b"", b"": b""},
    "grpc_pass": {b"http": b"grpc://", b"https": b"grpcs://", b"tcp": b"grpc://"},
}


def foreign_scheme(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Remove or correct a scheme, as in `server http://api:8000`, `fastcgi_pass tcp://php:9000`, `grpc_pass http://api:9000`."""
    for node in source.outline(problem.file or "").every():
        if node.line != problem.line or node.name not in _SCHEMES or len(node.words) < 2:
            continue
        word = node.words[1]
        found = _ADDRESS.fullmatch(word.value) or _SLASH.fullmatch(word.value)
        meant = _SCHEMES[node.name].get(found[1].lower()) if found else None
        if found is None or meant is None or not _speaks(source, node, found[1].lower()):
            continue
        edit = Edit(node.file, word.start, word.end, word.quote + meant + found[2] + word.quote)
        why = f'"{node.name}" takes a host and a port without a scheme'
        action = f'wrote "{(meant + found[2]).decode("latin-1")}" for "{word.value.decode("latin-1")}"'
        yield Proposal((edit,), action, why, verify=True)


def _speaks(source: Source, node: OutlineNode, scheme: bytes) -> bool:
    """Whether a server behind `http://` is not HTTP after all: FastCGI has its parameters next to it."""
    if node.name == "server":
        return node.parent is not None and node.parent.name == "upstream"
    if node.name == "proxy_pass":
        return all(source.context(node, site) == "stream/server" for site in source.sites[node.file])
    if node.name != "fastcgi_pass" or scheme != b"http":
        return True
    siblings = node.parent.children if node.parent is not None else source.outline(node.file).nodes
    return any(
        one is not node and (one.name.startswith("fastcgi_") or b"fastcgi" in b"".join(one.args)) for one in siblings
    )
