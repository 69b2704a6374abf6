"""Directives whose value is one of nginx's common kinds; which is which stands in `knowledge/nginx/values.yml`.

Every slot answers like a handler: None, or the sentence that nginx puts behind the directive's name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from parity.programs.nginx.check.interpolation import compile_value
from parity.programs.nginx.check.state import DUPLICATE, INVALID_NUMBER, INVALID_VALUE, Conf
from parity.programs.nginx.check.urls import cidr, ipv4, ipv6
from parity.programs.nginx.syntax.directives import table
from parity.programs.nginx.syntax.knowledge import load, version_of
from parity.programs.nginx.syntax.scalars import cstring, duration, number, offset, size

Slot = Callable[[Conf, list[bytes], Any], bytes | None]


def apply(conf: Conf, args: list[bytes]) -> bytes | None:
    """Check the open directive's arguments by its kind of value."""
    spec = load("values.yml").get(conf.block.family, {}).get(conf.directive.decode("latin-1"))
    if spec is None:
        contexts = table(conf.version).get(conf.directive.decode("latin-1"), {})
        rule = contexts.get(conf.block.context)
        spec = "flag" if rule is not None and rule.flag else "anything"
    if isinstance(spec, str):
        return SLOTS[spec](conf, args, None)
    later = spec.get("until")
    if later and conf.version >= version_of(later["version"]):
        spec = later
    kind = next(key for key in spec if key in SLOTS)
    return SLOTS[kind](conf, args, spec)


def store(conf: Conf, value: Any, name: str | None = None) -> None:
    """Keep a value for the checks at the end of the block."""
    conf.block.fields[name or conf.directive.decode("latin-1")] = value


def _flag(conf: Conf, args: list[bytes], _spec: Any) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    value = cstring(args[0])
    if value.lower() not in (b"on", b"off"):
        conf.fail(b'invalid value "%b" in "%b" directive, it must be "on" or "off"', value, conf.directive)
    store(conf, value.lower() == b"on")
    return None


def _text(conf: Conf, args: list[bytes], _spec: Any) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    store(conf, args[0])
    return None


def _anything(_conf: Conf, _args: list[bytes], _spec: Any) -> bytes | None:
    return None


def _number(conf: Conf, args: list[bytes], spec: Any) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    value = number(args[0])
    if value is None:
        return INVALID_NUMBER
    store(conf, value)
    if not spec:
        return None
    low, high = spec["number"]
    if high == -1 and value < low:
        conf.fail(b"value must be equal to or greater than %d", low)
    if high != -1 and not low <= value <= high:
        conf.fail(b"value must be between %d and %d", low, high)
    return None


def _parsed(parse: Callable[[bytes], int | None]) -> Slot:
    def slot(conf: Conf, args: list[bytes], _spec: Any) -> bytes | None:
        if not conf.unset():
            return DUPLICATE
        value = parse(args[0])
        if value is None:
            return INVALID_VALUE
        store(conf, value)
        return None

    return slot


def _buffers(conf: Conf, args: list[bytes], _spec: Any) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    count, each = number(args[0]), size(args[1])
    if not count or not each:
        return INVALID_VALUE
    store(conf, (count, each))
    return None


def _words(conf: Conf, spec: Any, kind: str) -> list[bytes]:
    words = [word.encode() for word in spec[kind]]
    for since, more in spec.get("since", {}).items():
        if conf.version >= version_of(since):
            words += [word.encode() for word in more]
    return words


def _one_of(conf: Conf, args: list[bytes], spec: Any) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    chosen = args[0].lower()
    if chosen not in {word.lower() for word in _words(conf, spec, "one_of")}:
        conf.fail(b'invalid value "%b"', cstring(args[0]))
    store(conf, chosen)
    return None


def _some_of(conf: Conf, args: list[bytes], spec: Any) -> bytes | None:
    words = {word.lower(): word for word in _words(conf, spec, "some_of")}
    chosen: set[bytes] = conf.block.fields.setdefault(conf.directive.decode("latin-1"), set())
    for arg in args:
        word = arg.lower()
        if word not in words:
            conf.fail(b'invalid value "%b"', cstring(arg))
        # `userid_flags samesite=lax samesite=strict`: words that share their first half exclude each other
        group = word.partition(b"=")[0]
        if group in chosen:
            conf.warn(b'duplicate value "%b"', cstring(arg))
        chosen.add(group)
    return None


def _access(conf: Conf, args: list[bytes], _spec: Any) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    for arg in args:
        who, colon, right = cstring(arg).partition(b":")
        if not colon or who not in (b"user", b"group", b"all") or right not in (b"rw", b"r"):
            conf.fail(b'invalid value "%b"', arg)
    return None


def _path(conf: Conf, args: list[bytes], _spec: Any) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    levels = []
    for arg in args[1:]:
        level = number(arg)
        if not level:
            return INVALID_VALUE
        levels.append(level)
    if sum(level + 1 for level in levels) > 10 + len(levels):
        return INVALID_VALUE
    add_path(conf, args[0].removesuffix(b"/"), tuple(levels), None)
    return None


def add_path(conf: Conf, name: bytes, levels: tuple[int, ...], owner: object) -> None:
    """Note a directory that nginx keeps files in; two uses of one path must agree."""
    if not name.startswith(b"/"):
        name = conf.prefix.encode("utf-8", "surrogateescape") + name
    if name in conf.paths:
        known_levels, known_owner, file, line = conf.paths[name]
        where = file.encode("utf-8", "surrogateescape")
        if known_owner is not owner:
            conf.fail(b'the same path name "%b" used in %b:%d and', name, where, line)
        if known_levels != levels:
            conf.fail(b'the same path name "%b" in %b:%d has the different levels than', name, where, line)
        return
    conf.paths[name] = (levels, owner, conf.file or "", conf.reader.line)


def _complex(conf: Conf, args: list[bytes], _spec: Any) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    store(conf, args[0])
    compile_value(conf, args[0])
    return None


def _complex_size(conf: Conf, args: list[bytes], _spec: Any) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    if not compile_value(conf, args[0]) and size(args[0]) is None:
        return INVALID_VALUE
    return None


def _predicates(conf: Conf, args: list[bytes], _spec: Any) -> bytes | None:
    for arg in args:
        compile_value(conf, arg)
    return None


def _types(conf: Conf, args: list[bytes], _spec: Any) -> bytes | None:
    name = conf.directive.decode("latin-1")
    default = b"text/xml" if name == "xslt_types" else b"text/html"
    known: set[bytes] | None = conf.block.fields.setdefault(name, {default})
    if known is None:
        return None
    for arg in args:
        if arg == b"*":
            conf.block.fields[name] = None
            return None
        mime = cstring(arg.lower())
        if mime in known:
            conf.warn(b'duplicate MIME type "%b"', arg.lower())
        known.add(mime)
    return None


def _bind(conf: Conf, args: list[bytes], _spec: Any) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    if len(args) == 1 and cstring(args[0]) == b"off":
        return None
    if not compile_value(conf, args[0]) and not _address_with_port(args[0]):
        conf.fail(b'invalid address "%b"', args[0])
    if len(args) > 1 and cstring(args[1]) != b"transparent":
        conf.fail(b'invalid parameter "%b"', args[1])
    return None


def _address_with_port(text: bytes) -> bool:
    if ipv4(text) is not None or ipv6(text) is not None:
        return True
    bracketed = text[:1] == b"["
    host, _, port_text = text[1:].partition(b"]:") if bracketed else text.partition(b":")
    port = number(port_text)
    known = ipv6(host) is not None if bracketed else ipv4(host) is not None
    return known and port is not None and 1 <= port <= 65535


def _param(conf: Conf, args: list[bytes], _spec: Any) -> bytes | None:
    name = conf.directive.decode("latin-1")
    if len(args) == 3 and cstring(args[2]) != b"if_not_empty":
        conf.fail(b'invalid parameter "%b"', args[2])
    conf.block.fields.setdefault(name, []).append((args[0], args[1]))
    return None


def _list(conf: Conf, args: list[bytes], _spec: Any) -> bytes | None:
    conf.block.fields.setdefault(conf.directive.decode("latin-1"), []).append(tuple(args))
    return None


def _cache_valid(conf: Conf, args: list[bytes], _spec: Any) -> bytes | None:
    if duration(args[-1], seconds=True) is None:
        conf.fail(b'invalid time value "%b"', args[-1])
    for arg in args[:-1]:
        status = number(arg)
        if cstring(arg) != b"any" and (status is None or not 100 <= status <= 599):
            conf.fail(b'invalid status "%b"', arg)
    return None


def _obsolete(conf: Conf, _args: list[bytes], spec: Any) -> bytes | None:
    conf.warn(
        b'the "%b" directive is obsolete, use the "%b" directive instead', conf.directive, spec["obsolete"].encode()
    )
    return None


def _lowat(conf: Conf, args: list[bytes], spec: Any) -> bytes | None:
    answer = SLOTS["size"](conf, args, spec)
    if answer is None:
        conf.warn(b'"%b" is not supported, ignored', conf.directive)  # on Linux
    return answer


def _ignored(conf: Conf, _args: list[bytes], _spec: Any) -> bytes | None:
    conf.warn(b'the "%b" directive is obsolete, ignored', conf.directive)
    return None


def _seconds(value: bytes) -> int | None:
    return duration(value, seconds=True)


def low_bits(conf: Conf, text: bytes) -> bool:
    """Read a network and warn of bits behind its mask; False where it is none."""
    network = cidr(text)
    if network is not None and network[2]:
        conf.warn(b"low address bits of %b are meaningless", text)
    return network is not None


SLOTS: Final[dict[str, Slot]] = {
    "flag": _flag,
    "text": _text,
    "anything": _anything,
    "number": _number,
    "size": _parsed(size),
    "offset": _parsed(offset),
    "time": _parsed(duration),
    "seconds": _parsed(_seconds),
    "buffers": _buffers,
    "one_of": _one_of,
    "some_of": _some_of,
    "access": _access,
    "path": _path,
    "complex": _complex,
    "complex_size": _complex_size,
    "predicates": _predicates,
    "types": _types,
    "bind": _bind,
    "param": _param,
    "list": _list,
    "cache_valid": _cache_valid,
    "obsolete": _obsolete,
    "ignored": _ignored,
    "lowat": _lowat,
}
