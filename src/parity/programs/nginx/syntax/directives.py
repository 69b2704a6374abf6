"""Which directive is legal where, with how many arguments, for a given nginx.

Two generations were probed (`knowledge/nginx/directives-*.json`). A version between them is the older one with what
`versions.yml` says came or went. What only one generation knows because its build had more modules (mail, sub_filter,
xslt) counts as known to both: leaving a module out is no fault of the configuration. Modules that are not
nginx's own (`foreign`) are known to none, whatever the probed build had: only a load_module brings them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Final

from parity.programs.nginx.syntax.knowledge import Version, load, version_of

# The first is what is meant where a caller names no version, the last where nothing says which nginx reads the files.
OLDEST: Final = "1.22"
NEWEST: Final = "1.31"
GENERATIONS: Final = (OLDEST, NEWEST)
_MEASURED: Final = (1, 31, 3)  # the release that was probed for the newest
_LAST_OF_SERIES: Final = 9999
_SERIES: Final = 2  # numbers of a series: 1.25
_MANY: Final = 8  # more arguments than this were not probed: a directive that takes 8 takes any number


@dataclass(frozen=True)
class DirectiveRule:
    """How a directive may be written in one context."""

    counts: frozenset[int]
    block: bool
    flag: bool

    def takes(self, count: int) -> bool:
        """Whether that number of arguments is right."""
        return min(count, _MANY) in self.counts


Table = dict[str, dict[str, DirectiveRule]]


@cache
def table(version: Version) -> Table:
    """Return {directive: {context: Rule}} for an nginx version."""
    changes = load("versions.yml")
    result = _probed(version, changes)
    for name, contexts in changes["not_probed"].items():
        if not _later(changes, name, "", version):
            for context, (counts, flag) in contexts.items():
                result.setdefault(name, {}).setdefault(context, DirectiveRule(frozenset(counts), False, flag))
    for name, removal in changes["gone"].items():
        if version >= version_of(removal):
            result.pop(name, None)
    return result


def _probed(version: Version, changes: dict[str, dict[str, str]]) -> Table:
    """Return what the probed builds had, without what came later than `version`."""
    old = _read(OLDEST)
    new = {name: rules for name, rules in _read(NEWEST).items() if name in old or not is_foreign(name)}
    is_new = version >= version_of(NEWEST)
    distribution = version[:_SERIES] == version_of(OLDEST)  # whose build has some of what came later put in
    result: Table = {
        name: dict(rules)
        for name, rules in (new if is_new else old).items()
        if is_new or distribution or not _later(changes, name, "", version)
    }
    for name, rules in (old if is_new else new).items():
        for context, rule in rules.items():
            if is_new or not _later(changes, name, context, version):
                result.setdefault(name, {}).setdefault(context, rule)
    return result


def _later(changes: dict[str, dict[str, str]], name: str, context: str, version: Version) -> bool:
    came = _came(changes, name, context)
    return came is not None and came > version


def release(text: str) -> Version:
    """Return a version as `version_of` does; of a series such as 1.25 its newest release."""
    found = version_of(text)
    if len(found) > _SERIES:
        return found
    return _MEASURED if found == _MEASURED[:_SERIES] else (*found, *[_LAST_OF_SERIES] * (len(_MEASURED) - len(found)))


def is_beyond_tables(version: Version) -> bool:
    """Whether a release is newer than what is known here: what is unknown may be its own."""
    return version > _MEASURED


@cache
def came_with(name: str) -> Version | None:
    """Return the version that brought a directive; None where it is older than the tables or foreign to them."""
    return _came(load("versions.yml"), name, "")


@cache
def is_of_another_release(name: str) -> bool:
    """Whether some release of nginx itself brought or dropped a directive: where it is unknown, no module has it."""
    return came_with(name) is not None or name in load("versions.yml")["gone"]


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name is one of `patterns`, in which `*` stands for anything."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


@cache
def is_foreign(name: str) -> bool:
    """Whether a directive belongs to a well-known module that is not nginx's own (`lua_*`)."""
    return matches(name, load("versions.yml")["foreign"])


@cache
def modules_of(name: str) -> frozenset[str]:
    """Return the modules of nginx's own, left to load_module by some builds, of which any brings the directive."""
    changes = load("versions.yml")
    dynamic = frozenset(module for module, patterns in changes["dynamic"].items() if matches(name, patterns))
    if dynamic:
        return dynamic
    homes = {context.partition("/")[0] for generation in GENERATIONS for context in _read(generation).get(name, {})}
    homes = {name} if name in changes["built_in_or_dynamic"] else homes
    brought = frozenset(module for home, module in changes["built_in_or_dynamic"].items() if home in homes)
    return brought if len(brought) == len(homes) else frozenset()


def _came(changes: dict[str, dict[str, str]], name: str, context: str) -> Version | None:
    since = changes["since"].get(f"{name} in {context}") or changes["since"].get(name)
    return version_of(since) if since else None


@cache
def _read(generation: str) -> Table:
    return {
        name: {
            context: DirectiveRule(frozenset(rule["args"]), rule["block"], rule["flag"])
            for context, rule in contexts.items()
        }
        for name, contexts in load(f"directives-{generation}.json").items()
    }
