"""Finding known secrets again: wherever they stand in what is about to leave, also encoded."""

from __future__ import annotations

import base64
import html
import json
import re
from bisect import bisect_left
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Set, Tuple
from urllib.parse import quote, quote_plus

from .placeholders import is_well_known
from .spans import Span, replace
from .words import COMMON

_SHORTEST = 6
_CUT_LENGTH = 200  # a text of this length may have been cut, and a secret with it
_WORD_LIKE = re.compile(r"[A-Za-z]+|[0-9]+|[a-z]+(?:[_-][a-z]+)*")
_SCHEMA_KEY = re.compile(r"[a-z][a-z_]{0,30}")


class _Forms:
    """Forms that begin alike, sorted: which one stands at a place is found by halving, however many there are."""

    def __init__(self, forms: Mapping[str, Tuple[str, bool]]) -> None:
        """Take each form with the secret meant, and whether it counts only as a word of its own."""
        self._forms = sorted(forms)
        self._known = [forms[form] for form in self._forms]
        self._longest = max(map(len, self._forms))
        self._whole = [form for form in self._forms if not forms[form][1]]  # those that may be cut off
        # The longest other form that each one begins with: where one does not stand, only those still may.
        self._within: List[int] = []
        around: List[int] = []
        for number, form in enumerate(self._forms):
            while around and not form.startswith(self._forms[around[-1]]):
                around.pop()
            self._within.append(around[-1] if around else -1)
            around.append(number)

    def at(self, text: str, start: int) -> Optional[Tuple[int, str]]:
        """Return where the longest form that stands at `start` ends, and its secret; else one that the end cuts off."""
        number = self._before(text, start)
        after_word = start > 0 and text[start - 1].isalnum()
        while number >= 0:
            form, (secret, bounded) = self._forms[number], self._known[number]
            end = start + len(form)
            alone = not bounded or not (after_word or text[end : end + 1].isalnum())
            if alone and text.startswith(form, start):
                return end, secret
            number = self._within[number]
        return self._cut_off(text, start)

    def _before(self, text: str, start: int) -> int:
        """Return the last form that sorts before what stands at `start`, or is its beginning; -1 for none."""
        low, high = 0, len(self._forms)
        while low < high:
            middle = (low + high) // 2
            form = self._forms[middle]
            if form <= text[start : start + len(form)]:
                low = middle + 1
            else:
                high = middle
        return low - 1

    def _cut_off(self, text: str, start: int) -> Optional[Tuple[int, str]]:
        if len(text) < _CUT_LENGTH or len(text) - start >= self._longest:
            return None
        rest = text[start:]
        first = bisect_left(self._whole, rest)
        if first < len(self._whole) and self._whole[first].startswith(rest) and is_telling(rest[:_CUT_LENGTH]):
            return len(text), self._known[bisect_left(self._forms, self._whole[first])][0]
        return None


class Index:
    """Known secrets and their other forms, ready to be found in one pass over a text whose length alone counts."""

    def __init__(self, known: Mapping[str, str], visible: Iterable[str] = ()) -> None:
        """Take `known`, each text as met with the secret meant, and `visible`, what may be seen."""
        seen = set(visible)
        by_start: Dict[str, Dict[str, Tuple[str, bool]]] = {}
        for met, secret in sorted(known.items(), key=lambda item: len(item[0])):
            if not is_telling(met) or met in seen:
                continue
            for form in encodings(met):
                alike = by_start.setdefault(form[:_SHORTEST], {})
                alike.setdefault(form, (secret, _WORD_LIKE.fullmatch(form) is not None))
        self._by_start = {start: _Forms(forms) for start, forms in by_start.items()}

    def find(self, text: str) -> Iterator[Span]:
        """Yield where known secrets stand in `text`; also one that is cut off by the text's end."""
        by_start, done = self._by_start, 0
        if not by_start:
            return
        for at in [at for at in range(len(text) - _SHORTEST + 1) if text[at : at + _SHORTEST] in by_start]:
            found = by_start[text[at : at + _SHORTEST]].at(text, at) if at >= done else None
            if found:
                done, secret = found
                yield Span(at, done, secret)


def is_telling(secret: str) -> bool:
    """Return whether finding `secret` somewhere means something: not a common word, not short, not a filler."""
    word = secret.strip()
    if len(word) < _SHORTEST or word.lower() in COMMON or len(set(word)) < 2:
        return False
    return not is_well_known(word)


def encodings(secret: str) -> Set[str]:
    """Return the forms in which `secret` may stand in a text: as it is, escaped, percent-encoded, in base64."""
    forms = {secret, secret.strip()}
    data = secret.encode("utf-8", "surrogatepass")
    for encoded in (quote(data, safe=""), quote(data), quote_plus(data), quote(data, safe="!$&'()*+,;=:@~")):
        forms.update((encoded, re.sub("%[0-9A-F]{2}", lambda match: match.group().lower(), encoded)))
    for escaped in (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1]):
        forms.update((escaped, json.dumps(escaped)[1:-1]))
    forms.update((secret.replace("$", "$$"), secret.replace("'", "''"), secret.replace("'", "'\\''")))
    forms.add(html.escape(secret))
    if "\n" in secret:
        lines = (line.strip() for line in secret.splitlines())
        forms.update(line for line in lines if len(line) >= 20 and not line.startswith("-----"))
    forms.update(_base64_forms(data))
    return {form for form in forms if len(form) >= _SHORTEST}


def _base64_forms(data: bytes) -> Iterator[str]:
    """Yield base64 of `data` alone, and of its middle as it stands when other bytes come before it."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(data).decode("ascii")
        yield whole
        yield whole.rstrip("=")
        for before in (0, 1, 2):
            inner = encode(b"\0" * before + data).decode("ascii").rstrip("=")
            first, last = (before * 8 + 5) // 6, (before + len(data)) * 8 // 6
            if last - first >= 10:
                yield inner[first:last]


def sweep(data: Any, index: Index, tokens: Mapping[str, str]) -> Any:
    """Return a copy of nested `data` in which every known secret is replaced by its token, in keys too."""
    if isinstance(data, str):
        return replace(str(data), index.find, lambda secret, _: tokens[secret])
    if isinstance(data, dict):
        return {_sweep_key(key, index, tokens): sweep(value, index, tokens) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [sweep(value, index, tokens) for value in data]
    return data


def _sweep_key(key: Any, index: Index, tokens: Mapping[str, str]) -> Any:
    # Our own facts' field names: a password that happens to be one of them must not tear the facts apart.
    if not isinstance(key, str) or _SCHEMA_KEY.fullmatch(key):
        return key
    return sweep(key, index, tokens)
