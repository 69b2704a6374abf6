"""Keys that an env file lacks, added where its template has them: pure, from bytes to bytes."""

from __future__ import annotations

from typing import Dict, List, Mapping, NamedTuple, Sequence, Tuple

from .env_quoting import quoted
from .env_reader import EnvFile, effective, read_env_file
from .placeholders import placeholder_class

_BOM = "\ufeff"
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.:/@+,%=~")


class CannotRepairError(Exception):
    """The file cannot be added to so that nothing else changes. The message is a sentence."""


class Left(NamedTuple):
    """A key that only the owner can add: why, and the line to add."""

    key: str
    why: str
    line: str


class Plan(NamedTuple):
    """The file afterwards, the keys that were added, in the file's order, and what is left to the owner."""

    content: bytes
    added: Tuple[str, ...]
    left: Tuple[Left, ...]


def add(data: bytes, template: bytes, keys: Sequence[str], values: Mapping[str, str]) -> Plan:
    """Return the plan that gives an env file the `keys` that it lacks, with the `values` that somebody gave for them.

    A key is put behind the one that stands before it in the template, and at the end where there is none. A value is
    written so that Compose reads back just that. Without a value, or with a placeholder for one, the key is left. What
    the file had keeps its bytes. Raises CannotRepairError for a file that Compose refuses or that is no UTF-8.
    """
    text, before = _read(data)
    known = effective(before)
    order = _order(template)
    left: List[Left] = []
    added: Dict[str, str] = {}
    for key in sorted(dict.fromkeys(keys), key=lambda one: (order.get(one, len(order)), one)):
        if key in known:
            continue
        why = _why_not(values.get(key))
        if why:
            left.append(Left(key, why, "%s=" % key))
        else:
            added[key] = values[key]
    after = _with(text, before, added, order)
    content = after.encode("utf-8")
    _prove(before, content, added)
    return Plan(content, tuple(added), tuple(left))


def _read(data: bytes) -> Tuple[str, EnvFile]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise CannotRepairError("it is not UTF-8; nothing in it is changed") from None
    parsed = read_env_file(data)
    if parsed.problems:
        first = parsed.problems[0]
        raise CannotRepairError("Compose refuses it at line %d (%s); mend that first" % (first.line, first.kind))
    return text, parsed


def _order(template: bytes) -> Dict[str, int]:
    """Return the place of each key in the template, those that are commented out included."""
    parsed = read_env_file(template)
    found = [(one.begin, one.key) for one in parsed.entries] + [(one.begin, one.key) for one in parsed.commented]
    return {key: place for place, key in enumerate(dict.fromkeys(key for _, key in sorted(found)))}


def _why_not(value: "str | None") -> str:
    if value is None:
        return "no value is given for it; parity_env_values takes one"
    if not value:
        return "the value given for it is empty"
    if "\0" in value:
        return "the value given for it holds a NUL, which no variable can"
    kind = placeholder_class(value)
    return "" if kind in ("none", "example") else "the value given for it is a placeholder (%s)" % kind


def _with(text: str, before: EnvFile, added: Mapping[str, str], order: Mapping[str, int]) -> str:
    newline = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    shift = 1 if text.startswith(_BOM) else 0
    exported = "export " if before.entries and all(entry.exported for entry in before.entries) else ""
    # Where the line after each key begins; of keys that stand twice, after the last.
    behind = {entry.key: _end_of_line(text, entry.end + shift) for entry in before.entries}
    places: Dict[int, List[str]] = {}
    for key, value in added.items():
        earlier = [one for one in behind if one in order and key in order and order[one] < order[key]]
        at = behind[max(earlier, key=lambda one: order[one])] if earlier else len(text)
        behind[key] = at
        places.setdefault(at, []).append("%s%s=%s" % (exported, key, _written(value)))
    for at in sorted(places, reverse=True):
        lines = newline.join(places[at])
        whole = at == 0 or text[at - 1] == "\n" or (at == shift)
        text = text[:at] + ("" if whole else newline) + lines + newline + text[at:]
    return text


def _end_of_line(text: str, at: int) -> int:
    """Return where the next line begins."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _written(value: str) -> str:
    return value if set(value) <= _PLAIN else quoted(value)


def _prove(before: EnvFile, content: bytes, added: Mapping[str, str]) -> None:
    """Raise CannotRepairError unless Compose reads what it read before, in its order, and just the new keys beside."""
    after = read_env_file(content)
    kept = [(entry.key, entry.value, entry.raw) for entry in after.entries if entry.key not in added]
    new = {entry.key: entry.value for entry in after.entries if entry.key in added}
    if after.problems or kept != [(entry.key, entry.value, entry.raw) for entry in before.entries] or new != added:
        raise CannotRepairError("it cannot be added to so that all else stays as it is; add the keys by hand")
