"""if, set, return, rewrite: the conditions and values of the rewrite module."""

from __future__ import annotations

from typing import Final

from parity.programs.nginx.check.directives.servers import unnamed_location
from parity.programs.nginx.check.interpolation import compile_value, define
from parity.programs.nginx.check.pcre import compile_regex
from parity.programs.nginx.check.state import Conf, Handler
from parity.programs.nginx.syntax.scalars import cstring, number

_OPERATORS: Final = frozenset({b"=", b"!="})
_MATCHES: Final = frozenset({b"~", b"~*", b"!~", b"!~*"})
_URLS: Final = (b"http://", b"https://", b"$scheme")


def _if(conf: Conf, args: list[bytes]) -> bytes | None:
    where = conf.block.context
    block = unnamed_location(conf, f"{where}/if")
    _condition(conf, args)
    conf.parse_block(block, None)
    return None


def _condition(conf: Conf, args: list[bytes]) -> None:
    words = list(args)
    if words[0][:1] != b"(":
        conf.fail(b'invalid condition "%b"', words[0])
    if len(words[0]) == 1:
        words = words[1:]
    else:
        words[0] = words[0][1:]
    # `if ( )` leaves nginx with a ")" that it takes for the value
    if not words:
        conf.fail(b'invalid condition "%b"', args[-1])
    if words[-1][-1:] != b")":
        conf.fail(b'invalid condition "%b"', words[-1])
    if len(words[-1]) > 1:
        words[-1] = words[-1][:-1]
    elif len(words) > 1:
        words.pop()
    first = words[0]
    if len(first) > 1 and first[:1] == b"$":
        _variable_condition(conf, words)
    elif first[-2:-1] == b"-" and (len(first) == 2 or (len(first) == 3 and first[:1] == b"!")):
        _file_condition(conf, words)
    else:
        conf.fail(b'invalid condition "%b"', first)


def _variable_condition(conf: Conf, words: list[bytes]) -> None:
    if len(words) not in (1, 3):
        conf.fail(b'invalid condition "%b"', words[0])
    conf.use(words[0][1:])
    if len(words) == 1:
        return
    operator, value = words[1:]
    if operator in _OPERATORS:
        compile_value(conf, value)
    elif operator in _MATCHES:
        compile_regex(conf, value)
    else:
        conf.fail(b'unexpected "%b" in condition', operator)


def _file_condition(conf: Conf, words: list[bytes]) -> None:
    if len(words) != 2:
        conf.fail(b'invalid condition "%b"', words[0])
    compile_value(conf, words[1])
    if words[0][-1:] not in (b"f", b"d", b"e", b"x"):
        conf.fail(b'invalid condition "%b"', words[0])


def _set(conf: Conf, args: list[bytes]) -> bytes | None:
    define(conf, args[0], use=True)
    compile_value(conf, args[1])
    return None


def _return(conf: Conf, args: list[bytes]) -> bytes | None:
    code = number(args[0])
    text = args[1] if len(args) > 1 else None
    if code is None:
        if text is not None or not cstring(args[0]).startswith(_URLS):
            conf.fail(b'invalid return code "%b"', args[0])
        text = args[0]
    elif code > 999:
        conf.fail(b'invalid return code "%b"', args[0])
    if text is not None:
        compile_value(conf, text)
    return None


def _rewrite(conf: Conf, args: list[bytes]) -> bytes | None:
    pattern, replacement = args[:2]
    if not replacement:
        conf.fail(b"empty replacement")
    compile_regex(conf, pattern)
    if len(args) > 2 and cstring(args[2]) not in (b"last", b"break", b"redirect", b"permanent"):
        conf.fail(b'invalid parameter "%b"', args[2])
    compile_value(conf, replacement.removesuffix(b"?"))
    return None


HTTP: Final[dict[str, Handler]] = {"if": _if, "set": _set, "return": _return, "rewrite": _rewrite}
