"""Regular expressions: the faults that PCRE2 finds, in its words, and what they capture.

Only what is certain is reported: nginx may be linked with any release of PCRE, and they differ. A pattern that uses
something rare (`Unsure`) passes, and defines its named groups all the same.
Why no library is asked: docs/decisions/0012-nginx-patterns-without-a-library.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, NoReturn

from parity.programs.nginx.check.state import Conf
from parity.programs.nginx.syntax.scalars import cstring

_QUANTIFIER: Final = re.compile(rb"\{([0-9]+)(,([0-9]*))?\}")
# `[:name:]`: no second `[:`, no `]` before the `:]`.
_POSIX: Final = re.compile(rb"\[([:.=])((?:\\[]\\]|(?!\[\1)(?!\1\])[^]])*)\1\]", re.DOTALL)
_VERB: Final = re.compile(rb"\(\*([^)])")
_NAME: Final = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")
# A named group, wherever it is.
_NAMED: Final = re.compile(rb"\(\?(?:P?<([A-Za-z_][A-Za-z0-9_]*)>|'([A-Za-z_][A-Za-z0-9_]*)')")
_OPTIONS: Final = re.compile(rb"[imsU]*(?:-[imsU]*)?")
_CLASS_NAMES: Final = frozenset(
    b"alpha lower upper alnum ascii blank cntrl digit graph print punct space word xdigit".split()
)
_TYPE_ESCAPES: Final = b"dDhHsSvVwW"
_SIMPLE_ESCAPES: Final = b"aefnrtABCDGHNRSVWXZbdhsvwz"
_ASSERTIONS: Final = (b"A", b"B", b"G", b"Z", b"b", b"z")
_UNSUPPORTED: Final = b"FLUlu"
_DEEPEST: Final = 250
_LONGEST_NAME: Final = 32  # 128 since PCRE2 10.44


class Unsure(Exception):  # noqa: N818 - not a fault of the pattern
    """The pattern uses something that this module does not know, or that releases of PCRE read differently."""


class BadPattern(Exception):  # noqa: N818
    """PCRE2 refuses the pattern: its words, and the offset at which it stopped."""

    def __init__(self, text: bytes, at: int) -> None:
        """`at` is the offset in the pattern."""
        super().__init__(text)
        self.text = text
        self.at = at


@dataclass
class Pattern:
    """What a pattern captures: how many groups (None where that is unknown), and the names of those that have one."""

    captures: int | None = 0
    names: list[bytes] = field(default_factory=list)


def compile_regex(conf: Conf, pattern: bytes, *, variables: bool = True) -> Pattern:
    """Check `pattern`, define its named groups as variables, and return what it captures."""
    try:
        found = parse(pattern)
    except BadPattern as error:
        behind = b"" if error.at == len(pattern) else b' at "%b"' % cstring(pattern[error.at :])
        conf.fail(b'pcre2_compile() failed: %b in "%b"%b', error.text, pattern, behind)
    if variables:
        # PCRE2 lists names in alphabetical order.
        for name in sorted(set(found.names)):
            conf.define(name)
            conf.use(name)
    return found


def parse(pattern: bytes) -> Pattern:
    """Read a pattern. Raises BadPattern."""
    try:
        return _Parser(pattern).run()
    except Unsure:
        # A name too many leaves a fault to nginx; one too few would make an unknown variable of a good one.
        return Pattern(None, [angled or quoted for angled, quoted in _NAMED.findall(pattern)])


class _Parser:
    def __init__(self, pattern: bytes) -> None:
        self.data = pattern
        self.at = 0
        self.captures = 0
        self.names: list[bytes] = []
        self.depth = 0
        self.references: list[tuple[int, int]] = []
        self.lookbehind = False

    def run(self) -> Pattern:
        repeatable = False
        while self.at < len(self.data):
            repeatable = self._item(repeatable)
        if self.depth:
            raise BadPattern(b"missing closing parenthesis", len(self.data))
        # PCRE2 complains about the length of a lookbehind first, and its releases take different ones.
        for number, at in self.references if not self.lookbehind else ():
            if number > self.captures:
                raise BadPattern(b"reference to non-existent subpattern", at)
        return Pattern(self.captures, self.names)

    def _item(self, repeatable: bool) -> bool:
        """Read one item; return whether a quantifier may follow."""
        char = self.data[self.at : self.at + 1]
        if char in (b"*", b"+", b"?") or (char == b"{" and _QUANTIFIER.match(self.data, self.at)):
            return self._quantifier(char, repeatable)
        self.at += 1
        if char == b"\\":
            return self._escape()
        if char == b"[":
            self._class()
        elif char == b"(":
            return self._open()
        elif char == b")":
            if not self.depth:
                raise BadPattern(b"unmatched closing parenthesis", self.at - 1)
            self.depth -= 1
        return char not in (b"|", b"^", b"$")

    def _quantifier(self, char: bytes, repeatable: bool) -> bool:
        self.at += 1
        if char == b"{" and (match := _QUANTIFIER.match(self.data, self.at - 1)):
            low, high = match[1], match[3]
            for group in (1, 3):
                if match[group] and int(match[group]) > 65535:
                    raise Unsure
            self.at = match.end()
            if high and int(high) < int(low):
                raise BadPattern(b"numbers out of order in {} quantifier", self.at - 1)
        if not repeatable:
            raise BadPattern(b"quantifier does not follow a repeatable item", self.at - 1)
        if self.data[self.at : self.at + 1] in (b"?", b"+"):
            self.at += 1
        return False

    def _escape(self) -> bool:
        char = self.data[self.at : self.at + 1]
        if not char:
            raise BadPattern(b"\\ at end of pattern", self.at)
        self.at += 1
        if char == b"Q":
            end = self.data.find(b"\\E", self.at)
            literal = self.data[self.at : end if end >= 0 else len(self.data)]
            self.at = len(self.data) if end < 0 else end + 2
            if not literal:
                raise Unsure
            return True
        if char in b"123456789":
            match = re.compile(rb"[0-9]*").match(self.data, self.at)
            digits = char + (match[0] if match else b"")
            if len(digits) > 1:
                raise Unsure
            self.references.append((int(digits), self.at - 1))
            return True
        if not char.isalnum() or char in _SIMPLE_ESCAPES or char == b"0":
            if char == b"N" and self.data[self.at : self.at + 1] == b"{":
                raise Unsure
            return char not in _ASSERTIONS
        return self._rare_escape(char, self.data[self.at : self.at + 1])

    def _rare_escape(self, char: bytes, following: bytes) -> NoReturn:
        if char in _UNSUPPORTED:
            raise BadPattern(b"PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u", self.at)
        if char in b"pP" and not following:
            raise BadPattern(b"malformed \\P or \\p sequence", self.at)
        if char in b"pP" and following.isalpha() and following.upper() not in b"CLMNPSZ":  # `\php` for `\.php`
            raise BadPattern(b"unknown property after \\P or \\p", self.at + 1)
        if char in b"xpPgkcoEK":
            raise Unsure
        raise BadPattern(b"unrecognized character follows \\", self.at - 1)

    def _open(self) -> bool:
        self._no_verb()
        self.depth += 1
        if self.data[self.at : self.at + 1] == b"?":
            self.at += 1
            self._special(self.data[self.at : self.at + 2])
        else:
            self.captures += 1
        if self.depth > _DEEPEST:
            raise BadPattern(b"parentheses are too deeply nested", self.at)
        return False

    def _no_verb(self) -> None:
        """Pass unless this is `(*NAME)`."""
        match = _VERB.match(self.data, self.at - 1)
        if match and (match[1].isalnum() or match[1] in b"_:"):
            raise Unsure
        if match:
            raise BadPattern(b"(*VERB) not recognized or malformed", match.start(1))

    def _special(self, start: bytes) -> None:
        """Read what begins a group behind `(?`."""
        if start in (b"<=", b"<!"):
            self.lookbehind = True
            self.at += 2
        elif start[:1] in (b"=", b"!", b">", b":"):
            self.at += 1
        elif start == b"P<" or start[:1] in (b"<", b"'"):
            self.at += len(start) if start == b"P<" else 1
            self._name(b"'" if start[:1] == b"'" else b">")
        elif start[:1] == b"#":
            if b")" not in self.data[self.at :]:
                raise BadPattern(b"missing ) after (?# comment", len(self.data))
            raise Unsure
        else:
            self._options()

    def _options(self) -> None:
        match = _OPTIONS.match(self.data, self.at)
        self.at = match.end() if match else self.at
        char = self.data[self.at : self.at + 1]
        if char and char in b"xnJarDSWPT-^+&RC([|*0123456789":
            raise Unsure
        if char not in b":)":
            raise BadPattern(b"unrecognized character after (? or (?-", self.at)
        self.at += len(char)
        self.depth -= char == b")"

    def _name(self, close: bytes) -> None:
        match = _NAME.match(self.data, self.at)
        if not match or len(match[0]) > _LONGEST_NAME:
            raise Unsure
        self.at = match.end()
        if self.data[self.at : self.at + 1] != close:
            raise BadPattern(b"syntax error in subpattern name (missing terminator?)", self.at)
        self.at += 1
        if match[0] in self.names:
            raise BadPattern(b"two named subpatterns have the same name (PCRE2_DUPNAMES not set)", self.at)
        self.captures += 1
        self.names.append(match[0])

    def _class(self) -> None:
        """Read a character class; `at` stands behind its `[`."""
        if match := _POSIX.match(self.data, self.at - 1):
            kind = b"POSIX named classes are" if match[1] == b":" else b"POSIX collating elements are not"
            only = b" supported only within a class" if match[1] == b":" else b" supported"
            raise BadPattern(kind + only, self.at - 1)
        self.at += self.data[self.at : self.at + 1] == b"^"
        first = True
        previous: int | None = None  # the character that could begin a range
        while True:
            char = self.data[self.at : self.at + 1]
            if not char:
                raise BadPattern(b"missing terminating ] for character class", len(self.data))
            if char == b"]" and not first:
                self.at += 1
                return
            first = False
            if char == b"[" and self.data[self.at + 1 : self.at + 2] in (b":", b".", b"="):
                previous = self._posix()
                continue
            if char == b"-" and previous is not None and self.data[self.at + 1 : self.at + 2] not in (b"]", b""):
                self._range(previous)
                previous = None
                continue
            previous = self._class_char()

    def _posix(self) -> int | None:
        match = _POSIX.match(self.data, self.at)
        if not match:
            self.at += 1
            return ord("[")
        if match[1] != b":" or match[2] in (b"<", b">"):
            raise Unsure
        if match[2].removeprefix(b"^") not in _CLASS_NAMES:
            raise BadPattern(b"unknown POSIX class name", self.at + 2 + match[2].startswith(b"^"))
        self.at = match.end()
        if self.data[self.at : self.at + 1] == b"-":
            raise Unsure
        return None

    def _class_char(self) -> int | None:
        """Read one member of a class; return its code, None where it cannot begin a range."""
        char = self.data[self.at]
        self.at += 1
        if char != ord("\\"):
            return char
        escaped = self.data[self.at : self.at + 1]
        if not escaped:
            raise BadPattern(b"\\ at end of pattern", self.at)
        self.at += 1
        if escaped in _TYPE_ESCAPES:
            if self.data[self.at : self.at + 1] == b"-" and self.data[self.at + 1 : self.at + 2] not in (b"]", b""):
                raise BadPattern(b"invalid range in character class", self.at)
            return None
        if escaped.isalnum():
            known = {b"n": 10, b"r": 13, b"t": 9, b"f": 12, b"e": 27, b"a": 7, b"b": 8}.get(escaped)
            if known is None:
                raise Unsure
            return known
        return escaped[0]

    def _range(self, low: int) -> None:
        self.at += 1
        if self.data[self.at : self.at + 1] == b"[" and self.data[self.at + 1 : self.at + 2] in (b":", b".", b"="):
            raise Unsure
        if self.data[self.at : self.at + 1] == b"\\" and self.data[self.at + 1 : self.at + 2] in _TYPE_ESCAPES:
            raise Unsure
        high = self._class_char()
        if high is not None and high < low:
            raise BadPattern(b"range out of order in character class", self.at - 1)
