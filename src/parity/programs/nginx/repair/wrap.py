"""A snippet of a server whose `location` was lost: all of it, or only the line that opened it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from parity.programs.nginx.repair.lines import (
    first_on_line,
    indent,
    indented,
    line_end,
    line_start,
    newline,
    unit,
    width,
)
from parity.programs.nginx.repair.outline_source import OutlineNode, Source, outline_of, quoted_lines
from parity.programs.nginx.repair.plan import Edit, Proposal, Refused
from parity.programs.nginx.syntax.problem import Problem

_SERVER: Final = "http/server"
_LOCATION: Final = "http/location"
_SAFE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")
_ENDINGS: Final = frozenset({"conf", "inc", "include", "location", "locations", "nginx", "server", "template", "tpl"})
_NUMBERED: Final = re.compile(r"\d+[-_]")
# Blocks that a location may hold, and that do not stand for a place of their own.
_WITHIN: Final = frozenset({"if", "limit_except"})
# Names of snippets that are shared settings, not places below a host.
_SHARED: Final = frozenset(
    {
        "default", "common", "proxy", "proxy_params", "proxy-params", "headers", "ssl",
        "tls", "security", "locations", "location", "index", "main", "server",
        "nginx", "params", "snippet", "snippets", "settings", "general", "options",
        "fastcgi", "fastcgi_params", "fastcgi-params", "uwsgi_params", "scgi_params", "cors", "gzip",
        "cache", "websocket", "websockets", "upstream", "upstreams",
        "php", "php-fpm", "php_fpm", "fastcgi-php", "wordpress", "errors", "error_pages", "error-pages", "redirects",
        "rewrites", "letsencrypt", "acme", "certbot", "site", "root", "base", "http", "https",
    }
)  # fmt: skip


def lost_location(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Propose the location that a snippet has lost. Raises Refused where a guard does not hold."""
    file = problem.file or ""
    outline = source.outline(file)
    whole = source.files.get(file, b"").rstrip()
    unended = [Edit(file, len(whole), len(whole), b";")] if not outline.complete and not outline.stray else []
    if unended:
        outline = outline_of(file, whole + b";")
    if len(outline.stray) > 1 or outline.unclosed or not outline.complete:
        raise Refused(f"The braces of {file} do not match, so it is not clear what the lost location contained.")
    if outline.stray:
        yield _opening_line(source, file)
        return
    blocks = [node.name for node in outline.nodes if node.kind == "{" and node.name not in _WITHIN]
    if blocks:
        raise Refused(
            f'"{problem.directive}" is outside of a location in {file}, which has "{blocks[0]}" blocks too:'
            " it is not clear which directives belong together.",
            _sketch(problem),
        )
    path = _path(source, file, outline.nodes)
    data = source.files[file]
    break_ = newline(data)
    step = unit_of(source, file)
    mark = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    tail = b"}" + break_ if data.endswith(b"\n") else break_ + b"}"
    flat = any(not indent(data, node.start) for node in outline.nodes)
    edits = [
        Edit(file, mark, mark, b"location %b {" % path.encode() + break_),
        *(_indented(file, data, mark, len(data), step, list(outline.every())) if flat else ()),
        *unended,
        Edit(file, len(data), len(data), tail),
    ]
    yield Proposal(tuple(edits), f'put "location {path} {{ }}" around the snippet', _why(file, path), True, True)


def _opening_line(source: Source, file: str) -> Proposal:
    """Only the line `location /x/ {` is gone: its `}` is there, and healthy blocks may stand around."""
    outline, data = source.outline(file), source.files[file]
    close = outline.stray[0]
    inside = closed_by(outline.nodes, data, close)
    if not inside:
        raise Refused(f'A "}}" of {file} closes nothing, and there are no directives before it to close: remove it.')
    path = _path(source, file, inside)
    edit = opening_edit(file, data, inside, close, b"location " + path.encode())
    why = f'{_why(file, path)}; its closing "}}" on line {source.line(file, close)} is still there'
    return Proposal((edit,), f'restored the lost line "location {path} {{"', why, True, True)


def opening_edit(file: str, data: bytes, inside: list[OutlineNode], close: int, head: bytes) -> Edit:
    """Return the edit that opens a block before what a `}` closes, and before the comments right above that."""
    start = line_start(data, inside[0].start)
    while start:
        above = line_start(data, start - 1)
        text = data[above : line_end(data, above)]
        deep = width(indent(data, above)) > width(indent(data, close))
        if not text.strip().startswith(b"#") or not deep:
            break
        start = above
    blanks = indent(data, close) if first_on_line(data, close) else b""
    return Edit(file, start, start, blanks + head + b" {" + newline(data))


def lost_name(source: Source, file: str, at: int) -> Iterator[Proposal]:
    """Only the line `location /x/` is gone from before a `{` that stands on a line of its own."""
    data = source.files[file]
    sites = source.sites.get(file, [])
    if not sites or any(site.context != _SERVER for site in sites) or not first_on_line(data, at):
        return
    start, break_ = line_start(data, at), newline(data)
    line = indent(data, at) + b"location %b" + break_
    outline = outline_of(file, data[:start] + line % b"/" + data[start:])
    node = next((one for one in outline.nodes if line_start(data, one.start) == start and one.name == "location"), None)
    if node is None or not node.children or outline.stray or outline.unclosed or not outline.complete:
        return
    path = _path(source, file, node.children)
    edit = Edit(file, start, start, line % path.encode())
    yield Proposal((edit,), f'restored the lost line "location {path}"', _why(file, path), True, True)


def closed_by(nodes: list[OutlineNode], data: bytes, close: int) -> list[OutlineNode]:
    """Return the directives that the `}` closes: those right before it, deeper than it where lines are indented."""
    before = [node for node in nodes if node.start < close]
    deeper = [width(indent(data, node.start)) > width(indent(data, close)) for node in before]
    found: list[OutlineNode] = []
    for node, deep in zip(reversed(before), reversed(deeper), strict=True):
        outside = not deep if any(deeper) else node.kind == "{"
        if outside:
            break
        found.insert(0, node)
    return found


def _path(source: Source, file: str, inside: list[OutlineNode]) -> str:
    """Return the lost path. Raises Refused where it is not certain."""
    sites = source.sites.get(file, [])
    if not sites:
        raise Refused(f"{file} is not included by any collected file.")
    wrong = next((site.context for site in sites if site.context != _SERVER), None)
    if wrong is not None:
        where = "at the top level" if wrong == "main" else f"in {wrong.rpartition('/')[2]}{{}}"
        raise Refused(
            f"{file} is included {where}, where a location is not allowed: include it in the server it belongs to.",
        )
    _all_fit(source, file, inside)
    stem = _stem(file)
    shown = _NUMBERED.sub("", stem, count=1)
    if not _SAFE.match(shown) or shown.lower() in _SHARED:
        raise Refused(f'The name of {file} does not show the path of its location, which contains "{shown}".')
    path = _like_siblings(source, file, stem, shown)
    for site in sites:
        for other in source.children(site.block) if site.block else ():
            # beside `location = /x`, which often redirects there, `location /x/` may stand
            prefix = other.name == "location" and other.args and other.args[0] != b"="
            if prefix and other.args[-1].strip(b"/") == path.strip("/").encode():
                raise Refused(
                    f'The server that includes {file} has a "location {other.args[-1].decode("utf-8", "replace")}"'
                    f" already ({other.file}:{other.line}), so the snippet cannot become a second one.",
                )
    return path


def _stem(file: str) -> str:
    """Return a file's name without what only says that it is a configuration."""
    parts = posixpath.basename(file).split(".")
    while len(parts) > 1 and parts[-1].lower() in _ENDINGS:
        parts.pop()
    return ".".join(parts)


def _all_fit(source: Source, file: str, inside: list[OutlineNode]) -> None:
    """Raise Refused where a directive of the snippet may not stand in a location."""
    for node in inside:
        if node.name in source.table and not source.legal(node.name, _LOCATION):
            raise Refused(f'"{node.name}" in {file} is not allowed in a location, so the snippet was not a location.')
        for child in node.children if node.name in _WITHIN else ():
            if not source.legal(child.name, f"{_LOCATION}/{node.name}"):
                raise Refused(
                    f'"{child.name}" ({file}:{child.line}) is not allowed in an "{node.name}" of a location either.'
                )


def _like_siblings(source: Source, file: str, stem: str, shown: str) -> str:
    """Return the path as its neighbouring snippets are written: `/x/`, `/x` or `/v1/x/`."""
    shapes: set[tuple[str, bool, bool]] = set()
    for other in source.sites:
        if other == file or posixpath.dirname(other) != posixpath.dirname(file):
            continue
        name = _stem(other)
        bare = _NUMBERED.sub("", name, count=1)
        for node in source.outline(other).nodes:
            path = node.args[-1].decode("utf-8", "replace") if node.name == "location" and node.args else ""
            for known, numbered in ((name, True), (bare, False)):
                if path.rstrip("/").endswith("/" + known):
                    before = path.rstrip("/")[: -len(known)]
                    shapes.add((before, numbered and name != bare, path.endswith("/")))
                    break
    befores = {shape[0] for shape in shapes}
    slashes = {shape[2] for shape in shapes}
    name = stem if {shape[1] for shape in shapes} == {True} else shown
    return (befores.pop() if len(befores) == 1 else "/") + name + ("" if slashes == {False} else "/")


def bare_handler(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Put `location / { }` around a `proxy_pass` that stands in a server, with the settings that stand around it."""
    node = source.on_line(problem.file or "", problem.line or 0, problem.directive)
    if node is None or node.parent is None:
        return
    outline = source.outline(node.file)
    if outline.stray or outline.unclosed:
        raise Refused(
            f'"{node.name}" ({node.file}:{node.line}) is outside of a location, and the braces of the file do not'
            " match: restore the line that opened its location.",
            "location /PATH/ {",
        )
    taken = next((one for one in source.children(node.parent) if one.name == "location" and one.args == [b"/"]), None)
    if taken is not None:
        raise Refused(
            f'"{node.name}" is directly in the server, which already has a "location /" ({taken.file}:{taken.line}):'
            " put it in the location of its path.",
            _sketch(problem),
        )
    group = _group(node)
    data = source.files[node.file]
    step, blanks, break_ = unit(data), indent(data, group[0].start), newline(data)
    first, last = line_start(data, group[0].start), line_end(data, group[-1].stop - 1)
    if not first_on_line(data, group[0].start) or not _ends_line(data, group[-1].stop):
        raise Refused(f'"{node.name}" shares its line with other directives of the server.', _sketch(problem))
    edits = [
        Edit(node.file, first, first, blanks + b"location / {" + break_),
        *_indented(node.file, data, first, last, step, group),
        Edit(node.file, last, last, break_ + blanks + b"}"),
    ]
    why = f'"{node.name}" is not allowed in a server, and the server has no location / yet'
    yield Proposal(tuple(edits), 'put "location / { }" around it', why, verify=True, structural=True)


def _group(node: OutlineNode) -> list[OutlineNode]:
    """Return the unbroken row of directives of one module around `node`."""
    siblings = node.parent.children if node.parent else []
    prefix = node.name.partition("_")[0] + "_"
    at = siblings.index(node)
    first = last = at
    while first and siblings[first - 1].name.startswith(prefix) and siblings[first - 1].kind == ";":
        first -= 1
    while last + 1 < len(siblings) and siblings[last + 1].name.startswith(prefix) and siblings[last + 1].kind == ";":
        last += 1
    return siblings[first : last + 1]


def unit_of(source: Source, file: str) -> bytes:
    """Return one step of indentation; where a file has none, that of its neighbours."""
    folder = posixpath.dirname(file)
    for other in (file, *sorted(source.sites, key=lambda one: (posixpath.dirname(one) != folder, one))):
        if b"\n " in source.files[other] or b"\n\t" in source.files[other]:
            return unit(source.files[other])
    return b"    "


def _indented(file: str, data: bytes, start: int, end: int, step: bytes, nodes: list[OutlineNode]) -> list[Edit]:
    edits = indented(file, data, start, end, step, quoted_lines(data, nodes))
    mark = b"\xef\xbb\xbf"
    return (
        [Edit(file, max(one.start, len(mark)), max(one.end, len(mark)), one.new) for one in edits]
        if data.startswith(mark)
        else edits
    )


def _ends_line(data: bytes, offset: int) -> bool:
    rest = data[offset : line_end(data, offset)].strip(b" \t")
    return not rest or rest.startswith(b"#")


def _why(file: str, path: str) -> str:
    return f"{file} is included in a server, its directives belong in a location, and its name suggests {path}"


def _sketch(problem: Problem) -> str:
    return f"location /PATH/ {{\n    {problem.directive} …;\n}}"
