"""`listen` lines that say a thing twice, or in a way that this nginx does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parity.programs.nginx.check.urls import parse_url, shown_address
from parity.programs.nginx.repair.lines import indent, line_start, newline, whole_lines
from parity.programs.nginx.repair.outline_source import OutlineNode, Source
from parity.programs.nginx.repair.plan import Edit, Proposal, Refused
from parity.programs.nginx.syntax.problem import Problem

_PLAIN: Final = frozenset({"0.0.0.0:80", "[::]:80"})  # where browsers speak HTTP without TLS


def same_server(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Remove a second `listen` for the same address if it adds nothing."""
    file = problem.file or ""
    node = source.on_line(file, problem.line or 0, "listen")
    if node is None:
        raise Refused(f"{problem.cause} The line is not in the collected files.")
    sites = source.sites.get(file, [])
    block = node.parent or (sites[0].block if sites else None)
    others = [one for one in source.children(block) if one.name == "listen" and one is not node] if block else []
    first = next((one for one in others if _addresses(one) & _addresses(node)), None)
    shared = ""
    if first is not None:
        for which, gone, kept in (("second", node, first), ("first", first, node)):
            if not set(gone.args[1:]) <= set(kept.args[1:]) or not _addresses(gone) <= _addresses(kept):
                continue
            if len(source.sites[gone.file]) != 1:
                shared = gone.file
                continue
            start, end = whole_lines(source.files[gone.file], gone.start, gone.stop)
            why = f"the server listens on {problem.argument} by {kept.file}:{kept.line} too, with the same parameters"
            yield Proposal((Edit(gone.file, start, end, b""),), f'removed the {which} "listen"', why)
            return
    if shared:
        raise Refused(
            f"The server listens on {problem.argument} twice, and the extra line is in {shared}, which is included"
            " in several places: remove it where it is a duplicate."
        )
    raise Refused(
        f"The server listens on {problem.argument} twice, and the two lines differ in their parameters: keep one of"
        " them with all required parameters."
    )


def _addresses(node: OutlineNode) -> set[str]:
    url = parse_url(node.args[0], 80, listen=True) if node.args else None
    if url is None or url.error:
        return set()
    return {shown_address(one).decode("latin-1") for one in url.addrs or []}


def options(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Write socket options once per address; repeated ones are removed, different ones need your decision."""
    file = problem.file or ""
    node = source.on_line(file, problem.line or 0, "listen")
    if node is None:
        raise Refused(f"{problem.cause} The line is not in the collected files.")
    for path in source.sites:
        for other in source.outline(path).every():
            if other.name != "listen" or other is node or not _addresses(other) & _addresses(node):
                continue
            if not any(_is_option(value) for value in other.args[1:]):
                continue
            again = [word for word in node.words[2:] if _is_option(word.value)]
            there = {value.partition(b"=")[0]: value for value in other.args[1:]}
            if not again or any(there.get(word.value.partition(b"=")[0], word.value) != word.value for word in again):
                continue
            more = b"".join(b" " + word.value for word in again if word.value not in other.args)
            edits = [Edit(file, _blank(source.files[file], word.start), word.end, b"") for word in again]
            what, verify = "removed the repeated socket options", False
            if more:
                edits.append(Edit(path, other.words[-1].end, other.words[-1].end, more))
                what, verify = f'moved the socket options to the "listen" of {path}:{other.line}', True
            has = "others" if more else "the same"
            why = f"socket options apply to the whole address, and {path}:{other.line} has {has}"
            yield Proposal(tuple(edits), what, why, verify)
    raise Refused(
        f"The socket options (reuseport, backlog, ipv6only, so_keepalive …) of {problem.argument} are written in two"
        f' places, {file}:{problem.line} and before it, and differ: set all of them in one "listen" only.'
    )


def _is_option(value: bytes) -> bool:
    return value in (b"bind", b"deferred", b"reuseport") or (b"=" in value)


def _blank(data: bytes, start: int) -> int:
    while data[start - 1 : start] in (b" ", b"\t"):
        start -= 1
    return start


def http2_directive(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Replace `http2 on;` or `ssl on;` with the parameter of `listen` if this nginx version lacks the directive."""
    node = source.on_line(problem.file or "", problem.line or 0, problem.directive)
    if node is None or node.name not in ("http2", "ssl") or len(node.args) != 1 or node.args[0] not in (b"on", b"off"):
        raise Refused(f'"{problem.directive}" ({problem.file}:{problem.line}) does not exist in this nginx version:'
                      " use an image of another version, or remove it.")  # fmt: skip
    start, end = whole_lines(source.files[node.file], node.start, node.stop)
    gone = Edit(node.file, start, end, b"")
    listens = _meant(source, node) if node.args == [b"on"] else []
    if node.args == [b"on"] and not listens:
        why = "this version has it only as a parameter of listen with TLS; without TLS, HTTP/1.1 would not work"
        yield Proposal((gone,), f'removed "{node.name} on"', why, verify=True)
        return
    name = node.name.encode()
    edits = [Edit(one.file, one.end - 1, one.end - 1, b" " + name) for one in listens if name not in one.args]
    why = "this version supports it only as a parameter of listen"
    yield Proposal((gone, *edits), f'wrote "{node.name}" as a parameter of "listen"', why)


def _meant(source: Source, node: OutlineNode) -> list[OutlineNode]:
    """Return the `listen` lines that `http2 on` or `ssl on` holds for; none where no listen of TLS could take http2."""
    sites = source.sites.get(node.file, [])
    block = node.parent or (sites[0].block if len(sites) == 1 else None)
    servers = [block] if block is not None and block.name == "server" else []
    if block is not None and block.name == "http" and node.name == "http2" and len(_all(source, "http2")) == 1:
        servers = _all(source, "server")
    if not servers:
        raise Refused(f'"{node.name} on" ({node.file}:{node.line}) applies to several servers: write it as a'
                      ' parameter of each "listen" that needs it.')  # fmt: skip
    listens = [one for server in servers for one in source.children(server) if one.name == "listen"]
    if not listens:
        raise Refused(f'"{node.name} on" ({node.file}:{node.line}) has no "listen" to move it to.')
    # it held for every address of the server; for port 80 that was seldom meant
    if node.name == "ssl" and any(_addresses(one) & _PLAIN and b"ssl" not in one.args for one in listens):
        raise Refused(f'"ssl on" ({node.file}:{node.line}) applied to all "listen" lines of the server, one of'
                      ' them on port 80: write "ssl" in those that need it.')  # fmt: skip
    if node.name == "http2":
        listens = [one for server in servers for one in _speaking_http2(source, server)]
    # servers that include one file share its lines
    return [one for one in {id(one): one for one in listens}.values() if b"quic" not in one.args]


def _speaking_http2(source: Source, server: OutlineNode) -> list[OutlineNode]:
    """Return the addresses of a server with TLS; without TLS, those of gRPC, whose clients speak nothing else."""
    listens = [one for one in source.children(server) if one.name == "listen"]
    with_tls = [one for one in listens if b"ssl" in one.args]
    if with_tls:
        return with_tls
    return listens if any(one.name in ("ssl", "grpc_pass") for one in source.within(server)) else []


def _all(source: Source, name: str) -> list[OutlineNode]:
    return [node for file in source.sites for node in source.outline(file).every() if node.name == name]


def deprecated(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Replace `listen … http2` with `http2 on;` if this nginx version supports it."""
    node = source.on_line(problem.file or "", problem.line or 0, "listen")
    if problem.directive == "ssl":
        yield from http2_directive(source, problem)
    if "is obsolete" in problem.message:
        yield from _obsolete(source, problem)
    if node is None or "http2" not in problem.message or source.version < (1, 25, 1):
        raise Refused(f"{problem.cause} {problem.action}")
    block = node.parent
    if block is None or block.name != "server":
        raise Refused(f'The "listen … http2" of {node.file}:{node.line} is in a snippet that several servers include.')
    data = source.files[node.file]
    words = [
        (one, word)
        for one in block.children
        if one.name == "listen"
        for word in one.words[2:]
        if word.value == b"http2"
    ]
    edits = [Edit(node.file, _blank(data, word.start), word.end, b"") for _, word in words]
    if not any(one.name == "http2" for one in source.children(block)):
        last = words[-1][0]
        blanks = indent(data, last.start)
        at = line_start(data, last.start)
        behind = data.find(b"\n", last.end)
        text = blanks + b"http2 on;" + newline(data)
        edits.append(Edit(node.file, behind + 1 if behind >= 0 else at, behind + 1 if behind >= 0 else at, text))
    why = 'nginx 1.25.1 and later use the directive "http2"'
    # A listen that had it not, has it now; other servers of the address, which shared it, may not.
    verify = len(words) < sum(one.name == "listen" for one in block.children)
    yield Proposal(tuple(edits), 'wrote "http2 on;" for "listen … http2"', why, verify)


def _obsolete(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Nginx does nothing with the directive any more; without it all is as it was."""
    node = source.on_line(problem.file or "", problem.line or 0, problem.directive)
    if node is not None and node.kind == ";":
        start, end = whole_lines(source.files[node.file], node.start, node.stop)
        why = f"this nginx ignores it ({problem.message.partition(' in /')[0]})"
        yield Proposal((Edit(node.file, start, end, b""),), f'removed "{node.name}"', why, verify=True)
    raise Refused(f"{problem.cause} ({problem.file}:{problem.line}) {problem.action}")


def protocols(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Write the same protocols at each `listen` of an address: nginx combines them anyway."""
    nodes = [
        node
        for file in source.sites
        for node in source.outline(file).every()
        if node.name == "listen" and (problem.argument or "") in _addresses(node)
    ]
    wanted = [name for name in (b"ssl", b"http2", b"quic", b"proxy_protocol") if any(name in one.args for one in nodes)]
    edits = []
    for node in nodes:
        lacking = b"".join(b" " + name for name in wanted if name not in node.args)
        if lacking:
            edits.append(Edit(node.file, node.words[-1].end, node.words[-1].end, lacking))
    if edits and b"quic" not in wanted:
        why = f"the protocols apply to all of {problem.argument}; now each line has them"
        yield Proposal(tuple(edits), 'set the same protocols in every "listen"', why)
    raise Refused(f"{problem.cause} {problem.action}")
