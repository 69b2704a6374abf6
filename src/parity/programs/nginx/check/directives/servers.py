"""http{}, its servers and locations, and what may stand where in them."""

from __future__ import annotations

from typing import Final

from parity.programs.nginx.check.directives.end_of_http import finish_http
from parity.programs.nginx.check.directives.listen import add_listen
from parity.programs.nginx.check.interpolation import compile_value
from parity.programs.nginx.check.pcre import compile_regex
from parity.programs.nginx.check.state import DUPLICATE, Block, Conf, Family, Handler
from parity.programs.nginx.check.variables import Variables
from parity.programs.nginx.syntax.scalars import cstring

_METHODS: Final = frozenset(
    b"get head post put delete mkcol copy move options propfind proppatch lock unlock patch".split()
)


def _http(conf: Conf, _args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    conf.modules_used = True
    family = Family(Variables("http", conf.version, conf.brought.get("http", ())))
    family.formats.add(b"combined")
    family.formats_lower.add(b"combined")
    conf.families["http"] = family
    block = Block("http", conf.block)
    conf.parse_block(block, None)
    finish_http(conf, block)
    return None


def _server(conf: Conf, _args: list[bytes]) -> bytes | None:
    block = Block("http/server", conf.block, conf.file or "", conf.reader.line)
    conf.family.servers.append(block)
    conf.parse_block(block, None)
    if "listen" not in block.fields:
        add_listen(conf, block, [("inet", bytes(4), 80)], {})
    return None


def _location(conf: Conf, args: list[bytes]) -> bytes | None:
    block = Block("http/location", conf.block, conf.file or "", conf.reader.line)
    if len(args) == 2:
        _with_modifier(conf, block, args[0], args[1])
    else:
        _with_prefix(conf, block, args[0])
    parent = conf.block
    if parent.context == "http/location":
        _nested(conf, block, parent)
    parent.children.append(block)
    conf.parse_block(block, None)
    return None


def _with_modifier(conf: Conf, block: Block, modifier: bytes, name: bytes) -> None:
    block.name = name
    if modifier == b"=":
        block.exact = True
    elif modifier in (b"~", b"~*"):
        compile_regex(conf, name)
        block.regex = True
    elif modifier != b"^~":
        conf.fail(b'invalid location modifier "%b"', modifier)


def _with_prefix(conf: Conf, block: Block, word: bytes) -> None:
    block.name = word
    if word[:1] == b"=":
        block.exact, block.name = True, word[1:]
    elif word[:2] == b"^~":
        block.name = word[2:]
    elif word[:1] == b"~":
        block.name = word[2:] if word[1:2] == b"*" else word[1:]
        compile_regex(conf, block.name)
        block.regex = True
    else:
        block.named = word[:1] == b"@"


def _nested(conf: Conf, block: Block, parent: Block) -> None:
    if parent.exact:
        conf.fail(b'location "%b" cannot be inside the exact location "%b"', block.name, parent.name)
    if parent.named:
        conf.fail(b'location "%b" cannot be inside the named location "%b"', block.name, parent.name)
    if block.named:
        conf.fail(b'named location "%b" can be on the server level only', block.name)
    if not block.regex and not block.name.startswith(parent.name):
        conf.fail(b'location "%b" is outside location "%b"', block.name, parent.name)


def unnamed_location(conf: Conf, context: str) -> Block:
    """Open an `if` or a limit_except: a location without a name of its own."""
    block = Block(context, conf.block, conf.file or "", conf.reader.line, name=conf.block.name, noname=True)
    conf.block.children.append(block)
    return block


def _limit_except(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    for method in args:
        if cstring(method).lower() not in _METHODS:
            conf.fail(b'invalid method "%b"', method)
    conf.parse_block(unnamed_location(conf, "http/location/limit_except"), None)
    return None


def server_name(conf: Conf, args: list[bytes]) -> bytes | None:
    """`server_name name …`, of http{} and of stream{}."""
    names: list[tuple[bytes, bool]] = conf.block.fields.setdefault("server_name", [])
    for word in args:
        if (word[:1] == b"*" and (len(word) < 3 or word[1:2] != b".")) or (word[:1] == b"." and len(word) < 2):
            conf.fail(b'server name "%b" is invalid', word)
        if b"/" in cstring(word):
            conf.warn(b'server name "%b" has suspicious symbols', word)
        if word[:1] != b"~":
            names.append((word.lower(), False))
            continue
        if len(word) == 1:
            conf.fail(b'empty regex in server name "%b"', word)
        found = compile_regex(conf, word[1:])
        names.append((word[1:], True))
        conf.block.fields["captures"] = bool(found.captures or found.names)
    return None


def _root(conf: Conf, args: list[bytes]) -> bytes | None:
    fields = conf.block.fields
    path = args[0]
    other = "root" if conf.directive == b"alias" else "alias"
    if conf.directive.decode() in fields:
        return DUPLICATE
    if other in fields:
        text = b'"%b" directive is duplicate, "%b" directive was specified earlier'
        conf.fail(text, conf.directive, other.encode())
    if conf.block.named and conf.directive == b"alias":
        conf.fail(b'the "alias" directive cannot be used inside the named location')
    for name in (b"document_root", b"realpath_root"):
        if b"$" + name in cstring(path) or b"${" + name + b"}" in cstring(path):
            conf.fail(b'the $%b variable cannot be used in the "%b" directive', name, conf.directive)
    # An alias of a location without a name (an `if`) counts as a root.
    fields[conf.directive.decode()] = path
    compile_value(conf, path)
    return None


def _types(conf: Conf, _args: list[bytes]) -> bytes | None:
    known: dict[bytes, bytes] = conf.block.fields.setdefault("types", {})
    inner = Block(conf.block.context, conf.block)

    def entry(conf: Conf, words: list[bytes]) -> bytes | None:
        if cstring(words[0]) == b"include":
            if len(words) != 2:
                conf.fail(b'invalid number of arguments in "include" directive')
            conf.include(words[1], entry, True)
            return None
        for word in words[1:]:
            extension = word.lower()
            if extension in known:
                text = b'duplicate extension "%b", content type: "%b", previous content type: "%b"'
                conf.warn(text, extension, words[0], known[extension])
            known[extension] = words[0]
        return None

    conf.parse_block(inner, entry)
    return None


HTTP: Final[dict[str, Handler]] = {
    "http": _http,
    "server": _server,
    "location": _location,
    "limit_except": _limit_except,
    "server_name": server_name,
    "root": _root,
    "alias": _root,
    "types": _types,
}
