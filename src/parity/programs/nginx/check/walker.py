"""Walks a configuration as nginx does: statement by statement, includes in place, and the first fault ends it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from parity.programs.nginx.check.register import finish, handler_for
from parity.programs.nginx.check.state import Block, CannotTellError, Conf, Fault, Handler, Said
from parity.programs.nginx.check.unknown_directives import foreign_directive, not_loaded
from parity.programs.nginx.syntax import lua
from parity.programs.nginx.syntax.directives import DirectiveRule, is_beyond_tables, table
from parity.programs.nginx.syntax.knowledge import Version
from parity.programs.nginx.syntax.paths import MAGIC, Tree, full_name, path_text
from parity.programs.nginx.syntax.scalars import cstring, shown
from parity.programs.nginx.syntax.tokens import EOF, Reader, Statement, Unreadable

# Files that include each other without end: nginx runs out of descriptors. In which of them depends on how many there
# are; limits are powers of two, less the three that every program has, and 64 ends in the same file as 1024 does.
_MAX_DEPTH: Final = 64 - 3
# What no configuration that is meant has: files read, bytes read, names held against the patterns of includes.
_MAX_FILES: Final = 10_000
_MAX_BYTES: Final = 8 * 1024 * 1024
_MAX_LOOKS: Final = 500_000
# A value that is hidden in one of these may be the name of what others refer to.
_DEFINING: Final = (b"include", b"load_module", b"log_format", b"upstream", b"set", b"map", b"geo", b"split_clients")
_DEFINING_ENDS: Final = (b"_zone", b"_cache_path", b"session_cache")


class Unseen(NamedTuple):
    """What belongs to a configuration and was not seen.

    files: paths that are there, and whose content is not known; more: whether files may exist that nobody names here;
    hidden: finds, in a word of the configuration, what stands in the place of a value that is not known;
    modules: whether the program may have modules built in that are not nginx's own
    """

    files: Collection[str] = ()
    more: bool = False
    hidden: re.Pattern[bytes] | None = None
    modules: bool = False


NOTHING_UNSEEN: Final = Unseen()


class Walker:
    """One reading of one configuration."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        main: str,
        version: Version,
        built_in: Collection[str],
        unseen: Unseen = NOTHING_UNSEEN,
    ) -> None:
        """Prepare to read `main`; see `check` for what the arguments are."""
        self.conf = Conf(files, main, version)
        self.conf.parse_block = self._block
        self.conf.include = self._include
        self.conf.built_in = built_in
        self.conf.hidden = unseen.hidden
        self.conf.foreign_modules = unseen.modules or is_beyond_tables(version)
        self._main = main
        self._unseen = unseen
        self._tree = Tree(files)
        self._table = table(version)
        self._open: list[str] = []
        self._files_read = self._bytes_read = 0

    def run(self) -> Sequence[Said]:
        """Return what nginx would say, in its order; a fault that stops it is the last."""
        conf = self.conf
        try:
            self._file(self._main, None)
            finish(conf)
        except CannotTellError:
            pass  # of what nginx checks at the end, nothing more is known
        except Fault as fault:
            conf.said += [fault.said] if fault.said else []
        except RecursionError:
            pass  # blocks nested deeper than any that nginx is given
        return conf.said

    @property
    def circular(self) -> bool:
        """Whether nginx stopped in a file that includes itself, directly or through others."""
        return len(set(self._open)) < len(self._open)

    def _file(self, path: str, handler: Handler | None) -> None:
        conf = self.conf
        if path in self._unseen.files:
            conf.unseen = True
            return
        data = self._tree.read(path)
        if data is None and self._unseen.more and not self._tree.is_directory(path):
            conf.unseen = True
            return
        if data is None:
            name = path.encode("utf-8", "surrogateescape")
            if self._tree.is_directory(path):
                raise Fault(Said("crit", b'pread() "%b" failed (21: Is a directory)' % name))
            text = b'open() "%b" failed (2: No such file or directory)' % name
            raise Fault(Said("emerg", text, conf.file, conf.reader.line if conf.file else None))
        if len(self._open) >= _MAX_DEPTH:
            text = b'open() "%b" failed (24: Too many open files)' % path.encode("utf-8", "surrogateescape")
            raise Fault(Said("emerg", text, conf.file, conf.reader.line))
        self._files_read += 1
        self._bytes_read += len(data)
        if self._files_read > _MAX_FILES or self._bytes_read > _MAX_BYTES or self._tree.looked > _MAX_LOOKS:
            conf.fail_silently()
        before = conf.reader, conf.file
        conf.reader, conf.file = Reader(data), path
        self._open.append(path)
        self._statements(handler, in_block=False)
        self._open.pop()
        conf.reader, conf.file = before

    def _block(self, block: Block, handler: Handler | None) -> None:
        """Read what is left of the block that was just opened."""
        conf = self.conf
        before, directive = conf.block, conf.directive
        conf.block = block
        self._statements(handler, in_block=True)
        conf.block, conf.directive = before, directive

    def _statements(self, handler: Handler | None, *, in_block: bool) -> None:
        conf = self.conf
        while True:
            try:
                statement = conf.reader.next()
            except Unreadable as error:
                conf.unreadable(error)
            if statement.kind == EOF:
                if in_block:
                    conf.fail(b'unexpected end of file, expecting "}"')
                return
            if statement.kind == "}":
                if not in_block:
                    conf.fail(b'unexpected "}"')
                return
            self._statement(statement, handler)

    def _statement(self, statement: Statement, handler: Handler | None) -> None:
        """Read a directive or an entry; where nobody can tell what nginx makes of it, pass it over with its block."""
        conf = self.conf
        block, directive, at = conf.block, conf.directive, conf.reader.at
        hidden = any(conf.hides(word.value) for word in statement.words)
        try:
            if handler is None:
                self._directive(statement)
            else:
                self._entry(statement, handler)
        except (CannotTellError, Fault) as error:
            if isinstance(error, Fault) and not (hidden and block is conf.block):
                raise
            conf.block, conf.directive = block, directive
            if conf.reader.at == at:
                self._pass_over(statement)
        if hidden and (statement.name in _DEFINING or statement.name.endswith(_DEFINING_ENDS)):
            conf.unseen = True

    def _entry(self, statement: Statement, handler: Handler) -> None:
        """Hand a line of a block with its own grammar (types, map, geo) to its reader."""
        conf = self.conf
        if statement.kind == "{":
            conf.fail(b'unexpected "{"')
        conf.directive = cstring(statement.name)
        answer = handler(conf, [word.value for word in statement.words])
        if answer is not None:
            conf.fail(b"%b", answer)

    def _directive(self, statement: Statement) -> None:
        conf = self.conf
        name, args = statement.name, statement.args
        conf.directive = cstring(name)
        contexts = self._table.get(name.decode("latin-1"))
        if contexts is not None and not_loaded(conf, name.decode("latin-1")):
            contexts = None
        rule = contexts.get(conf.block.context) if contexts else None
        if rule is None:
            if is_beyond_tables(conf.version) or (contexts is None and foreign_directive(conf, shown(name))):
                self._pass_over(statement)
                return
            if contexts is None:
                conf.needs_everything()
                conf.fail(b'unknown directive "%b"', conf.directive)
            conf.fail(b'"%b" directive is not allowed here', conf.directive)
        self._shape(statement, rule)
        answer = self._include_directive(args) if name == b"include" else handler_for(conf)(conf, args)
        if answer is not None:
            conf.fail(b'"%b" directive %b', conf.directive, answer)

    def _shape(self, statement: Statement, rule: DirectiveRule) -> None:
        conf = self.conf
        if not rule.block and statement.kind == "{":
            conf.fail(b'directive "%b" is not terminated by ";"', conf.directive)
        if rule.block and statement.kind != "{":
            conf.fail(b'directive "%b" has no opening "{"', conf.directive)
        if not rule.takes(len(statement.words) - 1):
            conf.fail(b'invalid number of arguments in "%b" directive', conf.directive)

    def _pass_over(self, statement: Statement) -> None:
        """Skip a directive of a module that we have no table for, with its block."""
        conf = self.conf
        if statement.kind != "{":
            return
        if statement.name.endswith(b"_lua_block"):
            conf.reader.at = lua.block_end(conf.reader.data, conf.reader.at)
            conf.reader.line = conf.reader.line_of(conf.reader.at)
            return
        depth = 1
        while depth:
            try:
                inner = conf.reader.next()
            except Unreadable as error:
                conf.unreadable(error)
            if inner.kind == EOF:
                conf.fail(b'unexpected end of file, expecting "}"')
            depth += {"{": 1, "}": -1}.get(inner.kind, 0)

    def _include_directive(self, args: list[bytes]) -> bytes | None:
        self._include(args[0], None, True)
        return None

    def _include(self, name: bytes, handler: Handler | None, glob: bool) -> None:
        text = path_text(cstring(name))
        path = full_name(text, self.conf.prefix)
        if not glob or not MAGIC.intersection(path):
            self._file(path, handler)
            return
        if self._unseen.more:
            self.conf.unseen = True  # of its folder, files may not have been seen
        for match in self._tree.glob(path):
            self._file(match, handler)
