"""Reads the project's knowledge about nginx (`knowledge/nginx/`): measured tables that people extend as data."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

FOLDER: Final = Path(__file__).resolve().parents[5] / "knowledge" / "nginx"
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Version = tuple[int, ...]


@cache
def load(name: str) -> Any:
    """Return the content of `knowledge/nginx/<name>` (JSON or YAML). The caller must not change it."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    return json.loads(text) if name.endswith(".json") else yaml.load(text, _LOADER)  # noqa: S506 - a safe loader


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
