"""Where in their own file the owner writes what, in words that can be followed line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from parity.programs.loki.go.yaml_nodes import GoYamlError, YamlNode, parse
from parity.programs.loki.migrate import edit
from parity.programs.loki.migrate.edit import CannotEdit, Path, TextPlace

_STEP: Final = 2
_MOST_PLACES: Final = 10


@dataclass(frozen=True)
class Lines:
    """What to do at which place of the file that was given, and the lines to write there ("" where none are)."""

    place: str
    text: str = ""

    def __str__(self) -> str:
        """Return both as the owner reads them."""
        return f"{self.place}:\n{self.text}" if self.text else self.place


def write(text: str, path: Path, value: Any) -> Lines:
    """Return how `value` (YAML source, or a mapping of names to such) comes to stand at `path` of `text`."""
    place = _found(text, path)
    if place is not None and place.key is not None:
        return _instead(text, place, place.key, value)
    root = _root(text)
    if root is None:
        return Lines("add at the end of the file", _block(path, value, 0))
    if root.kind != "mapping":
        return Lines("replace the content of the file with", _block(path, value, 0))
    known = len(path) - 1
    while known and _found(text, path[:known]) is None:
        known -= 1
    return _into(text, root, _found(text, path[:known]), path[known:], value)


def append(text: str, path: Path, entry: Mapping[str, Any]) -> Lines:
    """Return how `entry` becomes the last of the list at `path`."""
    place = _found(text, path)
    if place is None or place.key is None or place.value.kind != "sequence" or not place.value.children:
        return write(text, path, [entry])
    if place.value.flow:
        where = f"the brackets of `{place.key.value}` on line {_line(text, place.value.end - 1)}"
        return Lines(f"add at the end of {where}", f", {_flow(entry)}")
    dash = text.rfind("-", 0, place.value.children[-1].start)
    column = dash - text.rfind("\n", 0, dash) - 1
    return Lines(f"add below line {last_line(text, place)}", "\n".join(_rendered([entry], column)))


def write_all(text: str, path: Path, values: Mapping[str, Any]) -> Iterator[Lines]:
    """Yield how `values` come to stand in the block at `path`: one by one where it is there, else with it."""
    place = _found(text, path)
    if place is None:
        yield write(text, path, values)
        return
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from write_all(text, (*path, name), value)
        else:
            yield write(text, (*path, name), value)


def take_out(text: str, path: Path) -> Iterator[Lines]:
    """Yield that the setting at `path` goes, and with it the blocks that this empties, where nothing else needs it."""
    place = _found(text, path)
    if place is None or place.holder.flow or edit.is_used(text, place.value):
        return
    while len(place.holder.children) == 2 and len(path) > 1:
        path = path[:-1]
        above = _found(text, path)
        if above is None or above.key is None:
            break
        place = above
        if edit.has_alias(text, above.value):
            name = f"{' ' * above.key.column}{text[above.key.start : above.key.end]}"
            yield Lines(f"replace {_lines(text, above)} with", f"{name}: &{above.value.anchor} {{}}")
            return
    if place.key is not None:
        yield Lines(f"remove {_lines(text, place)} (`{place.key.value}`)")


def keep_one(text: str, paths: Sequence[Path]) -> Iterator[Lines]:
    """Yield that of the settings at `paths`, or of those that one path has twice, one may stay."""
    places = [place for path in paths for place in _all(text, path)][: _MOST_PLACES + 1]
    named = [f"{_lines(text, place)} (`{place.key.value}`)" for place in places if place.key]
    if 1 < len(named) <= _MOST_PLACES:
        yield Lines(f"keep one and remove the rest: {', '.join(named)}")


def _all(text: str, path: Path) -> list[TextPlace]:
    """Every setting of the name at `path`: one, unless the block has it twice."""
    place = _found(text, path)
    pairs = place.holder.pairs() if place is not None else []
    return [
        TextPlace(place.holder, key, value, at)
        for at, (key, value) in enumerate(pairs)
        if place and key.value == path[-1]
    ]


def last_line(text: str, place: TextPlace) -> int:
    """Return the number of the last line of the setting at `place`."""
    return _line(text, len(text[: edit.last(place)].rstrip()) - 1)


def _lines(text: str, place: TextPlace) -> str:
    first, last = (place.key or place.value).line, last_line(text, place)
    return f"line {first}" if first == last else f"lines {first} to {last}"


def _instead(text: str, place: TextPlace, key: YamlNode, value: Any) -> Lines:
    start = text.rfind("\n", 0, key.start) + 1
    before = text[start : key.start]
    name = text[key.start : key.end]
    if place.holder.flow or before.strip(" -\ufeff"):
        same = len(re.findall(rf"(?<![\w-]){re.escape(key.value)}[\"']?[ \t]*:", before))
        which = f" (number {same + 1} of that name)" if same else ""
        where = f"on line {key.line}, replace `{key.value}`{which} and its value with"
        return Lines(where, f"{name}: {_flow(value)}")
    first, *rest = _block((name,), value, key.column).split("\n")
    written = "\n".join([before + first.lstrip(), *rest])
    return Lines(f"replace {_lines(text, place)} with", written)


def _into(text: str, root: YamlNode, holder: TextPlace | None, names: Path, value: Any) -> Lines:
    node = holder.value if holder is not None else root
    name = f"the braces of `{holder.key.value}`" if holder is not None and holder.key else "the outermost braces"
    if node.flow and node.kind == "mapping":
        comma = ", " if node.children else ""
        made = f"{comma}{names[0]}: {_flow(_nested(names[1:], value))}"
        return Lines(f"add at the end of {name} on line {_line(text, node.end - 1)}", made)
    if node.kind == "mapping" and holder is None:
        last = TextPlace(node, *node.pairs()[-1], len(node.pairs()) - 1)
        rest = text[edit.last(last) :].lstrip(" \t")
        behind = any(line.rstrip() and not line.lstrip().startswith("#") for line in rest.splitlines())
        where = f"below line {last_line(text, last)}" if behind else "at the end of the file"
        return Lines(f"add {where}", _block(names, value, min(key.column for key, _ in node.pairs())))
    if node.kind == "mapping" and holder is not None:
        column = min(key.column for key, _ in node.pairs())
        line = holder.key.line if holder.key else last_line(text, TextPlace(node, *node.pairs()[0], 0))
        return Lines(f"add below line {line}", _block(names, value, column))
    if node.is_null and holder is not None and holder.key is not None and node.start == node.end:
        return Lines(f"add below line {holder.key.line}", _block(names, value, holder.key.column + _STEP))
    raise CannotEdit("the file has no block for this setting")


def _block(names: Path, value: Any, column: int) -> str:
    lines = [f"{' ' * (column + _STEP * depth)}{name}:" for depth, name in enumerate(names)]
    if isinstance(value, str):
        lines[-1] += f" {value}"
        return "\n".join(lines)
    return "\n".join([*lines, *_rendered(value, column + _STEP * len(names))])


def _rendered(value: Any, column: int) -> list[str]:
    """The lines of a mapping or list."""
    if isinstance(value, Mapping):
        return [line for name, inner in value.items() for line in _block((name,), inner, column).split("\n")]
    lines = []
    for entry in value:
        first, *rest = _rendered(entry, column + _STEP)
        lines += [f"{' ' * column}- {first.lstrip()}", *rest]
    return lines


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_flow(inner)}" for name, inner in value.items()) + "}"
    return value if isinstance(value, str) else "[" + ", ".join(map(_flow, value)) + "]"


def _nested(names: Path, value: Any) -> Any:
    for name in reversed(names):
        value = {str(name): value}
    return value


def _found(text: str, path: Path) -> TextPlace | None:
    try:
        return edit.find(text, path) if path else None
    except CannotEdit:
        return None


def _root(text: str) -> YamlNode | None:
    try:
        return parse(text)
    except GoYamlError:
        return None


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
