"""The token that stands for a hidden value off its host: why it is hidden, a keyed fingerprint, a length class, a
placeholder kind."""

from __future__ import annotations

import hmac
import re
from typing import List, NamedTuple, Optional, Pattern

from .placeholders import KINDS, placeholder_class

# Length classes by their lower bound, the longest first.
SHORTEST = "len1to7"
_LENGTHS = ((64, "len64up"), (32, "len32to63"), (16, "len16to31"), (8, "len8to15"), (0, SHORTEST))
_FINGERPRINT_DIGITS = 32

# Why a value is hidden: it is a secret by its name or form, or it is only not known to be public.
SECRET, UNKNOWN = "secret", "hidden"

_BEGINS = "parity-"
# Every class is spelled out: a letter that happens to follow a token must not become part of it.
TOKEN: Pattern[str] = re.compile(
    "%s(%s|%s)-([0-9a-f]{%d})-(%s)-(%s)"
    % (_BEGINS, SECRET, UNKNOWN, _FINGERPRINT_DIGITS, "|".join(name for _, name in _LENGTHS), "|".join(KINDS))
)


class Token(NamedTuple):
    """What a token tells: equal fingerprints of one run mean equal values; `why` is SECRET or UNKNOWN."""

    why: str
    fingerprint: str
    length: str
    placeholder: str


def make(key: bytes, value: str, why: str = SECRET) -> str:
    """Return the token for `value` under the run's `key`: [a-z0-9-] only, the same for the same arguments."""
    digest = hmac.digest(key, value.encode("utf-8", "surrogatepass"), "sha256").hex()
    length = next(name for least, name in _LENGTHS if len(value) >= least)
    return "parity-%s-%s-%s-%s" % (why, digest[:_FINGERPRINT_DIGITS], length, placeholder_class(value))


def guessable(token: str) -> str:
    """Return a token that says of its secret that everybody tries it first: it is the name of its user or service."""
    match = TOKEN.fullmatch(token)
    return token if match is None else "parity-%s-%s-%s-default" % match.group(1, 2, 3)


def parse(text: str) -> Optional[Token]:
    """Return what the token tells when `text` is exactly one token, else None."""
    match = TOKEN.fullmatch(text) if text.startswith(_BEGINS) else None
    return Token(*match.groups()) if match else None


def find(text: str) -> List[Token]:
    """Return the tokens in `text`, in order, repeated ones too."""
    return [Token(*match.groups()) for match in TOKEN.finditer(text)] if _BEGINS in text else []


def alike(text: str) -> str:
    """Return `text` with its tokens as if each stood for a secret: why a value is hidden says nothing of what it is."""
    return text.replace("parity-%s-" % UNKNOWN, "parity-%s-" % SECRET)
