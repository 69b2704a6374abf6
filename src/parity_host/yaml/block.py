"""YAML's collections by indentation: mappings and lists over lines, with everything that may stand in them."""

from __future__ import annotations

import re
from typing import List, Tuple, Union

from .flow import read_flow
from .reader import SPACE_OR_END, Leaf, Path, Properties, YamlReader
from .scalars import NotUnderstoodError, read_block

_COLON = re.compile(r"[ \t]*:(?=[ \t\r\n]|\Z)")
_DOCUMENT = re.compile(r"(?:---|\.\.\.)(?=[ \t\r\n]|\Z)")
_LINE = re.compile(r"[^\r\n]*")

# What stands before a node on its own line: nothing, `- ` (or a `? `), behind which a collection may begin, or a key.
_NOTHING, _DASH, _KEY = "", "-", "key"


def read_documents(reader: YamlReader) -> None:
    """Read a whole text; what is found is the reader's. Raises NotUnderstoodError."""
    _Blocks(reader).documents()


class _Frame:
    """A collection that is being read."""

    __slots__ = ("explicit", "indent", "indentless", "is_map", "key", "keyed", "path", "pending")

    def __init__(self, is_map: bool, indent: int, path: Path) -> None:
        self.is_map, self.indent, self.path = is_map, indent, path
        self.key: Union[str, int] = "" if is_map else -1
        self.pending = False  # a value is due
        self.explicit = False  # `? ` was read, its key is due
        self.keyed = False  # that key was read, `: ` is due
        self.indentless = False  # a list at the indentation of its key

    def take_key(self, key: str, value_due: bool) -> Path:
        """Note the key that was read; return its path."""
        self.keyed = self.explicit and not value_due
        self.key, self.explicit, self.pending = key, False, value_due
        return (*self.path, key)


class _Blocks:
    def __init__(self, reader: YamlReader) -> None:
        self._reader = reader
        self._text = reader.text
        self._stack: List[_Frame] = []
        self._root_read = False
        self._line = 0  # where the line begins that is being read
        self._anchor = ""  # of a node whose content is on a later line

    def documents(self) -> None:
        reader, position, before, on_new_line = self._reader, self._line_start(0), _NOTHING, True
        while True:
            position, broke = reader.skip(position)
            if position >= reader.size:
                return
            if broke or on_new_line:
                self._line = self._line_start(position)
                if position == self._line and self._is_mark(position):
                    position, before, on_new_line = position + 3, _KEY, False
                    continue
                if position == self._line and self._text[position] == "%" and not self._stack:
                    position = self._directive(position)
                    continue
                if self._text.find("\t", self._line, position) >= 0:
                    raise NotUnderstoodError(position, "tab", "found character that cannot start any token")
                self._unwind(position)
                before = _NOTHING
            elif before == _NOTHING:
                raise NotUnderstoodError(position, "indentation", "did not find expected key")
            position, before = self._node(position, before)
            on_new_line = False

    def _line_start(self, position: int) -> int:
        start = self._text.rfind("\n", 0, position) + 1
        return 1 if start == 0 and self._text.startswith("\ufeff") else start

    def _is_mark(self, position: int) -> bool:
        """Begin a new document if `---` or `...` stands here."""
        if not _DOCUMENT.match(self._text, position):
            return False
        self._stack, self._root_read, self._anchor = [], False, ""
        return True

    def _directive(self, position: int) -> int:
        match = _LINE.match(self._text, position)
        end = match.end() if match else position
        self._reader.names.append((position, end))
        return end

    # --- which collection a line belongs to

    def _unwind(self, position: int) -> None:
        """Leave the collections that end before the line whose text begins at `position`."""
        stack, column = self._stack, position - self._line
        while stack and stack[-1].indent > column:
            stack.pop()
            self._anchor = ""
        top = stack[-1] if stack else None
        if top is not None and top.indent == column:
            dash = self._text[position] == "-" and SPACE_OR_END.match(self._text, position + 1) is not None
            self._next_line_of(top, dash, position)
        elif not ((top.pending or top.explicit) if top is not None else not self._root_read):
            raise NotUnderstoodError(position, "indentation", "did not find expected key")

    def _next_line_of(self, top: _Frame, dash: bool, position: int) -> None:
        """Go on with a collection on its next line; a value that was due is null, or a list no further indented."""
        if top.is_map and dash:
            if not top.pending:
                raise NotUnderstoodError(position, "indentation", "did not find expected key")
            self._push(False, position).indentless = True
            return
        self._anchor = ""
        top.pending = top.explicit = False
        if not top.is_map and not dash:
            if not top.indentless:
                raise NotUnderstoodError(position, "indentation", "did not find expected '-' indicator")
            self._stack.pop()

    def _push(self, is_map: bool, position: int) -> _Frame:
        """Begin a collection as the value that is due."""
        if self._stack and self._stack[-1].explicit:
            raise NotUnderstoodError(position, "unsupported", "a collection is used as a key")
        frame = _Frame(is_map, position - self._line, self._take(position))
        self._stack.append(frame)
        self._reader.check_depth(len(self._stack), position)
        return frame

    def _take(self, position: int) -> Path:
        """Return the path of the value that is due, and note that it is there."""
        path: Path = ()
        if self._stack:
            top = self._stack[-1]
            if not top.pending:
                raise NotUnderstoodError(position, "colon", "could not find expected ':'")
            top.pending = False
            path = (*top.path, top.key)
        elif self._root_read:
            raise NotUnderstoodError(position, "indentation", "did not find expected <document start>")
        self._root_read = True
        self._reader.note_anchor(self._anchor, path)
        self._anchor = ""
        return path

    # --- nodes

    def _node(self, position: int, before: str) -> Tuple[int, str]:
        """Read the beginning of a node; return where it ends, and behind what (`_DASH`, `_KEY`) one is due there."""
        found = Properties(position)
        sign = self._text[position]
        if sign in "&!":
            found = self._reader.properties(position, False)
            if found.own_line:
                self._anchor = found.anchor or self._anchor
                return found.position, _NOTHING
            sign = self._text[found.position]
        elif sign in "-?:" and SPACE_OR_END.match(self._text, position + 1):
            self._sign(sign, position, before)
            return position + 1, _DASH
        if sign in "[{":
            return self._flow(found), _NOTHING
        if sign in "|>":
            return self._block_scalar(found), _NOTHING
        return self._scalar_or_key(found, position, before)

    def _sign(self, sign: str, position: int, before: str) -> None:
        """Read `- `, `? `, or the `: ` that follows the key of a `? `."""
        top = self._stack[-1] if self._stack else None
        if sign == ":":
            if top is None or not top.keyed or before != _NOTHING:
                raise NotUnderstoodError(position, "character", "found character that cannot start any token")
            top.pending, top.keyed = True, False
            return
        if before == _KEY:
            message = "block sequence entries are not allowed in this context"
            raise NotUnderstoodError(position, "block-entry", message)
        if sign == "?":
            top = self._map_at(position, before)
            top.explicit, top.keyed = True, False
            return
        if before == _DASH or top is None or top.is_map or top.indent != position - self._line:
            top = self._push(False, position)
        top.key = int(top.key) + 1
        top.pending = True

    def _map_at(self, position: int, before: str) -> _Frame:
        """Return the mapping that a key at `position` belongs to: the one that is open there, or a new one."""
        top = self._stack[-1] if self._stack else None
        if before != _NOTHING or top is None or not top.is_map or top.indent != position - self._line:
            return self._push(True, position)
        if top.pending:
            message = "mapping values are not allowed in this context"
            raise NotUnderstoodError(position, "mapping-values", message)
        return top

    def _scalar_or_key(self, found: Properties, first: int, before: str) -> Tuple[int, str]:
        reader = self._reader
        leaf = reader.leaf(found, False)
        colon = _COLON.match(self._text, leaf.end)
        if colon is None or not reader.is_one_line(leaf):
            return self._value(reader.whole(leaf, self._stack[-1].indent if self._stack else -1, False)), _NOTHING
        if before == _KEY:
            message = "mapping values are not allowed in this context"
            raise NotUnderstoodError(found.position, "mapping-values", message)
        frame = self._map_at(first, before)
        frame.explicit = False
        reader.note(frame.take_key(reader.key_of(leaf), True), leaf, True)
        return colon.end(), _KEY

    def _value(self, leaf: Leaf) -> int:
        """Note a scalar or alias: as the key that `? ` announced, or as the value that is due."""
        reader = self._reader
        if self._stack and self._stack[-1].explicit:
            reader.note(self._stack[-1].take_key(reader.key_of(leaf), False), leaf, True)
            return leaf.end
        leaf = leaf._replace(anchor=leaf.anchor or self._anchor)
        self._anchor = ""
        reader.note(self._take(leaf.start), leaf, False)
        return leaf.end

    def _block_scalar(self, found: Properties) -> int:
        block = read_block(self._text, found.position, self._stack[-1].indent if self._stack else -1)
        if block.comment:
            self._reader.comments.append(block.comment)
        return self._value(Leaf(block.value, block.style, found.position, block.end, found.anchor, found.tagged))

    def _flow(self, found: Properties) -> int:
        if self._stack and self._stack[-1].explicit:
            raise NotUnderstoodError(found.position, "unsupported", "a collection is used as a key")
        self._anchor = found.anchor or self._anchor
        end = read_flow(self._reader, found.position, self._take(found.position), len(self._stack))
        if _COLON.match(self._text, end):
            raise NotUnderstoodError(found.position, "unsupported", "a collection is used as a key")
        return end
