"""Literal texts of which one is in whatever a pattern matches: looking for these first spares most searches."""

from __future__ import annotations

import re
from typing import Iterator, List, Tuple

# One piece of a pattern: an escaped character, a class, a repetition, a single character.
_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{\d*,?\d*\}\??|[*?+]\??|.", re.DOTALL)
# Flags, and characters by their number: such patterns are not looked into.
_OTHER = re.compile(r"\(\?[aiLmsux]+[:)]|\(\?[aiLmsux]*-|\\[xuUN0-9]")
_NO_LITERAL = frozenset(".^$")


def literals(pattern: str) -> Tuple[str, ...]:
    """Return for each alternative of a pattern the longest text that it must have; none where one has no such text.

    What stands in groups is left out: it may be optional, or one of several.
    """
    if _OTHER.search(pattern):
        return ()
    found = [max(_runs(pieces), key=len, default="") for pieces in _alternatives(pattern)]
    return tuple(found) if all(found) else ()


def _alternatives(pattern: str) -> Iterator[List[str]]:
    """Yield the pieces of each alternative; a group is one piece, `(`."""
    pieces: List[str] = []
    depth = 0
    for match in _PIECE.finditer(pattern):
        piece = match.group()
        depth -= piece == ")"
        if depth == 0 and piece == "|":
            yield pieces
            pieces = []
        elif depth == 0 and piece != ")":
            pieces.append(piece)
        depth += piece == "("
    yield pieces


def _runs(pieces: List[str]) -> Iterator[str]:
    """Yield the runs of literal characters that no repetition can leave out."""
    run = ""
    for piece in pieces:
        if piece[0] in "*?{":
            yield run[:-1]
            run = ""
        elif piece[0] in "+([" or piece in _NO_LITERAL or _is_class(piece):
            yield run
            run = ""
        else:
            run += piece[-1]
    yield run


def _is_class(piece: str) -> bool:
    return len(piece) == 2 and piece[0] == "\\" and piece[1].isalnum()
