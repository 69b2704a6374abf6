"""What answers a request in a location: a proxy of some kind, a `return`, or files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from parity.programs.nginx.check.urls import parse_url
from parity.programs.nginx.model.levels import shown
from parity.programs.nginx.model.tree import Node
from parity.programs.nginx.model.types import Handler, Place, Step
from parity.programs.nginx.model.values import canonical, has_variable

# The directives that name another server, with the scheme that goes without saying and the default ports.
PASSES: Final = {
    "proxy_pass": ("proxy", ""),
    "fastcgi_pass": ("fastcgi", ""),
    "uwsgi_pass": ("uwsgi", "uwsgi"),
    "scgi_pass": ("scgi", ""),
    "grpc_pass": ("grpc", "grpc"),
    "memcached_pass": ("memcached", ""),
    "tunnel_pass": ("tunnel", ""),
}
_PORTS: Final = {"http": 80, "https": 443, "grpc": 80, "grpcs": 443}
HANDLERS: Final = frozenset({*PASSES, "empty_gif", "stub_status", "flv", "mp4", "js_content", "perl"})
STEPS: Final = frozenset({"return", "rewrite", "set", "break", "if"})
_URL: Final = re.compile(r"(?:([a-z][a-z0-9+.-]*)://)?(unix:[^:]+:?|\[[^]]*\][^/?]*|[^/?]*)(.*)\Z", re.DOTALL | re.I)
_NAME: Final = re.compile(r"\$\{(\w+)\}")


def passing(nodes: Iterable[Node], constants: Mapping[str, str]) -> Handler | None:
    """Return the handler that a level names itself, or None. Variables of known value are filled in."""
    for node in nodes:
        if node.name in PASSES and node.args:
            return _pass(node, constants)
        if node.name in HANDLERS:
            return Handler(node.name, node.place, f"{node.name} {shown(node)}".strip(), text=canonical(shown(node)))
    return None


def answering(steps: Sequence[Step]) -> Handler | None:
    """Return the `return` that ends every request of a level; one behind `break` never runs."""
    for step in steps:
        if step.kind == "break":
            return None
        if step.kind == "return":
            first, *rest = step.words
            code, text = (first, " ".join(rest)) if first.isdecimal() else ("302", first)
            return Handler("return", step.place, step.shown, code=code, text=text)
    return None


def files(place: Place) -> Handler:
    """Return the handler where a location names none: nginx sends files from its `root` or `alias`."""
    return Handler("static", place, "files")


def _pass(node: Node, constants: Mapping[str, str]) -> Handler:
    kind, scheme = PASSES[node.name]
    written = canonical(node.args[0])
    url = filled(written, constants)
    found = _URL.match(url)
    named, authority, uri = found.groups() if found else ("", url, "")
    scheme = (named or scheme).lower()
    dynamic = has_variable(written)
    host, port = _address(authority, _PORTS.get(scheme, 0))
    text = f"{node.name} {shown(node)}" + (f" ({url})" if url != written else "")
    return Handler(kind, node.place, text, scheme, host, port, uri or None, dynamic)


def _address(authority: str, default: int) -> tuple[str, int]:
    """Return host and port; the port is 0 for a socket, and where only an upstream's block can tell."""
    if authority.lower().startswith("unix:"):
        return authority.rstrip(":"), 0
    if "${" in authority:
        host, colon, port = authority.rpartition(":")
        return (host, int(port)) if colon and port.isdecimal() and len(port) < 6 else (authority, default)
    url = parse_url(authority.encode("utf-8"), default, resolve=False)
    if url.error:
        return authority.lower(), default
    return url.host.decode("utf-8", "backslashreplace").lower(), url.port


def filled(text: str, constants: Mapping[str, str]) -> str:
    """Return `text` with the variables whose value is known, each written as `${name}`, put in."""
    return _NAME.sub(lambda name: constants.get(name[1], name[0]), text) if constants else text


def constants_of(steps: Iterable[Step], known: Mapping[str, str]) -> Mapping[str, str]:
    """Return the variables that `set` gives one fixed value, with those that are `known` already."""
    sets = [step.words for step in steps if step.kind == "set" and len(step.words) == 2]
    if not sets:
        return known
    names = [name.lstrip("$").strip("{}") for name, _ in sets]
    result = {name: value for name, value in known.items() if name not in names}
    for name, (_, value) in zip(names, sets, strict=True):
        text = filled(value, result)
        if names.count(name) == 1 and not has_variable(text):
            result[name] = text
    return result
