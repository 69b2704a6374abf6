"""Words of running text, such as lines of logs, that are not known to be public."""

from __future__ import annotations

import re
from typing import Container, FrozenSet, Iterator

from .public import PAIR, is_public_word
from .public_names import is_setting_name
from .public_urls import is_hook, is_hook_path
from .spans import Span

_NONE: FrozenSet[str] = frozenset()
_TASK = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CODE = re.compile(r"[A-Z]{4,8}[0-9]{3,7}|error:[0-9A-F]{8}(?::[A-Za-z]{2,10})?|x509|[A-Z]{1,4}[0-9]{3,5}")  # of errors
_HALF = re.compile(r"ud[89a-f][0-9a-f]{2}")  # of a character, as JSON spells it
# What Loki and nginx say of fields and directives: names of theirs.
_NAMED = re.compile(r"[A-Za-z_]{2,60}")
_NAMES = re.compile(
    r"(?:line \d{1,6}: field |(?:directive|variable|upstream|zone|format|module) [\"'`]\$?|found in type |struct )$"
)
_HEX = re.compile(r"[0-9a-f]{6,40}")
_REVISION = re.compile(r"(?i)\b(?:revision|commit|migration)\b[^\n]{0,20}$")
_OF = re.compile(
    r"[ ]{0,2}(?:bytes|transactions|lines|rows|entries|records|connections|requests|streams|limit|ms|seconds)\b"
)
_ONE_TIME = re.compile(
    r"(?i)(?<!exit )(?<!status )(?<!error )(?<!exited with )\b"
    r"(?:code|kode?|pin|otp|einmal\w*|clave|codice|codigo)\W{1,4}(?:\w{1,6}\W{1,2}){0,2}$"
)
_WORD_IN_TEXT = re.compile(r"[^\s,;|\"'`()\[\]{}<>\\]+")


def unknown_spans(text: str, known: Container[str] = _NONE) -> Iterator[Span]:
    """Yield the words of running text that are not known to be public."""
    for match in _WORD_IN_TEXT.finditer(text):
        start, end = match.span()
        while end > start and text[end - 1] in ".:!?=":
            end -= 1
        word = text[start:end]
        if word.isdigit() and len(word) > 3 and _ONE_TIME.search(text[max(0, start - 40) : start]):
            yield Span(start, end)
            continue
        if word[:1] == "/" and is_hook(word) and not is_hook_path(word, known):
            yield Span(start, end)
            continue
        if not word or is_public_word(word, known) or _is_expected(word, text, start, end):
            continue
        pair = PAIR.fullmatch(word)
        if pair and is_setting_name(pair["name"], known):
            value = start + pair.start("value")
            for inner in re.finditer(r"[^:=/@?&]+", word[pair.start("value") :]):
                if not is_public_word(inner.group(), known):
                    yield Span(value, end)
                    break
            continue
        yield Span(start, end)


def _is_expected(word: str, text: str, start: int, end: int) -> bool:
    """Return whether what stands around a word says that it is no secret: a task's id in brackets, a count of bytes."""
    if text[start - 1 : start] == "\\" and _HALF.fullmatch(word):
        return True
    if text[start - 1 : start] == "[" and text[end : end + 1] == "]":
        return word.isdigit() or _TASK.fullmatch(word) is not None
    if _NAMED.fullmatch(word) and _NAMES.search(text[max(0, start - 40) : start]):
        return True
    if _HEX.fullmatch(word) and _REVISION.search(text[max(0, start - 40) : start]):
        return True
    return _CODE.fullmatch(word) is not None or (word.isdigit() and _OF.match(text, end) is not None)
