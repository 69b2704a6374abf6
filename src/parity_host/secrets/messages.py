"""Messages that are known by a signature: which of their words may leave, though no table holds them.

The words of a signature's own pattern are everybody's. What one of its groups holds is shown when it is one word in the
form of a name, a number or another public form: the group says that the program speaks of a thing there. What a pattern
skips, and what a group holds of free text, is judged word by word as anywhere else.
"""

from __future__ import annotations

import re
from typing import Container, Dict, FrozenSet, Iterator, List, NamedTuple, Pattern, Sequence

from .literals import literals
from .names import is_telling
from .public_text import unknown_spans
from .shape_of_names import is_name
from .spans import Span

_LONGEST = 1000  # of a line; what a signature is for stands at its beginning
# What in a pattern is no text of the message: names of groups, classes, and characters that mean something.
_NO_TEXT = re.compile(r"\\[A-Za-z]|\(\?P<\w+>|\[[^\]]*\]")
_TEXT = re.compile(r"[^\W\d_]{2,}")
_WHOLE = re.compile(r"(?<=[^\w])[^\W\d_]{2,}(?=[^\w])")  # within a literal: what is at its ends may go on
_WORDS = re.compile(r"[^\W_]+")


class _Message(NamedTuple):
    pattern: Pattern[str]
    words: FrozenSet[str]
    digits: bool


class Messages:
    """The signatures of an audit, by their patterns."""

    def __init__(self, patterns: Sequence[str] = ()) -> None:
        """Take patterns in Python's syntax; one that this Python cannot read knows nothing."""
        self._known: Dict[str, List[_Message]] = {}  # by a word that each line with it has, if there is one
        for pattern in patterns:
            message = _read(pattern)
            if message is not None:
                for word in _telling_words(pattern) or [""]:
                    self._known.setdefault(word, []).append(message)

    def _possible(self, text: str) -> Iterator[_Message]:
        """Yield the messages that may be in a line, as far as its words say; one may come twice."""
        for word in {"", *_TEXT.findall(text[:_LONGEST])}:
            yield from self._known.get(word, ())

    def unknown(self, text: str, known: Container[str]) -> Iterator[Span]:
        """Yield the words of a line, its tokens masked, that are not known to be public, a message's own left out."""
        unknown = list(unknown_spans(text, known))
        if unknown:
            for message in self._possible(text):
                unknown = _without(message, text, unknown)
        yield from unknown

    def lost(self, text: str, shown: str) -> bool:
        """Return whether a message that is in a text is not found any more in what is shown of it."""
        return any(
            one.pattern.search(text, 0, _LONGEST) and not one.pattern.search(shown) for one in self._possible(text)
        )


def _read(pattern: str) -> "_Message | None":
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None
    words = frozenset(word.lower() for word in _TEXT.findall(_NO_TEXT.sub(" ", pattern)))
    return _Message(compiled, words, "\\d" in pattern or "[0-9" in pattern)


def _telling_words(pattern: str) -> List[str]:
    """Return a word for each alternative of a pattern, whole in whatever that matches; none where one has no such."""
    found = [max(_WHOLE.findall(literal), key=len, default="") for literal in literals(pattern)]
    return found if all(found) else []


def _without(message: _Message, text: str, unknown: List[Span]) -> List[Span]:
    found = message.pattern.search(text, 0, _LONGEST) if unknown else None
    if found is None:
        return unknown
    start, end = found.span()
    named = [found.span(name) for name in message.pattern.groupindex if not is_telling(name)]
    return [
        span
        for span in unknown
        if not (start <= span.start and span.end <= end and _is_its_own(message, text, span))
        and not any(first <= span.start and span.end <= last and _is_named(text, first, last) for first, last in named)
    ]


def _is_its_own(message: _Message, text: str, span: Span) -> bool:
    word = text[span.start : span.end]
    if word.isdigit():
        return message.digits
    pieces = _WORDS.findall(word)
    return bool(pieces) and all(piece.lower() in message.words for piece in pieces)


def _is_named(text: str, first: int, last: int) -> bool:
    return is_name(text[first:last].strip("\"'`"))
