"""Env files: what Compose reads in them, and as redacted text in which it reads the same but for the secrets."""

from __future__ import annotations

import re
from typing import Dict, List, Mapping, Optional, Union

from ..secrets.redact import Redactor
from .interpolate import InterpolationError, interpolate
from .quoting import quoted
from .reader import Commented, Entry, EnvFile, EnvFileProblem, Scope, read_env_file
from .template_redaction import TemplateRedactor

_UNREADABLE = "\ufffd"  # Compose refuses it as a name
_SECRET_NAME = "PASSWORD"  # noqa: S105 - a name under which the redactor hides whatever it is given
# A word that stands alone on a line may be a name to take from outside, or the line of a key that lost its quotes.
NAME_ALONE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
PLAIN_NAME = re.compile(r"[A-Z_][A-Z0-9_.-]*|[a-z_][a-z0-9_.-]*")


def redact_env_file(data: bytes, redactor: Redactor, lookup: Optional[Mapping[str, str]] = None) -> str:
    """Return an env file's text without its secrets and comments; commented keys stay as `#KEY=`.

    A value with a secret in it is written as what Compose makes of it, redacted, so that its token is the one of the
    container's value; unless it gets the secret by reference from an entry or a variable that is redacted itself.
    A file that Compose refuses ends in something that Compose refuses at the same line for the same reason.
    """
    parsed = read_env_file(data, lookup)
    if parsed.problems and not parsed.text:
        return _UNREADABLE
    return _Redaction(parsed, redactor, lookup or {}).text()


class _Outer(Dict[str, str]):
    """Variables set outside the file, as the controller will see them."""

    def __init__(self, lookup: Mapping[str, str], redactor: Redactor) -> None:
        super().__init__()
        self._lookup, self._redactor = lookup, redactor

    def get(self, name: str, default: Optional[str] = None) -> Optional[str]:  # type: ignore[override]
        if name not in self and name in self._lookup:
            self[name] = self._redactor.value(name, self._lookup[name])
        return super().get(name, default)


class _Redaction:
    def __init__(self, parsed: EnvFile, redactor: Redactor, lookup: Mapping[str, str]) -> None:
        self._parsed = parsed
        self._text = parsed.text
        self._redactor = redactor
        self._templates = TemplateRedactor(redactor)
        self._scope = Scope(_Outer(lookup, redactor))
        self._in_key = False  # within a private key that stands there without quotes

    def text(self) -> str:
        found: List[Union[Entry, Commented, EnvFileProblem]] = [*self._parsed.entries, *self._parsed.commented]
        found.sort(key=lambda one: one.begin)
        pieces: List[str] = []
        position = 0
        for one in [*found, *self._parsed.problems]:
            pieces.append(self._lines(position, one.begin))
            position = one.begin
            if isinstance(one, Entry):
                pieces.append(self._entry(one))
                position = one.end
            elif isinstance(one, EnvFileProblem):
                pieces.append(_stopper(one))
            else:
                pieces.append(self._commented(one))
        pieces.append(self._lines(position, len(self._text)))
        return "".join(pieces)

    def _lines(self, start: int, end: int) -> str:
        """Return what is left of the spaces and comments at text[start:end]."""
        return "\n" * self._text.count("\n", start, end)

    def _commented(self, commented: Commented) -> str:
        return "#%s=" % commented.key if PLAIN_NAME.fullmatch(commented.key) else "#"

    def _entry(self, entry: Entry) -> str:
        head = self._text[entry.begin : entry.start]
        signed = "=" in head or ":" in head
        if entry.key and not self._may_be_shown(entry.key, signed):
            return "\n" * entry.raw.count("\n")
        if entry.key and not signed:
            return head
        self._in_key = self._in_key or (not entry.quote and entry.raw.startswith("-----BEGIN"))
        value = entry.value or ""
        # Where there is no name nothing tells what the value is.
        redacted = self._redactor.value(entry.key or _SECRET_NAME, value)
        self._scope[entry.key] = redacted
        if not signed:
            return head + redacted
        if self._may_stay(entry, value, redacted):
            return head + entry.raw
        return head + quoted(redacted) + "\n" * entry.raw.count("\n")

    def _may_be_shown(self, key: str, signed: bool) -> bool:
        """Return whether a key is a name and not a piece of something else; `signed` if a `=` or `:` follows it."""
        if not signed:
            return NAME_ALONE.fullmatch(key) is not None and not self._in_key
        if PLAIN_NAME.fullmatch(key):
            return True
        return not self._in_key and self._redactor.text(key) == key

    def _may_stay(self, entry: Entry, value: str, redacted: str) -> bool:
        """Return whether the value may stay as it is written: no secret in it, and none put in but redacted already."""
        if entry.template is None or "$" not in entry.template:
            return redacted == value
        try:
            rendered = interpolate(entry.template, self._scope)[0]
        except InterpolationError:
            return False
        return rendered == redacted and self._templates.value(entry.key, entry.template) == entry.template


def _stopper(problem: EnvFileProblem) -> str:
    """Return something that Compose refuses for the same reason, without the file's own text."""
    character = problem.detail if problem.detail.isprintable() and not problem.detail.isalnum() else _UNREADABLE
    return {
        "character": "X" + character,
        "space-in-key": "X X=",
        "unterminated": "X=" + problem.detail,
        "invalid": "X=${",
        "required": "X=${%s:?}" % problem.detail,
    }.get(problem.kind, _UNREADABLE)
