"""Changes to YAML text at exact places: nothing else in the file moves, comments and line endings stay.

Every function takes text and returns text; places are found anew each time, so that edits cannot drift. An edit that
cannot be made without touching something else raises CannotEdit.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from parity.programs.loki.go.yaml_nodes import STR_TAG, GoYamlError, YamlNode, parse

Path = tuple[str | int, ...]
_STEP: Final = 2
_COMMENT: Final = re.compile(r"[ \t]*(#.*)")
_OWN_LINE: Final = re.compile(r"\n[ \t]*(#)")
_ANCHOR: Final = re.compile(r"&\S+[ \t]+")
_PLAIN: Final = re.compile(r"[\w./$<-][\w./$<>{}:@+%=-]*", re.ASCII)


class CannotEdit(Exception):  # noqa: N818 - a refusal, not a fault
    """The edit cannot be made safely; the message says why."""


@dataclass(frozen=True)
class TextPlace:
    """Where a path leads: the mapping or list that holds it, its key (None in a list), its value, its number there."""

    holder: YamlNode
    key: YamlNode | None
    value: YamlNode
    number: int


def find(text: str, path: Path, line: int | None = None) -> TextPlace | None:
    """Return where `path` stands literally in `text` (not through an alias or merge), the one on `line` if given."""
    root = _root(text)
    node: YamlNode = root
    place: TextPlace | None = None
    for depth, name in enumerate(path):
        place = _child(node, name, line if depth == len(path) - 1 else None)
        if place is None:
            return None
        node = place.value
    return place


def _root(text: str) -> YamlNode:
    try:
        root = parse(text)
    except GoYamlError as error:
        raise CannotEdit(str(error)) from None
    if root is None or root.kind != "mapping":
        raise CannotEdit("the file has no settings")
    return root


def _child(node: YamlNode, name: str | int, line: int | None) -> TextPlace | None:
    if isinstance(name, int):
        if node.kind == "sequence" and name < len(node.children):
            return TextPlace(node, None, node.children[name], name)
        return None
    if node.kind != "mapping":
        return None
    for number, (key, value) in enumerate(node.pairs()):
        if key.value == name and key.kind == "scalar" and line in (None, key.line):
            return TextPlace(node, key, value, number)
    return None


def reached(text: str, path: Path) -> YamlNode | None:
    """Return what Loki reads at `path`, through aliases and merges too, None when there is nothing."""
    node: YamlNode | None = _root(text)
    for name in path:
        node = _reached(node, name) if node is not None else None
    return node


def _reached(node: YamlNode, name: str | int) -> YamlNode | None:
    if isinstance(name, int):
        place = _child(node, name, None)
        return _target(place.value) if place is not None else None
    pairs = node.pairs() if node.kind == "mapping" else []
    for key, value in pairs:
        if key.value == name and not key.is_merge:
            return _target(value)
    merged = [_target(value) for key, value in pairs if key.is_merge]
    for block in merged:  # a list of blocks, of which the first counts, or one
        for one in map(_target, block.children) if block.kind == "sequence" else [block]:
            if one is not node and (found := _reached(one, name)) is not None:
                return found
    return None


def _target(node: YamlNode) -> YamlNode:
    return node.alias if node.alias is not None else node


def remove(text: str, path: Path, line: int | None = None) -> str:
    """Return `text` without the setting at `path`, and without the blocks that this empties."""
    place = find(text, path, line)
    if place is None or place.key is None:
        raise CannotEdit("it comes from an anchor that is also used elsewhere")
    if is_used(text, place.value):
        raise CannotEdit("it defines an anchor that is used elsewhere")
    while len(place.holder.children) == 2 and len(path) > 1:
        path = path[:-1]
        above = find(text, path)
        if above is None or above.key is None:
            raise CannotEdit("it is the only setting of a list entry")
        if has_alias(text, above.value) and not above.value.flow:
            return _emptied(text, above)
        if has_alias(text, above.value):
            break
        place = above
    if place.holder.flow:
        return _remove_from_flow(text, place)
    return _remove_lines(text, place)


def _all(node: YamlNode) -> Iterator[YamlNode]:
    yield node
    for child in node.children:
        yield from _all(child)


def has_alias(text: str, node: YamlNode) -> bool:
    """Return whether `node` itself has an alias in `text`."""
    return id(node) in _with_aliases(_root(text))


def is_used(text: str, node: YamlNode) -> bool:
    """Return whether something in `node` has an alias elsewhere in `text`."""
    return not _with_aliases(_root(text)).isdisjoint(map(id, _all(node)))


def _with_aliases(root: YamlNode) -> set[int]:
    """The nodes that an alias stands for: an anchor that nobody uses keeps nothing from being taken out."""
    return {id(node.alias) for node in _all(root) if node.alias is not None}


def _remove_from_flow(text: str, place: TextPlace) -> str:
    pairs = place.holder.pairs()
    key, value = pairs[place.number]
    end = max(key.end, value.end)
    if place.number + 1 < len(pairs):
        behind = pairs[place.number + 1][0].start
        own = _OWN_LINE.search(text, end, behind)  # a comment above the next setting is about that one
        return text[: key.start] + text[own.start(1) if own else behind :]
    if not place.number:
        return text[: key.start] + text[end:]
    previous = pairs[place.number - 1]
    before = max(previous[0].end, previous[1].end)
    between = text[before : key.start]
    if "#" not in between:
        return text[:before] + text[end:]
    rest = text[end : _line_end(text, end)].strip()  # a comment would swallow what closes the braces behind it
    return text[:before] + between.rstrip() + (_newline(text) + " " * key.column if rest else "") + text[end:]


def _emptied(text: str, block: TextPlace) -> str:
    """The block without settings: its anchor is used, and an empty mapping, unlike null, leaves the defaults alone."""
    anchor = f"&{block.value.anchor}"
    behind = block.value.start + len(anchor)
    line = text[behind : _line_end(text, behind)]
    column = block.key.column if block.key is not None else 0
    kept = "".join(" " * column + comment + _newline(text) for comment in _comments_within(text, block))
    return f"{text[: block.value.start]}{anchor} {{}}{line}{kept}{text[_line_end(text, last(block)) :]}"


def _remove_lines(text: str, place: TextPlace) -> str:
    assert place.key is not None  # noqa: S101 - remove() made sure
    start = text.rfind("\n", 0, place.key.start) + 1
    if text[start : place.key.start].strip():  # the first key of a list entry stands behind its dash
        pairs = place.holder.pairs()
        if place.number or len(pairs) < 2:
            raise CannotEdit("its line also has other settings")
        return text[: place.key.start] + text[pairs[1][0].start :]
    # At the column of the block they stood in: further in, they could become part of a block scalar above.
    kept = "".join(" " * place.key.column + comment + _newline(text) for comment in _comments_within(text, place))
    return text[:start] + kept + text[_line_end(text, last(place)) :]


def _comments_within(text: str, block: TextPlace) -> list[str]:
    """The comments on lines of their own inside a block that goes: they are the owner's words, not settings."""
    texts = sorted(
        (node.start, node.end)
        for node in _all(block.value)
        if node.kind == "scalar" and "\n" in text[node.start : node.end]
    )
    comments = []
    passed = 0
    start = _line_end(text, block.key.end) if block.key is not None else block.value.start
    stop = last(block)  # walks the whole block
    while start < stop:
        match = _COMMENT.match(text, start)
        if match:
            while passed < len(texts) and texts[passed][1] <= match.start(1):
                passed += 1
            if passed == len(texts) or match.start(1) < texts[passed][0]:
                comments.append(match[1].rstrip())
        start = _line_end(text, start + 1)
    return comments


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def last(place: TextPlace) -> int:
    """Return where the last character of a setting's value is, without the comments behind it."""
    assert place.key is not None  # noqa: S101 - only asked of settings
    return max(place.key.end + 1, _deepest(place.value))


def _deepest(node: YamlNode) -> int:
    if node.children and not node.flow:
        return max(_deepest(child) for child in node.children)
    return node.end


def _line_end(text: str, place: int) -> int:
    if place and text[place - 1] == "\n":  # a block scalar ends where the next line begins
        return place
    end = text.find("\n", place)
    return len(text) if end < 0 else end + 1


def put(text: str, path: Path, value: str, comment: str = "") -> str:
    """Return `text` with `value` (YAML source of a scalar) at `path`; blocks that are missing are made.

    `comment` follows on the line of a setting that is new, where it has a line of its own.
    """
    place = find(text, path)
    if place is not None:
        return replace(text, path, value)
    known = len(path) - 1
    while known and find(text, path[:known]) is None:
        known -= 1
    holder = find(text, path[:known])
    node = holder.value if holder else _root(text)
    if node.kind == "mapping" and node.flow:
        return _put_in_flow(text, node, path[known:], value)
    newline = _newline(text)
    if node.kind == "mapping":
        column = min(key.column for key, _ in node.pairs())
        after = _line_end(text, max(_deepest(node), node.children[-2].end + 1))
    elif (
        holder is not None
        and holder.key is not None
        and node.kind == "scalar"
        and node.is_null
        and node.start == node.end
    ):
        column, after = holder.key.column + _STEP, _line_end(text, holder.key.end)
    else:
        raise CannotEdit(f"`{'.'.join(map(str, path[:known]))}` is not a block of settings")
    names = [str(name) for name in path[known:]]
    lines = [" " * (column + _STEP * depth) + f"{name}:" for depth, name in enumerate(names)]
    lines[-1] += f" {value}{comment and '  ' + comment}"
    before = text[:after] if not after or text[after - 1] == "\n" else text[:after] + newline
    return before + newline.join(lines) + newline + text[after:]


def put_first(text: str, block: Path, name: str, value: str) -> str:
    """Return `text` with a setting as the first of `block`, which must be in block style and have others."""
    place = find(text, block)
    if place is None or place.key is None or place.value.kind != "mapping" or place.value.flow:
        raise CannotEdit(f"`{'.'.join(map(str, block))}` is not a block of settings")
    after = _line_end(text, place.key.end)
    return f"{text[:after]}{' ' * place.value.children[0].column}{name}: {value}{_newline(text)}{text[after:]}"


def _put_in_flow(text: str, node: YamlNode, names: Path, value: str) -> str:
    made = value
    for name in reversed(names[1:]):
        made = f"{{{name}: {made}}}"
    comma = ", " if node.children else ""
    end = max(_deepest(node.children[-1]), node.children[-2].end) if node.children else node.end - 1
    return f"{text[:end]}{comma}{names[0]}: {made}{text[end:]}"


def replace(text: str, path: Path, value: str) -> str:
    """Return `text` with the scalar at `path` written as `value`."""
    place = find(text, path)
    if place is None:
        raise CannotEdit("it comes from an anchor that is also used elsewhere")
    node = place.value
    if node.kind != "scalar" or node.anchor or node.tag:
        raise CannotEdit("its value is not a scalar")
    space = "" if node.start < node.end else " "
    return text[: node.start] + space + value + text[node.end :]


def indent(text: str, path: Path, line: int | None = None) -> str:
    """Return `text` with the lines of the setting at `path` one step further in."""
    place = find(text, path, line)
    if place is None or place.key is None or place.holder.flow:
        raise CannotEdit("its line also has other settings")
    start, end = _line_start(text, place.key.start), _line_end(text, last(place))
    if text[start : place.key.start].strip():
        raise CannotEdit("its line also has other settings")
    inside = "".join(" " * _STEP + row if row.strip() else row for row in text[start:end].splitlines(keepends=True))
    return text[:start] + inside + text[end:]


def rename(text: str, path: Path, name: str, line: int | None = None) -> str:
    """Return `text` with the key at `path` called `name`."""
    place = find(text, path, line)
    if place is None or place.key is None or place.key.anchor:
        raise CannotEdit("it comes from an anchor that is also used elsewhere")
    if any(key.value == name for key, _ in place.holder.pairs()):
        return remove(text, path, line)
    return text[: place.key.start] + name + text[place.key.end :]


def source(text: str, path: Path, line: int | None = None) -> str | None:
    """Return how the scalar at `path` is written (where its anchor is), None when there is no plain scalar there."""
    place = find(text, path, line)
    if place is None or id(place.value) in _with_aliases(_root(text)):
        return None
    node = _target(place.value)
    if node.kind != "scalar" or (node.tag and node.tag != STR_TAG):
        return None
    written = _ANCHOR.sub("", text[node.start : node.end], count=1) if node.anchor else text[node.start : node.end]
    return written if "\n" not in written else None


def trailing_comment(text: str, path: Path, line: int | None = None) -> str:
    """Return the comment that follows the scalar at `path` on its line, "" where there is none."""
    place = find(text, path, line)
    if place is None or place.value.kind != "scalar" or place.holder.flow:
        return ""
    rest = text[place.value.end : _line_end(text, place.value.end)]
    match = re.match(r"[ \t]+(#.*)", rest)
    return match[1].rstrip() if match else ""


def written(value: str) -> str:
    """Return `value` as YAML source of a string: plain where that is safe anywhere, else in quotes."""
    if _PLAIN.fullmatch(value) and not re.search(r"[{}<>]|:\Z", value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def in_order(text: str, before: str) -> str:
    """Return `text` with its last block moved to where it stood in `before`, an earlier state of the file.

    For a block that an edit emptied and a later one makes anew: it belongs where it was, not at the end.
    """
    root, old = _root(text), _root(before).pairs()
    pairs = root.pairs()
    names = [key.value for key, _ in old]
    if root.flow or len(pairs) < 2 or pairs[-1][0].value not in names:
        return text
    number = names.index(pairs[-1][0].value)
    place = max((at for at, (key, _) in enumerate(pairs[:-1]) if key.value in names[:number]), default=None)
    if place is None or place == len(pairs) - 2:
        return text
    key, value = pairs[-1]
    start, end = _line_start(text, key.start), _line_end(text, max(key.end + 1, _deepest(value)))
    if not text[:end].endswith("\n") or text[start : key.start].strip():
        return text
    after = _end_of(text, pairs[place])
    if pairs[place][0].value == names[number - 1]:  # behind the blank lines and comments that stood above it
        gap = before[_end_of(before, old[number - 1]) : _line_start(before, old[number][0].start)]
        after += len(gap) if text.startswith(gap, after) else 0
    return text[:after] + text[start:end] + text[after:start] + text[end:]


def _line_start(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1


def _end_of(text: str, pair: tuple[YamlNode, YamlNode]) -> int:
    """Where the line after a setting begins."""
    return _line_end(text, max(pair[0].end + 1, _deepest(pair[1])))


def top_names(text: str) -> list[str]:
    """Return the names of the blocks and settings at the top of `text`, in order."""
    try:
        return [key.value for key, _ in _root(text).pairs()]
    except CannotEdit:
        return []


def leaves(text: str) -> Counter[tuple[Path, str]]:
    """Return every scalar of `text` under its path, with how it is typed: what an edit may not change unasked."""
    found: Counter[tuple[Path, str]] = Counter()
    todo: list[tuple[Path, YamlNode]] = [((), _root(text))]
    while todo:
        path, node = todo.pop()
        if node.kind == "mapping":
            todo += [((*path, key.value), value) for key, value in node.pairs()]
        elif node.kind == "sequence":
            todo += [((*path, number), child) for number, child in enumerate(node.children)]
        shown = f"{node.kind} {node.tag} {node.anchor} {'' if node.kind in ('mapping', 'sequence') else node.value}"
        if not node.children:
            found[(path, f"{shown} {node.implicit}")] += 1
    return found


def value(text: str, path: Path, line: int | None = None) -> str | None:
    """Return the scalar at `path` (where an alias leads), None when there is none."""
    place = find(text, path, line)
    node = _target(place.value) if place is not None else None
    return node.value if node is not None and node.kind == "scalar" else None
