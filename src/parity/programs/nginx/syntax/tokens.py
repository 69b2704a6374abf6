"""The tokenizer: one file's bytes into statements, as nginx's own reader cuts them.

A statement is a row of words closed by `;` (simple), `{` (opens a block) or it is a `}` alone. Offsets are kept, so
that a repair can change single bytes. What nginx refuses here is raised as `Unreadable`, with nginx's words and line.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

BUFFER: Final = 4096  # nginx reads a file through a buffer of this size; a word must fit in it
_BLANKS: Final = b" \t\r\n"
_SKIP: Final = re.compile(rb"[ \t\r\n]*")
# A word without quotes: `\` takes the next byte along, `{` belongs to a word only behind `$`.
_BARE: Final = re.compile(rb"(?:\\.|\$\{*|[^ \t\r\n;{\\$])*", re.DOTALL)
_QUOTED: Final = {b'"': re.compile(rb'(?:\\.|[^"\\])*', re.DOTALL), b"'": re.compile(rb"(?:\\.|[^'\\])*", re.DOTALL)}
_ESCAPE: Final = re.compile(rb"\\([\"'\\trn])")
_ESCAPED: Final = {b"t": b"\t", b"r": b"\r", b"n": b"\n"}
EOF: Final = ""


class Unreadable(Exception):  # noqa: N818 - nginx's refusal, not a program error
    """What nginx's reader says about a file that it cannot cut into statements."""

    def __init__(self, text: bytes, line: int) -> None:
        """`text` is nginx's, without the place; `line` is where it says it stopped."""
        super().__init__(text)
        self.text = text
        self.line = line


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a statement: what nginx makes of it, and where it stands (quotes included)."""

    value: bytes
    start: int
    end: int
    quote: bytes = b""


@dataclass(frozen=True, slots=True)
class Statement:
    """Words up to `;` or `{`; no words for `}` and for the end of the file. `line` is that of the closing byte."""

    kind: str
    words: tuple[Word, ...]
    start: int
    end: int
    line: int

    @property
    def name(self) -> bytes:
        """The first word."""
        return self.words[0].value if self.words else b""

    @property
    def args(self) -> list[bytes]:
        """The words behind the first."""
        return [word.value for word in self.words[1:]]


class Reader:
    """Reads one file from the front to the end; `line` is where nginx would say it stands."""

    def __init__(self, data: bytes) -> None:
        """Begin at the first byte."""
        self.data = data
        self.at = 0
        self.line = 1
        self._words: list[Word] = []

    @cached_property
    def _newlines(self) -> list[int]:
        return [match.start() for match in re.finditer(rb"\n", self.data)]

    def line_of(self, offset: int) -> int:
        """Return the line that nginx counts once it has read the bytes before `offset`."""
        return bisect_left(self._newlines, offset) + 1

    def statements(self) -> Iterator[Statement]:
        """Yield every statement, the end of the file last."""
        while True:
            statement = self.next()
            yield statement
            if statement.kind == EOF:
                return

    def next(self) -> Statement:
        """Return the next statement. Raises Unreadable."""
        words = self._words = []
        first = -1
        after_quote = False
        while True:
            start = self.at if after_quote else self._skip()
            char = self.data[start : start + 1]
            if after_quote and char not in (b";", b"{", b")") and (not char or char not in _BLANKS):
                return self._not_after_quote(char, start)
            after_quote = False
            if not char:
                return self._end(words, start)
            first = start if first < 0 else first
            if char in b";{}":
                return self._close(char, words, first)
            word = self._word(start, char)
            words.append(word)
            after_quote = bool(word.quote)
            if after_quote and self.data[self.at : self.at + 1] and self.data[self.at] in _BLANKS:
                after_quote = False

    def partial(self) -> Statement | None:
        """Return what there is of the statement that could not be read to its end; `end` is where it stopped."""
        if not self._words:
            return None
        end = _SKIP.match(self.data, self._words[-1].end)
        at = end.end() if end else self._words[-1].end
        return Statement(EOF, tuple(self._words), self._words[0].start, at, self.line_of(at))

    def _skip(self) -> int:
        """Pass blanks and comments; return where the next word begins."""
        while True:
            match = _SKIP.match(self.data, self.at)
            self.at = match.end() if match else self.at
            if self.data[self.at : self.at + 1] != b"#":
                return self.at
            end = self.data.find(b"\n", self.at)
            end = len(self.data) if end < 0 else end
            self._fits(self.at, end)
            self.at = end

    def _word(self, start: int, quote: bytes) -> Word:
        pattern = _QUOTED.get(quote)
        begin = start + 1 if pattern else start
        match = (pattern or _BARE).match(self.data, begin)
        end = match.end() if match else begin
        closed = end < len(self.data) and self.data[end : end + 1] != b"\\"
        behind = end + 1 if pattern else end
        # nginx lets go of a word only once it has read the byte behind the blank that closes it.
        blank = self.data[behind : behind + 1] and self.data[behind] in _BLANKS
        self._fits(begin, behind + 1 if blank else behind, quote if pattern else b"", end)
        if not closed:
            self.at = len(self.data)
            raise self._error(b'unexpected end of file, expecting ";" or "}"')
        raw = self.data[begin:end]
        value = _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), raw) if b"\\" in raw else raw
        self.at = end + 1 if pattern else end
        return Word(value, start, self.at, quote if pattern else b"")

    def _fits(self, start: int, last: int, quote: bytes = b"", quote_end: int = 0) -> None:
        """Raise as nginx does where its buffer is full from `start` on and it must read on up to `last`."""
        limit = start + BUFFER
        if last < limit or limit >= len(self.data):
            return
        self.at = limit
        line = self.line_of(start)
        if quote and quote_end >= limit:
            raise Unreadable(b'too long parameter, probably missing terminating "' + quote + b'" character', line)
        raise Unreadable(b'too long parameter "' + self.data[start : start + 10] + b'..." started', line)

    def _end(self, words: list[Word], at: int) -> Statement:
        self.at = at
        if words:
            raise self._error(b'unexpected end of file, expecting ";" or "}"')
        self.line = self.line_of(at)
        return Statement(EOF, (), at, at, self.line)

    def _close(self, char: bytes, words: list[Word], first: int) -> Statement:
        self.at += 1
        if bool(words) is (char == b"}"):
            raise self._error(b'unexpected "' + char + b'"')
        self.line = self.line_of(self.at)
        return Statement(char.decode(), tuple(words), first, self.at, self.line)

    def _not_after_quote(self, char: bytes, at: int) -> Statement:
        if not char:
            self.at = len(self.data)
            raise self._error(b'unexpected end of file, expecting ";" or "}"')
        self.at = at + 1
        raise self._error(b'unexpected "' + char + b'"')

    def _error(self, text: bytes) -> Unreadable:
        self.line = self.line_of(self.at)
        return Unreadable(text, self.line)
