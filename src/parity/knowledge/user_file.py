"""Files that users write (policy, waivers): read by a schema, every mistake reported with file, line and key."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from parity.domain.findings import ParityError
from parity.domain.yaml_loader import SafeLoader

if TYPE_CHECKING:
    from jsonschema import ValidationError

SCHEMAS: Final = Path(__file__).resolve().parents[3] / "schemas"
_TYPES: Final = {"array": "a list", "object": "a mapping", "string": "text", "boolean": "true or false"}
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
    except FileNotFoundError:
        raise ParityError(f"{path} does not exist") from None
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
        raise ParityError(f"{name}:{line}: invalid YAML: {getattr(error, 'problem', None) or error}") from None
    lines: dict[Steps, int] = {}
    if node is not None:
        _note_lines(node, (), lines, name)
    found = UserFile(name, data, lines)
    if schema:
        _hold(found, schema)
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
                raise ParityError(f"{name}:{key.start_mark.line + 1}: the key {key.value} is set twice")
            lines[inner] = key.start_mark.line + 1
            _note_lines(value, inner, lines, name)


def _hold(found: UserFile, name: str) -> None:
    """Raise ParityError with the first mistake of a file that does not keep to `schemas/<name>.schema.json`."""
    # The library takes its time to load, and most runs read no file of a user.
    jsonschema = import_module("jsonschema")
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    checker = jsonschema.FormatChecker(formats=())
    checker.checks("date", raises=ValueError)(_is_date)
    validator = jsonschema.Draft202012Validator(schema, format_checker=checker)
    error = min(validator.iter_errors(found.data), key=lambda one: found.lines.get(_steps(one), 0), default=None)
    if error is not None:
        raise ParityError(_told(error, found))


def _is_date(value: object) -> bool:
    return isinstance(value, str) and bool(datetime.date.fromisoformat(value))


def _steps(error: ValidationError) -> Steps:
    return tuple(error.absolute_path)


def _told(error: ValidationError, found: UserFile) -> str:
    """Return a mistake in words: where, which key, and what is allowed there."""
    steps = _steps(error)
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    key = ".".join(str(step + 1) if isinstance(step, int) else step for step in steps) or "the file"
    place = found.place(*steps)
    said = f"{key} must be {_kind(schema)}"
    if error.validator == "additionalProperties":
        allowed = sorted(schema.get("properties", {}))
        unknown = next(name for name in _names(error) if name not in allowed)
        place, said = found.place(*steps, unknown), f"unknown key {unknown}; valid keys: {', '.join(allowed)}"
    elif error.validator == "required":
        missing = next(name for name in schema["required"] if name not in _names(error))
        said = f"{key}: missing key {missing}; required keys: {', '.join(schema['required'])}"
    elif error.validator == "enum":
        said = f"{key} is {_shown(error.instance)}; valid values: {', '.join(map(str, schema['enum']))}"
    elif error.validator == "format":
        said = f"{key} is {_shown(error.instance)}; it must be a date such as 2027-01-31"
    elif error.validator in ("pattern", "minLength", "minItems"):
        said = f"{key} is {_shown(error.instance)}; {schema.get('description', 'this value is not valid')}"
    return f"{place}: {said}"


def _names(error: ValidationError) -> list[str]:
    return [str(name) for name in error.instance] if isinstance(error.instance, Mapping) else []


def _kind(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "")
    names: Sequence[str] = [kind] if isinstance(kind, str) else kind
    return " or ".join(_TYPES.get(name, name) for name in names) or str(schema.get("description", "something else"))


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"
