"""Locations compared: which exist, what answers in each, what is rewritten on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from parity.programs.nginx.differ.handlers import handlers
from parity.programs.nginx.differ.hosts import Hosts
from parity.programs.nginx.differ.match import match_locations, whole
from parity.programs.nginx.differ.record import HIGH, INFO, MEDIUM, Aspect, Record, Side, one_sided
from parity.programs.nginx.differ.settings import Differing, Sides
from parity.programs.nginx.model.types import SERVER, UNNAMED, Handler, Location, Place, Step, walk
from parity.programs.nginx.model.values import canonical, has_variable

_REGULAR: Final = frozenset({"~", "~*"})
_PREFIXES: Final = frozenset({"", "^~"})

Both = tuple[Location, Location]
Meant = tuple[str, tuple[str, ...]]


def locations(
    sides: Sides, settings: Differing, server: str, both: Both, outer: Both | None = None
) -> Iterator[Record]:
    """Yield what differs between two levels and in those within them; settings are left to `settings`."""
    left, right = both
    where = (server, left.shown)
    if outer is None or left.handler is not outer[0].handler or right.handler is not outer[1].handler:
        yield from handlers(sides, _passed_on(left), _passed_on(right), where)
    for record in (*_modifier(left, right), *_steps(sides, both), *_alone(both), *_order(both)):
        yield replace(record, server=server, location=left.shown)
    if _reachable(left) and _reachable(right):
        settings.location(server, left, right)
    returns = left.modifier == SERVER and left.handler.kind == right.handler.kind == "return"
    for one, other in match_locations(left.children, right.children):
        if returns and (one or other or left).modifier not in UNNAMED:
            continue  # a server that only returns never looks for a location
        if one is not None and other is not None:
            yield from locations(sides, settings, server, (one, other), both)
        else:
            yield _missing(server, one, other, both)


def _passed_on(location: Location) -> Handler:
    """Return what answers; a path that is put in the place of the same one is no other."""
    same = location.modifier == "=" and location.handler.uri == location.path
    return replace(location.handler, uri=None) if same else location.handler


def _reachable(level: Location) -> bool:
    """Whether any request ends at this level: not at a server's own where `location /` takes them all."""
    return level.modifier != SERVER or not any(
        child.path == "/" and child.modifier in _PREFIXES for child in level.children
    )


def _missing(server: str, left: Location | None, right: Location | None, around: Both) -> Record:
    sides = _side(left), _side(right)
    location = left or right or around[0]
    kind, gravity = {"if": ("rewrite", MEDIUM), "limit_except": ("access", HIGH)}.get(
        location.modifier, ("location", INFO if location.for_acme else HIGH)
    )
    record = one_sided(
        kind, location.modifier if location.modifier in UNNAMED else "location", sides, _places(around), gravity
    )
    return replace(record, server=server, location=location.shown)


def _side(location: Location | None) -> Side | None:
    if location is None:
        return None
    answer = location.handler.shown if location.handler.place >= location.place or not location.modifier else ""
    return f"{location.shown} {{ {answer} }}", location.place


def _places(both: Both) -> tuple[Place, Place]:
    return both[0].place, both[1].place


def _modifier(left: Location, right: Location) -> Iterator[Record]:
    if whole(left)[0] != whole(right)[0]:
        yield Record("location", "modifier", left.shown, right.shown, left.place, right.place, MEDIUM)


def _meant(step: Step, hosts: Hosts) -> Meant:
    return step.kind, tuple(hosts.text(word) for word in step.words)


def _steps(sides: Sides, both: Both) -> Iterator[Record]:
    """Yield how the rewriting differs. What a `return` or an `if` does is told of the handler and its own level."""
    mine, theirs = ([_meant(step, hosts) for step in side.steps] for side, hosts in zip(both, sides.hosts, strict=True))
    only = _extra(both[0], mine, theirs), _extra(both[1], theirs, mine)
    for i in range(max(map(len, only))):
        pair = [_said(side[i]) if i < len(side) else None for side in only]
        kind = next(side[i].kind for side in only if i < len(side))
        yield one_sided("rewrite", kind, (pair[0], pair[1]), _places(both), MEDIUM)
    if mine != theirs and Counter(mine) == Counter(theirs):
        first = next(i for i, (a, b) in enumerate(zip(mine, theirs, strict=True)) if a != b)
        moved = _said(both[0].steps[first]), _said(both[1].steps[first])
        yield one_sided("rewrite", Aspect.STEPS.value, moved, _places(both), MEDIUM)


def _said(step: Step) -> Side:
    return step.shown, step.place


def _extra(level: Location, own: Sequence[Meant], other: Sequence[Meant]) -> list[Step]:
    """Return the steps that the other side does not have."""
    left = Counter(other)
    found = []
    for step, meant in zip(level.steps, own, strict=True):
        left[meant] -= 1
        if left[meant] < 0 and step.kind not in ("if", "return") and not _feeds_handler(step, level):
            found.append(step)
    return found


def _feeds_handler(step: Step, level: Location) -> bool:
    """Whether a `set` only says whom a proxy_pass names: the handler is compared with that filled in."""
    if step.kind != "set" or has_variable(step.words[-1]):
        return False
    return any(step.words[0] in canonical(one.handler.shown) for _, one in walk(level) if one.handler.dynamic)


def _alone(both: Both) -> Iterator[Record]:
    left, right = (side.try_files for side in both)
    if (left and left.value) != (right and right.value):
        sides = (
            (left.shown, left.place or both[0].place) if left else None,
            ((right.shown, right.place or both[1].place) if right else None),
        )
        yield one_sided("rewrite", "try_files", sides, _places(both), MEDIUM)
    inside = [("internal", side.internal) if side.internal else None for side in both]
    if (inside[0] is None) is not (inside[1] is None):
        yield one_sided("access", "internal", (inside[0], inside[1]), _places(both), HIGH)


def _order(both: Both) -> Iterator[Record]:
    """Yield where regular expressions stand in another order: the first that fits is taken."""
    regular = [{child.key: child for child in side.children if child.modifier in _REGULAR} for side in both]
    mine = [key for key in regular[0] if key in regular[1]]
    theirs = [key for key in regular[1] if key in regular[0]]
    for key, other in zip(mine, theirs, strict=True):
        if key != other:
            left, right = regular[0][key], regular[1][other]
            aspect = Aspect.EXPRESSIONS.value
            yield Record("order", aspect, left.shown, right.shown, left.place, right.place, MEDIUM)
            return
