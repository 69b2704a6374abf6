"""YAML's collections in brackets, which is how JSON writes all of them."""

from __future__ import annotations

import re
from typing import List, Optional, Union

from .reader import SPACE_OR_END, Leaf, Path, Properties, YamlReader
from .scalars import NotUnderstoodError

_COLON = re.compile(r"[ \t]*:(?=[ \t\r\n,\[\]{}]|\Z)")
_COLON_BEHIND_QUOTE = re.compile(r"[ \t]*:")


def read_flow(reader: YamlReader, position: int, path: Path, depth: int) -> int:
    """Read the collection whose bracket is at `position`; return where it ends. Raises NotUnderstoodError."""
    frames = [_Frame(reader.text[position] == "{", path)]
    position += 1
    while frames:
        position, _ = reader.skip(position)
        if position >= reader.size:
            raise NotUnderstoodError(position, "unterminated-flow", "did not find expected ',' or a closing bracket")
        top, sign = frames[-1], reader.text[position]
        if sign in "]}":
            if (sign == "}") != top.is_map:
                raise NotUnderstoodError(
                    position, "unterminated-flow", "did not find expected ',' or a closing bracket"
                )
            frames.pop()
            position += 1
        elif sign == ",":
            if not top.begun:
                raise NotUnderstoodError(position, "character", "did not find expected node content")
            top.next()
            position += 1
        elif sign == "?" and not top.begun and not top.explicit and SPACE_OR_END.match(reader.text, position + 1):
            top.explicit = True
            position += 1
        elif top.begun and not top.pending:
            raise NotUnderstoodError(position, "unterminated-flow", "did not find expected ',' or a closing bracket")
        else:
            position = _read_node(reader, position, frames)
            reader.check_depth(depth + len(frames), position)
    return position


class _Frame:
    """A collection that is being read."""

    __slots__ = ("begun", "explicit", "is_map", "key", "pair", "path", "pending")

    def __init__(self, is_map: bool, path: Path) -> None:
        self.is_map, self.path = is_map, path
        self.key: Union[str, int] = "" if is_map else 0
        self.pair: Optional[str] = None  # the key of a pair without braces, `[key: value]`
        self.begun = False  # something of the entry was read
        self.explicit = False  # `? ` was read
        self.pending = not is_map  # a value is due

    def next(self) -> None:
        """Note that the next entry is due."""
        self.begun, self.explicit, self.pair, self.pending = False, False, None, not self.is_map
        if isinstance(self.key, int):
            self.key += 1

    def value_path(self) -> Path:
        return (*self.path, self.key) if self.pair is None else (*self.path, self.key, self.pair)

    def take_key(self, key: str, has_value: bool) -> Path:
        """Note the key that was read; return its path."""
        self.begun, self.pending = True, has_value
        if self.is_map:
            self.key = key
        else:
            self.pair = key
        return self.value_path()

    def take_value(self) -> Path:
        self.begun, self.pending = True, False
        return self.value_path()


def _read_node(reader: YamlReader, position: int, frames: List[_Frame]) -> int:
    top = frames[-1]
    found = reader.properties(position, True) if reader.text[position] in "&!" else Properties(position)
    if found.own_line:
        position, _ = reader.skip(found.position)
        found = found._replace(position=position)
    position = found.position
    sign = reader.text[position : position + 1]
    if sign in ",]}":  # only an anchor or a tag
        if top.pending:
            reader.note_anchor(found.anchor, top.value_path())
        top.begun, top.pending = True, False
        return position
    if sign in "[{":
        if not top.pending:
            raise NotUnderstoodError(position, "unsupported", "a collection is used as a key")
        path = top.take_value()
        reader.note_anchor(found.anchor, path)
        frames.append(_Frame(sign == "{", path))
        return position + 1
    return _read_leaf(reader, reader.whole(reader.leaf(found, True), -1, True), top)


def _read_leaf(reader: YamlReader, leaf: Leaf, top: _Frame) -> int:
    if not leaf.value and leaf.style == "plain":
        raise NotUnderstoodError(leaf.start, "character", "found character that cannot start any token")
    announced = top.explicit and not top.begun
    behind = reader.skip(leaf.end)[0] if announced else leaf.end
    colon = (_COLON if leaf.style in ("plain", "alias") else _COLON_BEHIND_QUOTE).match(reader.text, behind)
    if colon and (top.begun or not (announced or reader.is_one_line(leaf))):
        message = "mapping values are not allowed in this context"
        raise NotUnderstoodError(leaf.start, "mapping-values", message)
    if colon or announced or not top.pending:
        reader.note(top.take_key(reader.key_of(leaf), colon is not None), leaf, True)
        return colon.end() if colon else leaf.end
    reader.note(top.take_value(), leaf, False)
    return leaf.end
