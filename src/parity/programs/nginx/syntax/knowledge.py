"""Reads the project's knowledge about nginx (`knowledge/nginx/`): measured tables that people extend as data."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

from parity.knowledge import files

FOLDER: Final = files.FOLDER / "nginx"

Version = tuple[int, ...]


@cache
def load(name: str) -> Any:
    """Return the content of `knowledge/nginx/<name>` (JSON or YAML). The caller must not change it."""
    path = FOLDER / name
    return json.loads(path.read_text(encoding="utf-8")) if path.suffix == ".json" else files.read_yaml(path)


def version_of(text: str) -> Version:
    """Return `"1.25.1"` as (1, 25, 1); what is not a number ends it. Raises ValueError where nothing is left."""
    numbers: list[int] = []
    for part in text.strip().removeprefix("nginx/").split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
        if digits != part:
            break
    if not numbers:
        raise ValueError(f"not an nginx version: {text!r}; expected something like 1.22 or 1.25.1")
    return tuple(numbers)
