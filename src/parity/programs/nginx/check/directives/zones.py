"""Shared memory: who declares a zone, who uses it, and that both mean the same."""

from __future__ import annotations

import re
from typing import Final

from parity.programs.nginx.check.interpolation import compile_value
from parity.programs.nginx.check.state import Conf, Handler, Zone
from parity.programs.nginx.check.value_kinds import add_path
from parity.programs.nginx.syntax.scalars import cstring, duration, number, offset, size

PAGE: Final = 4096
_LEVELS: Final = re.compile(rb"[12](:[12]){0,2}\Z")


def shared_zone(conf: Conf, name: bytes, wanted: int, tag: str) -> Zone:
    """Return the zone of that name. `wanted` is 0 for a mere use; `tag` says whose it is."""
    zone = conf.zones.get(name)
    if zone is not None:
        if zone.tag != tag:
            conf.fail(b'the shared memory zone "%b" is already declared for a different use', name)
        zone.size = zone.size or wanted
        if wanted and wanted != zone.size:
            text = b'the size %d of shared memory zone "%b" conflicts with already declared size %d'
            conf.fail(text, wanted, name, zone.size)
        return zone
    conf.zones[name] = Zone(name, wanted, tag)
    return conf.zones[name]


def check_zones(conf: Conf) -> None:
    """Fail for the first zone that is used and declared nowhere; nginx looks once all is read."""
    for zone in conf.zones.values():
        if not zone.size:
            conf.fail_nowhere(b'zero size shared memory zone "%b"', zone.name)


def _zone_parameter(conf: Conf, arg: bytes) -> tuple[bytes, int]:
    name, colon, text = arg[5:].partition(b":")
    wanted = size(text) if colon else None
    if wanted is None:
        conf.fail(b'invalid zone size "%b"', arg)
    if wanted < 8 * PAGE:
        conf.fail(b'zone "%b" is too small', arg)
    return name, wanted


def _limit_zone(tag: str) -> Handler:
    def handler(conf: Conf, args: list[bytes]) -> bytes | None:
        compile_value(conf, args[0])
        name, wanted = b"", 0
        for arg in args[1:]:
            if arg.startswith(b"zone="):
                name, wanted = _zone_parameter(conf, arg)
            elif arg.startswith(b"rate=") and tag == "limit_req":
                rate = number(arg[5:-3] if arg[-3:] in (b"r/s", b"r/m") else arg[5:])
                if not rate:
                    conf.fail(b'invalid rate "%b"', arg)
            else:
                conf.fail(b'invalid parameter "%b"', arg)
        if not name:
            conf.fail(b'"%b" must have "zone" parameter', conf.directive)
        zone = shared_zone(conf, name, wanted, f"{conf.block.family} {tag}")
        if zone.data is not None:
            conf.fail(b'%b "%b" is already bound to key "%b"', conf.directive, name, zone.data)
        zone.data = args[0]
        return None

    return handler


def _limit_req(conf: Conf, args: list[bytes]) -> bytes | None:
    zone = None
    for arg in args:
        key, _, value = arg.partition(b"=")
        if arg.startswith(b"zone="):
            zone = shared_zone(conf, value, 0, "http limit_req")
        elif arg.startswith((b"burst=", b"delay=")):
            if not number(value):
                conf.fail(b'invalid %b value "%b"', key, arg)
        elif cstring(arg) != b"nodelay":
            conf.fail(b'invalid parameter "%b"', arg)
    if zone is None:
        conf.fail(b'"%b" must have "zone" parameter', conf.directive)
    return _once(conf, "limit_req", zone)


def _limit_conn(conf: Conf, args: list[bytes]) -> bytes | None:
    zone = shared_zone(conf, args[0], 0, f"{conf.block.family} limit_conn")
    if zone in conf.block.fields.get("limit_conn", []):
        return b"is duplicate"
    count = number(args[1])
    if not count:
        conf.fail(b'invalid number of connections "%b"', args[1])
    if count > 65535:
        conf.fail(b"connection limit must be less 65536")
    return _once(conf, "limit_conn", zone)


def _once(conf: Conf, setting: str, zone: Zone) -> bytes | None:
    zones: list[Zone] = conf.block.fields.setdefault(setting, [])
    if zone in zones:
        return b"is duplicate"
    zones.append(zone)
    return None


def _cache_path(conf: Conf, args: list[bytes]) -> bytes | None:
    name, wanted = b"", 0
    levels: tuple[int, ...] = ()
    for arg in args[1:]:
        key, sign, value = arg.partition(b"=")
        if key == b"levels" and sign:
            levels = _levels(conf, arg, value)
        elif key == b"use_temp_path" and sign:
            if cstring(value) not in (b"on", b"off"):
                conf.fail(b'invalid use_temp_path value "%b", it must be "on" or "off"', arg)
        elif key == b"keys_zone" and sign:
            name, wanted = _keys_zone(conf, arg, value)
        elif sign and key in _CACHE_NUMBERS:
            if _CACHE_NUMBERS[key](value) is None:
                conf.fail(b'invalid %b value "%b"', key, arg)
        else:
            conf.fail(b'invalid parameter "%b"', arg)
    if not name or not wanted:
        conf.fail(b'"%b" must have "keys_zone" parameter', conf.directive)
    add_path(conf, args[0].removesuffix(b"/"), levels, object())
    zone = shared_zone(conf, name, wanted, conf.directive.decode().removesuffix("_path"))
    if zone.data is not None:
        conf.fail(b'duplicate zone "%b"', name)
    zone.data = args[0]
    return None


def _levels(conf: Conf, arg: bytes, value: bytes) -> tuple[int, ...]:
    if value and not _LEVELS.match(value):
        conf.fail(b'invalid "levels" "%b"', arg)
    return tuple(int(level) for level in value.split(b":") if level)


def _keys_zone(conf: Conf, arg: bytes, value: bytes) -> tuple[bytes, int]:
    name, colon, text = value.partition(b":")
    wanted = size(text) if colon else None
    if wanted is None:
        conf.fail(b'invalid keys zone size "%b"', arg)
    if wanted < 2 * PAGE:
        conf.fail(b'keys zone "%b" is too small', arg)
    return name, wanted


def _seconds(value: bytes) -> int | None:
    return duration(value, seconds=True)


_CACHE_NUMBERS: Final = {
    b"inactive": _seconds, b"max_size": offset, b"min_free": offset, b"loader_files": number,
    b"loader_sleep": duration, b"loader_threshold": duration, b"manager_files": number, b"manager_sleep": duration,
    b"manager_threshold": duration,
}  # fmt: skip

HTTP: Final[dict[str, Handler]] = {
    "limit_req_zone": _limit_zone("limit_req"),
    "limit_conn_zone": _limit_zone("limit_conn"),
    "limit_req": _limit_req,
    "limit_conn": _limit_conn,
} | {f"{module}_cache_path": _cache_path for module in ("proxy", "fastcgi", "uwsgi", "scgi")}
STREAM: Final[dict[str, Handler]] = {"limit_conn_zone": _limit_zone("limit_conn"), "limit_conn": _limit_conn}
