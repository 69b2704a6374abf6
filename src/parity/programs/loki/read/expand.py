"""What -config.expand-env=true makes of a file, as far as it can be known without the environment."""

from __future__ import annotations

import re
from typing import Final

# Stands where a variable's value would: from Unicode's private area, so that no file has it by itself.
UNKNOWN: Final = "\ue000"
_WITH_VALUE: Final = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*:?[-=]([^${}]*)\}")
_WITHOUT: Final = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
# Either of the two.
VARIABLE: Final = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*(?::?[-=][^${}]*)?\}")


def expand(text: str) -> str:
    """Return `text` with `${NAME:-value}` replaced by its value and `${NAME}` by UNKNOWN, which fits any field."""
    return _WITHOUT.sub(UNKNOWN, _WITH_VALUE.sub(r"\1", text))
