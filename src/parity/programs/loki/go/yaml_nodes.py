"""YAML text as go-yaml version 2 reads it: the nodes it builds, and the words of its syntax errors.

Loki up to 3.7 reads its file with gopkg.in/yaml.v2, which is libyaml translated to Go. PyYAML's parser is libyaml
itself, so events and problems are the same; what go-yaml does with them (which line it names, which document it takes)
is reproduced here from its decode.go.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from parity.domain.yaml_loader import SafeLoader

_DEEPEST: Final = 100  # no configuration is deeper, and every level costs stack
STR_TAG: Final = "tag:yaml.org,2002:str"
MERGE_TAG: Final = "tag:yaml.org,2002:merge"


class GoYamlError(Exception):
    """What go-yaml says when it gives up at once: the message is its whole sentence."""


@dataclass
class YamlNode:
    """One YAML node; `line` counts from 1, `start` and `end` are places in the text, `children` are key, value, key."""

    kind: Literal["scalar", "mapping", "sequence", "alias"]
    line: int
    start: int
    end: int
    column: int = 0
    tag: str = ""
    value: str = ""
    implicit: bool = False
    flow: bool = False
    children: list[YamlNode] = field(default_factory=list)
    alias: YamlNode | None = None
    anchor: str = ""

    @property
    def is_null(self) -> bool:
        """Whether go-yaml takes this for null before it looks at what is wanted."""
        return self.kind == "scalar" and not self.tag and self.implicit and self.value in ("null", "~", "")

    @property
    def is_merge(self) -> bool:
        """Whether this key is `<<`."""
        return self.kind == "scalar" and self.value == "<<" and (self.implicit or self.tag == MERGE_TAG)

    def pairs(self) -> list[tuple[YamlNode, YamlNode]]:
        """The keys of a mapping with their values, in order."""
        return list(zip(self.children[::2], self.children[1::2], strict=True))


@lru_cache(maxsize=8)  # a migration looks at the same few texts again and again; nobody changes a Node
def parse(text: str) -> YamlNode | None:
    """Return the root of the first document of `text`, None without one; raises GoYamlError in go-yaml's words."""
    loader = SafeLoader(text)
    try:
        # The parser does not count a byte order mark.
        return _Builder(loader, first=int(text.startswith("\ufeff"))).document()
    except yaml.MarkedYAMLError as error:
        raise GoYamlError(_words(error)) from None
    except yaml.reader.ReaderError as error:
        raise GoYamlError(f"yaml: {_reader_words(error)}") from None
    except RecursionError:
        raise GoYamlError("yaml: document is nested too deeply") from None
    finally:
        loader.dispose()


def _words(error: yaml.MarkedYAMLError) -> str:
    """Which line go-yaml names: it adds one only for the scanner's problems, and says none for the first line."""
    line = 0
    if error.problem_mark is not None and error.problem_mark.line:
        line = error.problem_mark.line + isinstance(error, yaml.scanner.ScannerError)
    elif error.context_mark is not None and error.context_mark.line:
        line = error.context_mark.line
    where = f"line {line}: " if line else ""
    return f"yaml: {where}{error.problem}"


def _reader_words(error: yaml.reader.ReaderError) -> str:
    return "control characters are not allowed" if "special characters" in error.reason else str(error.reason)


class _Builder:
    """Takes the parser's events one by one and hangs the nodes together."""

    def __init__(self, loader: Any, first: int) -> None:
        self._loader = loader
        self._first = first
        self._anchors: dict[str, YamlNode] = {}
        self._depth = 0

    def document(self) -> YamlNode | None:
        while not isinstance(self._peek(), (DocumentStartEvent, StreamEndEvent)):
            self._next()
        if isinstance(self._peek(), StreamEndEvent):
            return None
        self._next()
        root = self._node()
        while not isinstance(self._peek(), DocumentEndEvent):  # pragma: no cover - one root is all there can be
            self._next()
        return root

    def _peek(self) -> Event:
        return self._loader.peek_event()  # type: ignore[no-any-return]

    def _next(self) -> Event:
        return self._loader.get_event()  # type: ignore[no-any-return]

    def _node(self) -> YamlNode:
        event: Any = self._next()
        start, end = event.start_mark, event.end_mark
        place = (start.line + 1, start.index + self._first, end.index + self._first, start.column)
        if isinstance(event, AliasEvent):
            target = self._anchors.get(str(event.anchor))
            if target is None:
                raise GoYamlError(f"yaml: unknown anchor '{event.anchor}' referenced")
            return YamlNode("alias", *place, value=str(event.anchor), alias=target)
        if isinstance(event, ScalarEvent):
            node = YamlNode("scalar", *place, tag=event.tag or "", value=str(event.value), implicit=event.implicit[0])
            self._anchor(event, node)
            return node
        assert isinstance(event, (MappingStartEvent, SequenceStartEvent))  # noqa: S101 - nothing else starts a node
        mapping = isinstance(event, MappingStartEvent)
        node = YamlNode("mapping" if mapping else "sequence", *place, flow=bool(event.flow_style))
        self._anchor(event, node)
        self._depth += 1
        if self._depth > _DEEPEST:
            raise RecursionError
        while not isinstance(self._peek(), (MappingEndEvent, SequenceEndEvent)):
            node.children.append(self._node())
        closing: Any = self._next()
        node.end = closing.end_mark.index + self._first
        self._depth -= 1
        return node

    def _anchor(self, event: Any, node: YamlNode) -> None:
        if event.anchor is not None:
            node.anchor = event.anchor
            self._anchors[event.anchor] = node
