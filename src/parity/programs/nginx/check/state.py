"""What is known while a configuration is read: the block, the directive, and what earlier directives set up.

Handlers of directives get a `Conf`. They answer as nginx's own do: nothing when all is well, a sentence that nginx puts
behind the directive's name ("is duplicate"), or they call `fail`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from parity.programs.nginx.check.variables import VariableError, Variables
from parity.programs.nginx.syntax.knowledge import Version
from parity.programs.nginx.syntax.tokens import Reader, Unreadable

_MAX_TEXT: Final = 1024  # nginx cuts a message about the configuration here, before it adds the place

DUPLICATE: Final = b"is duplicate"
INVALID_VALUE: Final = b"invalid value"
INVALID_NUMBER: Final = b"invalid number"


@dataclass(frozen=True)
class Said:
    """A raw message: level, nginx's words without the place, and the place."""

    level: str
    text: bytes
    file: str | None = None
    line: int | None = None

    @property
    def place(self) -> bytes:
        """` in FILE:LINE`, or nothing."""
        if self.file is None:
            return b""
        return b" in %b:%d" % (self.file.encode("utf-8", "surrogateescape"), self.line or 0)


class CannotTellError(Exception):
    """Whether nginx would stop here turns on something that was not seen."""


class Fault(Exception):  # noqa: N818 - what nginx stops at, not a program error
    """nginx stops here."""

    def __init__(self, said: Said | None) -> None:
        """`said` is None where nginx stops without a word."""
        super().__init__(said.text if said else b"")
        self.said = said


@dataclass(eq=False)
class Block:
    """An open block: its context in the directive table (`http/server`), and what its directives set."""

    context: str
    parent: Block | None = None
    file: str = ""
    line: int = 0
    fields: dict[str, Any] = field(default_factory=dict)
    children: list[Block] = field(default_factory=list)
    # of a location; an `if` and a limit_except are locations without a name
    name: bytes = b""
    exact: bool = False
    regex: bool = False
    named: bool = False
    noname: bool = False

    @property
    def family(self) -> str:
        """The group of modules that is at home here: main, events, http, mail or stream."""
        return self.context.partition("/")[0]


@dataclass
class Upstream:
    """A group of servers, written as a block or implied by `proxy_pass http://host`."""

    host: bytes
    port: int
    no_port: bool
    file: str
    line: int
    written: bool = False
    servers: list[Any] | None = None
    flags: frozenset[str] = frozenset()
    method: bool = False
    zone: bool = False
    resolver: bool = False


@dataclass
class Family:
    """What the blocks of http{} (or of stream{}) share."""

    variables: Variables
    servers: list[Block] = field(default_factory=list)
    upstreams: list[Upstream] = field(default_factory=list)
    by_host: dict[bytes, list[Upstream]] = field(default_factory=dict)  # the same, by their host in lower case
    formats: set[bytes] = field(default_factory=set)
    formats_lower: set[bytes] = field(default_factory=set)  # they are found in any case
    ports: list[Any] = field(default_factory=list)
    listens: int = 0  # how many addresses servers listen on, counted again for each
    by_address: dict[tuple[Any, bool], Any] = field(default_factory=dict)  # the same ports, for UDP apart


@dataclass
class Zone:
    """Shared memory by name."""

    name: bytes
    size: int
    tag: str
    data: Any = None


Handler = Callable[["Conf", list[bytes]], bytes | None]


class Conf:
    """The state of one reading."""

    def __init__(self, files: Mapping[str, bytes], main: str, version: Version) -> None:
        """Begin with the top level of the file `main`."""
        self.files = files
        self.version = version
        self.prefix = main.rpartition("/")[0] + "/" if "/" in main else ""
        self.block = Block("main")
        self.directive = b""
        self.reader = Reader(b"")
        self.file: str | None = None
        self.said: list[Said] = []
        self.families: dict[str, Family] = {}
        self.zones: dict[bytes, Zone] = {}
        self.connections = 512  # worker_connections
        self.paths: dict[bytes, Any] = {}
        self.thread_pools: dict[bytes, tuple[bool, str | None, int]] = {}
        self.log_buffers: dict[bytes, tuple[int, int, int]] = {}
        self.foreign_modules = False  # there may be directives and variables that no table has
        self.brought: dict[str, list[str]] = {}  # by family, the variables of loaded modules
        self.loaded: set[str] = set()  # modules by file name, without its ending
        self.built_in: Collection[str] = ()  # modules that others have to load
        self.modules_used = False
        self.unseen = False  # a part of the configuration was not seen: what is defined nowhere may be defined there
        # Finds what stands in the place of a value that is not known.
        self.hidden: re.Pattern[bytes] | None = None
        self.steps_left = 4_000_000  # of looking whether hash tables can be built; more would take minutes
        # Set by the walker: reads the block that the current directive opens.
        self.parse_block: Callable[[Block, Handler | None], None] = lambda _block, _handler: None
        # Set by the walker: reads an included file; the flag says whether `*` in its name is a wildcard.
        self.include: Callable[[bytes, Handler | None, bool], None] = lambda _name, _handler, _glob: None

    @property
    def family(self) -> Family:
        """The family (http or stream) of the open block."""
        return self.families[self.block.family]

    def since(self, *version: int) -> bool:
        """Whether the nginx that will read this is at least of `version`."""
        return self.version >= version

    def unset(self, name: str | None = None) -> bool:
        """Note that this directive (or the setting `name`) is now set here; False where it already was."""
        key = name or self.directive.decode("latin-1")
        if key in self.block.fields:
            return False
        self.block.fields[key] = None
        return True

    def define(self, name: bytes) -> None:
        """Define a variable of the open family, or stop as nginx does."""
        self._variable(self.family.variables.add, name)

    def use(self, name: bytes) -> None:
        """Note that a variable of the open family is used, or stop as nginx does."""
        self._variable(self.family.variables.use, name)

    def _variable(self, note: Callable[[bytes], None], name: bytes) -> None:
        try:
            note(name)
        except VariableError as error:
            self.fail(b"%b", error.text)

    def hides(self, word: bytes) -> bool:
        """Whether a word holds what stands in the place of a value that is not known."""
        return self.hidden is not None and self.hidden.search(word) is not None

    def needs_everything(self) -> None:
        """Give up on what is being checked, where a part of the configuration was not seen: what lacks may be there."""
        if self.unseen:
            raise CannotTellError

    def fail(self, text: bytes, *values: object) -> NoReturn:
        """Stop as nginx does, at the line that is being read."""
        raise Fault(Said("emerg", (text % values)[:_MAX_TEXT], self.file, self.reader.line))

    def fail_silently(self) -> NoReturn:
        """Stop where nginx stops without a word."""
        raise Fault(None)

    def fail_nowhere(self, text: bytes, *values: object) -> NoReturn:
        """Stop with a message that names no place."""
        raise Fault(Said("emerg", text % values))

    def fail_at(self, file: str | None, line: int, text: bytes, *values: object) -> NoReturn:
        """Stop with a message about another place than the one that is being read."""
        raise Fault(Said("emerg", text % values, file, line))

    def unreadable(self, error: Unreadable) -> NoReturn:
        """Stop because the file cannot be cut into statements."""
        raise Fault(Said("emerg", error.text[:_MAX_TEXT], self.file, error.line)) from None

    def warn(self, text: bytes, *values: object) -> None:
        """Say something and go on."""
        self.said.append(Said("warn", (text % values)[:_MAX_TEXT], self.file, self.reader.line))

    def warn_nowhere(self, text: bytes, *values: object) -> None:
        """Say something that names no place, and go on."""
        self.said.append(Said("warn", text % values))
