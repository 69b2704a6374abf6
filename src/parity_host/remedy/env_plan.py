"""Keys that an env file lacks, added where its template has them: pure, from bytes to bytes."""

from __future__ import annotations

from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ..envfile.insert import inserted, markable
from ..envfile.reader import EnvFile, effective, read_env_file
from ..secrets.names import is_secret
from ..secrets.placeholders import SHOWN, placeholder_class

# Which placeholders a secret may not be, and any other value: as the audit has it (a host may well be called redis).
_OF_SECRETS = frozenset({"yourhere", "changeme", "template", "repeated", "default"})
_OF_OTHERS = frozenset({"yourhere", "changeme", "template"})


class CannotRepairError(Exception):
    """The file cannot be added to so that nothing else changes. The message is a sentence."""


class Left(NamedTuple):
    """A key that only the owner can add: why, and the line to add."""

    key: str
    why: str
    line: str


class Plan(NamedTuple):
    """The file afterwards, the keys that were added, in its order, those that are marked, and what the owner adds."""

    content: bytes
    added: Tuple[str, ...]
    left: Tuple[Left, ...]
    marked: Tuple[str, ...] = ()


def add(
    data: bytes,
    template: bytes,
    keys: Sequence[str],
    values: Mapping[str, object],
    refused: Optional[Mapping[str, str]] = None,
    lookup: Optional[Mapping[str, str]] = None,
    mark: bool = False,
) -> Plan:
    """Return the plan that gives an env file the `keys` that it lacks, with the `values` that somebody gave for them.

    A key is put where the template has it (`envfile/insert.py`), and a value is written so that Compose reads back
    just that.
    Without a value, with a placeholder for one, or where it would change what another value reads, the key is left, as
    it is for the reason that `refused` has for it; with `mark`, a comment stands for it then. What the file had keeps
    its bytes. `lookup` is what is set outside the file. Raises CannotRepairError for a file that Compose refuses or
    that is no UTF-8.
    """
    outside = dict(lookup or {})
    before = _read(data, outside)
    known = effective(before)
    left: List[Left] = []
    added: Dict[str, str] = {}
    for key in sorted(set(keys)):
        if key in known:
            continue
        why = (refused or {}).get(key, "") or _why_not(key, values.get(key))
        alone = {} if why else {key: str(values[key])}
        if alone and not _is_proved(before, inserted(data, template, alone), alone, outside):
            why = "it would change another value of the file"
        if why:
            left.append(Left(key, why, "%s=" % key))
        else:
            added[key] = str(values[key])
    marked = sorted(markable(data, [one.key for one in left])) if mark else []
    content = inserted(data, template, {**added, **dict.fromkeys(marked)}) if added or marked else data
    if not _is_proved(before, content, added, outside):
        raise CannotRepairError("the keys cannot be added without changing something else; add them by hand")
    order = tuple(entry.key for entry in read_env_file(content, outside).entries if entry.key in added)
    return Plan(content, order, tuple(left), tuple(marked))


def _read(data: bytes, outside: Dict[str, str]) -> EnvFile:
    """Return what Compose reads; a variable that it requires and nobody here sets is taken as set, in `outside`."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise CannotRepairError("it is not UTF-8; the file is not changed") from None
    parsed = read_env_file(data, outside)
    while parsed.problems and parsed.problems[0].kind == "required" and parsed.problems[0].detail not in outside:
        outside[parsed.problems[0].detail] = "set elsewhere"
        parsed = read_env_file(data, outside)
    if parsed.problems:
        first = parsed.problems[0]
        raise CannotRepairError("Compose rejects it at line %d (%s); fix that first" % (first.line, first.kind))
    return parsed


def _why_not(key: str, value: object) -> str:
    if value is None:
        return "it has no value; set it in parity_env_values, or name an environment to copy it from in parity_env_copy"
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return "its value is not a string; put it in quotes"
    said = str(value)
    if not said:
        return "its value is empty"
    if "\0" in said:
        return "its value contains a NUL character, which a variable cannot"
    kind = placeholder_class(said)
    refused = _OF_SECRETS if is_secret(key, said) else _OF_OTHERS
    return "its value looks like %s" % SHOWN[kind] if kind in refused else ""


def _is_proved(before: EnvFile, content: bytes, added: Mapping[str, str], outside: Mapping[str, str]) -> bool:
    """Return whether Compose reads what it read before, in its order, and just the new keys beside."""
    after = read_env_file(content, outside)
    kept = [(entry.key, entry.value, entry.raw) for entry in after.entries if entry.key not in added]
    new = {entry.key: entry.value for entry in after.entries if entry.key in added}
    return not after.problems and kept == [(one.key, one.value, one.raw) for one in before.entries] and new == added
