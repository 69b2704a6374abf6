"""Where a block of Lua code ends: OpenResty reads it by Lua's rules, not by nginx's."""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(
    rb"--\[(=*)\[.*?\]\1\]"  # long comment
    rb"|--[^\n]*"
    rb"|\[(=*)\[.*?\]\2\]"  # long string
    rb'|"(?:\\.|[^"\\])*"'
    rb"|'(?:\\.|[^'\\])*'"
    rb"|[{}]",
    re.DOTALL,
)


def block_end(data: bytes, at: int) -> int:
    """Return the offset behind the `}` that closes the block which is open at `at`; the end of `data` if none does."""
    depth = 1
    for match in _TOKEN.finditer(data, at):
        depth += {b"{": 1, b"}": -1}.get(match[0], 0)
        if not depth:
            return match.end()
    return len(data)
