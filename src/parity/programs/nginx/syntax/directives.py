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
    old = _read(OLDEST)
    new = {name: rules for name, rules in _read(NEWEST).items() if name in old or not is_foreign(name)}
    changes = load("versions.yml")
    is_new = version >= version_of(NEWEST)
    result: Table = {name: dict(rules) for name, rules in (new if is_new else old).items()}
    for name, rules in (old if is_new else new).items():
        for context, rule in rules.items():
            came = _came(changes, name, context)
            if is_new or came is None or came <= version:
                result.setdefault(name, {}).setdefault(context, rule)
    for name, contexts in changes["not_probed"].items():
        came = _came(changes, name, "")
        if came is None or came <= version:
            for context, (counts, flag) in contexts.items():
                result.setdefault(name, {}).setdefault(context, DirectiveRule(frozenset(counts), False, flag))
    for name, removal in changes["gone"].items():
        if version >= version_of(removal):
            result.pop(name, None)
    return result


@cache
def came_with(name: str) -> Version | None:
    """Return the version that brought a directive; None where it is older than the tables or foreign to them."""
    return _came(load("versions.yml"), name, "")


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
    for module, patterns in changes["dynamic"].items():
        if matches(name, patterns):
            return frozenset({module})
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
