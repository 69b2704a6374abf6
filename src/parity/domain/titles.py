"""Titles that fit a line: of what they list, the first few are named, and the others counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

LONGEST: Final = 80
# What is left of a terminal's line behind a severity: lists and paths are shortened to fit it.
_FITS: Final = LONGEST - len("  critical ")
_FIELD: Final = re.compile(r"\{([a-z_]+)\}")
_BETWEEN: Final = ", "
# The words of differences that are lists of names.
_LISTS: Final = ("names", "services", "fields", "options", "keys", "ports", "protocols", "grants")
# Those that are paths, of which the last two names tell most.
_PATHS: Final = ("path", "file", "image", "item")
_END: Final = re.compile(r"^\S*/(?=[^/\s]+/[^/\s]+$)")
# No longer list of names fits a title.
_MOST: Final = LONGEST // 3


def filled(template: str, words: Mapping[str, str]) -> str:
    """Return a sentence with its `{fields}` in one pass, so that no word is read as a template; unknown ones stay."""
    return _FIELD.sub(lambda field: words.get(field[1], field[0]), template).strip()


def fields_of(template: str) -> set[str]:
    """Return the names of a sentence's `{fields}`."""
    return set(_FIELD.findall(template))


def title(template: str, words: Mapping[str, str], lists: Mapping[str, Sequence[str]]) -> str:
    """Return a title that fits a terminal's line, where shorter lists and paths make it so; else it is longer.

    Of `lists`, as many names as fit are told; where not even the first one does, it is the shortest one.
    """
    said = list(_tries(template, words, lists))
    return next((one for one in said if len(one) <= _FITS), min(said, key=len))


def _tries(template: str, words: Mapping[str, str], lists: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield a title ever shorter."""
    used = {name: names for name, names in lists.items() if name in fields_of(template) and names}
    longest = max(map(len, used.values()), default=0)
    yield filled(template, {**words, **{name: named(names, longest) for name, names in used.items()}})
    for shown in range(min(longest - 1, _MOST), 0, -1):
        yield filled(template, {**words, **{name: named(names, shown) for name, names in used.items()}})
    shortest = {name: named(sorted(names, key=len), 1) for name, names in used.items()}
    yield filled(template, {**words, **shortest})
    ends = {name: _END.sub("…/", words[name]) for name in _PATHS if name in words}
    yield filled(template, {**words, **shortest, **ends})


def on_hosts(title: str, count: int) -> str:
    """Return a title that says on how many hosts a fault is, where they are several and the line has room for it."""
    longer = f"{title} on {count} hosts"
    return longer if count > 1 and len(longer) <= LONGEST else title


def named(names: Sequence[str], shown: int) -> str:
    """Return a list for a sentence, with the first `shown` names."""
    more = len(names) - shown
    return f"{_BETWEEN.join(names[:shown])} and {more} more" if more > 0 else _BETWEEN.join(names)


def listed_in(words: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the words that are lists of names."""
    return {name: words[name].split(_BETWEEN) for name in _LISTS if name in words}


def limited(text: str) -> str:
    """Return a title of at most LONGEST characters, with no word cut in two where it has a blank."""
    if len(text) <= LONGEST:
        return text
    start = text[: LONGEST - 1]
    whole = start.rpartition(" ")[0] if not text[LONGEST - 1].isspace() else start
    return (whole if len(whole) > LONGEST // 2 else start).rstrip(" :,;(") + "…"
