"""Sealed text: a file's text in which tokens stand for secrets and comments, and which only its own host can open.

A remedy is planned on the controller from sealed text; the plan is sealed text again, and the host puts back what the
tokens stand for. So nothing that an audit hides leaves the host for a remedy either.
"""

from __future__ import annotations

import re
from typing import Callable, Dict

from . import token
from .redact import Redactor
from .spans import PASSES, replace
from .sweep import Index
from .token import TOKEN

# A carriage return at a line's end is none of them.
_STEERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]|\r(?!\n)")


class CannotSealError(Exception):
    """The text cannot be sealed or opened again without a loss. The message is a sentence for the report."""


class Sealer(Redactor):
    """A redactor whose tokens can be opened again, here alone: each stands for just the text it was put in place of.

    A redactor's tokens tell which secrets are equal, however they are written; these tell which texts are.
    """

    __slots__ = ("_raws",)

    def __init__(self, key: bytes) -> None:
        """Take the run's key."""
        super().__init__(key)
        self._raws: Dict[str, str] = {}

    def comment(self, raw: str) -> str:
        """Return a comment with a token for what it says; its `#` and the line's end stay."""
        said = raw[1:].rstrip("\r")
        return "#" + (self._keep(said) if said else "") + raw[1 + len(said) :]

    def seal(self, text: str, redact: Callable[[str, Redactor], str]) -> str:
        """Return `text` sealed, with `redact` for its grammar; what was met anywhere before is hidden in it too.

        Raises CannotSealError when opening it would not give back `text`, byte for byte.
        """
        sealed = redact(text, self)
        met = Index(dict(self._met), set(self._visible))
        sealed = replace(sealed, met.find, lambda _, raw: self._keep(raw))
        if self._opened(sealed) != text:
            raise CannotSealError("its secrets cannot be hidden so that they can be put back; repair it by hand")
        return sealed

    def unseal(self, planned: str, sealed: str) -> str:
        """Return what `planned` stands for, a text that was planned from `sealed`.

        Raises CannotSealError for a token that does not stand in `sealed`: a remedy moves no secret anywhere else.
        """
        known = {match.group() for match in TOKEN.finditer(sealed)} & self._raws.keys()
        if any(match.group() not in known for match in TOKEN.finditer(planned)):
            raise CannotSealError("the plan holds a secret of another file or run; run the remedy again")
        return self._opened(planned)

    def _opened(self, text: str) -> str:
        for _ in range(PASSES + 2):
            before, text = text, TOKEN.sub(lambda match: self._raws.get(match.group(), match.group()), text)
            if text == before:
                break
        return text

    def _keep(self, raw: str) -> str:
        made = token.make(self._key, raw)
        self._raws[made] = raw
        return made

    def _token(self, secret: str, met: str) -> str:
        super()._token(secret, met)
        return self._keep(met)

    def _hide(self, value: str, met: str) -> str:
        super()._hide(value, met)
        return self._keep(met)


def printed(sealed: str) -> str:
    """Return sealed text for a diff, which Ansible prints as it is: shown, and with nothing that steers a terminal."""
    return _STEERS.sub("\ufffd", shown(sealed))


def shown(sealed: str) -> str:
    """Return sealed text as people see it, the same on every run: what tokens hide is `…`."""
    return TOKEN.sub("…", sealed)
