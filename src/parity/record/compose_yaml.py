"""Compose files as trees: read with bounds, and written anew so that Compose sees none of a host's bytes.

What is written is ASCII, without anchors and comments, and in one style: a scalar that may be a number, a switch or
nothing stays plain, every other one is in double quotes. So the two parsers cannot read it differently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from parity.domain.yaml_loader import SafeLoader

TEXT_LIMIT: Final = 4 * 1024 * 1024
DEPTH_LIMIT: Final = 64
# Compose's own limit on what it visits in a document.
NODES_LIMIT: Final = 100_000
MERGE: Final = "<<"
RESET: Final = "!reset"
_NULL: Final = "tag:yaml.org,2002:null"
_BINARY: Final = "tag:yaml.org,2002:binary"
_COMPOSE_TAGS: Final = frozenset({RESET, "!override"})
_TAGS: Final = frozenset(
    {*_COMPOSE_TAGS, _NULL, _BINARY, *(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool"))}
)
# All that a parser takes for more than a text, and that no place in a document makes anything else of.
_PLAIN = re.compile(
    r"[A-Za-z0-9_+.~<-]+(?::[A-Za-z0-9_+.~<-]+)*"
    r"|[0-9]{4}-[0-9]+-[0-9]+ [0-9:.]+[0-9](?: ?[0-9+Z:-]*[0-9Z])?"
)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class RefusedError(Exception):
    """Compose refuses the file, or Parity does not read it. `line` is 0 where none is known."""

    def __init__(self, message: str, line: int = 0) -> None:
        """Take what is wrong, and where."""
        super().__init__(message)
        self.line = line


def read(text: str) -> list[yaml.Node]:
    """Return the documents of a YAML text; an alias is the node that it names. Raises RefusedError.

    PyYAML's own composer recurses: a text of nested brackets ends the process.
    """
    if len(text) > TEXT_LIMIT:
        raise RefusedError(f"it is larger than {TEXT_LIMIT // 1024 // 1024} MB")
    builder = _Builder()
    try:
        for event in yaml.parse(text.encode("utf-8", "replace").decode("utf-8"), SafeLoader):
            builder.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it is not YAML")
        raise RefusedError(what, mark.line + 1 if mark is not None else 0) from None
    return builder.documents


def write(documents: list[yaml.Node]) -> str:
    """Return documents as text; raises RefusedError where their aliases make too much of them."""
    budget = _Budget()
    events: list[yaml.Event] = [yaml.StreamStartEvent()]
    for document in documents:
        events.append(yaml.DocumentStartEvent(explicit=True))
        events.extend(_events(document, budget, 0))
        events.append(yaml.DocumentEndEvent())
    events.append(yaml.StreamEndEvent())
    written: str = yaml.emit(events, Dumper=_Dumper, width=1_000_000_000)
    return written


def scalar(value: str) -> yaml.ScalarNode:
    """Return a new text."""
    return yaml.ScalarNode("", value, style='"')


def pairs(node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    """Yield the keys and values of a mapping; nothing for another node."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (key.value if isinstance(key, yaml.ScalarNode) else ""), value


class _Builder:
    """Makes nodes of a parser's events."""

    def __init__(self) -> None:
        self.documents: list[yaml.Node] = []
        self._open: list[yaml.CollectionNode] = []
        self._keys: list[yaml.Node | None] = []
        self._anchors: dict[str, yaml.Node] = {}
        self._count = 0

    def take(self, event: Any) -> None:
        mark: Any = event.start_mark
        if isinstance(event, yaml.ScalarEvent):
            style = event.style or None
            self._add(yaml.ScalarNode(event.tag or "", event.value, mark, style=style), event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise RefusedError(f"unknown anchor '{event.anchor}' referenced", mark.line + 1)
            self._add(self._anchors[event.anchor], None)
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            kind = yaml.SequenceNode if isinstance(event, yaml.SequenceStartEvent) else yaml.MappingNode
            node = kind(event.tag or "", [], mark)
            self._add(node, event.anchor)
            self._open.append(node)
            self._keys.append(None)
            if len(self._open) > DEPTH_LIMIT:
                raise RefusedError(f"it is nested more than {DEPTH_LIMIT} levels deep", mark.line + 1)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._keys.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            self._anchors = {}
            if event.version not in (None, (1, 1)):
                raise RefusedError("found incompatible YAML document", mark.line + 1)

    def _add(self, node: yaml.Node, anchor: str | None) -> None:
        self._count += 1
        if self._count > NODES_LIMIT:
            raise RefusedError(f"it has more than {NODES_LIMIT} entries")
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._open:
            self.documents.append(node)
        elif isinstance(self._open[-1], yaml.SequenceNode):
            self._open[-1].value.append(node)
        elif self._keys[-1] is None:
            self._keys[-1] = node
        else:
            self._open[-1].value.append((self._keys[-1], node))
            self._keys[-1] = None


class _Budget:
    def __init__(self) -> None:
        self._nodes, self._characters = NODES_LIMIT, TEXT_LIMIT

    def take(self, characters: int, depth: int) -> None:
        self._nodes -= 1
        self._characters -= characters
        if self._nodes < 0 or self._characters < 0 or depth > DEPTH_LIMIT:
            raise RefusedError("its aliases expand to too much: Compose rejects excessive aliasing")


def _events(node: yaml.Node, budget: _Budget, depth: int) -> Iterator[yaml.Event]:
    tag = node.tag if node.tag in _COMPOSE_TAGS else None
    budget.take(len(node.value) if isinstance(node, yaml.ScalarNode) else 0, depth)
    if isinstance(node, yaml.SequenceNode):
        yield yaml.SequenceStartEvent(None, tag, tag is None, flow_style=False)
        for item in node.value:
            yield from _events(item, budget, depth + 1)
        yield yaml.SequenceEndEvent()
    elif isinstance(node, yaml.MappingNode):
        yield yaml.MappingStartEvent(None, tag, tag is None, flow_style=False)
        for key, value in _checked(node):
            yield from _events(key, budget, depth + 1)
            yield from _events(value, budget, depth + 1)
        yield yaml.MappingEndEvent()
    elif isinstance(node, yaml.ScalarNode):
        yield _scalar_event(node)


def _checked(node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    lines: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1 if key.start_mark is not None else 0
        if not isinstance(key, yaml.ScalarNode):
            raise RefusedError("a mapping key is not a string", line)
        if key.value in lines:
            raise RefusedError(f'mapping key "{key.value}" already defined at line {lines[key.value]}', line)
        lines[key.value] = line
        # A key of the type !!binary would be a name that nobody here has read.
        yield (scalar(key.value) if key.tag == _BINARY else key), value


def _scalar_event(node: yaml.ScalarNode) -> yaml.ScalarEvent:
    nothing = node.value == "" and node.style is None and node.tag in ("", _NULL)
    value = "null" if nothing else node.value
    tag = node.tag if node.tag in _TAGS else None
    plain = node.style is None and (tag is not None or not node.tag) and _PLAIN.fullmatch(value) is not None
    implicit = (tag is None and plain, tag is None and not plain)
    return yaml.ScalarEvent(None, tag, implicit, value, style=None if plain else '"')
