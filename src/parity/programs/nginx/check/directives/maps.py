"""map, split_clients, charset_map, and geo: blocks with a grammar of their own."""

from __future__ import annotations

from typing import Any, Final

from parity.programs.nginx.check.hash_tables import BUSY, DECLINED, Keys, aligned, build
from parity.programs.nginx.check.interpolation import compile_value, define
from parity.programs.nginx.check.pcre import compile_regex
from parity.programs.nginx.check.state import DUPLICATE, Block, Conf, Handler
from parity.programs.nginx.check.urls import cidr, ipv4
from parity.programs.nginx.check.value_kinds import low_bits
from parity.programs.nginx.syntax.scalars import cstring, fixed_point, hexadecimal, shown


def _inner(conf: Conf) -> Block:
    """Open a block whose lines are read by a handler; its context stays that of the directive."""
    return Block(conf.block.context, conf.block)


def _map(conf: Conf, args: list[bytes]) -> bytes | None:
    fields = conf.block.fields
    max_size = fields.setdefault("map_hash_max_size", 2048)
    bucket = fields.setdefault("map_hash_bucket_size", 64)
    compile_value(conf, args[0])
    define(conf, args[1])
    reading = _MapReading()
    conf.parse_block(_inner(conf), reading.entry)
    if reading.keys.exact:
        build(conf, "map_hash", reading.keys.exact, max_size, aligned(bucket))
    return None


class _MapReading:
    """The lines of one map."""

    def __init__(self) -> None:
        self.keys = Keys()
        self.hostnames = False
        self.default = False
        self.values: set[bytes] = set()

    def entry(self, conf: Conf, words: list[bytes]) -> bytes | None:
        key = cstring(words[0])
        if len(words) == 1 and key in (b"hostnames", b"volatile"):
            self.hostnames = self.hostnames or key == b"hostnames"
            return None
        if len(words) != 2:
            conf.fail(b"invalid number of the map parameters")
        if key == b"include":
            conf.include(words[1], self.entry, True)
            return None
        if words[1] not in self.values:
            compile_value(conf, words[1])
            self.values.add(words[1])
        if key == b"default":
            if self.default:
                conf.fail(b"duplicate default map parameter")
            self.default = True
        elif words[0][:1] == b"~":
            compile_regex(conf, words[0][2:] if words[0][1:2] == b"*" else words[0][1:])
        else:
            self._key(conf, words[0].removeprefix(b"\\"))
        return None

    def _key(self, conf: Conf, key: bytes) -> None:
        answer = self.keys.add(key, wildcards=self.hostnames)
        if answer == DECLINED:
            conf.fail(b'invalid hostname or wildcard "%b"', key)
        if answer == BUSY:
            conf.fail(b'conflicting parameter "%b"', key.lower())


def _split_clients(conf: Conf, args: list[bytes]) -> bytes | None:
    compile_value(conf, args[0])
    define(conf, args[1])
    parts: list[int] = []

    def entry(conf: Conf, words: list[bytes]) -> bytes | None:
        if words[0] == b"*":
            parts.append(0)
            return None
        share = fixed_point(words[0][:-1], 2) if words[0][-1:] == b"%" else None
        if not share:
            conf.fail(b'invalid percent value "%b"', words[0])
        parts.append(share)
        return None

    conf.parse_block(_inner(conf), entry)
    total = 0
    for part in parts:
        total = total + part if part else 10000
        if total > 10000:
            conf.fail(b"percent total is greater than 100%%")
    return None


def _charset_map(conf: Conf, args: list[bytes]) -> bytes | None:
    maps: list[frozenset[bytes]] = conf.block.fields.setdefault("charset_map", [])
    source, target = args
    if source.lower() == target.lower():
        conf.fail(b'"charset_map" between the same charsets "%b" and "%b"', source, target)
    pair = frozenset((source.lower(), target.lower()))
    if pair in maps:
        conf.fail(b'duplicate "charset_map" between "%b" and "%b"', source, target)
    maps.append(pair)
    utf8 = target.lower() == b"utf-8"

    def entry(conf: Conf, words: list[bytes]) -> bytes | None:
        if len(words) != 2:
            conf.fail(b"invalid parameters number")
        if not _byte(words[0]):
            conf.fail(b'invalid value "%b"', words[0])
        codes = [words[1][at : at + 2] for at in range(0, len(words[1]), 2)] if utf8 else [words[1]]
        if not all(_byte(code) for code in codes):
            conf.fail(b'invalid value "%b"', words[1])
        return None

    conf.parse_block(_inner(conf), entry)
    return None


def _byte(code: bytes) -> bool:
    value = hexadecimal(code)
    return value is not None and value <= 255


def _geo(conf: Conf, args: list[bytes]) -> bytes | None:
    if args[0][:1] != b"$":
        conf.fail(b'invalid variable name "%b"', args[0])
    if len(args) == 2:
        conf.use(args[0][1:])
    define(conf, args[-1])
    conf.parse_block(_inner(conf), _GeoReading().entry)
    return None


class _GeoReading:
    """The lines of one geo block: networks, or with `ranges` ranges."""

    def __init__(self) -> None:
        self.ranges = False
        self.begun = False
        self.networks: dict[tuple[bytes, bytes], bytes] = {}
        self.default: bytes | None = None

    def entry(self, conf: Conf, words: list[bytes]) -> bytes | None:
        key = cstring(words[0])
        if len(words) == 1 and key == b"ranges":
            if self.begun:
                conf.fail(b'the "ranges" directive must be the first directive inside "geo" block')
            self.ranges = True
            return None
        if len(words) == 1 and (key == b"proxy_recursive" or (key == b"volatile" and conf.since(1, 29, 3))):
            return None
        if len(words) != 2:
            conf.fail(b"invalid number of the geo parameters")
        if key == b"include":
            conf.include(words[1], self.entry, conf.since(1, 31))
        elif key == b"proxy":
            self._network(conf, words[1])
        elif self.ranges:
            self._range(conf, key, words)
        else:
            self.begun = True
            self._cidr(conf, key, words)
        return None

    def _network(self, conf: Conf, text: bytes) -> tuple[bytes, bytes]:
        if cstring(text) == b"255.255.255.255":
            return b"\xff" * 4, b"\xff" * 4
        if not low_bits(conf, text):
            conf.fail(b'invalid network "%b"', text)
        found: Any = cidr(text)
        return found[0], found[1]

    def _cidr(self, conf: Conf, key: bytes, words: list[bytes]) -> None:
        if key == b"default":
            for width in (4, 16):
                self._put(conf, (bytes(width), bytes(width)), words[1], words[0])
            return
        delete = key == b"delete"
        network = self._network(conf, words[1] if delete else words[0])
        if not delete:
            self._put(conf, network, words[1], words[0])
        elif self.networks.pop(network, None) is None:
            conf.warn(b'no network "%b" to delete', words[1])

    def _put(self, conf: Conf, network: tuple[bytes, bytes], value: bytes, shown_as: bytes) -> None:
        if network in self.networks:
            text = b'duplicate network "%b", value: "%b", old value: "%b"'
            conf.warn(text, shown_as, value, self.networks[network])
        self.networks[network] = value

    def _range(self, conf: Conf, key: bytes, words: list[bytes]) -> None:
        if key == b"default":
            if self.default is not None:
                text = b'duplicate default geo range value: "%b", old value: "%b"'
                conf.warn(text, words[1], self.default)
            self.default = words[1]
            return
        text = words[1] if key == b"delete" else words[0]
        first, dash, last = text.partition(b"-")
        start, end = ipv4(first), ipv4(last)
        if not dash or start is None or end is None or start > end:
            conf.fail(b'invalid range "%b"', text)


def _charset(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    word = args[0]
    name = conf.directive.decode()
    if name == "charset" and cstring(word) == b"off":
        return None
    if word[:1] == b"$":
        conf.use(word[1:])
    conf.block.fields[name] = shown(word).lower()
    return None


HTTP: Final[dict[str, Handler]] = {
    "map": _map,
    "split_clients": _split_clients,
    "charset_map": _charset_map,
    "charset": _charset,
    "source_charset": _charset,
    "geo": _geo,
}
STREAM: Final[dict[str, Handler]] = {"map": _map, "split_clients": _split_clients, "geo": _geo}
