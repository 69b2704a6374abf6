"""The trend as a picture: one lane a severity, one point a run, all lanes on one scale. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from parity.domain.findings import SEVERITIES

WIDTH: Final = 640
LANE: Final = 42
LEFT: Final = 76
RIGHT: Final = 84
_PLAY: Final = 32


@dataclass(frozen=True)
class Lane:
    """One severity's line: what it counts now, the change since the run before, and where it is drawn."""

    severity: str
    now: int
    change: str
    base: float
    line: str
    area: str
    end: tuple[float, float]


@dataclass(frozen=True)
class Trend:
    """The picture's size, its lanes, and its two ends in time."""

    height: int
    lanes: tuple[Lane, ...]
    first: str
    last: str
    words: str


def trend(runs: Sequence[Mapping[str, Any]]) -> Trend | None:
    """Return the picture of `runs` (oldest first, this run last); None while there is nothing to compare with."""
    if len(runs) < 2:
        return None
    most = max(1, *(run[level] for run in runs for level in SEVERITIES))
    lanes = tuple(_lane(level, [run[level] for run in runs], most, n) for n, level in enumerate(SEVERITIES))
    said = ", ".join(f"{lane.severity} {runs[0][lane.severity]} to {lane.now}" for lane in lanes)
    return Trend(
        height=LANE * len(SEVERITIES) + 22,
        lanes=lanes,
        first=runs[0]["generated"],
        last=runs[-1]["generated"],
        words=f"Open problems over {len(runs)} runs: {said}.",
    )


def _lane(severity: str, counts: Sequence[int], most: int, number: int) -> Lane:
    base = LANE * (number + 1) - 6
    width = WIDTH - LEFT - RIGHT
    points = [
        (round(LEFT + width * n / (len(counts) - 1), 1), round(base - _PLAY * count / most, 1))
        for n, count in enumerate(counts)
    ]
    line = " ".join(f"{x},{y}" for x, y in points)
    change = counts[-1] - counts[-2]
    return Lane(
        severity=severity,
        now=counts[-1],
        change=f"{change:+d}" if change else "same",
        base=base,
        line=line,
        area=f"{points[0][0]},{base} {line} {points[-1][0]},{base}",
        end=points[-1],
    )
