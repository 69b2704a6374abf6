"""Literals of an nginx configuration that are anybody's: of map, geo, set, if, sub_filter, return, Lua and njs.

They are values like those of variables: shown as far as they are known to be public. What nginx itself has a meaning
for (names of zones, formats and upstreams, sizes, times, ports, patterns of locations) is not touched.
"""

from __future__ import annotations

import re
from typing import Iterator, List, NamedTuple, Tuple

from ..secrets.redact import Redactor
from ..secrets.token import TOKEN

_BLOCKS = frozenset(("map", "geo", "split_clients"))
# Directives with literals of anybody's: which arguments, counted from the first, are judged.
_LITERALS = {
    "sub_filter": (0, 1),
    "set": (1,),
    "return": (1,),
    "auth_basic": (0,),
    "auth_http_header": (1,),
    "proxy_cookie_flags": (),
    "perl_set": (1,),
    "secure_link": (),
    "add_before_body": (),
}
# Directives with an address, or attributes of a cookie, whose named values are anybody's: from which argument on.
_PAIRED = {"rewrite": 1, "proxy_pass": 0, "try_files": 0, "error_page": 0, "proxy_redirect": 0, "proxy_cookie_path": 1}
_PAIR = re.compile(r"[?&;]\s*(?P<name>[A-Za-z_][\w.-]{0,80})=(?P<value>[^&;\s\"']+)")
_VALUES = re.compile(r"(?:map_hash\w*|default|volatile|hostnames|include|ranges|delete|proxy|proxy_recursive)")
_STRING = re.compile(r"\"((?:\\.|[^\"\\\n])*)\"|'((?:\\.|[^'\\\n])*)'")
_VARIABLE = re.compile(r"\$(?:\w+|\{\w+\})")


class _Word(NamedTuple):
    start: int
    end: int
    text: str


def hide_literals(text: str, redactor: Redactor) -> str:
    """Return `text`, without comments, with those literals hidden that are not known to be public."""
    pieces: List[str] = []
    position = 0
    for start, end, name in sorted([*_places(text), *_in_lua(text)]):
        if start < position:
            continue
        new = _redacted(text[start:end], name, redactor)
        pieces += [text[position:start], new]
        position = end
    return "".join(pieces) + text[position:]


def _redacted(raw: str, name: str, redactor: Redactor) -> str:
    quote = raw[0] if len(raw) > 1 and raw[0] in "\"'" and raw[-1] == raw[0] else ""
    value = raw[1:-1] if quote else raw
    tokens = [match.group() for match in TOKEN.finditer(value)]
    if tokens and TOKEN.sub("", value) == "":
        return raw
    pieces: List[str] = []
    position = 0
    for variable in _VARIABLE.finditer(value):
        pieces += [_piece(value[position : variable.start()], name, redactor), variable.group()]
        position = variable.end()
    pieces.append(_piece(value[position:], name, redactor))
    return quote + "".join(pieces) + quote


def _piece(piece: str, name: str, redactor: Redactor) -> str:
    return redactor.value(name, piece) if any(map(str.isalnum, piece)) else piece


def _places(text: str) -> Iterator[Tuple[int, int, str]]:
    """Yield where literals stand, with the name that they stand under."""
    stack: List[str] = []
    statement: List[_Word] = []
    for word in _words(text):
        if word.text == ";":
            yield from _of_statement(text, statement, stack)
            statement = []
        elif word.text == "{":
            block = statement[0].text if statement else ""
            name = statement[-1].text.strip("\"'$") if statement else ""
            stack.append("%s %s" % (block, name) if block in _BLOCKS else "")
            if block == "if":
                yield from _of_condition(statement)
            statement = []
        elif word.text == "}":
            if stack:
                stack.pop()
            statement = []
        else:
            statement.append(word)


def _of_statement(text: str, statement: List[_Word], stack: List[str]) -> Iterator[Tuple[int, int, str]]:
    if not statement:
        return
    block, _, name = stack[-1].partition(" ") if stack else ("", "", "")
    first = statement[0].text
    if block in _BLOCKS:
        if _VALUES.fullmatch(first):
            yield from ((word.start, word.end, name) for word in statement[1:2] if first == "default")
            return
        # A pattern is nginx's to compile; a plain text is somebody's.
        keys = [] if first.startswith(("~", '"~', "'~")) or block == "split_clients" else statement[:1]
        yield from ((word.start, word.end, "key" if block == "map" else "address") for word in keys if block == "map")
        yield from ((word.start, word.end, name) for word in statement[1:2])
        return
    for at in _LITERALS.get(first, ()):
        for word in statement[at + 1 : at + 2]:
            name = statement[1].text.strip("\"'$") if at and first in ("set", "auth_http_header") else "literal"
            yield word.start, word.end, name
    if first in _PAIRED:
        for word in statement[_PAIRED[first] + 1 :]:
            pairs = _PAIR.finditer(text, word.start, word.end)
            yield from ((pair.start("value"), pair.end("value"), pair["name"]) for pair in pairs)
    if first.endswith("_by_lua"):
        for word in statement[1:]:
            inside = _STRING.finditer(text, word.start + 1, word.end - 1)
            yield from ((found.start(), found.end(), "literal") for found in inside)


def _in_lua(text: str) -> Iterator[Tuple[int, int, str]]:
    """Yield the strings of blocks of Lua: they are no words of nginx."""
    for begin in _LUA.finditer(text):
        depth, at = 1, begin.end()
        while depth and at < len(text):
            string = _STRING.match(text, at)
            if string:
                yield at, string.end(), "literal"
                at = string.end()
                continue
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1


def _of_condition(statement: List[_Word]) -> Iterator[Tuple[int, int, str]]:
    """Yield what a variable is compared with for equality; a pattern stays."""
    for before, word in zip(statement, statement[1:]):  # noqa: B905, RUF007 - Python 3.8
        if before.text in ("=", "!="):
            end = word.end - 1 if word.text.endswith(")") and not word.text.startswith('"') else word.end
            yield word.start, end - (word.text[-2:] in ('")', "')")), "literal"


_WORD = re.compile(
    r"[{};]|\"(?:\\.|[^\"\\])*\"\)?|'(?:\\.|[^'\\])*'\)?|(?:\\.|\$\{\w+\}|[^\s;{}\"'\\])(?:\\.|\$\{\w+\}|[^\s;{}\\])*"
)
_LUA = re.compile(r"\w+_by_lua_block\s*\{")


def _words(text: str) -> Iterator[_Word]:
    for match in _WORD.finditer(text):
        yield _Word(match.start(), match.end(), match.group())
