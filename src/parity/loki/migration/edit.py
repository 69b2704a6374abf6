"""Changes to YAML text at exact places: nothing else in the file moves, comments and line endings stay.

Every function takes text and returns text; places are found anew each time, so that edits cannot drift. An edit that
cannot be made without touching something else raises CannotEdit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from parity.loki.goyaml import GoYamlError, Node, parse

Path = tuple[str | int, ...]
_STEP: Final = 2


class CannotEdit(Exception):  # noqa: N818 - a refusal, not a fault
    """The edit cannot be made safely; the message says why."""


@dataclass(frozen=True)
class Place:
    """Where a path leads: the mapping or list that holds it, its key (None in a list), its value, its number there."""

    holder: Node
    key: Node | None
    value: Node
    number: int


def find(text: str, path: Path, line: int | None = None) -> Place | None:
    """Return where `path` stands literally in `text` (not through an alias or merge), the one on `line` if given."""
    root = _root(text)
    node: Node = root
    place: Place | None = None
    for depth, name in enumerate(path):
        place = _child(node, name, line if depth == len(path) - 1 else None)
        if place is None:
            return None
        node = place.value
    return place


def _root(text: str) -> Node:
    try:
        root = parse(text)
    except GoYamlError as error:
        raise CannotEdit(str(error)) from None
    if root is None or root.kind != "mapping":
        raise CannotEdit("the file has no settings")
    return root


def _child(node: Node, name: str | int, line: int | None) -> Place | None:
    if isinstance(name, int):
        if node.kind == "sequence" and name < len(node.children):
            return Place(node, None, node.children[name], name)
        return None
    if node.kind != "mapping":
        return None
    for number, (key, value) in enumerate(node.pairs()):
        if key.value == name and key.kind == "scalar" and line in (None, key.line):
            return Place(node, key, value, number)
    return None


def remove(text: str, path: Path, line: int | None = None) -> str:
    """Return `text` without the setting at `path`, and without the blocks that this empties."""
    place = find(text, path, line)
    if place is None or place.key is None:
        raise CannotEdit("it comes from an anchor that is used elsewhere too")
    if _anchored(place.value):
        raise CannotEdit("it defines an anchor that is used elsewhere")
    if len(place.holder.children) == 2 and len(path) > 1:
        if isinstance(path[-2], int):
            raise CannotEdit("it is all there is in a list entry")
        return remove(text, path[:-1])
    if place.holder.flow:
        return _remove_from_flow(text, place)
    return _remove_lines(text, place)


def _anchored(node: Node) -> bool:
    return bool(node.anchor) or any(_anchored(child) for child in node.children)


def _remove_from_flow(text: str, place: Place) -> str:
    pairs = place.holder.pairs()
    if place.number + 1 < len(pairs):
        start, end = pairs[place.number][0].start, pairs[place.number + 1][0].start
    else:
        previous = pairs[place.number - 1] if place.number else None
        start = max(previous[0].end, previous[1].end) if previous else pairs[0][0].start
        end = max(pairs[place.number][0].end, pairs[place.number][1].end)
    return text[:start] + text[end:]


def _remove_lines(text: str, place: Place) -> str:
    assert place.key is not None  # noqa: S101 - remove() made sure
    start = text.rfind("\n", 0, place.key.start) + 1
    if text[start : place.key.start].strip():  # the first key of a list entry stands behind its dash
        pairs = place.holder.pairs()
        if place.number or len(pairs) < 2:
            raise CannotEdit("something else stands on its line")
        return text[: place.key.start] + text[pairs[1][0].start :]
    return text[:start] + text[_line_end(text, _last(place)) :]


def _last(place: Place) -> int:
    """Where the last character of a setting's value is, without the comments behind it."""
    assert place.key is not None  # noqa: S101 - only asked of settings
    return max(place.key.end + 1, _deepest(place.value))


def _deepest(node: Node) -> int:
    if node.children and not node.flow:
        return max(_deepest(child) for child in node.children)
    return node.end


def _line_end(text: str, place: int) -> int:
    if place and text[place - 1] == "\n":  # a block scalar ends where the next line begins
        return place
    end = text.find("\n", place)
    return len(text) if end < 0 else end + 1


def put(text: str, path: Path, value: str) -> str:
    """Return `text` with `value` (YAML source of a scalar) at `path`; blocks that are missing are made."""
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
    newline = "\r\n" if "\r\n" in text else "\n"
    if node.kind == "mapping":
        column, after = node.children[0].column, _line_end(text, max(_deepest(node), node.children[-2].end + 1))
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
    lines[-1] += f" {value}"
    before = text[:after] if not after or text[after - 1] == "\n" else text[:after] + newline
    return before + newline.join(lines) + newline + text[after:]


def _put_in_flow(text: str, node: Node, names: Path, value: str) -> str:
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
        raise CannotEdit("it comes from an anchor that is used elsewhere too")
    node = place.value
    if node.kind != "scalar" or node.anchor or node.tag:
        raise CannotEdit("its value is more than a plain one")
    space = "" if node.start < node.end else " "
    return text[: node.start] + space + value + text[node.end :]


def rename(text: str, path: Path, name: str, line: int | None = None) -> str:
    """Return `text` with the key at `path` called `name`."""
    place = find(text, path, line)
    if place is None or place.key is None or place.key.anchor:
        raise CannotEdit("it comes from an anchor that is used elsewhere too")
    if any(key.value == name for key, _ in place.holder.pairs()):
        return remove(text, path, line)
    return text[: place.key.start] + name + text[place.key.end :]


def source(text: str, path: Path, line: int | None = None) -> str | None:
    """Return how the scalar at `path` is written, None when there is no plain scalar there."""
    place = find(text, path, line)
    if place is None or place.value.kind != "scalar" or place.value.anchor or place.value.tag:
        return None
    written = text[place.value.start : place.value.end]
    return written if "\n" not in written else None


def value(text: str, path: Path, line: int | None = None) -> str | None:
    """Return the scalar at `path`, None when there is none."""
    place = find(text, path, line)
    return place.value.value if place is not None and place.value.kind == "scalar" else None
