"""What reading YAML in lines and in brackets share: spaces, comments, anchors, tags, scalars, and what was found."""

from __future__ import annotations

import re
from typing import Dict, List, NamedTuple, Tuple, Union

from .scalars import NotUnderstoodError, read_plain_line, read_plain_rest, read_quoted

Path = Tuple[Union[str, int], ...]
Span = Tuple[int, int]

_DEPTH_LIMIT = 100

_WHITE = re.compile(r"[ \t\r\n]*")
_COMMENT = re.compile(r"#[^\r\n]*")
SPACE_OR_END = re.compile(r"[ \t\r\n]|\Z")
_END_IN_FLOW = re.compile(r"[ \t\r\n,\[\]{}]|\Z")
_NAME = re.compile(r"[&*][^ \t\r\n,\[\]{}:]+")
_TAG = re.compile(r"!(?:<[^<>\s]*>|[^ \t\r\n,\[\]{}]*)")
_STYLES = {"'": "single", '"': "double"}


class Scalar(NamedTuple):
    """A scalar at text[start:end]: quotes and a block scalar's header included, anchor and tag not.

    `path` are the keys and list positions that lead to it, a key's own included. `style` is plain, single, double,
    literal or folded.
    """

    path: Path
    value: str
    style: str
    start: int
    end: int
    is_key: bool
    tagged: bool


class Alias(NamedTuple):
    """An alias, `*name`, and where it stands."""

    path: Path
    name: str
    start: int


class Properties(NamedTuple):
    """The anchor and tag before a node, and where its content begins; on another line that is left to be found."""

    position: int
    own_line: bool = False
    anchor: str = ""
    tagged: bool = False


class Leaf(NamedTuple):
    """A scalar or an alias (with its `*`) as it was read, before it is known what it is."""

    value: str
    style: str
    start: int
    end: int
    anchor: str
    tagged: bool


class YamlReader:
    """A text and what was found in it so far."""

    def __init__(self, text: str, size: int) -> None:
        """Take a text; what stands from `size` on is not read."""
        self.text = text[:size]
        self.size = size
        self.scalars: List[Scalar] = []
        self.aliases: List[Alias] = []
        self.anchors: Dict[str, List[Path]] = {}
        self.comments: List[Span] = []
        self.names: List[Span] = []
        self._meanings: Dict[str, str] = {}  # of anchored scalars, for aliases that are keys

    def skip(self, position: int) -> Tuple[int, bool]:
        """Return where the next thing stands behind spaces and comments, and whether that is on another line."""
        text, broke = self.text, False
        while True:
            white = _WHITE.match(text, position)
            end = white.end() if white else position
            broke = broke or (end > position and text.find("\n", position, end) >= 0)
            if text[end : end + 1] != "#":
                return end, broke
            comment = _COMMENT.match(text, end)
            position = comment.end() if comment else end
            self.comments.append((end, position))

    def properties(self, position: int, in_flow: bool) -> Properties:
        """Return the anchor and the tag that stand at `position`."""
        anchor, tagged = "", False
        following = _END_IN_FLOW if in_flow else SPACE_OR_END
        while position < self.size and self.text[position] in "&!":
            is_tag = self.text[position] == "!"
            match = (_TAG if is_tag else _NAME).match(self.text, position)
            if match is None or not following.match(self.text, match.end()):
                raise NotUnderstoodError(position, "character", "an anchor or a tag is not understood")
            self.names.append(match.span())
            tagged = tagged or is_tag
            anchor = anchor if is_tag else match.group()[1:]
            position, broke = self.skip(match.end())
            if broke or position >= self.size:
                return Properties(match.end(), True, anchor, tagged)
        return Properties(position, False, anchor, tagged)

    def leaf(self, found: Properties, in_flow: bool) -> Leaf:
        """Return the scalar or alias at a place; of a plain scalar its first line."""
        start = found.position
        sign = self.text[start]
        if sign == "*":
            name = _NAME.match(self.text, start)
            if name is None:
                raise NotUnderstoodError(start, "character", "an alias has no name")
            self.names.append(name.span())
            value, end, style = name.group(), name.end(), "alias"
        elif sign in _STYLES:
            value, end = read_quoted(self.text, start)
            style = _STYLES[sign]
        else:
            if sign in ",]}@`%#" or (sign in "-?:" and SPACE_OR_END.match(self.text, start + 1)):
                raise NotUnderstoodError(start, "character", "found character that cannot start any token")
            value, end = read_plain_line(self.text, start, in_flow)
            style = "plain"
        return Leaf(value, style, start, end, found.anchor, found.tagged)

    def whole(self, leaf: Leaf, parent: int, in_flow: bool) -> Leaf:
        """Return a leaf with the further lines of a plain scalar, which are indented more than `parent`."""
        if leaf.style != "plain":
            return leaf
        rest, end = read_plain_rest(self.text, leaf.end, parent, in_flow)
        return leaf._replace(value=leaf.value + rest, end=end) if rest else leaf

    def is_one_line(self, leaf: Leaf) -> bool:
        """Return whether a leaf stands on one line, as a key must."""
        return self.text.find("\n", leaf.start, leaf.end) < 0

    def key_of(self, leaf: Leaf) -> str:
        """Return what a key is: what an alias stands for, where that is known."""
        return self._meanings.get(leaf.value[1:], leaf.value) if leaf.style == "alias" else leaf.value

    def note(self, path: Path, leaf: Leaf, is_key: bool) -> None:
        """Note a leaf where it has come to stand."""
        if leaf.anchor:
            self.note_anchor(leaf.anchor, path)
            self._meanings[leaf.anchor] = leaf.value
        if leaf.style != "alias":
            self.scalars.append(Scalar(path, leaf.value, leaf.style, leaf.start, leaf.end, is_key, leaf.tagged))
        elif not is_key:
            self.aliases.append(Alias(path, leaf.value[1:], leaf.start))

    def note_anchor(self, anchor: str, path: Path) -> None:
        """Note what an anchor names."""
        if anchor:
            self.anchors.setdefault(anchor, []).append(path)

    def check_depth(self, depth: int, position: int) -> None:
        """Refuse collections nested too deeply to be a person's."""
        if depth > _DEPTH_LIMIT:
            raise NotUnderstoodError(position, "depth", "collections are nested more than %d deep" % _DEPTH_LIMIT)
