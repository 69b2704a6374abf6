"""What is missing as a whole: events{}, the usual map of WebSockets, room in a hash, a resolver."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parity.programs.nginx.repair.lines import indent, line_start, newline, unit, whole_lines
from parity.programs.nginx.repair.outline_source import OutlineNode, Source
from parity.programs.nginx.repair.plan import Edit, Proposal, Refused
from parity.programs.nginx.repair.refusals import variable_place
from parity.programs.nginx.syntax.problem import Problem
from parity.programs.nginx.syntax.scalars import number
from parity.programs.nginx.syntax.spelling import slips

_NAME: Final = re.compile(r"[a-z_][a-z0-9_]*")
_CUT: Final = 4  # letters that are left out at the beginning of a name
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f]")
_DIGITS: Final = re.compile(r"\d")
# What a value may begin with and a name or the name of a file does not go on with, as "index.php" does.
_GLUED: Final = re.compile(r"([a-z_]+?)(?!\d+\.[a-z])([/~=:($\"'@^*\[0-9])(.*)", re.DOTALL)
_OR: Final = re.compile(r" or (\w+_bucket_size): (\d+)")
_HASH: Final = re.compile(r"could not build (?:the |optimal )?(\w+), you should increase (?:either )?(\w+)(?:: (\d+))?")


def events(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Add an events block; it may be empty."""
    data = source.files.get(source.main)
    if data is None or 'no "events"' not in problem.message:
        raise Refused(f"{problem.cause} {problem.action}")
    http = next((node for node in source.outline(source.main).nodes if node.name == "http"), None)
    at = line_start(data, http.start) if http is not None else 0
    if at < 3 and data.startswith(b"\xef\xbb\xbf"):
        at = 3
    why = "nginx does not start without it; an empty block uses the defaults"
    yield Proposal((Edit(source.main, at, at, b"events {}" + newline(data)),), 'added "events {}"', why)


def connection_upgrade(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Add the map from nginx's page on WebSockets; any other variable needs your decision."""
    name = problem.argument or ""
    http = source.http
    if name != "connection_upgrade" or http is None:
        raise Refused(
            f'The variable "${name}" is used{variable_place(source, name)}, but no map, set or module defines it:'
            " replace it if it is an environment variable, otherwise add its map."
        )
    data = source.files[http.file]
    blanks = inner_indent(data, http)
    step, break_ = unit(data), newline(data)
    lines = [b"map $http_upgrade $connection_upgrade {", step + b"default upgrade;", step + b"'' close;", b"}"]
    text = b"".join(blanks + line + break_ for line in lines)
    why = "the variable is used but not defined; this is the map from nginx's WebSocket documentation"
    yield Proposal((first_in(data, http, text),), 'added the map of "$connection_upgrade"', why, verify=True)


def hash_size(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Raise the size that nginx reports as too small to the next power of two."""
    found = _HASH.search(problem.message)
    http = source.http
    if found is None or http is None:
        raise Refused(f"{problem.cause} {problem.action}")
    name = found[2]
    setting = next((one for one in source.children(http) if one.name == name), None)
    size = int(found[3] or 64)
    if setting is not None and len(setting.args) == 1 and (number(setting.args[0]) or 0) > size:
        raise Refused(f'"{name}" is already larger than what nginx reported ({size}).')
    for _ in range(5):
        size = 1 << size.bit_length()
        if name.endswith("_max_size"):  # a smaller one than nginx's own default only moves the warning
            size = max(size, 1024)
        yield _sized(source, http, setting, name, size, problem)
    other = _OR.search(problem.message)
    if other is not None:
        name, size = other[1], int(other[2])
        setting = next((one for one in source.children(http) if one.name == name), None)
        for _ in range(5):
            size = 1 << size.bit_length()
            yield _sized(source, http, setting, name, size, problem)


def _sized(
    source: Source, http: OutlineNode, setting: OutlineNode | None, name: str, size: int, problem: Problem
) -> Proposal:
    why = f"{problem.message.partition(',')[0]}: a name is too long for it"
    value = str(size).encode()
    if setting is not None and len(setting.words) == 2:
        word = setting.words[1]
        edit = Edit(setting.file, word.start, word.end, value)
    else:
        data = source.files[http.file]
        edit = first_in(data, http, inner_indent(data, http) + name.encode() + b" " + value + b";" + newline(data))
    return Proposal((edit,), f'set "{name}" to {size}', why, unseen=True)


def inner_indent(data: bytes, http: OutlineNode) -> bytes:
    """Return the blanks that the lines of a block begin with."""
    return indent(data, http.children[0].start) if http.children else unit(data)


def first_in(data: bytes, http: OutlineNode, text: bytes) -> Edit:
    """Return the edit that puts whole lines first into a block."""
    at = data.find(b"\n", http.end)
    if at < 0 or data[http.end : at].strip() or (http.close is not None and http.close < at):
        break_ = newline(data)
        return Edit(http.file, http.end, http.end, break_ + text.removesuffix(break_) + break_)
    return Edit(http.file, at + 1, at + 1, text)


def misspelt(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Correct a directive with one or two typos if exactly one valid directive is that close."""
    node = source.on_line(problem.file or "", problem.line or 0, problem.directive)
    name = problem.directive or ""
    sites = source.sites.get(problem.file or "", [])
    if node is None or not sites:
        raise Refused(f'"{name}" is not a directive of nginx.')
    if name in ("<" * 7, "=" * 7, ">" * 7):
        raise Refused(f'"{name}" ({node.file}:{node.line}) is a merge conflict marker: keep one of the two sides.')
    contexts = {source.context(node, site) for site in sites}
    yield from _split_name(source, node, contexts)
    found: dict[int, list[str]] = {0: [], 1: [], 2: []}
    for known, legal in source.table.items() if _NAME.fullmatch(_plain(name)) else ():
        far = slips(_plain(name), known) if _DIGITS.findall(name) == _DIGITS.findall(known) else 3
        rules = [legal[context] for context in contexts if context in legal]
        if far in found and len(rules) == len(contexts) and all(rule.takes(len(node.args)) for rule in rules):
            found[far].append(known)
    nearest = found[0] or found[1] or (found[2] if len(name) > 6 else [])
    nearest = [known for known in nearest if not _shortened(source, name, known, contexts)]
    fits = [known for known in nearest if source.table[known][next(iter(contexts))].block is (node.kind == "{")]
    if len(fits) == 1:
        word = node.words[0]
        why = f'"{name}" is not a directive of nginx; "{fits[0]}" is the only similar one that is allowed here'
        edit = Edit(node.file, word.start, word.end, fits[0].encode())
        yield Proposal((edit,), f'wrote "{fits[0]}" for "{name}"', why, verify=True)
    if problem.rule == "unknown_directive_module":
        raise Refused(f"{problem.cause} ({node.file}:{node.line}) {problem.action}")
    near = f" Did you mean {' or '.join(sorted(fits))}." if fits else ""
    raise Refused(f'"{name}" ({node.file}:{node.line}) is not a directive that nginx allows here.{near}')


def _shortened(source: Source, name: str, meant: str, contexts: set[str]) -> bool:
    """Whether a name is a part of others that are legal here: `ssl_cert` is no slip for `ssl_crl`."""
    others = [known for known, legal in source.table.items() if known != meant and contexts & legal.keys()]
    begins = not meant.startswith(name) and any(known.startswith(name) for known in others)
    return begins or any(known.endswith(name) and len(known) <= len(name) + _CUT for known in others)


def _split_name(source: Source, node: OutlineNode, contexts: set[str]) -> Iterator[Proposal]:
    """A directive whose first value is glued to it: `location~ x`, `listen80`, `client_max_body_size=1m`."""
    found = _GLUED.fullmatch(node.words[0].value.decode("latin-1"))
    if found is None or found[1] not in source.table or node.words[0].quote:
        return
    rules = [source.table[found[1]].get(context) for context in contexts]
    at = node.start + found.end(1)
    sign = found[2] in ("=", ":")
    if sign and (not found[3] or node.kind == "{"):
        return
    values = len(node.args) + 1
    if all(rule is not None and rule.takes(values) and rule.block is (node.kind == "{") for rule in rules):
        edit = Edit(node.file, at, at + sign, b" ")
        why = "nginx reads what follows a name without a space as part of the name"
        yield Proposal((edit,), f'added a space after "{found[1]}"', why, verify=True)


def _plain(name: str) -> str:
    """Return the name without what other programs write: capitals, dashes, a colon, characters that are not seen."""
    return _UNSEEN.sub("", name.lower()).replace("-", "_").removesuffix(":")


def balancing(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Put `keepalive` after the load-balancing method."""
    node = source.on_line(problem.file or "", problem.line or 0)
    before = [one for one in node.parent.children if one.start < node.start] if node and node.parent else []
    keepalive = next((one for one in before if one.name == "keepalive"), None)
    if node is None or keepalive is None or keepalive.file != node.file:
        raise Refused(f"{problem.cause} {problem.action}")
    data = source.files[node.file]
    start, end = whole_lines(data, keepalive.start, keepalive.stop)
    first, last = whole_lines(data, node.start, node.stop)
    if not data[start:end].endswith(b"\n") or not data[first:last].endswith(b"\n"):
        raise Refused(f"{problem.cause} {problem.action}")
    edits = (Edit(node.file, start, end, b""), Edit(node.file, last, last, data[start:end]))
    why = f'"{node.name}" is a load balancing method, which must come before "keepalive"'
    yield Proposal(edits, f'moved "keepalive" after "{node.name}"', why)
