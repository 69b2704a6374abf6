"""The door of a host: what leaves is text that can be written, and what comes back is what it was.

Names of files are bytes, and JSON can hold halves of characters. Ansible loses a module's whole answer for one such
half. So a byte leaves as `\ufffd<e9>` and another half as `\ufffd<d800>`. Two texts that differ stay different, and a
remedy that is told such a name finds its file.
"""

from __future__ import annotations

import re
from typing import Any

_MARK = "\ufffd<"
_HALF = re.compile("[\ud800-\udfff]")
_SPELLED = re.compile("\ufffd<(?:<|([0-9a-f]{2}|d[89a-f][0-9a-f]{2})>)")
_BYTES = 0xDC00  # Python's own name for a byte that is no text (PEP 383) is U+DC80 to U+DCFF


def spelled(text: str) -> str:
    """Return `text` with its halves of characters spelled out, and nothing else changed."""
    return text if text.isascii() else _HALF.sub(lambda half: "%s%s>" % (_MARK, _digits(ord(half[0]))), text)


def _digits(half: int) -> str:
    return "%02x" % (half - _BYTES) if _BYTES + 0x80 <= half <= _BYTES + 0xFF else "%04x" % half


def written(data: Any) -> Any:
    """Return nested dicts, lists and texts as they leave: every text, names too, can be written as UTF-8."""
    return _each(data, lambda text: spelled(text.replace(_MARK, _MARK + "<")))


def read_back(data: Any) -> Any:
    """Return what `written` was given."""
    return _each(data, lambda text: _SPELLED.sub(_meant, text))


def _meant(found: "re.Match[str]") -> str:
    digits = found[1]
    if digits is None:
        return _MARK
    return chr(int(digits, 16) + (_BYTES if len(digits) == 2 else 0))


def _each(data: Any, change: Any) -> Any:
    if isinstance(data, str):
        return data if data.isascii() else change(data)
    if isinstance(data, dict):
        return {_each(key, change): _each(value, change) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_each(value, change) for value in data]
    return data
