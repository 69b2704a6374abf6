"""`name=value` in running text, in all its spellings: env files, JSON, YAML, logfmt, queries, settings in a row."""

from __future__ import annotations

import re
from typing import Iterator, NamedTuple, Optional

from .names import Level, is_secret, level
from .open_names import words
from .shapes import looks_opaque
from .spans import MASK, Span, literal_spans
from .words import NOT_VALUES

_ASSIGNMENT = re.compile(
    r"(?<![\w.-])(?:--?)?(?P<name>[A-Za-z_][\w.-]{0,199}(?:\[[\w.-]{0,60}\]){0,3})(?:\\{0,3}[\"'`]\]?)?"
    r"[ \t]{0,12}(?P<sep>=>|:=|\+=|==?|:(?![:/]))(?P<space>[ \t]{0,40})"
)
_DEFAULT = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*):?[-+=](?P<value>[^${}\n]{1,4000})\}")
_OPENING = re.compile(r"(?:[bBuUrRfF]{1,2}(?=[\"']))?(?P<quote>\\{0,7}[\"'`])")
# `Authorization: Bearer …`: the scheme may be seen.
SCHEME = re.compile(
    r"(?i)(?:bearer|basic|token|digest|apikey|api-key|negotiate|bot|key|splunk|genie-?key|sso-key|oauth)[ \t]+(?=\S)"
)
_LONGEST_WORD = 4096
_WORD = re.compile(r"\S{1,%d}" % _LONGEST_WORD)
_WORD_IN_QUOTES = re.compile(r"[^\s\"'`]+")
_IN_QUERY = re.compile(r"[^\s&#\"'<>]*")
_IN_BRACES = re.compile(r"\{[^{}\n]*\}")
_NEXT_PAIR = re.compile(r"[;&,|](?=\s{0,4}[\"']?[A-Za-z_][\w. -]{0,60}[\"']?[ \t]{0,2}(?P<sep>[=:])(?P<space>[ \t]?))")
_NEXT_IN_LOGFMT = re.compile(r"[ \t]+[A-Za-z_][\w.-]{0,80}[=:]")
_COMMENT = re.compile(r"[ \t]+#")
_LINE_START = re.compile(r"(?:^|\n)[ \t]*(?:[-#;*>][ \t]*)*(?:(?:export|set|ENV|ARG)[ \t]+)?[\"']?\Z")
_BLOCK = re.compile(r"[|>][+-]?[0-9]?[ \t]*(?:#[^\n]*)?\n(?P<block>(?:[ \t]+[^\n]*\n?|\n){1,200})")
_BLOCK_LINE = re.compile(r"[^\s][^\n]*")
_LIST = re.compile(r"\[[^\[\]\n]{0,4000}\](?=[\s,}\"']|\Z)")
_ELEMENT = re.compile(r"\"((?:[^\"\\\n]|\\.){1,4000})\"|'([^'\n]{1,4000})'|([^\s\[\],\"']{1,4000})")
_STRUCTURE = re.compile(r"\Z|\{(?:[\s\"'{%}]|\Z|\w{1,60}\s{0,2}:)|\[(?:[\s\"'\[{]|\Z)")
# A piece of a program, as in a traceback: `key = make_key(args`, `passwd = self.passwd`.
_EXPRESSION = re.compile(
    r"(?:self|cls|os|request|settings|config|environ|args|kwargs|this|process\.env)[.\[(][\w.,*()\[\]='\"\s+-]*"
    r"|[a-z_]+(?:\.[a-z_]+)*\([a-z_.,*()\[\]='\"\s+-]*"
)
_NOTHING = frozenset(("null", "none", "nil", "undefined", "lambda"))
_PUNCTUATION = ".,;:!?)]}>"
_BEFORE = 80  # characters that are looked at before a name


class _Value(NamedTuple):
    """Where a value stands, without its quotes; `quoted` whether it had any."""

    start: int
    end: int
    quoted: bool


def find_assigned(text: str) -> Iterator[Span]:
    """Yield the values that `text` gives to secret names."""
    for default in _DEFAULT.finditer(text):
        if is_secret(default.group("name"), default.group("value")):
            yield Span(*default.span("value"))
    position = 0
    while True:
        match = _ASSIGNMENT.search(text, position)
        if match is None:
            return
        # A value may hold assignments of its own: the search goes on within it unless all of it is hidden.
        position = match.end()
        if level(match.group("name")) != Level.NOTHING:
            for span in _assigned(text, match):
                yield span
                position = max(position, span.end)


# The name of a thing at Amazon: `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME`.
_LONGEST_ARN = 100
_IN_ARN = re.compile(r"(?<!\w)arn:aws[\w:-]*:$")


def _assigned(text: str, match: "re.Match[str]") -> Iterator[Span]:
    name, start = match.group("name"), match.end()
    if text[match.start() - 2 : match.start()] == "${":
        return  # a reference, and its default
    block = _BLOCK.match(text, start) if match.group("sep") == ":" else None
    if block and is_secret(name, "block"):
        for line in _BLOCK_LINE.finditer(text, block.start("block"), block.end("block")):
            yield Span(line.start(), line.end())
        return
    listed = _LIST.match(text, start)
    if listed and is_secret(name, "list"):
        yield from _elements(text, start + 1, listed.end() - 1)
    if not listed and not _STRUCTURE.match(text, start) and not _is_path(text, match):
        yield from _plain(text, match)


def _is_path(text: str, match: "re.Match[str]") -> bool:
    """Return whether what looks like a name is the end of a path or in an ARN: `from /run/secrets: …`."""
    before = text[max(match.start() - _LONGEST_ARN, 0) : match.start()]
    return match.group("sep") == ":" and (before.endswith("/") or _IN_ARN.search(before) is not None)


def _elements(text: str, start: int, end: int) -> Iterator[Span]:
    for match in _ELEMENT.finditer(text, start, end):
        group = match.lastindex or 0
        if match.group(group).lower() not in ("null", "true", "false"):
            yield from literal_spans(text, match.start(group), match.end(group))


def _plain(text: str, match: "re.Match[str]") -> Iterator[Span]:
    found = _value(text, match)
    name, value = match.group("name"), text[found.start : found.end]
    if not value or (len(value) <= 3 and not any(map(str.isalnum, value))):
        return
    if "cookie" in name.lower() and "=" in value:
        return  # its pairs have names of their own
    if is_secret(name, value) and (found.quoted or not _is_prose(name, value, match)):
        yield from literal_spans(text, found.start, found.end, unescape if found.quoted and "\\" in value else None)


def _value(text: str, match: "re.Match[str]") -> _Value:
    start = match.end()
    opening = _OPENING.match(text, start)
    if opening:
        start = opening.end()
        scheme = SCHEME.match(text, start)
        end = closing(text, start, opening.group("quote"))
        if end >= 0:
            return _Value(scheme.end() if scheme and scheme.end() < end else start, end, True)
    scheme = SCHEME.match(text, start)
    if scheme:
        word = _WORD_IN_QUOTES.match(text, scheme.end())
        return _Value(scheme.end(), scheme.end() + len(word.group().rstrip(",;")) if word else scheme.end(), False)
    return _Value(start, _unquoted_end(text, match, start), False)


def closing(text: str, start: int, quote: str) -> int:
    """Return where the `quote` that opened before `start` closes; -1 when it does not. It may be escaped itself."""
    at = text.find(quote, start)
    while quote == '"' and at > start and _is_escaped(text, at):
        at = text.find(quote, at + 1)
    return at


def _is_escaped(text: str, at: int) -> bool:
    slashes = 0
    while slashes < 64 and at - slashes > 0 and text[at - slashes - 1] == "\\":
        slashes += 1
    return slashes % 2 == 1


def _unquoted_end(text: str, match: "re.Match[str]", start: int) -> int:
    """Return where a value without quotes ends: at a space, unless it has the line to itself."""
    before = text[max(0, match.start("name") - _BEFORE) : match.start("name")]
    if before[-1:] in ("?", "&"):
        query = _IN_QUERY.match(text, start)
        return query.end() if query else start
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    word = _WORD.match(text, start, line_end)
    end = word_end = word.end() if word else start
    if text[start : start + 1] != MASK and _has_the_line(match, before):
        end = _line_value_end(text, start, line_end)
    if before[-1:] == ";":
        return _setting_end(text, start, end)
    following = _next_pair(text, match, start, end)
    if following >= 0:
        return following
    quote = text[match.start() - 1 : match.start()]
    if quote in ("'", '"', "`") and text.find(quote, start, end) >= 0:
        return text.find(quote, start, end)
    if end == line_end:
        return end - _closes(before, text[start:end])
    while start + 1 < end <= word_end and text[end - 1] in _PUNCTUATION:
        end -= 1
    return end


def _closes(before: str, value: str) -> bool:
    """Return whether the last character of `value` closes a bracket that was opened before it."""
    opening = dict(zip(")]}", "([{")).get(value[-1:])  # noqa: B905 - Python 3.8
    return opening is not None and opening in before and opening not in value


def _has_the_line(match: "re.Match[str]", before: str) -> bool:
    """Return whether the assignment begins its line, under a name that is surely a secret's."""
    whole = match.start("name") < _BEFORE or "\n" in before
    return whole and _LINE_START.search(before) is not None and level(match.group("name")) == Level.STRONG


def _line_value_end(text: str, start: int, line_end: int) -> int:
    end = min(line_end, start + _LONGEST_WORD)
    for stop in (_COMMENT, _NEXT_IN_LOGFMT):
        found = stop.search(text, start, end)
        end = found.start() if found else end
    return start + len(text[start:end].rstrip())


def _setting_end(text: str, start: int, end: int) -> int:
    """Return where one of several settings between semicolons ends: at the next one that does not stand in braces."""
    braces = _IN_BRACES.match(text, start, end)
    semicolon = text.find(";", braces.end() if braces else start, end)
    return semicolon if semicolon >= 0 else end


def _next_pair(text: str, match: "re.Match[str]", start: int, end: int) -> int:
    """Return where the next `name=value` begins that a sign separates, or -1: `user=a,password=b,host=c`."""
    if match.group("name").isupper():
        return -1  # a variable: what looks like the next pair is more likely a part of its value
    for following in _NEXT_PAIR.finditer(text, start, min(len(text), end + 64)):
        if following.start() >= end:
            break
        spaced = bool(following.group("space")) == bool(match.group("space"))
        if spaced and following.group("sep") == match.group("sep")[-1]:
            return following.start()
    return -1


def _is_prose(name: str, value: str, match: "re.Match[str]") -> bool:
    """Return whether what follows is a sentence or a piece of a program rather than a value."""
    first = value.split(None, 1)[0]
    word = first.strip(_PUNCTUATION + "\"'").lower()
    weak = level(name) != Level.STRONG
    if match.group("sep") != ":":
        if match.group("sep") == "==" or word in _NOTHING:
            return True
        if not name.isupper() and _EXPRESSION.fullmatch(value):
            return True
        return weak and (len(value) < 4 or (words(name)[-1] in ("key", "keys") and not _is_like_a_key(value)))
    if word in NOT_VALUES:
        return True
    if not weak or looks_opaque(first):
        return False
    return word.isalpha() or not match.group("space") or not (word.isalnum() and any(map(str.isdigit, word)))


def _is_like_a_key(value: str) -> bool:
    """Return whether what stands behind a plain `key=` may be one, and is not the name of something."""
    return looks_opaque(value) or any(map(str.isdigit, value)) or len(value) >= 20


def unescape(raw: str) -> str:
    """Return what a quoted text with backslashes means."""
    return re.sub(r"\\(.)", _unescaped, raw, flags=re.S)


def _unescaped(match: "re.Match[str]") -> str:
    character: str = match.group(1)
    return {"n": "\n", "r": "\r", "t": "\t"}.get(character, character)


def opening_quote(text: str, start: int) -> "Optional[re.Match[str]]":
    """Return the match of a quote that opens at `start`: its group `quote` is what closes it."""
    return _OPENING.match(text, start)
