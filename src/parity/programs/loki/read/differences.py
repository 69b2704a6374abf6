"""Two Loki files compared by what they mean: `24h` is `1d`, `4MB` is `4194304`, unset is Loki's own default."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from parity.programs.loki.go.durations import parse_base2, parse_go, parse_model, parse_size
from parity.programs.loki.go.scalars import resolve
from parity.programs.loki.go.yaml_nodes import GoYamlError, YamlNode, parse
from parity.programs.loki.read.config import LokiConfig, known_defaults
from parity.programs.loki.read.decode import decode
from parity.programs.loki.read.releases import FieldTable, table

_USERINFO: Final = re.compile(r"(//)[^/@\s]*@")
_HIDDEN: Final = "(secret)"
_LONGEST_WALK: Final = 100_000


@dataclass(frozen=True)
class LokiSetting:
    """One setting: how it is shown (never a secret), on which line it stands (None for a default), what it comes to."""

    shown: str
    line: int | None
    meaning: Any = field(repr=False)


@dataclass(frozen=True)
class SettingDifference:
    """A setting that does not mean the same in two files; a side is None where it is unset and no default is known."""

    path: str
    first: LokiSetting | None
    second: LokiSetting | None


def effective(text: str, version: str) -> Mapping[str, LokiSetting]:
    """Return every setting of `text` by its dotted path, read with the types of Loki `version`.

    Periods of the schema are named by their date, other list entries by their number. A file that is not YAML gives
    nothing. Raises ValueError when `version` is not a Loki version.
    """
    fields = table(version)
    try:
        root = parse(text)
        return dict(_walk(root, (), fields, [_LONGEST_WALK])) if root is not None else {}
    except (GoYamlError, RecursionError):
        return {}


def differences(
    first: str, second: str, first_version: str, second_version: str | None = None
) -> tuple[SettingDifference, ...]:
    """Return what differs in effect between two files, by path; the versions are of the Loki that reads each."""
    versions = (first_version, second_version or first_version)
    sides = [effective(text, version) for text, version in zip((first, second), versions, strict=True)]
    defaults = [_Defaults(text, version) for text, version in zip((first, second), versions, strict=True)]
    found = []
    for path in sorted(sides[0].keys() | sides[1].keys()):
        one, other = (side.get(path) or default.get(path) for side, default in zip(sides, defaults, strict=True))
        if (one.meaning if one else None) != (other.meaning if other else None) or (one is None) != (other is None):
            found.append(SettingDifference(path, one, other))
    return tuple(found)


class _Defaults:
    """What Loki takes for a setting that a file leaves out, where that is known."""

    def __init__(self, text: str, version: str) -> None:
        self._fields = table(version)
        decoded = decode(text, self._fields)
        # The day only matters to the validation, which is not asked here.
        self._config = LokiConfig({} if decoded.fatal else decoded.values, self._fields, date.min)

    def get(self, path: str) -> LokiSetting | None:
        if path not in known_defaults() or not self._config.has(path):
            return None
        value = self._config.get(path)
        return LokiSetting(f"{value} (Loki's default)", None, tuple(value) if isinstance(value, list) else value)


def _walk(
    node: YamlNode, path: tuple[str, ...], fields: FieldTable, budget: list[int]
) -> Iterator[tuple[str, LokiSetting]]:
    budget[0] -= 1
    if budget[0] < 0:
        raise GoYamlError("too many settings")
    if node.kind == "alias" and node.alias is not None:
        yield from _walk(node.alias, path, fields, budget)
    elif node.kind == "mapping":
        yield from _mapping(node, path, fields, budget)
    elif node.kind == "sequence" and any(child.kind != "scalar" for child in node.children):
        for number, child in enumerate(node.children):
            yield from _walk(child, (*path, _entry_name(child) or str(number)), fields, budget)
    elif path:
        yield ".".join(path), _setting(node, fields.kind(".".join(_names(path))))


def _mapping(
    node: YamlNode, path: tuple[str, ...], fields: FieldTable, budget: list[int]
) -> Iterator[tuple[str, LokiSetting]]:
    merged: dict[str, LokiSetting] = {}
    for key, value in node.pairs():
        inner = path if key.is_merge else (*path, key.value)
        merged.update(_walk(value, inner, fields, budget))
    yield from merged.items()


def _entry_name(child: YamlNode) -> str:
    """A schema period is known by the day it begins."""
    pairs = child.pairs() if child.kind == "mapping" else []
    return next((f"[{value.value}]" for key, value in pairs if key.value == "from" and value.kind == "scalar"), "")


def _names(path: tuple[str, ...]) -> Iterator[str]:
    return (name for name in path if not name.isdigit() and not name.startswith("["))


def _setting(node: YamlNode, kind: str | None) -> LokiSetting:
    if node.kind == "sequence":
        values = tuple(child.value for child in node.children)
        return LokiSetting(", ".join(values) if "secret" not in (kind or "") else _HIDDEN, node.line, values)
    meaning = _meaning(node, kind)
    if meaning is None:
        return LokiSetting("empty: unsets Loki's default", node.line, "")
    shown = _HIDDEN if "secret" in (kind or "") else _USERINFO.sub(r"\1…@", node.value)
    return LokiSetting(shown, node.line, meaning)


def _meaning(node: YamlNode, kind: str | None) -> Any:
    scalar = resolve(node)
    if scalar.value is None:
        return None
    try:
        if kind == "duration":
            return _duration(node.value, scalar.value)
        if kind == "bytes":
            return _size(node.value)
    except ValueError:
        return node.value
    if kind in ("bool", "int", "uint", "float"):
        return scalar.value
    return tuple(node.value.split(",")) if kind == "string(csv)" else node.value


def _duration(text: str, value: object) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    plain = parse_go(text)
    return parse_model(text) if plain is None else plain


def _size(text: str) -> int:
    try:
        return parse_size(text)
    except ValueError:
        return parse_base2(text)
