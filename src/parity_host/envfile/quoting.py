"""Double quotes in env files: what Compose makes of the text between them, and how to write what it reads back."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:([abcfnrtv$\"\\])|0([0-9]{0,3}))")
_ESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ESCAPED.update({'"': '"', "\\": "\\", "$": "$$"})


def unescaped(written: str) -> str:
    r"""Return what Compose makes of backslashes between double quotes; a `\$` becomes `$$`, which stands for a `$`."""
    return _ESCAPE.sub(_character, written) if "\\" in written else written


def _character(match: "re.Match[str]") -> str:
    if match.group(1):
        return _ESCAPED.get(match.group(1), match.group())
    digits = match.group(2)
    if len(digits) == 3 and digits < "378" and not set(digits) & {"8", "9"}:
        return chr(int(digits, 8))
    return "\\" + digits  # Compose drops the 0 of an octal number that is none


def quoted(value: str) -> str:
    """Return `value` in double quotes, on one line."""
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("$", "\\$")):
        value = value.replace(plain, escaped)
    return '"%s"' % value
