"""Reads a configuration into a tree of directives, includes in place, going on where nginx would stop.

`walker` says what nginx says, and ends at the first fault. A model wants the rest as well: what cannot be part of the
tree is noted and left out. A file that is included twice stands in the tree twice.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from parity.programs.nginx.model.types import Gap, Place, Unread
from parity.programs.nginx.syntax import lua
from parity.programs.nginx.syntax.directives import is_beyond_tables, is_foreign, table
from parity.programs.nginx.syntax.knowledge import Version
from parity.programs.nginx.syntax.modules import OWN_MODULES
from parity.programs.nginx.syntax.paths import MAGIC, Tree, full_name, path_text
from parity.programs.nginx.syntax.scalars import cstring
from parity.programs.nginx.syntax.tokens import EOF, Reader, Statement, Unreadable

_MAX_DEPTH: Final = 60  # of blocks and includes together
_MAX_STATEMENTS: Final = 120_000  # files that include each other many times over
_MAX_UNREAD: Final = 200
_GRAMMARS: Final = frozenset({"map", "geo", "types", "split_clients", "charset_map", "match"})
ENTRIES: Final = "entries"  # the context of lines that are no directives


@dataclass(frozen=True, slots=True)
class Node:
    """One directive: its words as nginx has them, and what stands in its block."""

    name: str
    args: tuple[str, ...]
    place: Place
    children: list[Node] = field(default_factory=list)


def text_of(value: bytes) -> str:
    """Return bytes of a configuration as text that can be written anywhere."""
    return cstring(value).decode("utf-8", "backslashreplace")


def path_of(name: str) -> str:
    """Return a file's name as text that can be written anywhere."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


class TreeReader:
    """One reading. `nodes` is the top level; `unread` what was left out."""

    def __init__(self, files: Mapping[str, bytes], main: str, version: Version, own_modules: bool = False) -> None:
        """Read `main` and all that it includes; nothing outside of `files` is looked at.

        `own_modules` says that the program may have modules built in that are not nginx's own.
        """
        self.unread: list[Unread] = []
        self.nodes: list[Node] = []
        self._tree = Tree(files)
        self._prefix = main.rpartition("/")[0] + "/" if "/" in main else ""
        self._table = table(version)
        self._foreign_modules = own_modules or is_beyond_tables(version)
        self._left = _MAX_STATEMENTS
        self._depth = 0
        self._open: list[str] = []
        self._file(main, "main", self.nodes, Place(path_of(main), 1))

    def note(self, gap: Gap, place: Place, subject: str = "", *, refused: bool = True) -> None:
        """Note what is left out; `refused` says that nginx would not take it either."""
        if len(self.unread) < _MAX_UNREAD:
            self.unread.append(Unread(gap, place, subject, refused))

    def _file(self, path: str, context: str, into: list[Node], place: Place) -> None:
        data = self._tree.read(path)
        if data is None:
            self.note(Gap.DIRECTORY if self._tree.is_directory(path) else Gap.ABSENT, place, path_of(path))
        elif posixpath.normpath(path) in self._open:
            self.note(Gap.INCLUDES_ITSELF, place, path_of(path))
        elif self.enter():
            self._open.append(posixpath.normpath(path))
            _FileReader(self, path_of(self._open[-1]), data).read(context, into)
            self._open.pop()
            self.leave()
        else:
            self.note(Gap.INCLUDED_TOO_DEEPLY, place, path_of(path), refused=False)

    def include(self, node: Node, name: bytes, context: str, into: list[Node]) -> None:
        """Read the files that an include names."""
        path = full_name(path_text(cstring(name)), self._prefix)
        for found in self._tree.glob(path) if MAGIC.intersection(path) else [path]:
            self._file(found, context, into, node.place)

    def enter(self) -> bool:
        """Go one block or file deeper; False where that is too deep."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            self._depth -= 1
            return False
        return True

    def leave(self) -> None:
        """Come out of a block or file."""
        self._depth -= 1

    def take(self, node: Node) -> None:
        """Note a directive that was taken: a module that we have no table for brings names of its own."""
        if node.name == "load_module" and posixpath.basename(node.args[0]) not in OWN_MODULES:
            self._foreign_modules = True

    def known(self, name: str) -> bool:
        """Whether the directive tables have this name."""
        return name in self._table

    def spend(self) -> bool:
        """Count a statement; False where there were too many."""
        self._left -= 1
        return self._left >= 0

    def fault(self, statement: Statement, name: str, context: str) -> Gap | None:
        """Return why nginx would not take this directive here, None where it would."""
        contexts = self._table.get(name)
        if contexts is None:
            return None if self._foreign_modules or is_foreign(name) else Gap.UNKNOWN
        rule = contexts.get(context)
        if rule is None:
            return Gap.MISPLACED
        if rule.block is not (statement.kind == "{"):
            return Gap.WITHOUT_BLOCK if rule.block else Gap.NOT_TERMINATED
        return None if rule.takes(len(statement.words) - 1) else Gap.ARGUMENTS


class _FileReader:
    """Reads one file; blocks that are open at its end are taken as closed."""

    def __init__(self, owner: TreeReader, path: str, data: bytes) -> None:
        self._owner = owner
        self._path = path
        self._reader = Reader(data)

    def read(self, context: str, into: list[Node]) -> None:
        """Read all of it; a `}` too many is passed over."""
        while self._statements(context, into, in_block=False):
            self._owner.note(Gap.STRAY_BRACE, Place(self._path, self._reader.line))

    def _statements(self, context: str, into: list[Node], *, in_block: bool) -> bool:
        """Read up to the block's `}`; False at the end of what can be read."""
        while self._owner.spend():
            try:
                statement = self._reader.next()
            except Unreadable as error:
                self._owner.note(Gap.SYNTAX, Place(self._path, error.line), text_of(error.text))
                return False
            if statement.kind == EOF:
                if in_block:
                    self._owner.note(Gap.OPEN_BLOCK, Place(self._path, statement.line))
                return False
            if statement.kind == "}":
                return True
            if not self._directive(statement, context, into):
                return False
        place = Place(self._path, self._reader.line)
        self._owner.note(Gap.TOO_LONG, place, refused=False)
        return False

    def _directive(self, statement: Statement, context: str, into: list[Node]) -> bool:
        name = text_of(statement.name)
        place = Place(self._path, self._reader.line_of(statement.start))
        node = Node(name, tuple(text_of(arg) for arg in statement.args), place)
        if name == "include" and statement.kind == ";" and len(statement.args) == 1:
            self._owner.include(node, statement.args[0], context, into)
            return True
        if statement.kind == "{" and name.endswith("_lua_block"):
            end = lua.block_end(self._reader.data, self._reader.at)
            node = replace(node, args=(*node.args, text_of(self._reader.data[self._reader.at : end])))
            self._reader.at = end
        fault = None if context == ENTRIES else self._owner.fault(statement, name, context)
        if fault:
            self._owner.note(fault, place, name)
        else:
            into.append(node)
            self._owner.take(node)
        if statement.kind == ";" or name.endswith("_lua_block"):
            return True
        if not self._owner.enter():
            self._owner.note(Gap.NESTED_TOO_DEEPLY, place, refused=False)
            return False
        own_grammar = fault is not None or not self._owner.known(name)
        inner = ENTRIES if own_grammar else inner_context(name, context)
        closed = self._statements(inner, node.children, in_block=True)
        self._owner.leave()
        return closed


def inner_context(name: str, context: str) -> str:
    """Return the context of what stands in the block of a directive, as the directive table names it."""
    if name in _GRAMMARS or context == ENTRIES:
        return ENTRIES
    if name in ("if", "limit_except"):
        return f"{context}/{name}"
    family = context.partition("/")[0]
    return name if context == "main" else f"{family}/{name}"
