"""The settings in force, level by level; one line that makes the same difference in many places is told once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from parity.programs.nginx.differ.hosts import Hosts
from parity.programs.nginx.differ.record import Record, answered_by, grade, is_off, named, switched_by
from parity.programs.nginx.model.types import UNNAMED, Location, Model, Place, Server, Setting, Settings
from parity.programs.nginx.syntax.directives import table

_OF_TLS: Final = ("ssl_", "http2", "http3")
_HSTS: Final = named("add_header", "strict-transport-security")
_ON_BY_DEFAULT: Final = frozenset({"access_log", "http3"})
# Told by other means, or said by how they act on others.
_TOLD_ELSEWHERE: Final = frozenset({"ssl", "add_header_inherit", "add_trailer_inherit"})


@dataclass(frozen=True)
class Sides:
    """The two configurations with their names for hosts, and the left one's name for each zone of the right."""

    left: Model
    right: Model
    hosts: tuple[Hosts, Hosts]
    zones: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def here(self, settings: Settings) -> Settings:
        """Return the right side's settings with the zones called as on the left."""
        if not self.zones:
            return settings
        return {self._name(name, one): one for name, one in settings.items()}

    def _name(self, name: str, one: Setting) -> str:
        if one.directive not in ("limit_req", "limit_conn"):
            return name
        zone = name.removeprefix(f"{one.directive} ")
        return f"{one.directive} {self.zones.get((one.directive, zone), zone)}"

    def values(self, left: Setting | None, right: Setting | None) -> tuple[Hashable, Hashable]:
        """Return what two settings mean, in words both sides share."""
        return _value(left, self.left, self.hosts[0], {}), _value(right, self.right, self.hosts[1], self.zones)


def _value(one: Setting | None, model: Model, hosts: Hosts, zones: Mapping[tuple[str, str], str]) -> Hashable:
    if one is None:
        return None
    value = one.value
    if one.directive == "access_log" and isinstance(value, frozenset):
        return frozenset(_with_format(line, model) for line in value)
    if one.directive.endswith("_cache") and isinstance(value, tuple):
        return tuple(zones.get(("cache", str(word)), word) for word in value)
    return hosts.value(value)


def _with_format(line: Hashable, model: Model) -> Hashable:
    """Return a log line with the text of its format in the place of the format's name."""
    if not isinstance(line, tuple) or len(line) < 2:
        return line
    named = model.formats.get(str(line[1]))
    return (line[0], named.value if named else line[1], *line[2:])


@cache
def server_only(version: tuple[int, ...]) -> frozenset[str]:
    """Return the directives that hold for a server as a whole: they may not stand in a location."""
    return frozenset(
        name
        for name, contexts in table(version).items()
        if "http/server" in contexts and "http/location" not in contexts
    )


class Differing:
    """Collects what differs at each level, by the lines that make it so."""

    def __init__(self, sides: Sides) -> None:
        """Begin with nothing."""
        self._sides = sides
        self._tls = (False, False)  # of the two servers that are being compared
        self._found: dict[Hashable, Record] = {}
        self._elsewhere: dict[Hashable, list[tuple[str, str]]] = {}
        # `listen … http2` is read as this setting where there is no such directive yet
        self._server_only = server_only(sides.left.version) | server_only(sides.right.version) | {"http2"}

    def server(self, label: str, left: Server, right: Server) -> None:
        """Compare what holds for two servers as a whole; TLS's own where both speak it."""
        self._tls = (left.tls is not None, right.tls is not None)
        secure = all(self._tls)

        def counts(directive: str) -> bool:
            return directive in self._server_only and (secure or not directive.startswith(_OF_TLS))

        self._compare(label, left.base, right.base, counts)

    def location(self, label: str, left: Location, right: Location) -> None:
        """Compare what holds in two locations."""
        ways = _ways(left), _ways(right)

        def counts(directive: str) -> bool:
            if directive in self._server_only:
                return False
            way = answered_by(directive)
            return not way or any(way in one for one in ways)

        self._compare(label, left, right, counts)

    def connection(self, label: str, left: Server, right: Server) -> None:
        """Compare all that holds for two servers of stream{}."""
        secure = left.tls is not None and right.tls is not None
        passed = left.base.handler.kind == right.base.handler.kind == "proxy"
        to_tls = all(not is_off(one.base.settings.get("proxy_ssl")) for one in (left, right))

        def counts(directive: str) -> bool:
            if directive.startswith("proxy_ssl_"):
                return passed and to_tls
            if directive.startswith("ssl_") and directive != "ssl_preread":
                return secure
            return passed or not directive.startswith("proxy_") or directive.startswith("proxy_protocol")

        self._compare(label, left.base, right.base, counts)

    def _compare(self, label: str, left: Location, right: Location, counts: Callable[[str], bool]) -> None:
        mine, theirs = left.settings, self._sides.here(right.settings)
        for name in dict.fromkeys([*mine, *theirs]):
            one, other = mine.get(name), theirs.get(name)
            directive = (one or other or _NOTHING).directive
            if one is other or directive in _TOLD_ELSEWHERE or not counts(directive):
                continue
            values = self._sides.values(one, other)
            if values[0] == values[1] or _both_off(directive, one, other) or self._goes_with_tls(name, one, other):
                continue
            switch = switched_by(directive)
            if switch and (is_off(mine.get(switch)) or is_off(theirs.get(switch))):
                continue
            self._add(label, name, directive, (left, one), (right, other))

    def _goes_with_tls(self, name: str, left: Setting | None, right: Setting | None) -> bool:
        """Whether one side lacks what only makes sense with the TLS that it lacks too."""
        lacks = (left is None, right is None)
        return name == _HSTS and lacks != (False, False) and self._tls == (not lacks[0], not lacks[1])

    def _add(
        self,
        server: str,
        name: str,
        directive: str,
        left: tuple[Location, Setting | None],
        right: tuple[Location, Setting | None],
    ) -> None:
        one, other = left[1], right[1]
        causes = _cause(directive, *left, other), _cause(directive, *right, one)
        where = (server, left[0].shown)
        key = (name, self._sides.values(one, other), causes)
        if key in self._found:
            if left[0].modifier not in UNNAMED:  # an `if` has it from the location that it stands in
                self._elsewhere[key].append(where)
            return
        self._elsewhere[key] = []
        changed_by_version = _is_default(one) and _is_default(other)
        kind, gravity = grade(directive, lost=is_off(one) or is_off(other))
        self._found[key] = Record(
            "version" if changed_by_version else kind,
            name,
            _shown(one),
            _shown(other),
            causes[0] or (left[0].place if not changed_by_version else None),
            causes[1] or (right[0].place if not changed_by_version else None),
            gravity,
            *where,
        )

    def records(self) -> Iterator[Record]:
        """Yield what was found; a difference in several places is named for what these have in common."""
        for key, record in self._found.items():
            elsewhere = self._elsewhere[key]
            servers = {record.server, *(server for server, _ in elsewhere)}
            locations = {record.location, *(location for _, location in elsewhere)}
            yield replace(
                record,
                elsewhere=tuple(elsewhere),
                server=record.server if len(servers) == 1 else "",
                location=record.location if len(servers) == len(locations) == 1 else "",
            )


_NOTHING: Final = Setting("", (), "")


def _both_off(directive: str, one: Setting | None, other: Setting | None) -> bool:
    """Whether a setting is off on both sides; one that is on by default is not where it is absent."""
    if directive in _ON_BY_DEFAULT and (one is None or other is None):
        return False
    return is_off(one) and is_off(other)


def _ways(location: Location) -> frozenset[str]:
    """Return how a location answers, as `answered_by` names it."""
    handler = location.handler
    ways = {handler.kind}
    if handler.scheme == "https":
        ways.add("https")
    if location.try_files:
        ways.add("static")
    if handler.kind == "return" or "static" in ways:
        ways.add("text")
    return frozenset(ways)


def _is_default(setting: Setting | None) -> bool:
    return setting is not None and setting.place is None


def _cause(directive: str, location: Location, setting: Setting | None, other: Setting | None) -> Place | None:
    """Return the line that makes a setting what it is here, or the first of those that replaced it.

    Of several lines that make one setting, it is the first that the other side does not have.
    """
    if setting is None or setting.place is None:
        return location.own.get(directive)
    known = {meant for meant, _ in other.lines} if other else set()
    return next((place for meant, place in setting.lines if meant not in known), setting.place)


def _shown(setting: Setting | None) -> str | None:
    return setting.shown if setting is not None else None
