"""Directives of http{} with a grammar of their own that need no more than a few lines each."""

from __future__ import annotations

import re
from typing import Final

from parity.programs.nginx.check.hash_tables import BUSY, DECLINED, Keys
from parity.programs.nginx.check.interpolation import compile_value, define
from parity.programs.nginx.check.pcre import compile_regex
from parity.programs.nginx.check.state import DUPLICATE, INVALID_VALUE, Conf, Handler
from parity.programs.nginx.check.urls import impossible, parse_url
from parity.programs.nginx.check.value_kinds import low_bits
from parity.programs.nginx.syntax.scalars import cstring, duration, number, offset

_BROWSERS: Final = frozenset(b"opera gecko safari konqueror msie".split())
_DAY: Final = 24 * 60 * 60


def resolver(conf: Conf, args: list[bytes]) -> bytes | None:
    """`resolver address … [valid=…] [ipv6=on|off] [ipv4=on|off] [status_zone=…]`."""
    if not conf.unset():
        return DUPLICATE
    servers = 0
    for arg in args:
        key, sign, value = arg.partition(b"=")
        if key == b"valid" and sign:
            if duration(value, seconds=True) is None:
                conf.fail(b"invalid parameter: %b", arg)
        elif sign and (key == b"ipv6" or (key == b"ipv4" and conf.since(1, 23, 1))):
            if cstring(value) not in (b"on", b"off"):
                conf.fail(b"invalid parameter: %b", arg)
        else:
            url = parse_url(arg, 53)
            if url.error:
                conf.fail(b'%b in resolver "%b"', url.error, arg)
            servers += 1
    if not servers:
        conf.fail(b"no name servers defined")
    if conf.block.context.endswith("/upstream"):
        conf.block.fields["group"].resolver = True
    return None


def _keepalive_timeout(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    bad = duration(args[0]) is None or (len(args) > 1 and duration(args[1], seconds=True) is None)
    return INVALID_VALUE if bad else None


def _internal(conf: Conf, _args: list[bytes]) -> bytes | None:
    return None if conf.unset() else DUPLICATE


def _aio(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    word = cstring(args[0])
    if word in (b"on", b"off", b"threads"):
        if word == b"threads":
            conf.thread_pools.setdefault(b"default", (True, conf.file, conf.reader.line))
        return None
    if not word.startswith(b"threads="):
        return INVALID_VALUE
    name = args[0][8:]
    if not compile_value(conf, name):
        conf.thread_pools.setdefault(name, (False, conf.file, conf.reader.line))
    return None


def _directio(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    return None if cstring(args[0]) == b"off" or offset(args[0]) is not None else INVALID_VALUE


def _error_page(conf: Conf, args: list[bytes]) -> bytes | None:
    codes = args[:-1]
    if codes[-1][:1] == b"=":
        answer = codes.pop()
        if not codes or (len(answer) > 1 and number(answer[1:]) is None):
            conf.fail(b'invalid value "%b"', answer)
    compile_value(conf, args[-1])
    for code in codes:
        status = number(code)
        if status is None or status == 499:
            conf.fail(b'invalid value "%b"', code)
        if not 300 <= status <= 599:
            conf.fail(b'value "%b" must be between 300 and 599', code)
    return None


def _open_file_cache(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    most, off = 0, False
    for arg in args:
        key, sign, value = arg.partition(b"=")
        if key == b"max" and sign and number(value):
            most = number(value) or 0
        elif cstring(arg) == b"off":
            off = True
        elif key != b"inactive" or not sign or duration(value, seconds=True) is None:
            conf.fail(b'invalid "open_file_cache" parameter "%b"', arg)
    if not off and not most:
        conf.fail(b'"open_file_cache" must have the "max" parameter')
    return None


def certificate_cache(conf: Conf, args: list[bytes]) -> bytes | None:
    """`ssl_certificate_cache off|max=N [inactive=…] [valid=…]`, and those of the proxies."""
    if not conf.unset():
        return DUPLICATE
    most = off = 0
    for arg in args:
        key, sign, value = arg.partition(b"=")
        if key == b"max" and sign and number(value):
            most = 1
        elif cstring(arg) == b"off":
            off = 1
        elif key not in (b"inactive", b"valid") or not sign or duration(value, seconds=True) is None:
            conf.fail(b'invalid parameter "%b"', arg)
    if not most and not off:
        conf.fail(b'"%b" must have the "max" parameter', conf.directive)
    return None


def _gzip_disable(conf: Conf, args: list[bytes]) -> bytes | None:
    for arg in args:
        if cstring(arg) != b"msie6":
            compile_regex(conf, arg, variables=False)
    return None


def _disable_symlinks(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    mode = b""
    for arg in args:
        word = cstring(arg)
        if word in (b"off", b"on", b"if_not_owner"):
            mode = word
        elif word.startswith(b"from="):
            compile_value(conf, arg[5:])
        else:
            conf.fail(b'invalid parameter "%b"', arg)
    if not mode:
        conf.fail(b'"%b" must have "off", "on" or "if_not_owner" parameter', conf.directive)
    if len(args) > 1 and not any(arg.startswith(b"from=") for arg in args):
        conf.fail(b'duplicate parameters "%b %b"', args[0], args[1])
    if len(args) > 1 and mode == b"off":
        conf.fail(b'"from=" cannot be used with "off" parameter')
    return None


def _try_files(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    for arg in args:
        compile_value(conf, arg)
    last = args[-1]
    if last[:1] == b"=" and b"$" not in last:
        code = number(last[1:])
        if code is None or code > 999:
            conf.fail(b'invalid code "%b"', last)
    return None


def _index(conf: Conf, args: list[bytes]) -> bytes | None:
    for place, arg in enumerate(args, 1):
        if arg[:1] == b"/" and place != len(args):
            conf.warn(b'only the last index in "index" directive should be absolute')
        if not arg:
            conf.fail(b'index "%b" in "index" directive is invalid', arg if conf.since(1, 31) else args[0])
        compile_value(conf, arg)
    return None


def access(conf: Conf, args: list[bytes]) -> bytes | None:
    """`allow` and `deny`."""
    if args[0] not in (b"all", b"unix:") and not low_bits(conf, args[0]):
        conf.fail(b'invalid parameter "%b"', args[0])
    return None


def real_ip_from(conf: Conf, args: list[bytes]) -> bytes | None:
    """`set_real_ip_from`."""
    if cstring(args[0]) != b"unix:" and not low_bits(conf, args[0]) and impossible(args[0]):
        conf.fail(b'host not found in set_real_ip_from "%b"', args[0])
    return None


def _add_header(conf: Conf, args: list[bytes]) -> bytes | None:
    compile_value(conf, args[1])
    if len(args) > 2 and cstring(args[2]) != b"always":
        conf.fail(b'invalid parameter "%b"', args[2])
    return None


def _expires(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    modified = len(args) > 1
    if modified and cstring(args[0]) != b"modified":
        return INVALID_VALUE
    value = args[-1]
    if compile_value(conf, value) or (not modified and value in (b"epoch", b"max", b"off")):
        return None
    daily = value[:1] == b"@"
    if daily and modified:
        return b'daily time cannot be used with "modified" parameter'
    seconds = duration(value[1:] if value[:1] in (b"@", b"+", b"-") else value, seconds=True)
    if seconds is None:
        return INVALID_VALUE
    return b"daily time value must be less than 24 hours" if daily and seconds > _DAY else None


def _auth_request_set(conf: Conf, args: list[bytes]) -> bytes | None:
    define(conf, args[0], use=True)
    compile_value(conf, args[1])
    return None


def _auth_request(conf: Conf, _args: list[bytes]) -> bytes | None:
    return None if conf.unset() else DUPLICATE


def _mirror(conf: Conf, args: list[bytes]) -> bytes | None:
    if cstring(args[0]) == b"off":
        conf.block.fields["mirror_is_off"] = True
        return None if conf.unset() else DUPLICATE
    conf.unset()
    return DUPLICATE if "mirror_is_off" in conf.block.fields else None


def _modern_browser(conf: Conf, args: list[bytes]) -> bytes | None:
    if len(args) == 1:
        return None if cstring(args[0]) == b"unlisted" else conf.fail_silently()
    if cstring(args[0]).lower() not in _BROWSERS:
        conf.fail(b'unknown browser name "%b"', args[0])
    if not re.fullmatch(rb"[0-9.]*", args[1]):
        conf.fail(b'invalid browser version "%b"', args[1])
    return None


def _valid_referers(conf: Conf, args: list[bytes]) -> bytes | None:
    keys: Keys = conf.block.fields.setdefault("valid_referers", Keys())
    for arg in args:
        word = cstring(arg)
        if not arg:
            conf.fail(b'invalid referer "%b"', arg)
        if word in (b"none", b"blocked", b"server_names"):
            conf.block.fields[f"referers {word.decode()}"] = True
        elif arg[:1] == b"~":
            if len(arg) == 1:
                conf.fail(b'empty regex in "%b"', arg)
            compile_regex(conf, arg[1:], variables=False)
        else:
            add_referer(conf, keys, arg.partition(b"/")[0])
    return None


def add_referer(conf: Conf, keys: Keys, name: bytes) -> None:
    """Add a name to those whose pages may refer to us."""
    answer = keys.add(name, wildcards=True)
    if answer == DECLINED:
        conf.fail(b'invalid hostname or wildcard "%b"', name)
    if answer == BUSY:
        conf.fail(b'conflicting parameter "%b"', name.lower())


def _sub_filter(conf: Conf, args: list[bytes]) -> bytes | None:
    if not args[0]:
        conf.fail(b"empty search pattern")
    compile_value(conf, args[0])
    compile_value(conf, args[1])
    return None


def _userid_expires(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    known = cstring(args[0]) in (b"max", b"off") or duration(args[0], seconds=True) is not None
    return None if known else INVALID_VALUE


def _userid_mark(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    if cstring(args[0]) == b"off" or re.fullmatch(rb"[0-9A-Za-z=]", args[0]):
        return None
    return b'value must be "off" or a single letter, digit or "="'


HTTP: Final[dict[str, Handler]] = {
    "resolver": resolver,
    "keepalive_timeout": _keepalive_timeout,
    "internal": _internal,
    "aio": _aio,
    "directio": _directio,
    "error_page": _error_page,
    "open_file_cache": _open_file_cache,
    "gzip_disable": _gzip_disable,
    **{f"{module}ssl_certificate_cache": certificate_cache for module in ("", "proxy_", "grpc_", "uwsgi_")},
    "disable_symlinks": _disable_symlinks,
    "try_files": _try_files,
    "index": _index,
    "allow": access,
    "deny": access,
    "set_real_ip_from": real_ip_from,
    "add_header": _add_header,
    "add_trailer": _add_header,
    "expires": _expires,
    "auth_request": _auth_request,
    "auth_request_set": _auth_request_set,
    "mirror": _mirror,
    "modern_browser": _modern_browser,
    "valid_referers": _valid_referers,
    "sub_filter": _sub_filter,
    "userid_expires": _userid_expires,
    "userid_mark": _userid_mark,
}
