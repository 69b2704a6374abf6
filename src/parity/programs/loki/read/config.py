"""A decoded file together with what Loki adds to it: its own defaults, and what `common` fills in.

Loki reads the file, fills in from `common`, then reads the file again: what the file says wins, a null sets a block to
zero for good, and only what the file does not mention can come from `common` or from the defaults.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from parity.programs.loki.go.durations import parse_go, parse_size
from parity.programs.loki.go.scalars import whole
from parity.programs.loki.read.decode import ZERO, Unknown
from parity.programs.loki.read.flags import NO_FLAGS, Flags
from parity.programs.loki.read.releases import FieldTable, Release, read_yaml

TSDB: Final = "tsdb"
SHIPPER: Final = "boltdb-shipper"
_UNSET: Final = object()
_VERSION: Final = re.compile(r"[+-]?[0-9]{1,9}", re.ASCII)
# Where a storage client's settings come from when only `common` has them.
_COMMON_STORES: Final = {
    "storage_config.azure": "common.storage.azure",
    "ruler.storage.azure": "common.storage.azure",
    "storage_config.aws": "common.storage.s3",
    "ruler.storage.s3": "common.storage.s3",
    "storage_config.swift": "common.storage.swift",
    "ruler.storage.swift": "common.storage.swift",
}


@dataclass(frozen=True)
class Period:
    """One entry of `schema_config.configs` with Loki's defaults in place; `index_period` in nanoseconds."""

    start: date
    store: str
    object_store: str
    schema: str
    row_shards: int
    index_period: int
    chunk_period: int
    chunk_prefix: str
    path_prefix: str

    @property
    def version(self) -> int:
        """The schema's number, 0 where it is none (the parser says so, unless it has other complaints)."""
        number = self.schema.strip("v")
        return int(number) if _VERSION.fullmatch(number) else 0


class LokiConfig:
    """Answers what Loki would find at a dotted path, and which schema period is active on `today`."""

    def __init__(self, values: Any, table: FieldTable, today: date, flags: Flags = NO_FLAGS) -> None:
        """Take decoded `values`, the release's `table`, the day that decides which period is active, and the flags."""
        self.values = values
        self.flags = flags
        self.doubted = False
        self.table = table
        self.today = today
        self.periods = tuple(_period(entry, table) for entry in self._list("schema_config.configs"))

    @property
    def release(self) -> Release:
        """The release whose rules apply."""
        return self.table.release

    def has(self, path: str) -> bool:
        """Whether this release knows the field at `path`."""
        return self.table.kind(path) is not None

    def said(self, path: str) -> Any:
        """Return what the file or a flag says at `path` (ZERO for null), None when they say nothing."""
        found = self._walk(path)
        self.doubted = self.doubted or isinstance(found, Unknown)
        return None if found is _UNSET else found

    def unknown(self, path: str) -> bool:
        """Whether what stands at `path` was not seen: no rule can say anything about it."""
        return isinstance(self._walk(path), Unknown)

    def get(self, path: str) -> Any:
        """Return the effective value at `path`; raises KeyError when no default is known for it."""
        found = self._walk(path)
        if found is ZERO:
            return zero(self.table.kind(path))
        self.doubted = self.doubted or isinstance(found, Unknown)
        if found is not _UNSET and not isinstance(found, Unknown):
            return found
        filled = self._from_common(path)
        return _default(path, self.release, self.table.kind(path)) if filled is None else filled

    def differs(self, block: str) -> bool:
        """Whether `block` was touched: any value in it differs from what it is when the file does not mention it."""
        found = self._walk(block)
        differs = found is not _UNSET and _differs(found, _blocks()[block])
        unseen = found is not _UNSET and _differs(found, _blocks()[block], unseen=True)
        by_flags = any(path.startswith(f"{block}.") for path in self.flags.settings)
        self.doubted = self.doubted or (not differs and (unseen or by_flags))
        return differs

    def active(self) -> int:
        """Return which period is active today: the last that has begun, else the first."""
        places = range(len(self.periods)) if len(self.periods) > 1 else ()
        self.doubted = self.doubted or any(self.unknown(f"schema_config.configs.{place}.from") for place in places)
        begun = [place for place, period in enumerate(self.periods) if period.start > self.today]
        first_later = begun[0] if begun else len(self.periods)
        return max(first_later - 1, 0)

    def _list(self, path: str) -> list[Any]:
        found = self._walk(path)
        return found if isinstance(found, list) else []

    def _walk(self, path: str) -> Any:
        if path in self.flags.settings:
            return self.flags.settings[path]
        value = self.values
        for name in path.split("."):
            if value is ZERO or isinstance(value, Unknown):
                return value
            if isinstance(value, list) and name.isdigit() and whole(name) < len(value):
                value = value[int(name)]
                continue
            if not isinstance(value, Mapping) or name not in value:
                return _UNSET
            value = value[name]
        return value

    def _from_common(self, path: str) -> Any:
        prefix = str(self.get("common.path_prefix")).removesuffix("/") if path != "common.path_prefix" else ""
        if prefix and path == "compactor.working_directory":
            return f"{prefix}/compactor"
        for store, name in ((TSDB, "tsdb_shipper"), (SHIPPER, "boltdb_shipper")):
            if prefix and any(period.store == store for period in self.periods):
                if path == f"storage_config.{name}.active_index_directory":
                    return f"{prefix}/{store}-active" if store == SHIPPER else f"{prefix}/tsdb-shipper-active"
                if path == f"storage_config.{name}.cache_location":
                    return f"{prefix}/{store}-cache" if store == SHIPPER else f"{prefix}/tsdb-shipper-cache"
        if path == "ingester.chunk_retain_period":
            return self._retain_period()
        for block, source in _COMMON_STORES.items():
            if path.startswith(block + ".") and self.differs(source):
                found = self._walk(source + path.removeprefix(block))
                return zero(self.table.kind(path)) if found is ZERO else (None if found is _UNSET else found)
        return None

    def _retain_period(self) -> int | None:
        """Chunks are kept as long as the index cache may point to them, where such a cache is configured."""
        if not self.differs("storage_config.index_queries_cache_config"):
            return None
        if self.release.major >= 3 and self.periods and self.periods[self.active()].store != SHIPPER:
            return None
        return int(self.get("storage_config.index_cache_validity")) + 60 * 10**9


def zero(kind: str | None) -> Any:
    """Return Go's zero value for a table entry."""
    if kind in ("int", "uint", "duration", "bytes", "float"):
        return 0
    if kind == "bool":
        return False
    return [] if kind is not None and ("list" in kind or "csv" in kind or kind.startswith("[]")) else ""


def _period(entry: Any, table: FieldTable) -> Period:
    values = entry if isinstance(entry, Mapping) else {}
    index = values.get("index", {})
    chunks = values.get("chunks", {})
    schema = _text(values, "schema")
    shards = values.get("row_shards", 0)
    start = values.get("from")
    return Period(
        start=start if isinstance(start, date) else date(1970, 1, 1),
        store=_text(values, "store"),
        object_store=_text(values, "object_store"),
        schema=schema,
        row_shards=(int(shards) if isinstance(shards, int) else 0)
        or (0 if schema in ("v1", "v2", "v3", "v4", "v5", "v6", "v9") else 16),
        index_period=_number(index, "period"),
        chunk_period=_number(chunks, "period"),
        chunk_prefix=_text(chunks, "prefix"),
        path_prefix=(_text(index, "path_prefix") or "index/") if table.has("struct#2", "path_prefix") else "",
    )


def _text(values: Any, name: str) -> str:
    found = values.get(name, "") if isinstance(values, Mapping) else ""
    return "" if found is ZERO else str(found)


def _number(values: Any, name: str) -> int:
    found = values.get(name, 0) if isinstance(values, Mapping) else 0
    return int(found) if isinstance(found, int) else 0


@cache
def _defaults() -> dict[str, Any]:
    content: dict[str, Any] = read_yaml("defaults.yml")
    return content


def known_defaults() -> Mapping[str, Any]:
    """Return the paths that knowledge/loki/defaults.yml has a value for."""
    return _defaults()["values"]  # type: ignore[no-any-return]


def _blocks() -> Mapping[str, Any]:
    return _defaults()["blocks"]  # type: ignore[no-any-return]


def _default(path: str, release: Release, kind: str | None) -> Any:
    value = _defaults()["values"][path]
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        value = [entry["value"] for entry in value if _from(entry["since"]) <= (release.major, release.minor)][-1]
    return _typed(value, kind)


def _from(since: str) -> tuple[int, int]:
    major, minor = since.split(".")
    return int(major), int(minor)


def _typed(value: Any, kind: str | None) -> Any:
    if kind == "duration" or (isinstance(value, str) and kind is None and parse_go(value) is not None):
        return parse_go(str(value))
    return parse_size(str(value)) if kind == "bytes" else value


def _differs(found: Any, expected: Any, *, unseen: bool = False) -> bool:
    """Whether decoded `found` is anything but `expected` (a block of known defaults, or one value as documented).

    `unseen` is the answer for what was not seen.
    """
    if isinstance(found, Unknown):
        return unseen
    if isinstance(found, Mapping):
        return any(
            _differs(value, expected.get(name, _UNSET) if isinstance(expected, Mapping) else _UNSET, unseen=unseen)
            for name, value in found.items()
        )
    if found is ZERO:
        return (
            any(_differs(ZERO, value) for value in expected.values())
            if isinstance(expected, Mapping)
            else not _is_zero(expected)
        )
    if expected is _UNSET:
        return not _is_zero(found)
    return bool(found != expected and found != _measure(expected))


def _is_zero(value: Any) -> bool:
    return value is _UNSET or value in ("", 0, False, None) or value in ([], {}) or _measure(value) == 0


def _measure(value: Any) -> int | None:
    if not isinstance(value, str):
        return None
    duration = parse_go(value)
    if duration is not None:
        return duration
    try:
        return parse_size(value)
    except ValueError:
        return None
