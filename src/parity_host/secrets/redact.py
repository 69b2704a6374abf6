"""Redactor: every text that leaves an audited host passes here, and leaves without its secrets."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, NoReturn, Sequence, Set, TypeVar
from urllib.parse import urlsplit

from . import token
from .commands import find_commands, find_in_command, find_in_words
from .names import is_secret
from .open_names import is_open_name, words
from .shapes import find_issued, find_private_keys, find_random, looks_opaque
from .spans import PASSES, Finder, Span, literal_spans, masked, replace, shorten
from .sweep import Index, sweep
from .text import find_named, find_positional
from .urls import find_hook_path, find_in_urls
from .values import is_boolean
from .words import IDENTITIES

_T = TypeVar("_T")
_SCHEME = re.compile(r"(?i)\s*(?:basic|bearer|token)\s+(?=\S)")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,40}://\S+\Z")
_LONGEST_URL = 4096
_SHORTEST_NAME = 3  # a letter is a name of nothing
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,400}={0,2}")
_HAS_OPTION = re.compile(r"\s-{1,2}[A-Za-z]")
_COLOUR = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")  # of terminals, in the middle of what belongs together
# What programs themselves write in place of a secret.
_MASKED = re.compile(r"(?i)\*{2,}|\[?(?:redacted|filtered|hidden|masked)\]?|<(?:redacted|hidden|masked)>|…")


class Redactor:
    """Replaces secrets by tokens under one key, and remembers what it met to find it elsewhere too.

    What it remembers stays in this object: it cannot be printed, copied or pickled.
    """

    __slots__ = ("_key", "_met", "_names", "_tokens", "_visible")

    def __init__(self, key: bytes) -> None:
        """Take the run's key, which is never written anywhere."""
        self._key = key
        self._met: Dict[str, str] = {}  # a secret as it stood somewhere -> the secret meant
        self._tokens: Dict[str, str] = {}  # the secret meant -> its token
        self._names: Set[str] = set()  # of services and projects, in lower case
        self._visible: Set[str] = set()  # names of users, databases, hosts: shown, even if a password is the same

    def __repr__(self) -> str:
        """Show nothing of what was met."""
        return "<Redactor>"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        """Refuse to be copied or pickled."""
        raise TypeError("a Redactor holds secrets and stays where it is")

    def value(self, name: str, value: str) -> str:
        """Return a named value (a variable, a label, an entry of a mapping) with its secret parts replaced by tokens.

        References such as ${NAME} stay, so that who reads the text can resolve them.
        """
        if is_secret(name, value):
            return replace(value, _whole, self._token)
        self._note_visible(name, value)
        expected, hook = is_open_name(name), "webhook" in "".join(words(name))

        def find(text: str) -> Iterator[Span]:
            yield from _parts(text)
            if not expected:
                yield from find_random(text)
            if hook:
                yield from find_hook_path(text)
            if _HAS_OPTION.search(text):
                yield from find_in_command(text)

        return self._replace(value, find)

    def text(self, text: str) -> str:
        """Return free text (lines of logs, messages, configuration) with its secret parts replaced by tokens."""
        return self._replace(text, _in_text)

    def argv(self, argv: Sequence[str]) -> List[str]:
        """Return a command's words with their secret parts replaced by tokens."""
        return _until_stable([shorten(word, self._token) for word in argv], self._argv_once)

    def command(self, text: str) -> str:
        """Return a command line, as a shell would read it, with its secret parts replaced by tokens."""
        # First as a command: a text may end a value elsewhere than a shell does.
        return _until_stable(text, lambda line: self.text(self._replace(line, find_in_command)))

    def _argv_once(self, argv: List[str]) -> List[str]:
        found: Dict[int, List[Span]] = {}
        for secret in find_in_words([masked(word) for word in argv]):
            found.setdefault(secret.word, []).append(secret.span)
        return [self.text(replace(word, _once(found.get(at, [])), self._token)) for at, word in enumerate(argv)]

    def comment(self, raw: str) -> str:
        """Return what stands for a comment that begins with its `#`: nothing."""
        return ""

    def fingerprint(self, data: bytes) -> str:
        """Return a keyed digest of a file's bytes: two of one run are equal when the files are."""
        return hmac.new(self._key, b"file:" + data, hashlib.sha256).hexdigest()

    def sweep(self, data: Any) -> Any:
        """Return nested dicts, lists and texts with every secret met so far replaced, wherever and however spelled.

        Short secrets and common words are left: what they would tear apart says more than what they would hide.
        """
        tokens = dict(self._tokens)
        swept = sweep(data, Index(dict(self._met), set(self._visible)), tokens)
        return _retold(swept, self._guessable())

    def names(self, names: Iterable[str]) -> None:
        """Take the names of services and projects: a password that is one of them is known to everybody."""
        self._names.update(name.lower() for name in names if name)

    def _guessable(self) -> Dict[str, str]:
        """Return the tokens of secrets that are names which everybody sees, each with the token that says so."""
        names = self._names.union(name.lower() for name in self._visible)
        long = [secret for secret in self._tokens if len(secret.strip()) >= _SHORTEST_NAME and not is_boolean(secret)]
        found = [self._tokens[secret] for secret in long if secret.strip().lower() in names]
        return {known: token.guessable(known) for known in found if known.endswith("-none")}

    def _replace(self, text: str, find: Finder) -> str:
        return replace(shorten(text, self._token), find, self._token)

    def _token(self, secret: str, met: str) -> str:
        known = self._tokens.get(secret)
        if known is None:
            known = self._tokens[secret] = token.make(self._key, secret)
            for inner in _inside(secret):
                self._tokens.setdefault(inner, token.make(self._key, inner))
                self._met.setdefault(inner, inner)
        self._met[secret] = self._met[met] = secret
        return known

    def _note_visible(self, name: str, value: str) -> None:
        """Remember what is shown of accounts: a password that is the same as its user cannot be swept for."""
        if value and not value.isdigit() and IDENTITIES.intersection(words(name)[-1:]):
            self._visible.add(value)
        if "@" in value and len(value) < _LONGEST_URL and _URL.match(value):
            try:
                parts = urlsplit(value)
                shown = (parts.username, parts.hostname, parts.path.strip("/"))
            except ValueError:
                return
            self._visible.update(part for part in shown if part and not looks_opaque(part))


def _retold(data: Any, changed: Mapping[str, str]) -> Any:
    """Return nested `data` with tokens replaced by others for the same secrets."""
    if not changed:
        return data
    if isinstance(data, str):
        return token.TOKEN.sub(lambda match: changed.get(match.group(), match.group()), data)
    if isinstance(data, dict):
        return {_retold(key, changed): _retold(value, changed) for key, value in data.items()}
    return [_retold(one, changed) for one in data] if isinstance(data, list) else data


def _whole(value: str) -> Iterator[Span]:
    """Yield all of a secret value, but for references in it and the name of an authorization scheme."""
    scheme = _SCHEME.match(value)
    return literal_spans(value, scheme.end() if scheme else 0, len(value))


def _once(spans: List[Span]) -> Finder:
    left = [spans]
    return lambda _: left.pop() if left else []


def _until_stable(value: _T, change: Callable[[_T], _T]) -> _T:
    """Return what `change` makes of `value` when it changes nothing more: what one rule hides, another may end at."""
    for _ in range(PASSES):
        before, value = value, change(value)
        if value == before:
            break
    return value


def _parts(text: str) -> Iterator[Span]:
    """Yield what is secret in a text by its form, or by a name that stands beside it."""
    if "-----BEGIN" in text:
        yield from find_private_keys(text)
    yield from find_in_urls(text)
    yield from find_named(text)
    yield from find_issued(text)


def _in_text(text: str) -> Iterator[Span]:
    if "\x1b[" in text:
        text = _COLOUR.sub(lambda match: " " * len(match.group()), text)
    for find in (_parts, find_random, find_positional, find_commands):
        for span in find(text):
            if not _MASKED.fullmatch(text, span.start, span.end):
                yield span


def _inside(secret: str) -> Iterator[str]:
    """Yield what is a secret by itself within one: the password in Basic credentials, the parts of a path or a hash."""
    if _BASE64.fullmatch(secret):
        try:
            pair = base64.b64decode(secret.replace("-", "+").replace("_", "/") + "===").decode("utf-8")
        except ValueError:
            pair = ""
        user, colon, password = pair.partition(":")
        if colon and len(password) >= 6 and user.isprintable() and password.isprintable():
            yield password
    for part in re.split(r"[\s/:$&;,?]+", secret[:10_000]):
        if part != secret and len(part) >= 10 and looks_opaque(part):
            yield part
