"""PyYAML, asked what scalars a YAML text has."""

from typing import Any

import yaml

Path = tuple[str | int, ...]
Found = tuple[Path, str, bool]


class _Places:
    """Where the next node of a text stands."""

    def __init__(self) -> None:
        self.stack: list[dict[str, Any]] = []
        self.meanings: dict[str, str] = {}

    def place(self, value: str) -> tuple[Path, bool]:
        """Return the path of a node, and whether it is a key; `value` is what it says if it is one."""
        if not self.stack:
            return (), False
        top = self.stack[-1]
        if top["map"] and top["key"] is None:
            top["key"] = value
            return (*top["path"], value), True
        path = (*top["path"], top["key"])
        top["key"] = None if top["map"] else top["key"] + 1
        return path, False

    def open(self, is_map: bool) -> None:
        path, is_key = self.place("")
        if is_key:
            raise yaml.YAMLError("a collection is used as a key")
        self.stack.append({"map": is_map, "path": path, "key": None if is_map else 0})


def scalars(text: str) -> list[Found]:
    """Return path, value and whether it is a key of every scalar that is written out; aliases are not followed."""
    found: list[Found] = []
    places = _Places()
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.ScalarEvent):
            path, is_key = places.place(event.value)
            if event.anchor:
                places.meanings[event.anchor] = event.value
            if event.start_mark.index != event.end_mark.index and (event.value or event.style):
                found.append((path, event.value, is_key))
        elif isinstance(event, yaml.AliasEvent):
            places.place(places.meanings.get(event.anchor, "*" + event.anchor))
        elif isinstance(event, yaml.CollectionStartEvent):
            places.open(isinstance(event, yaml.MappingStartEvent))
        elif isinstance(event, yaml.CollectionEndEvent):
            places.stack.pop()
    return found
