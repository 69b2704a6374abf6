"""References such as ${NAME} in a value: they name a secret and are none; what stands around them may be one."""

from __future__ import annotations

import re
from typing import List, Tuple

_BRACED = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*(?P<operator>:?[-+?])?")
# Only a whole part counts as an unbraced reference: in a real password a dollar sign may stand anywhere.
_WHOLE = re.compile(r"\$\$?(?:[A-Z_][A-Z0-9_]{2,}|\([^()]{1,200}\)|\{[A-Za-z_][A-Za-z0-9_]*\})|\$[1-9@*]")


def is_reference(value: str) -> bool:
    """Return whether all of `value` only refers to something else: ${NAME}, $NAME, $$NAME, $(command)."""
    return not literal_parts(value)


def literal_parts(value: str) -> List[Tuple[int, int]]:
    """Return where in `value` its own words stand, as (start, end) pairs: outside references, and in their defaults.

    Without a reference that is all of it; `${NAME:?message}` has no words of its own.
    """
    if "$" not in value:
        return [(0, len(value))] if value else []
    # One frame for the value and one for each default that is open: where its literal begins, its parts so far.
    frames: List[_Frame] = [_Frame(0, False)]
    position = value.find("$")
    while position < len(value):
        match = _BRACED.match(value, position) if value[position] == "$" else None
        if match and match.group("operator"):
            _add(value, frames[-1].literal, position, frames[-1].parts)
            frames.append(_Frame(match.end(), match.group("operator").endswith("?")))
            position = match.end()
        elif match and value[match.end() : match.end() + 1] == "}":
            _add(value, frames[-1].literal, position, frames[-1].parts)
            frames[-1].literal = position = match.end() + 1
        elif value[position] == "}" and len(frames) > 1:
            closed = frames.pop()
            _add(value, closed.literal, position, closed.parts)
            frames[-1].parts += [] if closed.message else closed.parts
            position += 1
            frames[-1].literal = position
        else:
            position += 1
    if len(frames) > 1:
        return [(0, len(value))]  # a reference that nobody closed is none
    _add(value, frames[0].literal, len(value), frames[0].parts)
    return frames[0].parts


class _Frame:
    """A stretch of text that is being read: the value itself, or the default of a reference."""

    def __init__(self, literal: int, message: bool) -> None:
        self.literal = literal
        self.message = message
        self.parts: List[Tuple[int, int]] = []


def _add(value: str, start: int, end: int, parts: List[Tuple[int, int]]) -> None:
    if start < end and not _WHOLE.fullmatch(value, start, end):
        parts.append((start, end))
