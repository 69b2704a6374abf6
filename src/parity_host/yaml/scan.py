"""Where the scalars of a YAML text stand and under which keys, from the text alone and without a YAML library.

It reads what people write in compose files, JSON included. It is no validator: some of what YAML forbids passes. What
it does not understand it says, and from there on tells nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Dict, List, NamedTuple, Optional

from .block import read_documents
from .reader import Alias, Path, Scalar, Span, YamlReader
from .scalars import NotUnderstoodError

# YAML 1.1 breaks lines at these too; who counts lines does not.
_FOREIGN = re.compile("\r(?!\n)|[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SIGNS = re.compile(r"[ \t\r\n?:,\[\]{}\ufeff-]*(?:\.\.\.(?=[ \t\r\n]|\Z)[ \t\r\n?:,\[\]{}-]*)*")
_TRIES = 20
_SHORT = 80


class YamlProblem(NamedTuple):
    """What is not understood, in which line (from 1).

    Nothing may be told of the text from `start` on: the beginning of that line, or of one before.
    """

    line: int
    start: int
    kind: str
    message: str


class Scan(NamedTuple):
    """What a text holds, in its order.

    `anchors` are the places that an anchor's name stands for, `names` the spans of anchors, aliases and tags.
    """

    scalars: List[Scalar]
    aliases: List[Alias]
    anchors: Dict[str, List[Path]]
    comments: List[Span]
    names: List[Span]
    problem: Optional[YamlProblem]


def scan(text: str) -> Scan:
    """Return the scalars of a YAML text with everything that has to be known to change them. Never raises."""
    foreign = _FOREIGN.search(text, 1 if text.startswith("\ufeff") else 0)
    reader = YamlReader(text, text.rfind("\n", 0, foreign.start()) + 1 if foreign else len(text))
    try:
        read_documents(reader)
    except NotUnderstoodError as error:
        return _up_to(reader, error)
    if foreign:
        return _up_to(reader, NotUnderstoodError(reader.size, "character", "control characters are not allowed"))
    unseen = _unseen(reader, reader.size)
    if unseen is not None:
        return _up_to(reader, NotUnderstoodError(unseen, "unsupported", "a part of the file is not understood"))
    return Scan(reader.scalars, reader.aliases, reader.anchors, reader.comments, reader.names, None)


def _up_to(reader: YamlReader, error: NotUnderstoodError) -> Scan:
    """Return what was found before a fault, as far as it is certain that it was all found."""
    text = reader.text
    start = text.rfind("\n", 0, error.at) + 1
    for _ in range(_TRIES):
        unseen = _unseen(reader, start)
        if unseen is None:
            break
        start = text.rfind("\n", 0, unseen) + 1
    else:
        start = 0
    return Scan(
        [scalar for scalar in reader.scalars if scalar.end <= start],
        [alias for alias in reader.aliases if alias.start < start],
        reader.anchors,
        [span for span in reader.comments if span[1] <= start],
        [span for span in reader.names if span[1] <= start],
        YamlProblem(text.count("\n", 0, error.at) + 1, start, error.kind, str(error)),
    )


def _unseen(reader: YamlReader, limit: int) -> Optional[int]:
    """Return where before `limit` something stands that is neither known nor one of YAML's own signs."""
    position, known = 0, {""}
    spans = [(scalar.start, scalar.end) for scalar in reader.scalars if scalar.end <= limit]
    spans += [span for span in reader.comments + reader.names if span[1] <= limit]
    spans.sort()
    for start, end in [*spans, (limit, limit)]:
        if start < position:
            continue
        between = reader.text[position:start]
        if between not in known:
            match = _SIGNS.match(between)
            if match is None or match.end() < len(between):
                return position + (match.end() if match else 0)
            if len(between) < _SHORT:
                known.add(between)
        position = end
    return None


def line_starts(text: str) -> List[int]:
    """Return where the lines of a text begin."""
    return [0] + [match.end() for match in re.finditer("\n", text)]


def line_at(starts: List[int], position: int) -> int:
    """Return the number of the line (from 1) in which `position` is."""
    return bisect_right(starts, position)
