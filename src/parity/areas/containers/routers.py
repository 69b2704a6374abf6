"""Routes that a proxy reads from labels, under the names of the first environment: a route is its rule, not its name.

Source: https://doc.traefik.io/traefik/routing/providers/docker/, https://github.com/lucaslorentz/caddy-docker-proxy
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, Hashable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Final

from parity.domain.environment_names import without_environment

_OBJECT: Final = re.compile(
    r"(?P<protocol>traefik\.(?:http|tcp|udp))\.(?P<kind>routers|services|middlewares)\.(?P<name>[^.]+)\.(?P<option>.+)",
    re.IGNORECASE,
)
_SITE: Final = re.compile(r"(?P<site>caddy(?:_\d+)?)(?P<option>(?:\..*)?)")
_NUMBERED: Final = re.compile(r"\.\d+_")
_HOSTS: Final = re.compile(r"\bHost\w*\([^)]*\)(?:\s*\|\|\s*Host\w*\([^)]*\))*")
# Who may come in. Source: https://doc.traefik.io/traefik/middlewares/http/overview/
_GUARDS: Final = frozenset(
    {"basicauth", "digestauth", "forwardauth", "ipallowlist", "ipwhitelist", "ratelimit", "inflightreq", "headers"}
)
_ACCESS: Final = ("tls", "middlewares")
# What Traefik works out for a router where no label says it.
_WORKED_OUT: Final = frozenset({"service", "priority"})

Labels = Mapping[str, str]
# The types of an environment's middlewares, by name.
Types = MutableMapping[str, frozenset[str]]
_Things = dict[str, dict[str, str]]


@dataclass
class _Read:
    """Labels of a service: the options of each thing by its name, by protocol and kind; `rest` names no thing."""

    rest: dict[str, str] = field(default_factory=dict)
    things: dict[tuple[str, str], _Things] = field(default_factory=dict)

    def labels(self) -> dict[str, str]:
        """Return all of it as labels again."""
        named = {
            f"{protocol}.{kind}.{name}.{option}": value
            for (protocol, kind), things in self.things.items()
            for name, options in things.items()
            for option, value in options.items()
        }
        return {**self.rest, **named}


def middlewares(labels: Iterable[Labels]) -> Types:
    """Return the types of each middleware that the labels of an environment's services define."""
    found: dict[str, frozenset[str]] = {}
    for one in labels:
        for (_, kind), things in _read(one).things.items():
            found |= {name: _types(options) for name, options in things.items()} if kind == "middlewares" else {}
    return found


def joined(own: Types, first: Types) -> Types:
    """Return what an environment defines, and what only the first one does; a view, since every service asks."""
    return ChainMap(own, first)


def guards(names: str, defined: Types) -> frozenset[str] | None:
    """Return what of a list of middlewares decides who may come in; None where one is defined elsewhere."""
    types = _types_of(names, defined)
    return None if types is None else types & _GUARDS


def names_a_host(rule: str) -> bool:
    """Return whether a router's rule is about certain hosts."""
    return bool(_HOSTS.search(rule))


def aligned(found: Mapping[str, Labels], defined: Mapping[str, Types]) -> dict[str, dict[str, str]]:
    """Return the labels of a service by environment, what is one thing under the name that the first gives it.

    `defined` has the middlewares of each environment.
    """
    first, *others = found
    base = _read(found[first])
    read = {environment: _read(found[environment]) for environment in others}
    for environment, other in read.items():
        both = base.things.keys() & other.things.keys()
        for protocol, kind in sorted(both):
            ours, theirs = base.things[protocol, kind], other.things[protocol, kind]
            names = _pairs(kind, ours, theirs)
            other.things[protocol, kind] = {names.get(name, name): options for name, options in theirs.items()}
            _refer(other.things.get((protocol, "routers"), {}), kind, names)
        for key in both:
            if key[1] == "routers":
                types = defined[first], joined(defined[environment], defined[first])
                _same_middlewares(base.things[key], other.things[key], types)
            _drop_moved(key[1], base.things[key], other.things[key])
    return {first: _unnumbered(base.labels()), **{name: _unnumbered(one.labels()) for name, one in read.items()}}


def _read(labels: Labels) -> _Read:
    read = _Read()
    for label, value in labels.items():
        part = _OBJECT.fullmatch(label)
        if part is None:
            read.rest[label] = value
            continue
        key = part["protocol"].lower(), part["kind"].lower()
        read.things.setdefault(key, {}).setdefault(part["name"], {})[part["option"].lower()] = value
    for (_, kind), things in read.things.items():
        for options in things.values() if kind == "routers" else ():
            if any(option.startswith("tls.") for option in options):
                options.setdefault("tls", "true")  # any of its options turns it on
    return read


def _route(options: Labels) -> str:
    """Return a router's rule with one mark for all hosts that it names."""
    return without_environment(re.sub(r"\s+", "", _HOSTS.sub("Host", options.get("rule", ""))))


def _types(options: Iterable[str]) -> frozenset[str]:
    return frozenset(option.partition(".")[0] for option in options)


def _listed(names: str) -> list[str]:
    return [name for part in names.split(",") if (name := part.strip().removesuffix("@docker"))]


def _types_of(names: str, defined: Types) -> frozenset[str] | None:
    listed = _listed(names)
    return frozenset().union(*(defined[name] for name in listed)) if all(name in defined for name in listed) else None


# What makes two things of one kind one, the surest first.
_ALIKE: Final[Mapping[str, tuple[Callable[[Labels], Hashable], ...]]] = {
    "routers": (
        lambda options: (_route(options), "tls" in options),
        _route,
        lambda options: "tls" in options,
        lambda _: True,
    ),
    "services": (lambda options: tuple(sorted(options.items())), lambda _: True),
    "middlewares": (lambda options: tuple(sorted(options.items())), _types),
}


def _pairs(kind: str, ours: _Things, theirs: _Things) -> dict[str, str]:
    """Return the names that only one environment has, each with that of the same thing in the other."""
    left = sorted(ours.keys() - theirs.keys())
    names: dict[str, str] = {}
    for alike in _ALIKE[kind]:
        for name in sorted(theirs.keys() - ours.keys() - names.keys()):
            same = next((one for one in left if alike(ours[one]) == alike(theirs[name])), None)
            if same is not None:
                names[name] = same
                left.remove(same)
    return names


def _refer(routers: _Things, kind: str, names: Mapping[str, str]) -> None:
    """Let routers call their service or their middlewares as these are called now."""
    option = {"services": "service", "middlewares": "middlewares"}.get(kind, "")
    for options in routers.values():
        if option in options:
            options[option] = ",".join(names.get(name, name) for name in _listed(options[option]))


def _same_middlewares(ours: _Things, theirs: _Things, defined: tuple[Types, Types]) -> None:
    """Let routers have one list of middlewares where both lists do the same."""
    for name in ours.keys() & theirs.keys():
        lists = ours[name].get("middlewares", ""), theirs[name].get("middlewares", "")
        types = _types_of(lists[0], defined[0])
        if all(lists) and types is not None and types == _types_of(lists[1], defined[1]):
            theirs[name]["middlewares"] = lists[0]


def _drop_moved(kind: str, ours: _Things, theirs: _Things) -> None:
    """Drop services, routes that the other environment has by another router, and what Traefik works out."""
    for mine, others in ((ours, theirs), (theirs, ours)):
        for name in mine.keys() - others.keys():
            if kind == "services":
                mine[name] = {}
            elif kind == "routers" and _route(mine[name]) in map(_route, others.values()):
                lost = {option for option in _ACCESS if not any(option in one for one in others.values())}
                mine[name] = {option: value for option, value in mine[name].items() if option in lost}
        for name in mine.keys() & others.keys() if kind == "routers" else ():
            for option in _WORKED_OUT & (mine[name].keys() - others[name].keys()):
                del mine[name][option]


def _unnumbered(labels: dict[str, str]) -> dict[str, str]:
    """Return labels without the numbers that only keep Caddy's sites apart, or put its directives in order."""
    parts = {label: found for label in labels if (found := _SITE.fullmatch(label))}
    one_site = len({part["site"] for part in parts.values()}) == 1
    renamed = {
        label: ("caddy" if one_site else part["site"]) + _NUMBERED.sub(".", part["option"])
        for label, part in parts.items()
    }
    if len(set(renamed.values())) < len(renamed):
        return labels  # the numbers tell directives apart
    return {renamed.get(label, label): value for label, value in labels.items()}
