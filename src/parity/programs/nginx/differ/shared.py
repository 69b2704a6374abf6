"""What servers share, compared: upstreams by their members, zones, maps, and the top level."""

from __future__ import annotations

from collections.abc import Iterator

from parity.programs.nginx.differ.hosts import Hosts
from parity.programs.nginx.differ.match import match_upstreams
from parity.programs.nginx.differ.record import INFO, LOW, MEDIUM, Record, grade, is_off, named, one_sided
from parity.programs.nginx.differ.settings import Sides
from parity.programs.nginx.model.types import Member, Model, Place, Setting, Settings, Table, Upstream, Zone

_STANDING = frozenset({"backup", "down"})
_OWN_TO_EACH = frozenset({"path"})


def upstreams(sides: Sides) -> Iterator[Record]:
    """Yield what differs between upstreams that consist of the same services; one alone is told of its handler."""
    for left, right in match_upstreams(_used(sides.left), _used(sides.right), sides.hosts):
        if left is None or right is None:
            continue
        yield from _members(sides.hosts, left, right)
        name = named("upstream", left.name)
        if left.method.value != right.method.value:
            yield _setting(
                "upstream", named(name, "method"), left.method, right.method, (left.place, right.place), MEDIUM
            )
        yield from _settings("upstream", name, (left.settings, right.settings), (left.place, right.place), LOW)


def _used(model: Model) -> tuple[Upstream, ...]:
    """Return the upstreams that some handler names; all, where a handler's name is known at run time only."""
    named = {location.handler.host for server in model.servers for _, location in server.walk()}
    at_run_time = any("$" in host for host in named)
    return tuple(one for one in model.upstreams.values() if at_run_time or one.name in named)


def _members(hosts: tuple[Hosts, Hosts], left: Upstream, right: Upstream) -> Iterator[Record]:
    mine, theirs = ({hosts[i].end(one): one for one in side.members} for i, side in enumerate((left, right)))
    only = [end for end in mine if end not in theirs], [end for end in theirs if end not in mine]
    for end in only[0]:
        moved = next((other for other in only[1] if other[0] == end[0]), None)
        if moved:
            only[1].remove(moved)
        yield _member(left, right, mine[end], theirs[moved] if moved else None)
    for end in only[1]:
        yield _member(left, right, None, theirs[end])
    for end in mine:
        if end in theirs and mine[end].options != theirs[end].options:
            yield _member(left, right, mine[end], theirs[end])


def _member(left: Upstream, right: Upstream, one: Member | None, other: Member | None) -> Record:
    changed = {name for name, _ in (one.options ^ other.options)} if one and other else _STANDING
    gravity = LOW if one and other and one.port == other.port and not changed & _STANDING else MEDIUM
    found = [(member.shown, member.place) if member else None for member in (one, other)]
    return one_sided(
        "upstream", f"upstream {left.name} server", (found[0], found[1]), (left.place, right.place), gravity
    )


def zones_by_left_name(left: Model, right: Model) -> dict[tuple[str, str], str]:
    """Return the left configuration's name for each zone of the right that is called otherwise there."""
    spare = [zone for key, zone in left.zones.items() if key not in right.zones]
    found = {}
    for key, zone in right.zones.items():
        if key in left.zones:
            continue
        same = next((one for one in spare if _same_zone(one, zone)), None)
        if same is not None:
            spare.remove(same)
            found[key] = same.name
    return found


def _same_zone(one: Zone, other: Zone) -> bool:
    rates = [zone.options["rate"].value if "rate" in zone.options else None for zone in (one, other)]
    return (one.kind, one.key, rates[0]) == (other.kind, other.key, rates[1])


def zones(sides: Sides) -> Iterator[Record]:
    """Yield what differs between zones. One that a side lacks is told where it is used."""
    for (kind, name), other in sides.right.zones.items():
        left = sides.left.zones.get((kind, sides.zones.get((kind, name), name)))
        if left is None:
            continue
        where = (left.place, other.place)
        if left.key != other.key:
            yield Record("limit", named("zone", left.name, "key"), left.key, other.key, *where, MEDIUM)
        for option in dict.fromkeys([*left.options, *other.options]):
            gravity = MEDIUM if option == "rate" else INFO if option in _OWN_TO_EACH else LOW
            one, two = left.options.get(option), other.options.get(option)
            if (one and one.value) != (two and two.value):
                record_kind = "limit" if kind.startswith("limit") else "setting"
                yield _setting(record_kind, named("zone", left.name, option), one, two, where, gravity)


def tables(sides: Sides) -> Iterator[Record]:
    """Yield what differs between map, geo and split_clients blocks."""
    mine, theirs = sides.left.tables, sides.right.tables
    edge = _edge(sides.left), _edge(sides.right)
    for name in dict.fromkeys([*mine, *theirs]):
        left, right = mine.get(name), theirs.get(name)
        label = named((left or right or _NONE).kind, name.replace("{", "").replace("}", ""))
        if left is None or right is None:
            found = [(label, table.place) if table else None for table in (left, right)]
            yield one_sided("map", label, (found[0], found[1]), edge, MEDIUM)
            continue
        where = (left.place, right.place)
        if (left.kind, left.source) != (right.kind, right.source):
            yield Record("map", named(label, "source"), left.source, right.source, *where, MEDIUM)
        for key in dict.fromkeys([*left.entries, *right.entries]):
            one, other = left.entries.get(key), right.entries.get(key)
            if sides.values(one, other)[0] != sides.values(one, other)[1]:
                yield _setting("map", named(label, key or '""'), one, other, where, MEDIUM)
        if left.ordered != right.ordered and set(left.ordered) == set(right.ordered):
            yield Record(
                "order", named(label, "order"), "; ".join(left.ordered), "; ".join(right.ordered), *where, MEDIUM
            )


_NONE = Table("", "", "", Place("", 0), {})


def _edge(model: Model) -> Place:
    return model.servers[0].place if model.servers else Place("", 0)


def top_level(sides: Sides) -> Iterator[Record]:
    """Yield what differs outside of http{}."""
    edge = _edge(sides.left), _edge(sides.right)
    mine, theirs = sides.left.main, sides.right.main
    for name in dict.fromkeys([*mine, *theirs]):
        one, other = mine.get(name), theirs.get(name)
        if (one and one.value) != (other and other.value):
            kind, gravity = grade(name, lost=is_off(one) or is_off(other), section="main")
            yield _setting(kind, name, one, other, edge, gravity)


def _settings(
    kind: str, label: str, both: tuple[Settings, Settings], where: tuple[Place, Place], gravity: str
) -> Iterator[Record]:
    mine, theirs = both
    for name in dict.fromkeys([*mine, *theirs]):
        one, other = mine.get(name), theirs.get(name)
        if (one and one.value) != (other and other.value):
            by_version = bool(one and other) and one.place is None and other.place is None  # type: ignore[union-attr]
            yield _setting("version" if by_version else kind, named(label, name), one, other, where, gravity)


def _setting(
    kind: str,
    name: str,
    left: Setting | None,
    right: Setting | None,
    where: tuple[Place, Place],
    gravity: str,
) -> Record:
    found = [(one.shown, one.place or edge) if one else None for one, edge in zip((left, right), where, strict=True)]
    return one_sided(kind, name, (found[0], found[1]), where, gravity)
