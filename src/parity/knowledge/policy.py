"""The policy: which differences are meant, and which values an environment must and must not have. Data, from YAML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar

from parity.domain.findings import Difference, ParityError, Severity
from parity.knowledge import user_file
from parity.knowledge.patterns import named
from parity.knowledge.user_file import UserFile

SCHEMA = "policy"


@dataclass(frozen=True)
class Expectation:
    """Differences that are meant: of `rules`, for `items` and `services` (patterns), differing only in `ways`.

    `direction` says where production must lie: `higher` or `lower` (numbers), `true` or `false`, `quieter` or `louder`
    (log levels). `id` is what an inventory's policy replaces or removes it by.
    """

    id: str
    place: str
    rules: tuple[str, ...]
    why: str
    items: tuple[str, ...] = ("*",)
    services: tuple[str, ...] = ("*",)
    ways: tuple[str, ...] = ()
    direction: str = ""

    def covers(self, difference: Difference) -> bool:
        """Return whether the difference is one of these."""
        return (
            named(self.rules, difference.rule)
            and named(self.items, difference.item)
            and named(self.services, difference.service)
            and (not self.ways or (bool(difference.ways) and difference.ways <= set(self.ways)))
            and self.direction in ("", difference.direction)
        )


@dataclass(frozen=True)
class Forbidden:
    """Values that a variable must not have in production. `kind` says how a value is looked at.

    `boolean`: it means `value` (true or false). `word`: it is one of `values`. `listed-word`: it lists one of them.
    `local-host`: it is, or is a URL to, the container itself; `local-url`: it is such a URL, under a name that no other
    entry knows. `some-local`: it lists that next to others.
    `sandbox-host`: it is an address of a provider's sandbox. `development-file`: it names a file or a module that is
    named after development. `plain-http`: it is an address of the internet without TLS. `empty`: it is set to nothing;
    `empty-key`: so is what an application signs or encrypts with, by its name. `way` is the way and the fact of what is
    found, where the rule has sentences for it.
    """

    id: str
    place: str
    rule: str
    kind: str
    names: tuple[str, ...]
    values: tuple[str, ...] = ()
    except_names: tuple[str, ...] = ()
    way: str = ""

    @property
    def is_of_hosts(self) -> bool:
        """Whether it is about localhost under names that say what the address is for."""
        return self.kind in ("local-host", "some-local")

    def concerns(self, name: str) -> bool:
        """Return whether a variable of this name is looked at."""
        return named(self.names, name.upper()) and not (self.except_names and named(self.except_names, name.upper()))


@dataclass(frozen=True)
class Requirement:
    """What the variables `names` of `services` must be, and why.

    `true`, `false`, `one-of` (the `values`): of production. `equal`, `differ`: in all environments. `at-least`,
    `at-most`: production's number held against each other environment's.
    """

    id: str
    place: str
    names: tuple[str, ...]
    must: str
    why: str
    services: tuple[str, ...] = ("*",)
    values: tuple[str, ...] = ()

    def concerns(self, name: str, service: str) -> bool:
        """Return whether this variable of this service is looked at."""
        return named(self.names, name.upper()) and named(self.services, service)


@dataclass(frozen=True)
class Policy:
    """What is expected, forbidden and required; severities of the user's own, and which services matter how."""

    expected: tuple[Expectation, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()
    required: tuple[Requirement, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    core: tuple[str, ...] = ()
    auxiliary: tuple[str, ...] = ()

    def expectation(self, difference: Difference) -> Expectation | None:
        """Return the entry by which a difference is expected, or None."""
        return next((entry for entry in self.expected if entry.covers(difference)), None)

    def own_severity(self, rule: str) -> Severity | None:
        """Return the severity that the user gives to a rule, or None; the last pattern that matches counts."""
        levels = [level for pattern, level in self.severity.items() if fnmatchcase(rule, pattern)]
        return levels[-1] if levels else None

    def with_own(self, own: Policy, removed: Sequence[str], place: str) -> Policy:
        """Return this policy with an inventory's own before it; an entry of the same id replaces ours.

        Raises ParityError, naming `place`, for an id in `removed` that no entry has.
        """
        known = {entry.id for section in (self.expected, self.forbidden, self.required) for entry in section}
        unknown = [name for name in removed if name not in known]
        if unknown:
            raise ParityError(f"{place}: unknown id {unknown[0]} in remove; knowledge/policy.yml lists all ids")
        return replace(
            own,
            expected=_joined(own.expected, self.expected, removed),
            forbidden=_joined(own.forbidden, self.forbidden, removed),
            required=_joined(own.required, self.required, removed),
        )


Entry = TypeVar("Entry", Expectation, Forbidden, Requirement)


def _joined(own: tuple[Entry, ...], ours: tuple[Entry, ...], removed: Sequence[str]) -> tuple[Entry, ...]:
    gone = {*removed, *(entry.id for entry in own)}
    return own + tuple(entry for entry in ours if entry.id not in gone)


def read_policy(path: Path) -> Policy:
    """Return our own policy in a file, which the tests hold against its schema; raises ParityError naming its place."""
    return _policy(user_file.read(path))


def extended(policy: Policy, path: Path) -> Policy:
    """Return `policy` with an inventory's own, in the file `path`.

    Raises ParityError naming file, line, key and what is allowed.
    """
    found = user_file.read(path, SCHEMA)
    return policy.with_own(_policy(found), found.data.get("remove") or [], found.place("remove"))


def _policy(found: UserFile) -> Policy:
    services = found.data.get("services") or {}
    return Policy(
        expected=_entries(Expectation, found, "expected"),
        forbidden=_entries(Forbidden, found, "forbidden"),
        required=_entries(Requirement, found, "required"),
        severity={rule: Severity.parse(word) for rule, word in (found.data.get("severity") or {}).items()},
        core=tuple(services.get("core") or ()),
        auxiliary=tuple(services.get("auxiliary") or ()),
    )


def _entries(kind: type[Entry], found: UserFile, section: str) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for index, entry in enumerate(found.data.get(section) or []):
        values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in entry.items()}
        place = found.place(section, index)
        entries.append(kind(**{"id": place.replace(":", "-"), **values, "place": place}))
    ids = [entry.id for entry in entries]
    twice = next((entry for entry in entries if ids.count(entry.id) > 1), None)
    if twice is not None:
        raise ParityError(f"{twice.place}: the id {twice.id} is used twice in {section}")
    return tuple(entries)
