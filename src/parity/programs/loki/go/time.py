"""Dates as Go's time.Parse reads `2006-01-02`, with its words where it cannot."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final

_LAYOUT: Final = "2006-01-02"
_PARTS: Final = (("2006", r"\d{4}"), ("-", "-"), ("01", r"\d\d"), ("-", "-"), ("02", r"\d\d"))
_MOMENTS: Final = ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%z")


def parse_day(text: str) -> date:
    """Return the day `text` names; raises ValueError in Go's words."""
    said = f'parsing time "{text}"'
    rest, found = text, []
    for name, pattern in _PARTS:
        match = re.match(pattern, rest, re.ASCII)
        if not match:
            raise ValueError(f'{said} as "{_LAYOUT}": cannot parse "{rest}" as "{name}"')
        rest = rest[match.end() :]
        if name != "-":
            found.append(int(match[0]))
        if name == "01" and not 1 <= found[-1] <= 12:
            raise ValueError(f"{said}: month out of range")
    if rest:
        raise ValueError(f'{said}: extra text: "{rest}"')
    try:
        return date(max(found[0], 1), found[1], found[2])
    except ValueError:
        raise ValueError(f"{said}: day out of range") from None


def parse_moment(text: str) -> datetime | None:
    """Return the moment `text` names as dskit reads it, None for `0`; raises ValueError in its words."""
    if text == "0":
        return None
    for layout in _MOMENTS:
        try:
            moment = datetime.strptime(text, layout)
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    raise ValueError(f'failed to parse time: "{text}"')
