"""Values that nginx does not take, where only one other spelling can have been meant."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from parity.nginx.problem import Problem
from parity.nginx.reader import Word
from parity.nginx.repairs.plan import Edit, Proposal, Refused
from parity.nginx.repairs.source import Node, Source

_AMOUNT: Final = re.compile(rb"([0-9]+)\s*([A-Za-z]+)\Z")
_SIZES: Final = {"b": "", "byte": "", "bytes": "", "kb": "k", "kib": "k", "mb": "m", "mib": "m", "gb": "g", "gib": "g"}
_TIMES: Final = {
    **dict.fromkeys(("sec", "secs", "second", "seconds", "S"), "s"),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours", "H"), "h"),
    **dict.fromkeys(("day", "days", "D"), "d"),
    **dict.fromkeys(("week", "weeks"), "w"),
    **dict.fromkeys(("msec", "msecs", "millisecond", "milliseconds"), "ms"),
}
_FLAGS: Final = {
    **dict.fromkeys(("yes", "true", "1", "enable", "enabled"), b"on"),
    **dict.fromkeys(("no", "false", "0", "disable", "disabled"), b"off"),
}
_PROTOCOL: Final = re.compile(rb"(TLS|SSL)[vV]?([0-9](?:\.[0-9])?)\Z", re.IGNORECASE)
_KNOWN: Final = {b"SSLv2", b"SSLv3", b"TLSv1", b"TLSv1.1", b"TLSv1.2", b"TLSv1.3"}
_MODIFIERS: Final = {b"=~": b"~", b"~=": b"~", b"*~": b"~*", b"==": b"=", b"~^": b"^~", b"^": b"^~", b"!=": None}
_FILE_SIZES: Final = frozenset({"client_max_body_size", "sendfile_max_chunk", "proxy_max_temp_file_size",
                                "limit_rate", "limit_rate_after", "directio", "slice"})  # fmt: skip


def node_of(source: Source, problem: Problem) -> Node:
    """Return the directive that the problem is about. Raises Refused where it is not found."""
    node = source.on_line(problem.file or "", problem.line or 0, problem.directive)
    if node is None:
        raise Refused(f"{problem.cause} The line was not found in the files.")
    return node


def _replaced(node: Node, word: Word, new: bytes, why: str) -> Proposal:
    quoted = word.quote + new + word.quote
    old = word.value.decode("utf-8", "replace")
    action = f'wrote "{new.decode("utf-8", "replace")}" for "{old}" in "{node.name}"'
    return Proposal((Edit(node.file, word.start, word.end, quoted),), action, why)


def unit_or_flag(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Write a size, a time, a switch or a protocol as nginx does."""
    node = node_of(source, problem)
    for word in node.words[1:]:
        if problem.argument and problem.argument.encode() not in (word.value, word.value.partition(b"=")[2]):
            continue
        for new, why in _spellings(source, node, word.value):
            yield _replaced(node, word, new, why)
    shown = " ".join(arg.decode("utf-8", "replace") for arg in node.args)
    raise Refused(f'"{node.name}" ({node.file}:{node.line}) does not take "{shown}", and which value was meant is not'
                  " in the files.")  # fmt: skip


def _spellings(source: Source, node: Node, value: bytes) -> Iterator[tuple[bytes, str]]:
    rule = next(iter(source.table.get(node.name, {}).values()), None)
    text = value.decode("latin-1")
    if rule is not None and rule.flag:
        if text.lower() in _FLAGS:
            yield _FLAGS[text.lower()], 'a switch is "on" or "off"'
        return
    if node.name.endswith("_protocols"):
        found = _PROTOCOL.match(value)
        named = found[1].upper() + b"v" + found[2].removesuffix(b".0") if found else b""
        if named in _KNOWN and named != value:
            yield named, "protocols are written as TLSv1.3"
        return
    head, sign, amount = value.rpartition(b"=")
    pieces = _AMOUNT.match(amount)
    if pieces is None:
        return
    unit = pieces[2].decode("latin-1")
    size = _SIZES.get(unit.lower())
    if size == "g" and node.name not in _FILE_SIZES:
        yield head + sign + b"%dm" % (int(pieces[1]) * 1024), "this size knows only k and m"
    elif size is not None:
        yield head + sign + pieces[1] + size.encode(), "sizes are written with k, m or g"
    if unit in ("g", "G") and node.name not in _FILE_SIZES and int(pieces[1]) < 1024:
        yield head + sign + b"%dm" % (int(pieces[1]) * 1024), "this size knows only k and m"
    time = _TIMES.get(unit) or _TIMES.get(unit.lower())
    if time:
        yield head + sign + pieces[1] + time.encode(), "times are written with ms, s, m, h or d"


def url_scheme(source: Source, problem: Problem) -> Iterator[Proposal]:
    """`proxy_pass api:8000` lacks its scheme."""
    node = node_of(source, problem)
    word = node.words[1] if len(node.words) > 1 else None
    if word is not None and node.name == "proxy_pass" and b"://" not in word.value:
        host = re.match(rb"/?/?(?=[\w.\[$-])", word.value)
        if host and not word.value.startswith(b"unix:") and not word.value.startswith((b"http:", b"https:")):
            scheme = b"https://" if re.match(rb"/*[\w.-]+:443\b", word.value) else b"http://"
            rest = word.value[host.end() :]
            yield _replaced(node, word, scheme + rest, "proxy_pass needs http:// or https://")
        broken = re.match(rb"(https?):/?(?!/)", word.value)
        if broken:
            new = broken[1] + b"://" + word.value[broken.end() :]
            yield _replaced(node, word, new, "proxy_pass needs http:// or https://")
    raise Refused(f'"{node.name}" ({node.file}:{node.line}) has no address that nginx can use; which was meant is not'
                  " in the files.")  # fmt: skip


def network(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Write the network that nginx uses anyway: the bits behind the mask are zero."""
    file = problem.file or ""
    wanted = (problem.argument or "").encode()
    try:
        new = str(ipaddress.ip_network(problem.argument or "", strict=False)).encode()
    except ValueError:
        raise Refused(f"{problem.argument} is no network.") from None
    for node in source.outline(file).every():
        for word in node.words:
            if node.line == problem.line and word.value == wanted:
                yield _replaced(node, word, new, "nginx ignores the bits behind the mask; the meaning is the same")


def modifier(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Write a location's modifier as nginx has it."""
    node = source.on_line(problem.file or "", problem.line or 0, "location")
    word = node.words[1] if node is not None and len(node.words) > 2 else None
    good = _MODIFIERS.get(word.value) if word is not None else None
    if node is not None and word is not None and good:
        yield _replaced(node, word, good, "nginx knows the modifiers =, ~, ~* and ^~")
    raise Refused(f'"{problem.argument}" is no modifier of a location; nginx knows =, ~, ~* and ^~.')


def uri_part(source: Source, problem: Problem) -> Iterator[Proposal]:
    """A URI of only `/` in a location by regular expression: without it the path is passed on as it came."""
    node = node_of(source, problem)
    word = node.words[1] if len(node.words) > 1 else None
    found = re.match(rb"(https?://[^/\s]+)/\Z", word.value) if word is not None else None
    if word is not None and found:
        why = (
            "nginx cannot replace what a regular expression, a name or a condition matched; the path goes on as it came"
        )
        proposal = _replaced(node, word, found[1], why)
        yield Proposal(proposal.edits, proposal.action, proposal.why, verify=True)
    raise Refused(
        f'"{node.name}" ({node.file}:{node.line}) names a path, which cannot replace what a regular expression, a named'
        " location or a condition matched. Use a location by prefix, or rewrite the path."
    )


def upstream_port(source: Source, problem: Problem) -> Iterator[Proposal]:
    """An upstream block hides the service of the same name, and has ports of its own."""
    file, name = problem.file or "", (problem.argument or "").encode()
    for node in source.outline(file).every():
        for word in node.words[1:]:
            found = re.match(rb"((?:[a-z]+://)?" + re.escape(name) + rb")(:\d+)(?=/|\Z)", word.value)
            if node.line == problem.line and found and node.name.endswith("_pass"):
                new = found[1] + word.value[found.end() :]
                why = f'the upstream block "{problem.argument}" says the ports itself'
                yield _replaced(node, word, new, why)
    used = _upstream_line(source, name)
    raise Refused(f'"{problem.argument}" is an upstream block{used}, which says its ports itself: use it without one.')


def _upstream_line(source: Source, name: bytes) -> str:
    for file in sorted(source.sites):
        for node in source.outline(file).every():
            if node.name == "upstream" and node.args == [name]:
                return f" ({file}:{node.line})"
    return ""


def no_port(source: Source, problem: Problem) -> Iterator[Proposal]:
    """PHP's FastCGI server listens on 9000 where nothing else is said."""
    node = source.on_line(problem.file or "", problem.line or 0)
    word = node.words[1] if node is not None and len(node.words) > 1 else None
    if node is not None and word is not None and node.name == "fastcgi_pass" and re.match(rb"[\w.-]+\Z", word.value):
        why = "fastcgi_pass needs a port; 9000 is the one that PHP-FPM and the official php image listen on"
        proposal = _replaced(node, word, word.value + b":9000", why)
        yield Proposal(proposal.edits, proposal.action, proposal.why, verify=True)
    name = node.name if node is not None else "the directive"
    raise Refused(f'"{problem.argument}" in "{name}" ({problem.file}:{problem.line}) has no port, and which one the'
                  " service listens on is not in the files.", f"{name} {problem.argument}:PORT;")  # fmt: skip
