"""Values with variables in them, as nginx compiles them: `${name}`, `$name`, `$1`."""

from __future__ import annotations

import re
from typing import Final

from parity.programs.nginx.check.state import Conf

_NAME: Final = re.compile(rb"[A-Za-z0-9_]*")


def compile_value(conf: Conf, value: bytes) -> bool:
    """Note every variable that `value` uses; return whether it uses any (captures count). Fails as nginx does."""
    at = value.find(b"$")
    found = at >= 0
    while at >= 0:
        at += 1
        if at == len(value):
            conf.fail(b"invalid variable name")
        if value[at : at + 1] in b"123456789":
            at = value.find(b"$", at)
            continue
        bracket = value[at : at + 1] == b"{"
        at += bracket
        if at == len(value):
            conf.fail(b"invalid variable name")
        match = _NAME.match(value, at)
        name = match[0] if match else b""
        at += len(name)
        if bracket and value[at : at + 1] != b"}":
            conf.fail(b'the closing bracket in "%b" variable is missing', name)
        at += bracket
        if not name:
            conf.fail(b"invalid variable name")
        conf.use(name)
        at = value.find(b"$", at)
    return found


def define(conf: Conf, word: bytes, *, use: bool = False) -> None:
    """Define the variable that `word` names with its `$`; `use` notes it as used too."""
    if word[:1] != b"$":
        conf.fail(b'invalid variable name "%b"', word)
    conf.define(word[1:])
    if use:
        conf.use(word[1:])
