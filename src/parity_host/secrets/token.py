"""The token that stands for a secret off its host: a keyed fingerprint, a length class, a placeholder kind."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import List, NamedTuple, Optional, Pattern

from .placeholders import KINDS, placeholder_class

# Length classes by their lower bound, the longest first.
SHORTEST = "len1to7"
_LENGTHS = ((64, "len64up"), (32, "len32to63"), (16, "len16to31"), (8, "len8to15"), (0, SHORTEST))
_FINGERPRINT_DIGITS = 32

# Every class is spelled out: a letter that happens to follow a token must not become part of it.
TOKEN: Pattern[str] = re.compile(
    "parity-secret-([0-9a-f]{%d})-(%s)-(%s)"
    % (_FINGERPRINT_DIGITS, "|".join(name for _, name in _LENGTHS), "|".join(KINDS))
)


class Token(NamedTuple):
    """What a token tells: equal fingerprints of one run mean equal secrets."""

    fingerprint: str
    length: str
    placeholder: str


def make(key: bytes, value: str) -> str:
    """Return the token for `value` under the run's `key`: [a-z0-9-] only, the same for the same pair."""
    digest = hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    length = next(name for least, name in _LENGTHS if len(value) >= least)
    return "parity-secret-%s-%s-%s" % (digest[:_FINGERPRINT_DIGITS], length, placeholder_class(value))


def guessable(token: str) -> str:
    """Return a token that says of its secret that everybody tries it first: it is the name of its user or service."""
    match = TOKEN.fullmatch(token)
    return token if match is None else "parity-secret-%s-%s-default" % (match.group(1), match.group(2))


def parse(text: str) -> Optional[Token]:
    """Return what the token tells when `text` is exactly one token, else None."""
    match = TOKEN.fullmatch(text)
    return Token(*match.groups()) if match else None


def find(text: str) -> List[Token]:
    """Return the tokens in `text`, in order, repeated ones too."""
    return [Token(*match.groups()) for match in TOKEN.finditer(text)]
