"""Redactor: every text that leaves an audited host passes here.

What is a secret by its name or its form becomes a token; of what is left, named values and what programs say leave only
as far as they are known to be public (`public.py`).
"""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import hmac
import re
import string
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, NoReturn, Sequence, Set, Tuple, TypeVar
from urllib.parse import urlsplit

from . import token
from .commands import find_commands, find_in_command, find_in_words
from .host_names import Names
from .messages import Messages
from .names import is_secret
from .open_names import is_open_name, words
from .public import is_public, unknown_in_url, without_references, words_in
from .public_commands import unknown_in_command, unknown_words
from .public_names import is_short_name
from .shape_of_names import is_name
from .shapes import find_issued, find_private_keys, find_random, looks_opaque
from .spans import PASSES, Finder, Span, literal_spans, masked, replace, shorten
from .sweep import Index, sweep
from .text import find_named, find_positional
from .urls import find_hook_path, find_in_urls
from .values import is_boolean
from .words import IDENTITIES

_T = TypeVar("_T")
_SCHEME = re.compile(r"(?i)\s*(?:basic|bearer|token)\s+(?=\S)")
# Without any of these nothing in a value can be secret but the whole.
_SIMPLE = re.compile(r"[^\s:/@=;,&?\"'`{}$\\\0]{0,200}")
_REFERENCES = re.compile(r"parityref[0-9]+[xs]")
_SIGNS = string.punctuation + string.whitespace
# What may stand anywhere and be something else: words, the name of a variable, a path of words.
_ORDINARY = re.compile(
    r"[a-z]+(?:[-_. ][a-z]+)*|[0-9]+|[A-Z][a-z]+|.{0,7}"
    r"|\$?[A-Z]+[0-9]?(?:_[A-Z]+[0-9]?)+|(?:/[a-z]+(?:[-_.][a-z]+)*)+/?",
    re.S,
)
HIDDEN_WORD = "…"
_WORD_FOR_HIDDEN = "hidden"
_OF_COMPOSE = "COMPOSE_"  # its own settings: names of projects, files and profiles, by which the rest is read
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

    __slots__ = (
        "_hidden",
        "_key",
        "_messages",
        "_met",
        "_named",
        "_names",
        "_show",
        "_shown",
        "_tokens",
        "_visible",
    )

    def __init__(self, key: bytes, show: Sequence[str] = (), messages: Sequence[str] = ()) -> None:
        """Take the run's key, which is never written anywhere, and what is public here.

        `show` are patterns of names whose values all are, `messages` patterns of messages that programs write.
        """
        self._key = key
        self._messages = Messages(messages)
        self._show = re.compile("|".join(map(fnmatch.translate, show))) if show else None
        self._names = Names()
        self._hidden: Dict[str, str] = {}  # what is not known to be public -> its token
        self._shown: Dict[Tuple[str, str], bool] = {}
        self._met: Dict[str, str] = {}  # a secret as it stood somewhere -> the secret meant
        self._tokens: Dict[str, str] = {}  # the secret meant -> its token
        self._named: Set[str] = set()  # of services and projects, in lower case
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
        opened = name.startswith(_OF_COMPOSE) or (self._show is not None and self._show.match(name) is not None)
        if _SIMPLE.fullmatch(value) and (opened or self._is_public(name, value)) and not looks_opaque(value):
            self._note_visible(name, value)
            return value
        self._note_visible(name, value)
        found = self._secret_parts(name, value)
        return found if opened else self._public_parts(name, found)

    def setting(self, name: str, value: str) -> str:
        """Return the value of a setting whose meaning is known, such as an image or a port: shown if no secret."""
        if is_secret(name, value):
            return replace(value, _whole, self._token)
        self._note_visible(name, value)
        return self._secret_parts(name, value)

    def _is_public(self, name: str, value: str) -> bool:
        known = self._shown.get((name, value))
        if known is None:
            known = self._shown[name, value] = is_public(name, value)
        return known

    def _public_parts(self, name: str, value: str) -> str:
        """Return a value without what is not known to be public: of addresses these parts, else all of it."""

        def find(text: str) -> Iterator[Span]:
            if self._is_public(name, text):
                return
            parts: List[Span] = []
            visible = without_references(text)
            for start, end in words_in(visible):
                word = visible[start:end]
                if "://" in word:
                    parts += [Span(start + one.start, start + one.end) for one in unknown_in_url(word, name=name)]
                elif not self._is_public(name, word):
                    parts = []
                    break
            if not parts and _HAS_OPTION.search(text):
                yield from unknown_in_command(text)
                return
            yield from parts or _around_references(text)

        return replace(value, find, self._hide)

    def _secret_parts(self, name: str, value: str) -> str:
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
        """Return text of a known grammar (names, configuration) with its secret parts replaced by tokens."""
        return self._replace(text, _in_text)

    def know(self, *names: str) -> None:
        """Take names of things on this host, which are shown: programs may speak of them."""
        for name in names:
            self._names.add(name)

    def answer(self, name: str, text: str) -> str:
        """Return what a program answers under `name`: its words as `said` has them, of a secret a token."""
        return self.value(name, text) if is_secret(name, text) else self.said(text)

    def key(self, text: str) -> str:
        """Return a key of an answer: shown if it is known or public, else a token."""
        return replace(
            self.text(text), lambda left: [] if is_public("", left, self._names) else _whole(left), self._hide
        )

    def part(self, text: str) -> str:
        """Return what names a part of an answer's service: shown also in a name's form, if that is no pass phrase."""
        return self.thing(text) if is_short_name(text) else self.key(text)

    def thing(self, text: str) -> str:
        """Return what stands where a thing is named (a job, a target): shown in a name's form, else a token."""
        return text if is_name(text) and self.text(text) == text else self.key(text)

    def said(self, text: str, *named: str) -> str:
        """Return what a program said, in a log or an answer: of its words those known to be public, `…` for others.

        Where a message would not be recognised by that, `hidden` stands for them. `named` are names that it speaks of,
        beside those of the host.
        """
        known = Names(self._names) if named else self._names
        for name in named:
            known.add(name)

        def find(text: str) -> Iterator[Span]:
            return self._messages.unknown(text, known)

        left = self.text(text)
        shown = replace(left, find, lambda _, raw: HIDDEN_WORD)
        if shown != left and self._messages.lost(left, shown):
            # A pattern may ask for a word where one is hidden.
            shown = replace(left, find, lambda _, raw: _WORD_FOR_HIDDEN)
        return shown

    def argv(self, argv: Sequence[str]) -> List[str]:
        """Return a command's words with their secret parts replaced by tokens."""
        words = _until_stable([shorten(word, self._token) for word in argv], self._argv_once)
        unknown: Dict[int, List[Span]] = {}
        for one in unknown_words([masked(word) for word in words]):
            unknown.setdefault(one.word, []).append(one.span)
        return [replace(word, _once(unknown.get(at, [])), self._hide) for at, word in enumerate(words)]

    def command(self, text: str) -> str:
        """Return a command line, as a shell would read it, with its secret parts replaced by tokens."""
        # First as a command: a text may end a value elsewhere than a shell does.
        known = _until_stable(text, lambda line: self.text(self._replace(line, find_in_command)))
        return replace(known, unknown_in_command, self._hide)

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
        tokens = {**self._hidden, **self._tokens}
        # A service's name may be its password; elsewhere it is a name, and a key of a compose file.
        seen = self._visible.union(met for met in list(self._met) if met.lower() in self._named)
        swept = sweep(data, Index(dict(self._met), seen), tokens)
        return _retold(swept, self._guessable())

    def names(self, names: Iterable[str]) -> None:
        """Take the names of services and projects: a password that is one of them is known to everybody."""
        self._named.update(name.lower() for name in names if name)

    def _guessable(self) -> Dict[str, str]:
        """Return the tokens of secrets that are names which everybody sees, each with the token that says so."""
        names = self._named.union(name.lower() for name in self._visible)
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

    def _hide(self, value: str, met: str) -> str:
        """Return the token of what is not known to be public, and remember it to be found elsewhere if telling."""
        known = self._tokens.get(value) or self._hidden.get(value)
        if known is None:
            known = self._hidden[value] = token.make(self._key, value, token.UNKNOWN)
            # A piece that is public by itself, as `127.0.0.1:` of a program's text, must not be hidden in other places.
            bare = met.strip(_SIGNS)
            if not _ORDINARY.fullmatch(bare) and not is_public("", bare, self._names):
                self._met.setdefault(met, value)
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


def _around_references(text: str) -> Iterator[Span]:
    """Yield all of a value but for references in it."""
    start = 0
    for match in _REFERENCES.finditer(text):
        if match.start() > start:
            yield from literal_spans(text, start, match.start())
        start = match.end()
    if start < len(text):
        yield from literal_spans(text, start, len(text))


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
