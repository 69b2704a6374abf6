"""The Docker Engine's times, which are texts with up to nine digits behind the second."""

from __future__ import annotations

import calendar
import re
import time
from typing import Any, Optional

NANO = 1_000_000_000
_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8})(?:\.([0-9]{1,9}))?Z$")


def nanoseconds(said: Any) -> Optional[int]:
    """Return a time of the engine in nanoseconds since 1970, or None where it is none (`0001-01-01…` is negative)."""
    found = _TIME.match(str(said))
    try:
        seconds = calendar.timegm(time.strptime(found[1], "%Y-%m-%dT%H:%M:%S")) if found else None
    except ValueError:
        return None
    return None if found is None or seconds is None else seconds * NANO + int((found[2] or "0").ljust(9, "0"))
