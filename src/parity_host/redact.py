"""Redactor: every text that leaves an audited host passes here, and leaves without its secrets."""
from __future__ import annotations

import re
from typing import Any, Dict, List, Sequence

from . import token

_SECRET_NAME = re.compile(r"(?i)pass|pwd|secret|token|key|credential|salt|auth$|dsn$")
_USERINFO = re.compile(r"(?P<before>[a-zA-Z][\w+.-]*://[^\s/:@]*:)(?P<secret>[^\s@]+)(?=@)")
_ASSIGNED = re.compile(r"(?i)(?P<before>\b(?:[\w.-]*(?:password|passwd|secret|token|api_?key|pwd))[\"']?\s*[=:]\s*[\"']?)(?P<secret>[^\s\"',;&]+)")


class Redactor:
    """Replaces secrets by tokens under one key, and remembers what it met to find it elsewhere too."""

    __slots__ = ("_key", "_met")

    def __init__(self, key: bytes) -> None:
        """Take the run's key, which is never written anywhere."""
        self._key = key
        self._met: Dict[str, str] = {}

    def _token(self, secret: str) -> str:
        if not secret or token.parse(secret) or secret.startswith("${"):
            return secret
        self._met[secret] = token.make(self._key, secret)
        return self._met[secret]

    def is_secret_name(self, name: str, value: str) -> bool:
        """Return whether the whole of `value` is secret because of its name."""
        return bool(_SECRET_NAME.search(name)) and "://" not in value and not name.upper().endswith("_FILE")

    def value(self, name: str, value: str) -> str:
        """Return a named value with its secret parts replaced by tokens."""
        return self._token(value) if self.is_secret_name(name, value) else self.text(value)

    def text(self, text: str) -> str:
        """Return free text with its secret parts replaced by tokens."""
        for pattern in (_USERINFO, _ASSIGNED):
            text = pattern.sub(lambda m: m.group("before") + self._token(m.group("secret")), text)
        return text

    def argv(self, argv: Sequence[str]) -> List[str]:
        """Return a command's words with their secret parts replaced by tokens."""
        return [self.text(word) for word in argv]

    def command(self, text: str) -> str:
        """Return a command line with its secret parts replaced by tokens."""
        return self.text(text)

    def sweep(self, data: Any) -> Any:
        """Return nested data with every secret met so far replaced wherever it occurs."""
        if isinstance(data, dict):
            return {self.sweep(key): self.sweep(value) for key, value in data.items()}
        if isinstance(data, list):
            return [self.sweep(value) for value in data]
        if isinstance(data, str):
            for secret in sorted(self._met, key=len, reverse=True):
                if len(secret) >= 6:
                    data = data.replace(secret, self._met[secret])
        return data
