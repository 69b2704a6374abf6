"""Values that nginx does not take, where only one other spelling can have been meant."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from parity.programs.nginx.repair.outline_source import OutlineNode, Source
from parity.programs.nginx.repair.plan import Edit, Proposal, Refused
from parity.programs.nginx.syntax.problem import Problem
from parity.programs.nginx.syntax.spelling import slips
from parity.programs.nginx.syntax.tokens import Word

_AMOUNT: Final = re.compile(rb"([0-9]+)(?:\.([0-9]{1,3}))?([A-Za-z]*)\Z")
_SIZES: Final = {
    "": "",
    **dict.fromkeys(("b", "byte", "bytes"), ""),
    **dict.fromkeys(("k", "kb", "ki", "kib", "kilobyte", "kilobytes"), "k"),
    **dict.fromkeys(("m", "mb", "mi", "mib", "megabyte", "megabytes"), "m"),
    **dict.fromkeys(("g", "gb", "gi", "gib", "gigabyte", "gigabytes"), "g"),
}
_COMPOUND: Final = re.compile(rb"(?:\d+[A-Za-z]+){2,}")
_BYTES: Final = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_TIMES: Final = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "S"), "s"),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "H"), "h"),
    **dict.fromkeys(("day", "days", "D"), "d"),
    **dict.fromkeys(("week", "weeks"), "w"),
    **dict.fromkeys(("month", "months"), "M"),
    **dict.fromkeys(("year", "years"), "y"),
    **dict.fromkeys(("msec", "msecs", "millisecond", "milliseconds"), "ms"),
}
_UNITS: Final = frozenset({*_TIMES, "ms", "m", "d", "w", "M", "y"})
_OF_TIMES: Final = re.compile(r"time|expires|interval|delay|inactive=|valid|age=")
_OF_SIZES: Final = re.compile(r"size|buffer|limit_rate|length|zone")
_WORDS: Final = {
    **dict.fromkeys(("yes", "true", "enable", "enabled"), b"on"),
    **dict.fromkeys(("no", "false", "disable", "disabled"), b"off"),
}
_SLIPS: Final = {**dict.fromkeys(("onn", "oon"), b"on"), **dict.fromkeys(("of", "offf", "ooff"), b"off")}
_FLAGS: Final = {**_WORDS, **_SLIPS, "1": b"on", "0": b"off"}
_RATE: Final = re.compile(rb"(?i)(rate=[0-9]+)r?(?:/|p|per)(s|m)(?:ec|ecs|econd|econds|in|ins|inute|inutes)?\Z")
_PROTOCOL: Final = re.compile(rb"(?:(TLS|SSL)[vV_-]?)?([0-9])(?:[._]?([0-9]))?\Z", re.IGNORECASE)
_KNOWN: Final = {b"SSLv2", b"SSLv3", b"TLSv1", b"TLSv1.1", b"TLSv1.2", b"TLSv1.3"}
_SCHEME: Final = re.compile(rb"([A-Za-z]+)(?::/+|/{2,}|:(?=[A-Za-z]))(?=[\w.\[$-])")
_MODIFIERS: Final = {b"=~": b"~", b"~=": b"~", b"*~": b"~*", b"==": b"=", b"~^": b"^~", b"^": b"^~", b"!=": None}


def node_of(source: Source, problem: Problem) -> OutlineNode:
    """Return the directive that the problem is about. Raises Refused where it is not found."""
    found = [node for node in source.outline(problem.file or "").every() if node.line == problem.line]
    found = [node for node in found if problem.directive in (None, node.name)]
    if not found:
        raise Refused(f"{problem.cause} The line is not in the collected files.")
    # `location / { proxy_pass api; }`: of several on a line, the one with the value that nginx names, or that holds it
    named = (problem.argument or "").encode()
    with_value = [node for node in found if any(named in (arg, arg.partition(b"=")[2]) for arg in node.args)]
    return (with_value or [node for node in found if node.kind == ";"] or found)[0]


def _replaced(node: OutlineNode, word: Word, new: bytes, why: str) -> Proposal:
    quoted = word.quote + new + word.quote
    old = word.value.decode("utf-8", "replace")
    action = f'wrote "{new.decode("utf-8", "replace")}" for "{old}" in "{node.name}"'
    return Proposal((Edit(node.file, word.start, word.end, quoted),), action, why)


def unit_or_flag(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Write a size, time, switch or protocol in nginx's syntax."""
    node = node_of(source, problem)
    every: list[Proposal] = []
    for word in node.words[1:]:
        if problem.argument and problem.argument.encode() not in (word.value, word.value.partition(b"=")[2]):
            continue
        ways = [_replaced(node, word, new, why) for new, why in _spellings(source, node, word.value)]
        every += ways[:1]
        yield from ways
    if len(every) > 1:  # `keepalive_timeout 65sec 60sec`: nginx names no word, and one alone cures nothing
        edits = tuple(edit for one in every for edit in one.edits)
        yield Proposal(edits, ", ".join(one.action for one in every), every[0].why)
    if problem.argument == "quic" and node.name == "listen" and source.version < (1, 25, 0):
        raise Refused(f'"listen … quic" ({node.file}:{node.line}) needs nginx 1.25.0: use a newer image, or remove'
                      " the line.")  # fmt: skip
    raise Refused(f'"{node.name}" ({node.file}:{node.line}) does not accept "{_written(source, node)}":'
                  " correct the value.")  # fmt: skip


def _written(source: Source, node: OutlineNode) -> str:
    """Return the arguments as the file has them."""
    text = source.files[node.file][node.words[1].start : node.words[-1].end] if len(node.words) > 1 else b""
    return " ".join(text.decode("utf-8", "replace").split())


def split_amount(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Write the two words of `client_max_body_size 10 MB` as one."""
    node = source.on_line(problem.file or "", problem.line or 0, problem.directive)
    if node is None or len(node.words) != 3 or any(word.quote for word in node.words):
        return
    amount, unit = node.words[1:]
    apart = source.files[node.file][amount.end : unit.start]
    named = unit.value.decode("latin-1")
    if not amount.value.isdigit() or not (named.lower() in _SIZES or named in _UNITS) or b"\n" in apart:
        return
    joined = amount.value + unit.value
    ways = [(joined, "the number and its unit are one word"), *_spellings(source, node, joined)]
    for new, why in ways:
        action = f'wrote "{new.decode("latin-1")}" for "{_written(source, node)}" in "{node.name}"'
        yield Proposal((Edit(node.file, amount.start, unit.end, new),), action, why)


def equals_sign(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Remove the `=` of `client_max_body_size = 20m` or `set $size = 20m`: nginx has none."""
    node = source.on_line(problem.file or "", problem.line or 0, problem.directive)
    at = 2 if node is not None and node.name == "set" else 1
    word = node.words[at] if node is not None and len(node.words) > at + 1 else None
    if node is None or word is None or word.value not in (b"=", b":", b":=", b"=>") or word.quote:
        return
    edit = Edit(node.file, word.start, node.words[at + 1].start, b"")
    why = "nginx allows nothing between a name and its value"
    yield Proposal((edit,), f'removed the "{word.value.decode()}" of "{node.name}"', why)


def _spellings(source: Source, node: OutlineNode, value: bytes) -> Iterator[tuple[bytes, str]]:
    rule = next(iter(source.table.get(node.name, {}).values()), None)
    text = value.decode("latin-1").lower()
    switches = _FLAGS if rule is not None and rule.flag else _WORDS
    if text in switches and len(node.args) == 1:
        yield switches[text], 'a switch is "on" or "off"'
    if rule is not None and rule.flag:
        return
    if node.name.endswith("_protocols"):
        named = [_protocol(part) for part in value.split(b",") if part]
        if named and all(one in _KNOWN for one in named) and b" ".join(named) != value:
            yield b" ".join(named), "protocols are written as TLSv1.3, separated by spaces"
        return
    if node.name == "proxy_http_version" and (protocol := re.fullmatch(r"(?:http/?|v)(1\.[01])", text)):
        yield protocol[1].encode(), "a version of HTTP is written as its number"
        return
    rate = _RATE.match(value)
    if rate is not None:
        yield rate[1] + b"r/" + rate[2].lower(), "a rate is written as 10r/s or 10r/m"
        return
    yield from _amounts(node, value)


def _amounts(node: OutlineNode, value: bytes) -> Iterator[tuple[bytes, str]]:
    """Yield the ways to write a size or a time, which may be the value of a parameter."""
    if _COMPOUND.fullmatch(value) and not _OF_SIZES.search(node.name):
        parts = re.findall(r"(\d+)([a-z]+)", value.decode().lower())
        meant = "".join(amount + _TIMES.get(unit, unit) for amount, unit in parts)
        yield meant.encode(), "times are written with ms, s, m, h or d"
        return
    head = value[: max(value.rfind(b"="), value.rfind(b":")) + 1]
    pieces = _AMOUNT.match(value[len(head) :])
    if pieces is not None:
        whole, part, unit = pieces[1], pieces[2] or b"", pieces[3].decode("latin-1")
        # an "m" is a million bytes in the one and a minute in the other
        about = f"{node.name} {head.decode('latin-1')}"
        if not _OF_TIMES.search(about):
            yield from ((head + new, why) for new, why in _sizes(whole, part, unit.lower()))
        if not _OF_SIZES.search(about):
            yield from ((head + new, why) for new, why in _durations(whole, part, unit))


def _protocol(value: bytes) -> bytes:
    found = _PROTOCOL.match(value)
    if found is None:
        return value
    return (found[1] or b"TLS").upper() + b"v" + found[2] + (b"." + found[3] if found[3] not in (None, b"0") else b"")


def _sizes(whole: bytes, part: bytes, unit: str) -> Iterator[tuple[bytes, str]]:
    """Yield the ways to write a size; what a `g` means is written with `m` too, for the sizes that know no `g`."""
    size = _SIZES.get(unit)
    if size is None:
        return
    if not part:
        yield whole + size.encode(), "sizes are written with k, m or g"
    exact = int(whole + part) * _BYTES[size]
    if exact % 10 ** len(part):
        return
    exact //= 10 ** len(part)
    if size != "g":  # `1.5m` is as often a slip for `15m`
        return
    for smaller in ("m", "k"):
        if exact % _BYTES[smaller] == 0:
            why = "sizes are whole numbers" if part else "this size only supports k and m"
            yield b"%d%s" % (exact // _BYTES[smaller], smaller.encode()), why
            return


def _durations(whole: bytes, part: bytes, unit: str) -> Iterator[tuple[bytes, str]]:
    time = _TIMES.get(unit) or _TIMES.get(unit.lower())
    if time and not part:
        yield whole + time.encode(), "times are written with ms, s, m, h or d"
    elif time in ("s", "h"):
        scale, smaller = (1000, b"ms") if time == "s" else (60, b"m")
        exact, rest = divmod(int(whole + part) * scale, 10 ** len(part))
        if not rest:
            yield b"%d%s" % (exact, smaller), "times are whole numbers"


def url_scheme(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Add the missing scheme of `proxy_pass api:8000`."""
    node = source.on_line(problem.file or "", problem.line or 0, "proxy_pass") or node_of(source, problem)
    word = node.words[1] if len(node.words) > 1 else None
    if word is not None and node.name == "proxy_pass":
        scheme = _SCHEME.match(word.value)
        if scheme is not None and (near := _nearest_scheme(scheme)) is not None:
            new = near + b"://" + word.value[scheme.end() :]
            yield _replaced(node, word, new, "proxy_pass needs http:// or https://")
        host = re.match(rb"/?/?(?=[\w.\[$-])", word.value)
        if host and scheme is None and not word.value.startswith(b"unix:"):
            named = b"https://" if re.match(rb"/*[\w.-]+:443\b", word.value) else b"http://"
            rest = word.value[host.end() :]
            yield _replaced(node, word, named + rest, "proxy_pass needs http:// or https://")
    raise Refused(f'"{node.name}" ({node.file}:{node.line}) has no valid address: write http:// or https://,'
                  " host and port.")  # fmt: skip


def _nearest_scheme(written: re.Match[bytes]) -> bytes | None:
    """Return the scheme that is a typo away from what precedes the slashes; None if it is like neither or both."""
    name = written[1].decode("latin-1").lower()
    far = {known: slips(name, known) for known in ("http", "https")}
    near = min(far, key=lambda known: far[known])
    return None if far[near] > 1 or far["http"] == far["https"] else near.encode()


def network(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Set the bits after the mask to zero: nginx uses that network anyway."""
    file = problem.file or ""
    wanted = (problem.argument or "").encode()
    try:
        new = str(ipaddress.ip_network(problem.argument or "", strict=False)).encode()
    except ValueError:
        raise Refused(f"{problem.argument} is not a network: correct it.") from None
    for node in source.outline(file).every():
        for word in node.words:
            if node.line == problem.line and word.value == wanted:
                yield _replaced(node, word, new, "nginx ignores the host bits; the meaning is the same")


def modifier(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Write the location modifier in nginx's syntax."""
    node = source.on_line(problem.file or "", problem.line or 0, "location")
    word = node.words[1] if node is not None and len(node.words) > 2 else None
    good = _MODIFIERS.get(word.value) if word is not None else None
    if node is not None and word is not None and good:
        yield _replaced(node, word, good, "valid modifiers are =, ~, ~* and ^~")
    place = f"{problem.file}:{problem.line}"
    raise Refused(f'"{problem.argument}" ({place}) is not a location modifier: use =, ~, ~* or ^~.')


def uri_part(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Remove a URI of only `/` in a regular-expression location; the path is then passed on unchanged."""
    node = node_of(source, problem)
    word = node.words[1] if len(node.words) > 1 else None
    found = re.match(rb"(https?://[^/\s]+)/\Z", word.value) if word is not None else None
    if word is not None and found:
        why = (
            'nginx cannot replace the path in a regular expression location, a named location or an "if"; '
            "the path is passed on unchanged"
        )
        proposal = _replaced(node, word, found[1], why)
        yield Proposal(proposal.edits, proposal.action, proposal.why, verify=True)
    raise Refused(
        f'"{node.name}" ({node.file}:{node.line}) has a path, which is not allowed in a regular expression location,'
        ' a named location or an "if": use a prefix location, or rewrite the path.'
    )


def upstream_port(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Remove the port: the upstream block has the name of the service, and its own ports."""
    file, name = problem.file or "", (problem.argument or "").encode()
    for node in source.outline(file).every():
        for word in node.words[1:]:
            found = re.match(rb"((?:[a-z]+://)?" + re.escape(name) + rb")(:\d+)(?=/|\Z)", word.value)
            if node.line == problem.line and found and node.name.endswith("_pass"):
                new = found[1] + word.value[found.end() :]
                why = f'the upstream block "{problem.argument}" already sets the ports'
                yield _replaced(node, word, new, why)
    used = _upstream_line(source, name)
    raise Refused(f'"{problem.argument}" is an upstream block{used}, which already sets the ports: remove the port.')


def _upstream_line(source: Source, name: bytes) -> str:
    for file in sorted(source.sites):
        for node in source.outline(file).every():
            if node.name == "upstream" and node.args == [name]:
                return f" ({file}:{node.line})"
    return ""


def no_port(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Add PHP's default FastCGI port, 9000."""
    node = source.on_line(problem.file or "", problem.line or 0, "fastcgi_pass") or node_of(source, problem)
    word = node.words[1] if len(node.words) > 1 else None
    if word is not None and node.name == "fastcgi_pass" and re.match(rb"[\w.-]+\Z", word.value):
        why = "fastcgi_pass needs a port; PHP-FPM and the official php image listen on 9000"
        proposal = _replaced(node, word, word.value + b":9000", why)
        yield Proposal(proposal.edits, proposal.action, proposal.why, verify=True)
    name = node.name
    raise Refused(f'"{problem.argument}" in "{name}" ({problem.file}:{problem.line}) has no port: add the one'
                  " that the service listens on.", f"{name} {problem.argument}:PORT;")  # fmt: skip
