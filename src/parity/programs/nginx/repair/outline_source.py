"""The files as a repair sees them: blocks with their byte offsets, and where each file is included."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from parity.programs.nginx.model.tree import inner_context
from parity.programs.nginx.syntax import lua
from parity.programs.nginx.syntax.directives import DirectiveRule, release, table
from parity.programs.nginx.syntax.knowledge import Version
from parity.programs.nginx.syntax.paths import MAGIC, Tree, full_name, path_text
from parity.programs.nginx.syntax.scalars import cstring
from parity.programs.nginx.syntax.tokens import EOF, Reader, Statement, Unreadable, Word

_MOST_SITES: Final = 2000
_MOST_DEPTH: Final = 40
_MOST_BLOCKS: Final = 100  # one in another


@dataclass(eq=False)
class OutlineNode:
    """One directive and what stands in its block; `close` is the offset of its `}`, None where it is never closed."""

    file: str
    words: tuple[Word, ...]
    kind: str
    start: int
    end: int
    line: int
    parent: OutlineNode | None = None
    close: int | None = None
    children: list[OutlineNode] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The directive's name."""
        return self.words[0].value.decode("utf-8", "replace") if self.words else ""

    @property
    def args(self) -> list[bytes]:
        """Its arguments."""
        return [word.value for word in self.words[1:]]

    @property
    def stop(self) -> int:
        """The offset behind all of it."""
        return self.end if self.close is None else self.close + 1


@dataclass
class Outline:
    """One file: its blocks, the `}` that close nothing, and the blocks that are never closed."""

    nodes: list[OutlineNode] = field(default_factory=list)
    stray: list[int] = field(default_factory=list)
    unclosed: list[OutlineNode] = field(default_factory=list)
    complete: bool = True

    def every(self) -> Iterator[OutlineNode]:
        """Yield all directives in the order of the text."""
        yield from every(self.nodes)


def every(nodes: Iterable[OutlineNode]) -> Iterator[OutlineNode]:
    """Yield directives and all that stands in them, in the order of the text."""
    waiting = [*nodes][::-1]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.children[::-1]


@dataclass(frozen=True)
class Site:
    """A place where a file is read: the context, and the block that it becomes part of (None at the top level)."""

    context: str
    block: OutlineNode | None
    above: Site | None


class Source:
    """All files, read once."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        main: str,
        version: str,
        before: Source | None = None,
        twins: Mapping[str, bytes] | None = None,
    ) -> None:
        """Take the files; their names must be normalised. Of those that `before` had too, its outlines are taken.

        `twins` are other environments' copies of the files.
        """
        self.files = files
        self.twins = twins or {}
        self.main = posixpath.normpath(main)
        self.version: Version = release(version)
        self.table: Mapping[str, Mapping[str, DirectiveRule]] = table(self.version)
        known = before._outlines.items() if before is not None else ()
        self._outlines: dict[str, Outline] = {
            file: outline for file, outline in known if before is not None and files.get(file) is before.files.get(file)
        }

    def outline(self, file: str) -> Outline:
        """Return the blocks of a file; an empty outline where there is no such file."""
        if file not in self._outlines:
            self._outlines[file] = outline_of(file, self.files.get(file, b""))
        return self._outlines[file]

    def line(self, file: str, offset: int) -> int:
        """Return the line that an offset stands on."""
        return self.files[file].count(b"\n", 0, offset) + 1

    def on_line(self, file: str, line: int, name: str | None = None) -> OutlineNode | None:
        """Return the directive that nginx names by that line: the one whose `;` or `{` is on it."""
        found = (node for node in self.outline(file).every() if node.line == line)
        return next((node for node in found if name is None or node.name == name), None)

    def context(self, node: OutlineNode, site: Site) -> str:
        """Return the context that a directive stands in, where its file is read at `site`."""
        if node.parent is None:
            return site.context
        return inner_context(node.parent.name, self.context(node.parent, site))

    def legal(self, name: str, context: str) -> bool:
        """Whether a directive may stand in a context."""
        return context in self.table.get(name, {})

    def takes(self, node: OutlineNode, context: str) -> bool:
        """Whether a directive may stand in a context as it is written: as a block or not."""
        rule = self.table.get(node.name, {}).get(context)
        return rule is not None and rule.block is (node.kind == "{")

    @cached_property
    def sites(self) -> dict[str, list[Site]]:
        """Where each file is read, by its name."""
        found: dict[str, list[Site]] = {}
        tree = Tree(self.files)
        prefix = self.main.rpartition("/")[0] + "/"
        waiting: list[tuple[str, Site, int]] = [(self.main, Site("main", None, None), 0)]
        left = _MOST_SITES
        while waiting and left:
            file, site, depth = waiting.pop(0)
            left -= 1
            found.setdefault(file, []).append(site)
            if depth >= _MOST_DEPTH:
                continue
            for node in self.outline(file).every():
                if node.name != "include" or node.kind != ";" or len(node.args) != 1:
                    continue
                name = full_name(path_text(cstring(node.args[0])), prefix)
                inner = Site(self.context(node, site), node.parent, site)
                for match in tree.glob(name) if MAGIC.intersection(name) else [name]:
                    if posixpath.normpath(match) in self.files:
                        waiting.append((posixpath.normpath(match), inner, depth + 1))
        return found

    @cached_property
    def http(self) -> OutlineNode | None:
        """The http block; that of the main file before others."""
        for file in sorted(self.sites, key=lambda name: name != self.main):
            for node in self.outline(file).nodes:
                if node.name == "http" and node.kind == "{":
                    return node
        return None

    def full(self, name: bytes) -> str:
        """Return the path that a name in a directive stands for."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.main), path_text(name)))

    def included(self, node: OutlineNode) -> list[str]:
        """Return the files that an include names."""
        prefix = self.main.rpartition("/")[0] + "/"
        name = full_name(path_text(cstring(node.args[0] if node.args else b"")), prefix)
        matches = Tree(self.files).glob(name) if MAGIC.intersection(name) else [name]
        return [path for path in map(posixpath.normpath, matches) if path in self.files]

    def children(self, block: OutlineNode, depth: int = 0) -> Iterator[OutlineNode]:
        """Yield what stands directly in a block, that of included files too."""
        yield from self._through(block.children, depth)

    def within(self, block: OutlineNode, depth: int = 0) -> Iterator[OutlineNode]:
        """Yield all that stands in a block and in the blocks in it, that of included files too."""
        for node in self.children(block, depth):
            yield node
            if depth < _MOST_DEPTH // 4:
                yield from self.within(node, depth + 1)

    def _through(self, nodes: list[OutlineNode], depth: int) -> Iterator[OutlineNode]:
        for node in nodes:
            if node.name == "include" and depth < _MOST_DEPTH // 4:
                for file in self.included(node):
                    yield from self._through(self.outline(file).nodes, depth + 1)
            else:
                yield node


def quoted_lines(data: bytes, nodes: Iterable[OutlineNode]) -> frozenset[int]:
    """Return where lines begin that are part of a quoted value: their blanks are none of indentation."""
    found: set[int] = set()
    for word in (word for node in nodes for word in node.words if word.quote):
        at = data.find(b"\n", word.start, word.end) + 1
        while at:
            found.add(at)
            at = data.find(b"\n", at, word.end) + 1
    return frozenset(found)


def outline_of(file: str, data: bytes) -> Outline:
    """Return the blocks of a text."""
    outline = Outline()
    reader = Reader(data)
    open_: list[OutlineNode] = []
    while True:
        try:
            statement = reader.next()
        except Unreadable:
            part = reader.partial()
            if part is None or data[part.end : part.end + 1] != b"}":
                outline.complete = False
                break
            _add(outline, open_, _node(file, part))
            reader.at = part.end + 1
            _close(outline, open_, part.end)
            continue
        if statement.kind == EOF:
            break
        if statement.kind == "}":
            _close(outline, open_, statement.end - 1)
            continue
        node = _node(file, statement)
        _add(outline, open_, node)
        if statement.kind == "{" and node.name.endswith("_lua_block"):
            reader.at = lua.block_end(data, reader.at)
            node.close = reader.at - 1
        elif statement.kind == "{":
            if len(open_) >= _MOST_BLOCKS:
                outline.complete = False
                break
            open_.append(node)
    outline.unclosed = open_
    return outline


def _node(file: str, statement: Statement) -> OutlineNode:
    return OutlineNode(file, statement.words, statement.kind, statement.start, statement.end, statement.line)


def _add(outline: Outline, open_: list[OutlineNode], node: OutlineNode) -> None:
    node.parent = open_[-1] if open_ else None
    (node.parent.children if node.parent else outline.nodes).append(node)


def _close(outline: Outline, open_: list[OutlineNode], offset: int) -> None:
    if open_:
        open_.pop().close = offset
    else:
        outline.stray.append(offset)
