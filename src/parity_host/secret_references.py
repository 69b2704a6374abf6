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
    if _WHOLE.fullmatch(value):
        return []
    parts: List[Tuple[int, int]] = []
    _collect(value, 0, 0, parts)
    return parts


def _collect(value: str, start: int, depth: int, parts: List[Tuple[int, int]]) -> int:
    """Add the parts from `start` on; within a reference (depth > 0) stop behind its closing brace, and return where."""
    literal = position = start
    while position < len(value):
        if depth and value[position] == "}":
            _add(value, literal, position, parts)
            return position + 1
        match = _BRACED.match(value, position) if value[position] == "$" and depth < 8 else None
        end = _reference_end(value, match, depth, parts, literal) if match else -1
        if end < 0:
            position += 1
            continue
        literal = position = end
    _add(value, literal, len(value), parts)
    return -1 if depth else len(value)


def _reference_end(value: str, match: "re.Match[str]", depth: int, parts: List[Tuple[int, int]], literal: int) -> int:
    """Return where the reference ends, or -1 when it is none; add what stands before it and its default."""
    operator = match.group("operator")
    if not operator:
        end = match.end() + 1 if value[match.end() : match.end() + 1] == "}" else -1
        inner: List[Tuple[int, int]] = []
    else:
        inner = []
        end = _collect(value, match.end(), depth + 1, inner)
    if end < 0:
        return -1
    _add(value, literal, match.start(), parts)
    if operator and not operator.endswith("?"):
        parts.extend(inner)
    return end


def _add(value: str, start: int, end: int, parts: List[Tuple[int, int]]) -> None:
    if start < end and not _WHOLE.fullmatch(value, start, end):
        parts.append((start, end))
