"""The lines of a log put together where one thing was said in several: Python's tracebacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

TRACEBACK: Final = "Traceback (most recent call last):"
_FRAME: Final = re.compile(r'\s+File "[^"]*", line \d+')
# Exception groups are drawn with bars before each line.
_BARS: Final = re.compile(r"\s*[+|][ |+-]*(?=\S|$)")
# A line that begins an entry of a log, with its level where it is a fault's. The forms of Python's logging (Celery,
# Gunicorn, Uvicorn) and of JSON and logfmt writers.
_HEAD: Final = re.compile(
    r"\[?\d{4}-\d\d-\d\d|\[|(?:DEBUG|INFO|WARNING|ERROR|CRITICAL|FATAL)\b|\{\"|level=|ts=|t=|time="
)
_FAULT: Final = re.compile(r"\b(?:ERROR|CRITICAL|FATAL|WARNING|error|critical|fatal|warning)\b")
_CHAIN: Final = ("During handling of the above exception", "The above exception was the direct cause")
_MOST_HELD: Final = 40


@dataclass(frozen=True)
class LogRecord:
    """What was said at once: its `lines`, the place of the `last` of them in the log, and whether it is a traceback."""

    lines: tuple[str, ...]
    last: int
    traceback: bool = False

    def looked_at(self) -> Iterator[str]:
        """Yield the lines that tell what happened, the most telling first.

        Of a traceback: what the log said before it, then its exceptions, the last one first. Its code and places are
        left out: they are the program's text, not what it said.
        """
        if not self.traceback:
            yield from self.lines
            return
        start = next(n for n, line in enumerate(self.lines) if _starts(line))
        yield from self.lines[:start]
        for line in reversed(self.lines[start:]):
            if line and not _indented(line):
                yield line


def records(lines: Sequence[str]) -> Iterator[LogRecord]:
    """Yield what a log says, in order. A traceback is one record with the log's entry that announces it.

    A log's tail may begin within a traceback: its first place in a file begins the record then.
    """
    held: list[str] = []  # the lines since an entry that tells of a fault: a traceback may follow
    trace: _Trace | None = None
    for number, raw in enumerate(lines):
        line = _BARS.sub("", raw, count=1) if raw.lstrip()[:1] in ("|", "+") else raw
        if trace is not None:
            if trace.takes(line):
                continue
            yield LogRecord(tuple(trace.lines), number - 1, traceback=True)
            trace = None
        if _starts(line):
            trace = _Trace([*held, line])
            held = []
        elif _HEAD.match(line) or len(held) >= _MOST_HELD:
            yield from _singly(held, number)
            held = [line] if _FAULT.search(line) else []
            if not held:
                yield LogRecord((line,), number)
        elif held:
            held.append(line)
        else:
            yield LogRecord((line,), number)
    if trace is not None:
        yield LogRecord(tuple(trace.lines), len(lines) - 1, traceback=True)
    yield from _singly(held, len(lines))


def _starts(line: str) -> bool:
    return TRACEBACK in line or _FRAME.match(line) is not None


def _indented(line: str) -> bool:
    return line[:1] in (" ", "\t")


def _singly(held: Sequence[str], end: int) -> Iterator[LogRecord]:
    for offset, line in enumerate(held):
        yield LogRecord((line,), end - len(held) + offset)


class _Trace:
    """A traceback that is being read."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self._named = False  # whether its exception was read: then only a chain may follow
        self._chained = False  # whether another traceback is announced as part of it

    def takes(self, line: str) -> bool:
        """Add `line` if it belongs to the traceback, and return whether it does."""
        if TRACEBACK in line:
            if self._named and not self._chained:
                return False
            self._named = self._chained = False
        elif line.startswith(_CHAIN) or line.strip() in ('"""', "'''"):
            self._chained = True
        elif line.strip() and not _indented(line):
            if self._named or _HEAD.match(line):
                return False
            self._named = True
        self.lines.append(line)
        return True
