"""What -config.expand-env=true makes of a file, as far as the environment is known.

Loki uses github.com/drone/envsubst 1.0.3, whose parse/parse.go and parse/scan.go are followed here: it reads the whole
file, comments included, and `$$`, `\\\\` and `\\/` are escapes everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

# Stands where a variable's value would: from Unicode's private area, so that no file has it by itself.
UNKNOWN: Final = "\ue000"
# A variable as somebody writes it, for which a migration stands something in.
VARIABLE: Final = re.compile(r"\$\{[^{}]*(?:\$\{[^{}]*\}[^{}]*)*\}")
_BAD: Final = "bad substitution"
_NO_BRACE: Final = "missing closing brace"
_NO_NAME: Final = "unable to parse variable name"
_BAD_ARGUMENT: Final = "unable to parse substitution within function"
_BAD_DEFAULT: Final = "unable to parse default function"
COMPLAINTS: Final = (_BAD, _NO_BRACE, _NO_NAME, _BAD_ARGUMENT, _BAD_DEFAULT)
_END: Final = "\0"  # to envsubst a NUL is the end of the file
_Accept = Callable[[str, int], bool]


class Expanded(NamedTuple):
    """The text with its variables replaced, or what Loki says instead and the line where it stopped."""

    text: str
    complaint: str = ""
    line: int = 0


def expand(text: str, environment: Mapping[str, str] | None = None) -> Expanded:
    """Return `text` with `${NAME}` replaced by its value in `environment`, where it is known, and by UNKNOWN otherwise.

    A variable that is not in `environment` is not known: it is taken for its default where it has one. What a function
    makes of a value that is not known is not known either.
    """
    reader = _Reader(text, environment or {})
    try:
        return Expanded(reader.everything())
    except _Refused as refused:
        return Expanded(text, refused.complaint, text.count("\n", 0, reader.opened) + 1)
    except RecursionError:
        return Expanded(UNKNOWN)  # nobody writes variables in variables a hundred deep


class _Refused(Exception):  # noqa: N818 - what Loki says, not an error of ours
    def __init__(self, complaint: str) -> None:
        self.complaint = complaint


@dataclass
class _Reader:
    """Follows envsubst's scanner: `at` is the next character, `opened` where the last `${` stands."""

    text: str
    environment: Mapping[str, str]
    at: int = 0
    opened: int = 0

    def everything(self) -> str:
        """Return the whole text, expanded."""
        made: list[str] = []
        while self._peek() != _END:
            if self._opens():
                made.append(self._function())
            else:
                made.append(self._until_variable(lambda letter, place: True, escapes=True))
        return "".join(made)

    def _peek(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.text[place] if place < len(self.text) else _END

    def _opens(self) -> bool:
        if self._peek() != "$" or self._peek(1) != "{":
            return False
        self.opened = self.at
        self.at += 2
        return True

    def _until_variable(self, accept: _Accept, *, escapes: bool, variables: bool = True) -> str:
        """Take what `accept` takes, each letter with its place (the first is 1), up to the next variable."""
        made: list[str] = []
        while (letter := self._peek()) != _END:
            if variables and letter == "$" and self._peek(1) == "{":
                break
            if escapes and letter + self._peek(1) in ("$$", "\\\\", "\\/"):
                made.append(self._peek(1))
                self.at += 2
                continue
            if not accept(letter, len(made) + 1):
                break
            made.append(letter)
            self.at += 1
        return "".join(made)

    def _word(self, accept: _Accept, complaint: str) -> str:
        found = self._until_variable(accept, escapes=False, variables=False)
        if not found:
            raise _Refused(complaint)
        return found

    def _close(self) -> None:
        if self._peek() != "}":
            raise _Refused(_BAD)
        self.at += 1

    def _function(self) -> str:
        """Read what stands behind `${` up to its brace and return its value."""
        if self._peek() == "#":
            self.at += 1
            self._word(_identifier, _BAD)
            self._close()
            return UNKNOWN
        name = self._word(_identifier, _NO_NAME)
        sign = self._peek()
        if sign == "=" or (sign == ":" and self._peek(1) in "=-?+"):
            return self._default(name)
        if sign in ",^":
            self._word(lambda letter, place: letter in ",^" and place < 3, _BAD)
            self._close()
            return UNKNOWN
        if sign in ":/#%":
            self._changed(sign)
            return UNKNOWN
        if sign != "}":
            raise _Refused(_NO_BRACE)
        self.at += 1
        return self.environment.get(name, UNKNOWN)

    def _default(self, name: str) -> str:
        self.at += 1 if self._peek() == "=" else 2
        made = []
        while self._peek() != "}":
            made.append(self._argument(_not_closing))
        self.at += 1
        return self.environment.get(name) or "".join(made)

    def _changed(self, sign: str) -> None:
        """Read the arguments of a function that makes something else of a value."""
        if sign in "#%":
            self._word(lambda letter, place: letter == sign and place < 3, _BAD)
            self._argument(_not_closing)
            self._close()
        elif sign == ":":
            self.at += 1
            self._argument(lambda letter, place: letter not in ":}")
            if self._peek() == ":":
                self._word(lambda letter, place: letter == ":", _BAD)
                self._argument(_not_closing)
            self._close()
        else:
            self._word(_replacing, _BAD)
            self._argument(lambda letter, place: letter != "/", escapes=True)
            self._word(lambda letter, place: letter == "/", _BAD)
            if self._peek() != "}":
                self._argument(_not_closing, escapes=True)
            self._close()

    def _argument(self, accept: _Accept, *, escapes: bool = False) -> str:
        if self._opens():
            return self._function()
        found = self._until_variable(accept, escapes=escapes)
        if not found:
            raise _Refused(_BAD_ARGUMENT)
        return found


def _identifier(letter: str, place: int) -> bool:
    return letter.isalpha() or letter.isdecimal() or letter == "_"


def _not_closing(letter: str, place: int) -> bool:
    return letter != "}"


def _replacing(letter: str, place: int) -> bool:
    return letter == "/" if place == 1 else place == 2 and letter in "/#%"
