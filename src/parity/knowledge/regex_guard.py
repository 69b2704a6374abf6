"""Whether a regular expression may be run on lines that strangers can write: none that would take for ever."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_WIDE_ALLOWED: Final = 3
_WIDE_FROM: Final = 50
_TOO_WIDE: Final = "has more than three wide repetitions in a row, which is too slow on long lines"
_CLASS: Final = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_COUNT: Final = re.compile(r"\{(\d*)(,?)(\d*)\}")


@dataclass
class _Group:
    repeats: bool = False
    chooses: bool = False


def fault(pattern: str) -> str:
    """Return what makes `pattern` unfit, as the end of a sentence, or an empty text when nothing does.

    Refused are: what Python cannot compile, what matches the empty text (and so every line), a repeated group that
    itself repeats or chooses (exponential time), and more wide repetitions than three (`*`, `+`, `{0,50}` and wider).
    """
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"is not a regular expression: {error}"
    if compiled.search(""):
        return "matches an empty line, and so every line"
    return _slow(pattern)


def _slow(pattern: str) -> str:
    open_groups = [_Group()]
    wide = position = 0
    closed: _Group | None = None  # the group that ended just before `position`
    while position < len(pattern):
        character = pattern[position]
        width, repeats_more, is_wide = _repeat(pattern, position)
        if width:
            if closed and repeats_more and (closed.repeats or closed.chooses):
                return "repeats a group that itself repeats or has alternatives (catastrophic backtracking)"
            wide += is_wide
            open_groups[-1].repeats = open_groups[-1].repeats or repeats_more
            position += width
            closed = None
            continue
        closed = None
        if character == "(":
            open_groups.append(_Group())
            position += 1 + pattern.startswith("?", position + 1)  # `(?` is no repetition
            continue
        if character == ")":
            closed = open_groups.pop()
            open_groups[-1].repeats = open_groups[-1].repeats or closed.repeats
        elif character == "|":
            open_groups[-1].chooses = True
            wide = 0 if len(open_groups) == 1 else wide
        if wide > _WIDE_ALLOWED:
            break
        position += _length(pattern, position)
    return _TOO_WIDE if wide > _WIDE_ALLOWED else ""


def _repeat(pattern: str, position: int) -> tuple[int, bool, bool]:
    """Return the length of the quantifier at `position` (0: none), whether it repeats, and whether widely."""
    if pattern[position] in "*+":
        return 1 + pattern.startswith(("?", "+"), position + 1), True, True
    if pattern[position] == "?":
        return 1 + pattern.startswith(("?", "+"), position + 1), False, False
    count = _COUNT.match(pattern, position)
    if not count or not (count[1] or count[3]):
        return 0, False, False
    most = int(count[3]) if count[3] else None if count[2] else int(count[1])
    length = count.end() - position
    return length + pattern.startswith(("?", "+"), position + length), most != 1, most is None or most >= _WIDE_FROM


def _length(pattern: str, position: int) -> int:
    """Return how many characters the piece at `position` has: an escape, a class, or one character."""
    if pattern[position] == "\\":
        return 2
    if pattern[position] == "[":
        found = _CLASS.match(pattern, position)
        return found.end() - position if found else 1
    return 1
