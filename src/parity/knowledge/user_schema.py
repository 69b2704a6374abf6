"""Held against its schema: a mistake in a user's file, told with file, line, key and what is allowed."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import jsonschema

from parity.domain.findings import ParityError
from parity.knowledge.user_file import Steps, UserFile

SCHEMAS: Final = Path(__file__).resolve().parents[3] / "schemas"
_TYPES: Final = {"array": "a list", "object": "a mapping", "string": "text", "boolean": "true or false"}


def hold(found: UserFile, name: str) -> None:
    """Raise ParityError with the first mistake of a file that does not keep to `schemas/<name>.schema.json`."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    checker = jsonschema.FormatChecker(formats=())
    checker.checks("date", raises=ValueError)(_is_date)
    validator = jsonschema.Draft202012Validator(schema, format_checker=checker)
    error = min(validator.iter_errors(found.data), key=lambda one: found.lines.get(_steps(one), 0), default=None)
    if error is not None:
        raise ParityError(_told(error, found))


def _is_date(value: object) -> bool:
    return isinstance(value, str) and bool(datetime.date.fromisoformat(value))


def _steps(error: jsonschema.ValidationError) -> Steps:
    return tuple(error.absolute_path)


def _told(error: jsonschema.ValidationError, found: UserFile) -> str:
    """Return a mistake in words: where, which key, and what is allowed there."""
    steps = _steps(error)
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    key = ".".join(str(step + 1) if isinstance(step, int) else step for step in steps) or "the file"
    place = found.place(*steps)
    said = f"{key} must be {_kind(schema)}"
    if error.validator == "additionalProperties":
        allowed = sorted(schema.get("properties", {}))
        unknown = next(name for name in _names(error) if name not in allowed)
        place, said = found.place(*steps, unknown), f"the unknown key {unknown}; allowed are {', '.join(allowed)}"
    elif error.validator == "required":
        missing = next(name for name in schema["required"] if name not in _names(error))
        said = f"{key} lacks the key {missing}; needed are {', '.join(schema['required'])}"
    elif error.validator == "enum":
        said = f"{key} is {_shown(error.instance)}; allowed are {', '.join(map(str, schema['enum']))}"
    elif error.validator == "format":
        said = f"{key} is {_shown(error.instance)}, which is no date; write it as 2027-01-31"
    elif error.validator in ("pattern", "minLength", "minItems"):
        said = f"{key} is {_shown(error.instance)}; {schema.get('description', 'this is not allowed here')}"
    return f"{place}: {said}"


def _names(error: jsonschema.ValidationError) -> list[str]:
    return [str(name) for name in error.instance] if isinstance(error.instance, Mapping) else []


def _kind(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "")
    names: Sequence[str] = [kind] if isinstance(kind, str) else kind
    return " or ".join(_TYPES.get(name, name) for name in names) or str(schema.get("description", "something else"))


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"
