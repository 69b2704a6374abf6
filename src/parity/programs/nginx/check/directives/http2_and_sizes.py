"""Sizes with a rule of their own behind them, and the directives of HTTP/2 that came and went."""

from __future__ import annotations

from typing import Final

from parity.programs.nginx.check.interpolation import compile_value
from parity.programs.nginx.check.state import DUPLICATE, INVALID_NUMBER, INVALID_VALUE, Conf, Handler
from parity.programs.nginx.check.value_kinds import apply, store
from parity.programs.nginx.syntax.scalars import cstring, number, size


def _http2_push(conf: Conf, args: list[bytes]) -> bytes | None:
    if conf.since(1, 25, 1):
        conf.warn(b'the "http2_push" directive is obsolete, ignored')
        return None
    pushed: list[bytes] = conf.block.fields.setdefault("http2_push", [])
    if cstring(args[0]) == b"off":
        if pushed:
            return DUPLICATE if pushed == [b"off"] else b'"off" parameter cannot be used with URI'
        pushed.append(b"off")
        return None
    if pushed == [b"off"]:
        return b'URI cannot be used with "off" parameter'
    pushed.append(args[0])
    compile_value(conf, args[0])
    return None


def _http2_old(conf: Conf, args: list[bytes]) -> bytes | None:
    if conf.since(1, 25, 1):
        conf.warn(b'the "%b" directive is obsolete, ignored', conf.directive)
        return None
    return apply(conf, args)


def _checked_size(check: str) -> Handler:
    """Make a size slot with a rule of its own behind it."""

    def handler(conf: Conf, args: list[bytes]) -> bytes | None:
        if not conf.unset():
            return DUPLICATE
        value = number(args[0]) if check == "power" else size(args[0])
        if value is None:
            return INVALID_NUMBER if check == "power" else INVALID_VALUE
        store(conf, value)
        return _size_rule(conf, check, value)

    return handler


def _size_rule(conf: Conf, check: str, value: int) -> bytes | None:
    powers = {2**exponent for exponent in range(9, 18)}
    if check == "window" and value not in {power for power in powers if power <= 32 * 1024}:
        return b"must be 512, 1k, 2k, 4k, 8k, 16k, or 32k"
    if check == "hash" and value not in powers:
        return b"must be 512, 1k, 2k, 4k, 8k, 16k, 32k, 64k, or 128k"
    if check == "pool" and value < 112:
        conf.fail(b"the pool size must be no less than 112")
    if check == "pool" and value % 16:
        conf.fail(b"the pool size must be a multiple of 16")
    if check == "receive" and value <= 32:
        return b"value is too small"
    if check == "preread" and value > 2**31 - 1:
        conf.fail(b"the maximum body preread buffer size is %d", 2**31 - 1)
    if check == "chunk" and value == 0:
        conf.fail(b"the http2 chunk size cannot be zero")
    if check == "power" and (value == 0 or value & (value - 1)):
        return b"must be a power of two"
    return None


HTTP: Final[dict[str, Handler]] = {
    "http2_push": _http2_push,
    "http2_push_preload": _http2_old,
    "http2_max_concurrent_pushes": _http2_old,
    "http2_pool_size": _checked_size("pool"),
    "http2_recv_buffer_size": _checked_size("receive"),
    "http2_body_preread_size": _checked_size("preread"),
    "http2_chunk_size": _checked_size("chunk"),
    "http2_streams_index_size": _checked_size("power"),
    "connection_pool_size": _checked_size("pool"),
    "request_pool_size": _checked_size("pool"),
    "gzip_window": _checked_size("window"),
    "gzip_hash": _checked_size("hash"),
}
