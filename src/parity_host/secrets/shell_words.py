"""A command line taken apart as a shell does it, each character with its place in the line."""

from __future__ import annotations

from typing import List, NamedTuple

OPERATORS = frozenset(("|", "||", "&&", ";", "&", "\n", "(", ")"))
_ESCAPED_IN_QUOTES = '"\\$`'


class ShellWord(NamedTuple):
    """One word or operator without its quotes, and where in the line each of its characters stands."""

    text: str
    places: List[int]


def split(line: str) -> List[ShellWord]:
    """Return the words and operators of `line`, with the quotes of the shell undone. Never raises."""
    return _Splitter(line).words()


class _Splitter:
    def __init__(self, line: str) -> None:
        self._line = line
        self._words: List[ShellWord] = []
        self._characters: List[str] = []
        self._places: List[int] = []
        self._inside = False  # within a word, be it an empty one in quotes
        self._quote = ""

    def words(self) -> List[ShellWord]:
        position = 0
        while position < len(self._line):
            position = self._quoted(position) if self._quote else self._plain(position)
        self._close()
        return self._words

    def _plain(self, at: int) -> int:
        character = self._line[at]
        if character == "\\" and at + 1 < len(self._line):
            return self._take(at + 1)
        if character in "\"'":
            self._quote, self._inside = character, True
        elif character in " \t\r":
            self._close()
        elif character in "|&;\n" or (character in "()" and not self._inside):
            self._close()
            self._words.append(ShellWord(character, [at]))
        else:
            return self._take(at)
        return at + 1

    def _quoted(self, at: int) -> int:
        character = self._line[at]
        if character == self._quote:
            self._quote = ""
            return at + 1
        escaped = character == "\\" and self._quote == '"' and self._line[at + 1 : at + 2] in tuple(_ESCAPED_IN_QUOTES)
        return self._take(at + 1 if escaped else at)

    def _take(self, at: int) -> int:
        self._characters.append(self._line[at])
        self._places.append(at)
        self._inside = True
        return at + 1

    def _close(self) -> None:
        if self._inside:
            self._words.append(ShellWord("".join(self._characters), self._places))
            self._characters, self._places = [], []
            self._inside = False
