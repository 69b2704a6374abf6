"""Files that users write (policy, waivers): read by a schema, every mistake told with file, line and key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from parity.domain.findings import ParityError
from parity.domain.yaml_loader import SafeLoader

Steps = tuple[str | int, ...]


class _Loader(yaml.SafeLoader):
    """Dates stay text, as they were written: a bad one is then told by the schema, with its line."""


class _FastLoader(SafeLoader):
    """The same for files of ours: it words mistakes less well, and there are none."""


for _loader in (_Loader, _FastLoader):
    _loader.yaml_implicit_resolvers = {
        sign: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for sign, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


@dataclass(frozen=True)
class UserFile:
    """What a file says, and where: `place` gives `file:line` for the steps that lead to a value."""

    name: str
    data: Mapping[str, Any]
    lines: Mapping[Steps, int]

    def place(self, *steps: str | int) -> str:
        """Return `file:line` of the value that `steps` (keys and indices from the top) lead to, or of what holds it."""
        while steps and steps not in self.lines:
            steps = steps[:-1]
        return f"{self.name}:{self.lines.get(steps, 1)}"


def read(path: Path, schema: str = "") -> UserFile:
    """Return the content of a YAML file that keeps to `schemas/<schema>.schema.json`, where one is named.

    Raises ParityError naming file, line, key and what is allowed. An empty file is an empty mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ParityError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ParityError(f"{path} is not UTF-8 text") from None
    return parse(text, path.name, schema)


def parse(text: str, name: str, schema: str = "") -> UserFile:
    """Return what `text`, the content of the file called `name`, says; see `read`."""
    try:
        loader = (_Loader if schema else _FastLoader)(text)
        node = loader.get_single_node()
        data = loader.construct_document(node) if node is not None else {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise ParityError(f"{name}:{line}: {getattr(error, 'problem', None) or 'this is not YAML'}") from None
    lines: dict[Steps, int] = {}
    if node is not None:
        _note_lines(node, (), lines, name)
    found = UserFile(name, data, lines)
    if schema:
        # The library that knows schemas takes its time to load, and most runs read no file of a user.
        import_module("parity.knowledge.user_schema").hold(found, schema)
    return found


def _note_lines(node: yaml.Node, steps: Steps, lines: dict[Steps, int], name: str) -> None:
    """Note where each value stands; raises ParityError for a key that stands twice, which YAML readers hide."""
    lines.setdefault(steps, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _note_lines(item, (*steps, index), lines, name)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*steps, str(key.value))
            if inner in lines:
                raise ParityError(f"{name}:{key.start_mark.line + 1}: the key {key.value} stands twice")
            lines[inner] = key.start_mark.line + 1
            _note_lines(value, inner, lines, name)
