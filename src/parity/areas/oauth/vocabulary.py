"""What a variable's name says about OAuth: which application at which provider, and which part of it it holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from parity.domain.findings import ParityError
from parity.knowledge.files import FOLDER, read_yaml
from parity.knowledge.patterns import named

ID: Final = "id"
SECRET: Final = "secret"  # noqa: S105 - the name of a part
REDIRECT: Final = "redirect"

Words = tuple[str, ...]

_KEYS: Final = frozenset(
    {"parts", "short_parts", "markers", "ignored_words", "public_prefixes", "except_words", "providers", "own_hosts"}
    | {"except_own_hosts"}
)
_PROVIDER_KEYS: Final = frozenset({"title", "names", "redirect", "https_only", ID, SECRET})
_SEPARATOR: Final = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")
_LONGEST_NAME: Final = 120
# A shorter spelling of a provider (MS, X) is one only by itself: within other words it is likely something else.
_SHORTEST_WITHIN: Final = 4


@dataclass(frozen=True)
class Provider:
    """Who logs users in. `known` says whether the vocabulary lists it."""

    key: str
    title: str
    known: bool
    names: tuple[Words, ...] = ()
    needs_redirect: bool = True
    https_only: bool = False
    endings: Mapping[str, tuple[Words, ...]] | None = None


@dataclass(frozen=True)
class Meaning:
    """What a name means. `application` is the provider's key, with what sets the application apart from others.

    `short` marks a name that means this only beside another (GITHUB_ID), `public` one that browsers are given, `file`
    one whose value is the path of a file that holds the value.
    """

    application: str
    title: str
    provider: Provider
    part: str
    short: bool = False
    public: bool = False
    file: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """How names are spelled: `knowledge/oauth.yml`."""

    parts: tuple[tuple[Words, str], ...]
    short_parts: tuple[tuple[Words, str], ...]
    markers: frozenset[str]
    ignored: frozenset[str]
    public_prefixes: tuple[Words, ...]
    excluded: frozenset[str]
    providers: tuple[Provider, ...]
    own_hosts: tuple[str, ...]
    not_own_hosts: tuple[str, ...]

    def meaning(self, name: str) -> Meaning | None:
        """Return what a variable of this name holds, or None when it is not about OAuth."""
        words = _words(name) if len(name) <= _LONGEST_NAME else ()
        if not words or self.excluded.intersection(words):
            return None
        file = words[-1] == "FILE"
        prefix = next((p for p in self.public_prefixes if words[: len(p)] == p), ())
        words = words[len(prefix) : -1 if file else None]
        for ending, part in self.parts:
            if words[-len(ending) :] == ending:
                key, title, provider = self._application(words[: -len(ending)])
                if not provider.known and not self.markers.intersection(words):
                    return None
                return Meaning(key, title, provider, part, public=bool(prefix), file=file)
        return self._short(words, bool(prefix), file)

    def _short(self, words: Words, public: bool, file: bool) -> Meaning | None:
        """Return the meaning of a name whose ending counts only right behind a provider's name."""
        own = [(w, part, p) for p in self.providers for part, ends in (p.endings or {}).items() for w in ends]
        for ending, part, provider in own:
            if words[-len(ending) :] == ending and self._bare(words[: -len(ending)]) in provider.names:
                return Meaning(provider.key, provider.title, provider, part, public=public, file=file)
        for ending, part in self.short_parts:
            bare = self._bare(words[: -len(ending)]) if words[-len(ending) :] == ending else ()
            for provider in self.providers if bare else ():
                if bare in provider.names:
                    return Meaning(provider.key, provider.title, provider, part, True, public, file)
        return None

    def _bare(self, words: Words) -> Words:
        return tuple(word for word in words if word not in self.ignored and word not in self.markers)

    def _application(self, words: Words) -> tuple[str, str, Provider]:
        bare = self._bare(words)
        for provider in self.providers:
            if bare in provider.names:
                return provider.key, provider.title, provider
        within = [(spelling, p) for p in self.providers for spelling in p.names if _is_long(spelling)]
        for spelling, provider in sorted(within, key=lambda pair: -len(pair[0])):
            at = next((i for i in range(len(bare)) if bare[i : i + len(spelling)] == spelling), None)
            if at is not None:
                others = [word.lower() for word in (*bare[:at], *bare[at + len(spelling) :])]
                key = "_".join([*(w.lower() for w in bare[:at]), provider.key, *others[at:]])
                return key, f"{provider.title} ({' '.join(others)})", provider
        key = "_".join(bare).lower() or "oauth"
        title = " ".join(word.capitalize() for word in bare) or "OAuth"
        return key, title, Provider(key, title, False)

    def application(self, text: str) -> str:
        """Return the key of the application that people call `text`: `Azure AD` is microsoft."""
        return self._application(_words(text[:_LONGEST_NAME]))[0]

    def names_own_host(self, name: str) -> bool:
        """Return whether a variable of this name says where the environment itself is found."""
        upper = name.upper()
        return named(self.own_hosts, upper) and not named(self.not_own_hosts, upper)


def _is_long(spelling: Words) -> bool:
    return len("".join(spelling)) >= _SHORTEST_WITHIN


def _words(name: str) -> Words:
    return tuple(word.upper() for word in _SEPARATOR.split(name) if word)


@cache
def load(path: Path = FOLDER / "oauth.yml") -> Vocabulary:
    """Return the vocabulary in `path`; raises ParityError naming the file and the entry at fault."""
    return read_vocabulary(read_yaml(path), path.name)


def read_vocabulary(data: Any, origin: str) -> Vocabulary:
    """Return the vocabulary in `data` (a YAML document's content); raises ParityError naming `origin` and the entry."""
    if not isinstance(data, Mapping) or set(data) != _KEYS:
        raise ParityError(f"{origin} must be a mapping with the keys {', '.join(sorted(_KEYS))}")
    providers = data["providers"]
    if not isinstance(providers, Mapping):
        raise ParityError(f"{origin}: providers must map names to providers")
    return Vocabulary(
        parts=_endings(data["parts"], f"{origin}: parts"),
        short_parts=_endings(data["short_parts"], f"{origin}: short_parts"),
        markers=frozenset(_texts(data["markers"], f"{origin}: markers")),
        ignored=frozenset(_texts(data["ignored_words"], f"{origin}: ignored_words")),
        public_prefixes=_spellings(data["public_prefixes"], f"{origin}: public_prefixes"),
        excluded=frozenset(_texts(data["except_words"], f"{origin}: except_words")),
        providers=tuple(_provider(str(key), entry, origin) for key, entry in providers.items()),
        own_hosts=_texts(data["own_hosts"], f"{origin}: own_hosts"),
        not_own_hosts=_texts(data["except_own_hosts"], f"{origin}: except_own_hosts"),
    )


def _provider(key: str, entry: Any, origin: str) -> Provider:
    place = f"{origin}, provider {key}"
    if not isinstance(entry, Mapping) or not {"title", "names"} <= set(entry):
        raise ParityError(f"{place} must be a mapping with a title and names")
    unknown = sorted(set(map(str, entry)) - _PROVIDER_KEYS)
    if unknown:
        raise ParityError(f"{place} has the unknown key {unknown[0]}; allowed are {', '.join(sorted(_PROVIDER_KEYS))}")
    if entry.get("redirect", "optional") != "optional" or not isinstance(entry.get("https_only", False), bool):
        raise ParityError(f"{place}: redirect may be optional, https_only true or false")
    return Provider(
        key,
        str(entry["title"]),
        True,
        _spellings(entry["names"], f"{place}: names"),
        needs_redirect="redirect" not in entry,
        https_only=bool(entry.get("https_only")),
        endings={part: _spellings(entry[part], f"{place}: {part}") for part in (ID, SECRET) if part in entry},
    )


def _endings(data: Any, place: str) -> tuple[tuple[Words, str], ...]:
    """Return every ending with its part, the longest first."""
    if not isinstance(data, Mapping) or not set(data) <= {ID, SECRET, REDIRECT}:
        raise ParityError(f"{place} must be a mapping of {ID}, {SECRET} and {REDIRECT}")
    pairs = [(words, str(part)) for part, texts in data.items() for words in _spellings(texts, f"{place}, {part}")]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _spellings(data: Any, place: str) -> tuple[Words, ...]:
    return tuple(_words(text) for text in _texts(data, place))


def _texts(data: Any, place: str) -> tuple[str, ...]:
    if not isinstance(data, Sequence) or isinstance(data, str) or not all(isinstance(i, str) and i for i in data):
        raise ParityError(f"{place} must be a list of words")
    return tuple(text.upper() for text in data)
