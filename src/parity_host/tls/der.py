"""A strict reader of DER (ITU-T X.690), as far as keys and the outside of certificates need it."""

from __future__ import annotations

from typing import List, Tuple

INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
NULL = 0x05
OBJECT = 0x06
SEQUENCE = 0x30

_MANY_ELEMENTS = 64
_LENGTH_BYTES = 4

Element = Tuple[int, bytes]


class DerError(ValueError):
    """What was read is not DER, or not of the shape asked for. The message never quotes the data."""


def first(data: bytes) -> Tuple[Element, bytes]:
    """Return the first element of `data` and what follows it; raises DerError."""
    if len(data) < 2:
        raise DerError("an element is truncated")
    tag, length, start = data[0], data[1], 2
    if tag & 0x1F == 0x1F:
        raise DerError("a tag of several bytes")
    if length >= 0x80:
        count = length & 0x7F
        if not 1 <= count <= _LENGTH_BYTES or len(data) < 2 + count:
            raise DerError("a length that DER does not have")
        start += count
        length = int.from_bytes(data[2:start], "big")
        if length < 0x80 or data[2] == 0:
            raise DerError("a length that is not written in its shortest form")
    if len(data) - start < length:
        raise DerError("an element is truncated")
    return (tag, data[start : start + length]), data[start + length :]


def whole(data: bytes, tag: int) -> bytes:
    """Return the content of the one element that `data` is; raises DerError for another tag, or for more behind it."""
    (found, content), rest = first(data)
    if found != tag or rest:
        raise DerError("not the one element that was expected")
    return content


def elements(content: bytes) -> List[Element]:
    """Return the elements side by side in `content`; raises DerError, also for more than a key or certificate has."""
    found: List[Element] = []
    while content:
        if len(found) == _MANY_ELEMENTS:
            raise DerError("too many elements")
        element, content = first(content)
        found.append(element)
    return found


def take(members: List[Element], tag: int) -> bytes:
    """Take the first of `members` off and return its content; raises DerError when it is not of `tag`."""
    if not members or members[0][0] != tag:
        raise DerError("an element of another kind than expected")
    return members.pop(0)[1]


def natural(content: bytes) -> int:
    """Return an INTEGER's content as a number of zero or more; raises DerError for a negative or padded one."""
    if not content or content[0] >= 0x80 or (len(content) > 1 and content[0] == 0 and content[1] < 0x80):
        raise DerError("an integer that is negative or not in its shortest form")
    return int.from_bytes(content, "big")


def encode(tag: int, *contents: bytes) -> bytes:
    """Return an element of `tag` that holds `contents` one after another."""
    content = b"".join(contents)
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + content
