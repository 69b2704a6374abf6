"""access_log, error_log, log_format, and logs sent to syslog."""

from __future__ import annotations

from typing import Final

from parity.programs.nginx.check.interpolation import compile_value
from parity.programs.nginx.check.state import DUPLICATE, Conf, Handler
from parity.programs.nginx.check.urls import parse_url
from parity.programs.nginx.syntax.problem import LEVELS
from parity.programs.nginx.syntax.scalars import cstring, duration, number, size

_LEVELS: Final = frozenset(level.encode() for level in LEVELS)
_DEBUG_LEVELS: Final = frozenset(
    b"debug_core debug_alloc debug_mutex debug_event debug_http debug_mail debug_stream".split()
)
_FACILITIES: Final = frozenset(
    b"kern user mail daemon auth intern lpr news uucp clock authpriv ftp ntp audit alert cron "
    b"local0 local1 local2 local3 local4 local5 local6 local7".split()
)
_MEMLOG_MIN: Final = 2048 + 51


def error_log(conf: Conf, args: list[bytes]) -> bytes | None:
    """`error_log file [level …]`."""
    target = cstring(args[0])
    if target.startswith(b"memory:"):
        wanted = size(args[0][7:])
        if wanted is None or wanted < _MEMLOG_MIN + len(conf.file or ""):
            conf.fail(b'invalid buffer size "%b"', args[0][7:])
    elif target.startswith(b"syslog:"):
        _syslog(conf, target)
    named = debugged = False
    for arg in args[1:]:
        level = cstring(arg)
        if level in _LEVELS:
            if named or debugged:
                conf.fail(b'duplicate log level "%b"', arg)
            named = True
        elif level in _DEBUG_LEVELS and not named:
            debugged = True
        else:
            conf.fail(b'invalid log level "%b"', arg)
    return None


def access_log(conf: Conf, args: list[bytes]) -> bytes | None:
    """`access_log path [format [buffer=…] [gzip[=…]] [flush=…] [if=…]]`."""
    target = cstring(args[0])
    if target == b"off":
        if len(args) > 1:
            conf.fail(b'invalid parameter "%b"', args[1])
        return None
    if conf.block.family == "stream" and len(args) == 1:
        _open_log(conf, args[0], target)
        conf.fail(b"log format is not specified")
    scripted = _open_log(conf, args[0], target)
    wanted = args[1] if len(args) > 1 else b"combined"
    if wanted.lower() not in conf.family.formats_lower:
        conf.fail(b'unknown log format "%b"', wanted)
    _buffering(conf, args, target, scripted)
    return None


def _open_log(conf: Conf, word: bytes, target: bytes) -> bool:
    if target.startswith(b"syslog:"):
        _syslog(conf, target)
        return False
    return compile_value(conf, word)


def _buffering(conf: Conf, args: list[bytes], target: bytes, scripted: bool) -> None:
    buffer, flush, gzip = _buffer_parameters(conf, args[2:])
    if flush and not buffer:
        conf.fail(b'no buffer is defined for access_log "%b"', args[0])
    if not buffer:
        return
    if scripted:
        conf.fail(b"buffered logs cannot have variables in name")
    if target.startswith(b"syslog:"):
        conf.fail(b"logs to syslog cannot be buffered")
    if conf.log_buffers.setdefault(args[0], (buffer, flush, gzip)) != (buffer, flush, gzip):
        conf.fail(b'access_log "%b" already defined with conflicting parameters', args[0])


def _buffer_parameters(conf: Conf, args: list[bytes]) -> tuple[int, int, int]:
    buffer = flush = gzip = 0
    for arg in args:
        key, _, value = arg.partition(b"=")
        if arg.startswith(b"buffer="):
            buffer = size(value) or conf.fail(b'invalid buffer size "%b"', value)
        elif arg.startswith(b"flush="):
            flush = duration(value) or conf.fail(b'invalid flush time "%b"', value)
        elif key == b"gzip":
            buffer = buffer or 64 * 1024
            gzip = 1 if arg == b"gzip" else number(value) or 0
            if not 1 <= gzip <= 9:
                conf.fail(b'invalid compression level "%b"', value)
        elif arg.startswith(b"if="):
            compile_value(conf, value)
        else:
            conf.fail(b'invalid parameter "%b"', arg)
    return buffer, flush, gzip


def log_format(conf: Conf, args: list[bytes]) -> bytes | None:
    """`log_format name [escape=…] string …`."""
    if args[0] in conf.family.formats:
        conf.fail(b'duplicate "log_format" name "%b"', args[0])
    conf.family.formats.add(args[0])
    conf.family.formats_lower.add(args[0].lower())
    strings = args[1:]
    if strings[0].startswith(b"escape="):
        escape = cstring(strings[0])[7:]
        if escape not in (b"json", b"none", b"default"):
            conf.fail(b'unknown log format escaping "%b"', escape)
        strings = strings[1:]
    for string in strings:
        _format_string(conf, string)
    return None


def _format_string(conf: Conf, string: bytes) -> None:
    """Like a value with variables, but `$1` is none of these, and the words for a bad one differ."""
    at = string.find(b"$")
    while at >= 0:
        begin = at
        at += 1
        bracket = string[at : at + 1] == b"{"
        at += bracket
        end = at
        while end < len(string) and (string[end : end + 1].isalnum() or string[end : end + 1] == b"_"):
            end += 1
        name = string[at:end]
        if at >= len(string):
            conf.fail(b'invalid parameter "%b"', cstring(string[begin:]))
        if bracket and string[end : end + 1] != b"}":
            conf.fail(b'the closing bracket in "%b" variable is missing', name)
        if not name:
            conf.fail(b'invalid parameter "%b"', cstring(string[begin:]))
        if name not in conf.family.variables.log_only:
            conf.use(name)
        at = string.find(b"$", end)


def _open_log_file_cache(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    most = 0
    readers = {b"max": number, b"inactive": _seconds, b"min_uses": number, b"valid": _seconds}
    for arg in args:
        key, sign, value = arg.partition(b"=")
        read = readers.get(key) if sign else None
        found = read(value) if read else None
        if found is None and cstring(arg) != b"off":
            conf.fail(b'invalid "open_log_file_cache" parameter "%b"', arg)
        most = found or 0 if key == b"max" else most
    off = conf.since(1, 23) and b"off" in args  # older ones want "max" with it all the same
    if not most and not off:
        conf.fail(b'"open_log_file_cache" must have "max" parameter')
    return None


def _seconds(value: bytes) -> int | None:
    return duration(value, seconds=True)


def _syslog(conf: Conf, target: bytes) -> None:
    seen: set[bytes] = set()
    for part in target[7:].split(b","):
        key, sign, value = part.partition(b"=")
        if sign and key in (b"server", b"facility", b"severity", b"tag"):
            if key in seen:
                conf.fail(b'duplicate syslog "%b"', key)
            seen.add(key)
            _SYSLOG[key.decode()](conf, value)
        elif part != b"nohostname":
            conf.fail(b'unknown syslog parameter "%b"', part)
    if b"server" not in seen:
        conf.fail(b"no syslog server specified")


def _syslog_server(conf: Conf, value: bytes) -> None:
    url = parse_url(value, 514)
    if url.error:
        conf.fail(b'%b in syslog server "%b"', url.error, value)


def _syslog_facility(conf: Conf, value: bytes) -> None:
    if value not in _FACILITIES:
        conf.fail(b'unknown syslog facility "%b"', value)


def _syslog_severity(conf: Conf, value: bytes) -> None:
    if value not in _LEVELS:
        conf.fail(b'unknown syslog severity "%b"', value)


def _syslog_tag(conf: Conf, value: bytes) -> None:
    if len(value) > 32:
        conf.fail(b"syslog tag length exceeds 32")
    if value and not value.replace(b"_", b"a").isalnum():
        conf.fail(b'syslog "tag" only allows alphanumeric characters and underscore')


_SYSLOG: Final = {
    "server": _syslog_server,
    "facility": _syslog_facility,
    "severity": _syslog_severity,
    "tag": _syslog_tag,
}
HTTP: Final[dict[str, Handler]] = {
    "access_log": access_log,
    "error_log": error_log,
    "log_format": log_format,
    "open_log_file_cache": _open_log_file_cache,
}
STREAM: Final[dict[str, Handler]] = HTTP
