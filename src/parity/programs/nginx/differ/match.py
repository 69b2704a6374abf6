"""Which server of one configuration is which of the other, and so for locations and upstreams."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from parity.domain.environment_names import without_environment
from parity.programs.nginx.differ.hosts import Hosts
from parity.programs.nginx.model.types import UNNAMED, Location, Server, Upstream

T = TypeVar("T")
Pair = tuple[T | None, T | None]

_NAMELESS: Final = frozenset({"", "_", "localhost", '""'})
# What speaks for two servers being the same one. A name says most; alone, a role says too little.
_SAME_NAME: Final = 4.0
_NAME_BUT_FOR_ENVIRONMENT: Final = 2.0
_NAMELESS_AND_DEFAULT: Final = 1.0
_SAME_ROLE: Final = 1.0
_SAME_LOCATIONS: Final = 2.0
_SAME_PORT: Final = 0.5
_SAME_SOCKET: Final = 0.25
_OTHER_NATURE: Final = -2.0  # one only redirects, the other serves a site
_STRANGERS: Final = -1.0  # names of their own, and hardly a location in common
_ALIKE: Final = 0.25
_ENOUGH: Final = 1.25
_BESIDE_A_REDIRECT: Final = frozenset({"return", "static", "stub_status"})
# An expression without any of its signs but its two ends.
_LITERAL: Final = re.compile(r"\^((?:[\w/%~@:,;=&'!<> -]|\\[^\w])*)\$")
_MOST_WEIGHED: Final = 400  # on each side


@dataclass(frozen=True)
class _Traits:
    """What a server is recognised by. `site`: it serves something; `only_site`: no other server of its side does."""

    names: frozenset[str]
    bare_names: frozenset[str]
    site: bool
    only_site: bool
    tls: bool
    sockets: frozenset[tuple[str, int]]
    ports: frozenset[int]
    locations: frozenset[Hashable]
    default: bool


def is_site(server: Server) -> bool:
    """Whether a server serves something, and does not only lead elsewhere, as the redirect to TLS does.

    Next to its redirect such a server may answer probes and the challenges of a certificate authority.
    """
    if server.base.handler.kind == "return":
        return False
    found = [one for one in server.locations if one.modifier != "if" and not one.for_acme]
    if not found or any(one.handler.kind not in _BESIDE_A_REDIRECT for one in found):
        return True
    rest = [one for one in found if one.path == "/"] or found
    return not all(one.handler.kind == "return" and one.handler.code.startswith("3") for one in rest)


def _side(servers: Sequence[Server]) -> list[_Traits]:
    sites = sum(map(is_site, servers))
    return [_traits(one, only_site=sites == 1) for one in servers]


def _traits(server: Server, *, only_site: bool) -> _Traits:
    names = frozenset(server.names) - _NAMELESS
    keys: set[Hashable] = {
        location.key for location in server.locations if location.modifier != "if" and not location.for_acme
    }
    if server.base.handler.kind == "return":
        keys.add("return")
    site = is_site(server)
    return _Traits(
        names,
        frozenset(without_environment(name) for name in names),
        site,
        site and only_site,
        server.tls is not None,
        frozenset((one.address, one.port) for one in server.listens),
        frozenset(one.port for one in server.listens),
        frozenset(keys),
        any(one.default for one in server.listens),
    )


def overlap(one: frozenset[Hashable], other: frozenset[Hashable]) -> float:
    """Return how much two sets share, from 0 to 1."""
    return len(one & other) / len(one | other) if one or other else 1.0


def _likeness(one: _Traits, other: _Traits) -> float:
    shared = overlap(one.locations, other.locations)
    score = _SAME_LOCATIONS * shared
    if one.names & other.names:
        score += _SAME_NAME
    elif one.bare_names & other.bare_names:
        score += _NAME_BUT_FOR_ENVIRONMENT
    elif (not one.names and other.default) or (not other.names and one.default):
        score += _NAMELESS_AND_DEFAULT
    elif one.names and other.names and shared < _ALIKE:
        score += _STRANGERS
    score += _SAME_ROLE * (one.tls is other.tls or (one.only_site and other.only_site))
    score += _OTHER_NATURE * (one.site is not other.site)
    return score + _SAME_PORT * bool(one.ports & other.ports) + _SAME_SOCKET * bool(one.sockets & other.sockets)


def match_servers(left: Sequence[Server], right: Sequence[Server]) -> list[Pair[Server]]:
    """Return the servers in pairs; None stands where one has no counterpart."""
    mine, theirs = _side(left), _side(right)
    certain = _certain(mine, theirs)
    return _pairs(left, right, lambda i, j: _likeness(mine[i], theirs[j]), _ENOUGH, certain)


def _certain(mine: Sequence[_Traits], theirs: Sequence[_Traits]) -> dict[int, int]:
    """Return the pairs that need no weighing: all names, ports and the role are the same."""
    places: dict[Hashable, list[int]] = {}
    for j, one in enumerate(theirs):
        places.setdefault((one.names, one.sockets, one.tls, one.site), []).append(j)
    found = {}
    for i, one in enumerate(mine):
        same = places.get((one.names, one.sockets, one.tls, one.site), [])
        if one.names and same:
            found[i] = same.pop(0)
    return found


def match_stream_servers(
    left: Sequence[Server], right: Sequence[Server], hosts: tuple[Hosts, Hosts]
) -> list[Pair[Server]]:
    """Return the servers of stream{} in pairs: by name and port, then by whom they pass connections to."""
    ends = [[names.ends(one.base.handler) for one in side] for side, names in zip((left, right), hosts, strict=True)]
    sockets = [[_stream_sockets(one) for one in side] for side in (left, right)]
    named = [[frozenset(one.names) - _NAMELESS for one in side] for side in (left, right)]

    def score(i: int, j: int) -> float:
        if (named[0][i] or named[1][j]) and not named[0][i] & named[1][j]:
            return 0.0
        services = {end[0] for end in ends[0][i]} & {end[0] for end in ends[1][j]}
        found = 2.0 * overlap(sockets[0][i], sockets[1][j]) + bool(services - {""})
        return found + bool(named[0][i] & named[1][j])

    return _pairs(left, right, score, 1.0, {})


def _stream_sockets(server: Server) -> frozenset[Hashable]:
    return frozenset((one.port or one.address, ("udp", "") in one.options) for one in server.listens)


def match_upstreams(
    left: Sequence[Upstream], right: Sequence[Upstream], hosts: tuple[Hosts, Hosts]
) -> list[Pair[Upstream]]:
    """Return the upstreams in pairs, by whom they consist of; the name only decides between equals."""
    mine = [frozenset(hosts[0].service(member.host) for member in one.members) for one in left]
    theirs = [frozenset(hosts[1].service(member.host) for member in one.members) for one in right]
    ports = [[frozenset(member.port for member in one.members) for one in side] for side in (left, right)]

    def score(i: int, j: int) -> float:
        shared = overlap(mine[i], theirs[j])
        same_name = left[i].name == right[j].name
        return shared + 0.1 * same_name + 0.2 * overlap(ports[0][i], ports[1][j]) if shared else 0.0

    return _pairs(left, right, score, 0.3, {})


def _pairs(
    left: Sequence[T], right: Sequence[T], score: Callable[[int, int], float], enough: float, certain: Mapping[int, int]
) -> list[Pair[T]]:
    """Pair the best first; among equals those that come first on either side."""
    partner = dict(certain)
    taken = set(certain.values())
    mine = [i for i in range(len(left)) if i not in partner][:_MOST_WEIGHED]
    theirs = [j for j in range(len(right)) if j not in taken][:_MOST_WEIGHED]
    scored = ((score(i, j), i, j) for i in mine for j in theirs)
    for _, i, j in sorted((one for one in scored if one[0] >= enough), key=lambda one: (-one[0], one[1], one[2])):
        if i not in partner and j not in taken:
            partner[i] = j
            taken.add(j)
    found: list[Pair[T]] = [(one, right[partner[i]] if i in partner else None) for i, one in enumerate(left)]
    return found + [(None, one) for j, one in enumerate(right) if j not in taken]


def match_locations(left: Sequence[Location], right: Sequence[Location]) -> Iterator[Pair[Location]]:
    """Yield the locations of one level in pairs: by modifier and path, then by path alone."""
    mine, theirs = _by_key(left), _by_key(right)
    shared = [key for key in mine if key in theirs]
    for key in shared:
        yield mine.pop(key), theirs.pop(key)
    by_path = {whole(location)[1]: key for key, location in theirs.items() if location.modifier not in UNNAMED}
    for location in mine.values():
        other = by_path.pop(whole(location)[1], None) if location.modifier not in UNNAMED else None
        yield location, theirs.pop(other) if other else None
    for location in theirs.values():
        yield None, location


def whole(location: Location) -> tuple[str, str]:
    """Return modifier and path of a location; an expression that only one path matches is that path: `~ ^/a\\.txt$`."""
    literal = _LITERAL.fullmatch(location.path) if location.modifier == "~" else None
    return ("=", re.sub(r"\\(.)", r"\1", literal[1])) if literal else location.key


def _by_key(locations: Sequence[Location]) -> dict[Hashable, Location]:
    """Return locations by what they are matched by: an `if` may stand there more than once, a location may not."""
    found: dict[Hashable, Location] = {}
    count: Counter[tuple[str, str]] = Counter()
    for location in locations:
        found.setdefault((location.key, count[location.key]), location)
        count[location.key] += location.modifier == "if"
    return found
