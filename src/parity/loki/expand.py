"""What -config.expand-env=true makes of a file, as far as it can be known without the environment."""

from __future__ import annotations

import re
from typing import Final

_WITH_VALUE: Final = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*:?[-=]([^${}]*)\}")
_WITHOUT: Final = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
# A line whose whole value is one variable: what stands there fits, whatever its type.
_WHOLE_VALUE: Final = re.compile(
    r"^(\s*(?:-\s+)?)([A-Za-z0-9_]+:\s*)([\"']?)\$\{[A-Za-z_][A-Za-z0-9_]*\}\3\s*(#.*)?$", re.MULTILINE
)


def expand(text: str) -> str:
    """Return `text` with the values that are known put in and settings of unknown value commented out, line by line."""
    known = _WITH_VALUE.sub(r"\1", text)
    return _WITHOUT.sub("x", _WHOLE_VALUE.sub(_comment, known))


def _comment(match: re.Match[str]) -> str:
    return f"{match[1]}# {match[2]}"
