"""What is known to be public, by its form: all that is not leaves a host as a fingerprint.

The list of what is secret cannot be completed, so this one decides. A word is public when it is one of KNOWN or of a
thing's name, or has the form of a number, a duration, a size, a version, a place in the network or in the file system,
a locale, a time zone. A value is when each of its words is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Container, FrozenSet, Iterator, Tuple

from .known_words import KNOWN
from .names import Level, level
from .open_names import is_open_name, words
from .public_forms import ANY_ADDRESS, CRON, NUMBER, has_public_form
from .public_names import is_plain, is_setting_name, of_known
from .public_places import is_addressee, is_file, is_host, is_image, is_path
from .public_urls import is_plain_key, unknown_before_query
from .spans import MASK, Span
from .words import CHOICES, FILES, IDENTITIES, NUMBERS, OPEN, PLACES, TEXTS, wordset

_NONE: FrozenSet[str] = frozenset()
_LONGEST_WORD = 400
_LONGEST_SIGNS = 24
_LONGEST_URL = 4096
_LONGEST_VALUE = 16_384
PAIR = re.compile(r"(?P<name>-{0,2}[A-Za-z_][A-Za-z0-9_.-]{0,80})(?P<sign>=|:)(?P<value>.+)", re.S)
# Last words of names whose values name things, in words of anybody's own: users, databases, files, hosts, titles.
_NAMING = (TEXTS | OPEN | IDENTITIES | PLACES | FILES) - wordset("digest useragent cflags ldflags base page") | wordset(
    """
    buckets databases topics schemas
    app application module modules settings subject sender from to cc bcc reply channel channels language languages
    locale currency country city timezone tz zone theme color colour font logo brand company copyright tagline
    slogan organisation organization index collection dataset model models image registry repository repo tag
    network subnet interface device extension extensions package packages plugin plugins profile profiles shell cmd
    command options opts args flags args keyspace cluster node partition stream exchange routing topic consumer
    product site store shop team department nameserver nameservers whitelist blacklist allowlist denylist networks
    """
)
_COUNTING = NUMBERS | wordset(
    """
    id ids uid gid puid pgid bytes kb mb gb memory mem cpu cpus time maxage age number from to epoch timestamp year
    height width total free used capacity available allocated reserved uptime latency elapsed took rss heap peak usage
    """
)
_ACCOUNTS = wordset("user users username usernames account accounts login logins admins members")
_BEHIND_ACCOUNT = re.compile(r"\w[:;|/\\ \t]+\w")  # of one account and what may be its password: `bob:…`, `bob …`
_REFERENCES = re.compile(r"\\ud[89a-f][0-9a-f]{2}|parityref[0-9]+[xs]|\$?\$\{[A-Za-z_][A-Za-z0-9_]*(?::?[-+?]\0*)?\}")
_CHUNK = re.compile(r"[^\s|\"'`()\[\]{}<>]+")
_LISTED = re.compile(r"[^,;]+")
_ADDRESSES = re.compile(r"(?:[^,;]|[,;](?![A-Za-z][A-Za-z0-9+.-]{0,30}://))+")
_GLUED = re.compile("^(?:pg|db|my|mysql|smtp|redis|app)(?=[a-z]{4})")  # PGUSER, DBNAME


def is_public(name: str, value: str, known: Container[str] = _NONE) -> bool:
    """Return whether `value` may leave under `name`: each word of it is public by its form, or names a thing.

    What is secret in it, by its name or form, has been taken out before: tokens stand masked.
    """
    text = value.strip()
    if not text or text in known or CRON.fullmatch(text) or ANY_ADDRESS.fullmatch(text):
        return True
    accounts = bool(_BEHIND_ACCOUNT.search(text)) and _names_accounts(name)
    # An account with its password has the form of an image with its tag.
    if not accounts and is_image(text, known):
        return True
    if len(text) > _LONGEST_VALUE:
        return False
    naming, counting, open_ = _kind(name)
    if accounts:
        naming = open_ = False
    text = without_references(text)
    return all(_is_word(text[start:end], known, naming, counting, open_, name) for start, end in words_in(text))


@lru_cache(maxsize=4096)
def _names_accounts(name: str) -> bool:
    return bool(_ACCOUNTS.intersection(words(name)[-2:]))


def without_references(text: str) -> str:
    """Return `text` with references masked as tokens are: they name things."""
    return _REFERENCES.sub(lambda found: MASK * len(found.group()), text)


def words_in(text: str) -> Iterator[Tuple[int, int]]:
    """Yield where the words of a value stand; an address is one, also if it names several hosts."""
    for chunk in _CHUNK.finditer(text):
        pattern = _ADDRESSES if "://" in chunk.group() else _LISTED
        for word in pattern.finditer(chunk.group()):
            yield chunk.start() + word.start(), chunk.start() + word.end()


@lru_cache(maxsize=4096)
def _kind(name: str) -> Tuple[bool, bool, bool]:
    """Return whether values of this name name things, count, or are identifiers made by a machine."""
    said = words(name)
    while len(said) > 1 and said[-1].isdigit():
        said.pop()
    if not said or level(name) >= Level.WEAK:
        return False, False, False
    last = _GLUED.sub("", said[-1])
    return last in _NAMING, last in _COUNTING, is_open_name(name)


def is_public_word(word: str, known: Container[str] = _NONE) -> bool:
    """Return whether a word of running text is public by itself."""
    return _is_public_alone(word) or (known is not _NONE and _is_word(word, known, False, False, False, ""))


@lru_cache(maxsize=8192)
def _is_public_alone(word: str) -> bool:
    return _is_word(word, _NONE, False, False, False, "")


def _is_word(word: str, known: Container[str], naming: bool, counting: bool, open_: bool, name: str) -> bool:
    if "://" in word and len(word) < _LONGEST_URL:
        return _is_url(word, known, name)
    if MASK in word:
        return all(_is_word(part, known, naming, counting, open_, name) for part in word.split(MASK) if part)
    if len(word) < 3 or word in known or word.lower() in KNOWN or word.lower() in CHOICES:
        return True
    if len(word) > _LONGEST_WORD:
        return False
    if not any(map(str.isalnum, word)):
        return len(word) < _LONGEST_SIGNS
    if (counting and NUMBER.fullmatch(word)) or (naming and is_plain(word)):
        return True
    if open_ and "@" not in word and "=" not in word:
        return True
    return _is_of_public_form(word, known, naming)


def _is_of_public_form(word: str, known: Container[str], naming: bool) -> bool:
    """Return whether a word has the form of a number, a place, an option or a pair, or is made of known words."""
    return (
        has_public_form(word)
        or is_file(word, known)
        or (("/" in word or word[0] in ".~\\") and is_path(word, known, naming))
        or ("@" in word and is_addressee(word, known))
        or ("=" in word and _is_pair(word, known))
        or is_host(word, known, naming)
        or of_known(word, known)
    )


def _is_pair(word: str, known: Container[str]) -> bool:
    pair = PAIR.fullmatch(word)
    if pair is None or not is_setting_name(pair["name"], known):
        return False
    return is_public(pair["name"].lstrip("-"), pair["value"], known)


def _is_url(word: str, known: Container[str], name: str) -> bool:
    """Return whether all of an address is public: see `unknown_in_url`."""
    return not any(True for _ in unknown_in_url(word, known, name))


def unknown_in_url(word: str, known: Container[str] = _NONE, name: str = "") -> Iterator[Span]:
    """Yield the parts of an address that are not known to be public: a path of other than words, values of a query.

    Several addresses in a row, as in a list without spaces, are one to this.
    """
    unknown, query = unknown_before_query(word, known, name)
    yield from unknown
    for pair in re.finditer(r"[^?&;#]+", word[query:]):
        key, equals, value = pair.group().partition("=")
        at = query + pair.start()
        if not is_setting_name(key, known) and not is_plain_key(key, known):
            yield Span(at, query + pair.end())
        elif equals and value and not is_public(key, value, known):
            yield Span(at + len(key) + 1, query + pair.end())
