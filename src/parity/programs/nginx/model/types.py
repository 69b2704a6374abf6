"""What a configuration means to nginx: the words in which it is read and compared. `read_model` fills them.

Everything here is plain and hashable text and numbers. Text comes from hosts: bytes that are no UTF-8 stand as `\\xNN`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from parity.programs.nginx.model.values import readable
from parity.programs.nginx.syntax.knowledge import Version

SERVER: Final = "server"
UNNAMED: Final = frozenset({"if", "limit_except"})
_ACME: Final = "/.well-known/acme-challenge"


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """Where a directive begins."""

    file: str
    line: int

    def __str__(self) -> str:
        """Return `file:line`."""
        return f"{self.file}:{self.line}"


class Gap(Enum):
    """Why something did not become part of the model.

    The values are part of findings' ids and are never reworded; `parity.areas.nginx` has the sentences for people.
    """

    ABSENT = "{} was not found"
    DIRECTORY = "{} is a directory"
    INCLUDES_ITSELF = "{} includes itself"
    INCLUDED_TOO_DEEPLY = "{} is included too deeply"
    STRAY_BRACE = "unexpected }}"
    SYNTAX = "{}; the rest of the file"
    OPEN_BLOCK = "the file ends within a block"
    TOO_LONG = "the configuration is too long; the rest"
    UNKNOWN = "unknown directive {}"
    MISPLACED = "{} is not allowed here"
    WITHOUT_BLOCK = "{} has no block"
    NOT_TERMINATED = "{} is not terminated"
    ARGUMENTS = "{} has the wrong number of arguments"
    NESTED_TOO_DEEPLY = "blocks are nested too deeply; the rest of the file"
    DUPLICATE = "{} is duplicate"
    ADDRESS = "listen {}"
    NOT_COMPARED = "{} is not compared"


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that did not become part of the model. `refused`: nginx would not take it; else we do not read it.

    `subject` is the directive, the file or nginx's own words that the gap is about.
    """

    gap: Gap
    place: Place
    subject: str = ""
    refused: bool = True

    @property
    def name(self) -> str:
        """What it is called in the id of its finding."""
        return self.gap.value.format(self.subject)


@dataclass(frozen=True, slots=True)
class Setting:
    """What one setting is at one level. `value` compares by meaning; `place` is None where it is nginx's default.

    `lines` are those of a setting that is made of several, each with what it means.
    """

    directive: str
    value: Hashable
    shown: str
    place: Place | None = None
    lines: tuple[tuple[Hashable, Place], ...] = ()


Settings = Mapping[str, Setting]


@dataclass(frozen=True, slots=True)
class Handler:
    """What answers in a location. `host` is a name, an address or an upstream's name; `uri` None passes the path on."""

    kind: str
    place: Place
    shown: str
    scheme: str = ""
    host: str = ""
    port: int = 0
    uri: str | None = None
    dynamic: bool = False  # resolved at each request, by the location's `resolver`
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A directive of the rewrite module; they run in order."""

    kind: str
    words: tuple[str, ...]
    shown: str
    place: Place


@dataclass(frozen=True, slots=True)
class Location:
    """A location with what holds in it; a server's own level, an `if` or a limit_except has its name for a modifier.

    settings: by name of the setting, with what is inherited and nginx's defaults
    own: the settings that this level has lines of its own for, with the first of them
    """

    modifier: str
    path: str
    place: Place
    handler: Handler
    settings: Settings
    own: Mapping[str, Place]
    steps: tuple[Step, ...] = ()
    try_files: Setting | None = None
    internal: Place | None = None
    children: tuple[Location, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What it is matched by."""
        return self.modifier, self.path

    @property
    def for_acme(self) -> bool:
        """Whether it answers the challenges of a certificate authority and nothing else."""
        return self.path.lstrip("^").replace("\\", "").startswith(_ACME)

    @property
    def shown(self) -> str:
        """The location as it is written; nothing for a server's own level."""
        if self.modifier == SERVER:
            return ""
        words = (self.modifier, readable(self.path)) if self.modifier in UNNAMED else ("location", *self.key)
        return " ".join(word for word in words if word)


@dataclass(frozen=True, slots=True)
class Listen:
    """One address and port of a server; `options` are those of the socket."""

    address: str
    port: int
    place: Place
    ssl: bool = False
    http2: bool = False
    quic: bool = False
    default: bool = False  # of all servers here, this one answers for unknown names
    proxy_protocol: bool = False
    options: frozenset[tuple[str, str]] = frozenset()

    @property
    def shown(self) -> str:
        """The address as nginx prints it, with what is special."""
        address = self.address if self.address.startswith("unix:") else f"{self.address}:{self.port}"
        names = ("ssl", "quic", "http2", "proxy_protocol")
        return " ".join([address, *(name for name in names if getattr(self, name))])


@dataclass(frozen=True, slots=True)
class Tls:
    """How a server speaks TLS. Certificates and keys belong together by their order."""

    certificates: tuple[tuple[str, Place], ...]
    keys: tuple[tuple[str, Place], ...]
    protocols: Setting
    ciphers: Setting
    hsts: Setting | None


@dataclass(frozen=True, slots=True)
class Server:
    """One server{}. `base` is what holds outside of its locations, and holds these as its children."""

    place: Place
    names: tuple[str, ...]
    names_place: Place
    listens: tuple[Listen, ...]
    base: Location
    tls: Tls | None = None

    @property
    def locations(self) -> tuple[Location, ...]:
        """The locations (and `if` blocks) of the server's own level."""
        return self.base.children

    @property
    def shown(self) -> str:
        """A name for people: the first of its own, and where it listens."""
        name = next((name for name in self.names if name), "_")
        ports = dict.fromkeys(str(one.port) if one.port else one.address for one in self.listens)
        return f"{name} ({', '.join(ports)})" if ports else name

    def walk(self) -> Iterator[tuple[tuple[Location, ...], Location]]:
        """Yield its own level and every location with those around it, the outermost first."""
        return walk(self.base)


def walk(level: Location) -> Iterator[tuple[tuple[Location, ...], Location]]:
    """Yield a level and all within it with those around each, the outermost first."""
    todo: list[tuple[tuple[Location, ...], Location]] = [((), level)]
    while todo:
        around, location = todo.pop()
        yield around, location
        todo += [((*around, location), child) for child in reversed(location.children)]


@dataclass(frozen=True, slots=True)
class Member:
    """One server of an upstream."""

    host: str
    port: int
    place: Place
    options: frozenset[tuple[str, str]] = frozenset()

    @property
    def shown(self) -> str:
        """The member as it is written."""
        address = f"{self.host}:{self.port}" if self.port else self.host
        return " ".join([address, *sorted(f"{name}={value}" if value else name for name, value in self.options)])


@dataclass(frozen=True, slots=True)
class Upstream:
    """A group of servers."""

    name: str
    place: Place
    members: tuple[Member, ...]
    method: Setting
    settings: Settings


@dataclass(frozen=True, slots=True)
class Zone:
    """Shared memory that requests are counted in or answers are kept in."""

    kind: str
    name: str
    key: str
    place: Place
    options: Mapping[str, Setting]


@dataclass(frozen=True, slots=True)
class Table:
    """A map, geo or split_clients block: a variable made from others. `ordered` are the entries whose order counts."""

    kind: str
    variable: str
    source: str
    place: Place
    entries: Mapping[str, Setting]
    ordered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """A host that nginx looks up: at its start (`start`), or at each request, by the `resolver` in force (or none)."""

    host: str
    port: int
    place: Place
    shown: str
    start: bool
    resolver: str = ""


@dataclass(frozen=True)
class Model:
    """A configuration as nginx understands it. `unread` says what is missing from it, and where.

    `stream` is what stands in stream{}, with servers, upstreams and tables of its own.
    """

    version: Version
    main: Settings
    servers: tuple[Server, ...] = ()
    upstreams: Mapping[str, Upstream] = field(default_factory=dict)
    zones: Mapping[tuple[str, str], Zone] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    formats: Mapping[str, Setting] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()
    needs: tuple[Need, ...] = ()
    stream: Model | None = None
