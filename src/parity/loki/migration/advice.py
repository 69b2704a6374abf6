"""The exact lines that would repair what only the owner can decide; what only they know stands in angle brackets."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any, Final

from parity.loki.config import SHIPPER, TSDB, Config
from parity.loki.migration.directories import NAMES, data_directory
from parity.loki.problem import Problem
from parity.loki.validation.components import compactor
from parity.loki.validation.schema import INDEXES, STORES, directories, newest_version

_DAY: Final = 24 * 3600 * 10**9
_OLDEST: Final = 9
_PATH_PREFIX: Final = "common:\n  path_prefix: <Loki's data directory, /loki in the official image>"
_LINES: Final = {
    "query.encoding": "frontend:\n  encoding: protobuf",
    "ingester.encoding": "ingester:\n  chunk_encoding: snappy",
    "limits.retention": "        period: 24h",
    "limits.deletion-mode": "limits_config:\n  deletion_mode: filter-and-delete",
    "storage.signature": "      signature_version: v4",
    "schema.tsdb-period": "        period: 24h",
    "schema.shipper-next-period": "        period: 24h",
    "schema.chunk-prefix": "      chunks:\n        prefix: <the prefix of the tables that hold the chunks>",
    "schema.order": "      from: <a day after that of the period above, before that of the one below>",
    "schema.metadata-version": "limits_config:\n  allow_structured_metadata: false",
    "schema.metadata-store": "limits_config:\n  allow_structured_metadata: false",
}
_KINDS: Final = {
    "bool": "true or false",
    "int": "a whole number",
    "int64": "a whole number",
    "uint": "a whole number",
    "uint32": "a whole number",
    "float64": "a number",
    "string": "one text",
    "time.Duration": "a duration such as 5m",
}
_READ: Final = {"log_level": "debug, info, warn or error", "from": "a day, written YYYY-MM-DD"}


def lines_to_add(problem: Problem, config: Config, today: date) -> str:
    """Return the exact lines that would repair what is left to the owner, "" where none can be given."""
    if problem.rule == "schema.shipper-period" and config.periods:
        return _new_period(config, today)
    if problem.rule in ("schema.none", "schema.panic"):
        return _first_period(config)
    if problem.rule.startswith("directory."):
        return _PATH_PREFIX
    if problem.rule == "schema.version":
        return f"      schema: <v{_OLDEST} to v{newest_version(config)}, the one the data was written in>"
    if problem.rule in ("schema.store", "schema.object-store", "start.delete-store"):
        return _store(problem, config)
    if problem.rule == "parser.mismatch" and problem.type in _KINDS:
        indent = "  " * problem.path.count(".")
        return f"{indent}{problem.field}: <{_KINDS[problem.type]}>"
    name = problem.path.rpartition(".")[2]
    if problem.rule == "parser.value" and name and not name.isdigit():
        return f"{'  ' * problem.path.count('.')}{name}: <{_READ.get(name, 'a value that Loki can read')}>"
    return _LINES.get(problem.rule, "")


def _store(problem: Problem, config: Config) -> str:
    if problem.rule == "start.delete-store":
        period = config.periods[config.active()] if config.periods else None
        store = period.object_store if period else ""
        return f"compactor:\n  delete_request_store: {store or '<the object store of the active period>'}"
    period = config.periods[int(problem.path.split(".")[2])]
    if problem.rule == "schema.store":
        near = get_close_matches(period.store.replace("_", "-"), INDEXES, 1, 0.8)
        return f"      store: {near[0] if near else f'<{SHIPPER} or {TSDB}, the one the data was written with>'}"
    near = get_close_matches(period.object_store.replace("_", "-"), STORES, 1, 0.8)
    likely = near or _configured(config)
    return f"      object_store: {likely[0] if len(likely) == 1 else '<where the data is: filesystem, s3, gcs, …>'}"


def _configured(config: Config) -> list[str]:
    """The object stores that the file has settings for."""
    found: set[str] = set()
    for block in ("storage_config", "common.storage"):
        values = config.said(block)
        found |= {str(name) for name in values if name in STORES} if isinstance(values, Mapping) else set()
    return sorted({"s3" if name == "aws" else name for name in found})


def _new_period(config: Config, today: date) -> str:
    """A period that begins tomorrow: tsdb/v13 where its directories are known, else as the last with daily tables."""
    last = config.periods[-1]
    first_free = max(today, last.start) + timedelta(days=1)
    names = ("active_index_directory", "cache_location")
    ready = config.get("common.path_prefix") or all(config.get(f"storage_config.tsdb_shipper.{name}") for name in names)
    store, schema, prefix = (TSDB, f"v{newest_version(config)}", "index_tsdb_") if ready else (
        last.store, last.schema, "index_daily_"
    )  # fmt: skip
    return "\n".join(
        (
            f"    - from: {first_free.isoformat()}",
            f"      store: {store}",
            f"      object_store: {last.object_store or last.store}",
            f"      schema: {schema}",
            "      index:",
            f"        prefix: {prefix}",
            "        period: 24h",
        )
    )


def _first_period(config: Config) -> str:
    """The first period of a file that has none, with what Loki will ask for as soon as it is there."""
    stores = _configured(config)
    store = stores[0] if len(stores) == 1 else "<filesystem, s3, gcs, azure, …>"
    schema = f"v{newest_version(config)}"
    lines = [
        "schema_config:",
        "  configs:",
        "    - from: <the day the oldest data was written>",
        f"      store: {TSDB}",
        f"      object_store: {store}",
        f"      schema: {schema}",
        "      index:",
        "        prefix: index_",
        "        period: 24h",
    ]
    return "\n".join(
        [*lines, *_asked_next(config, {"schema": schema, "store": TSDB, "index": {"period": _DAY}}, store)]
    )


def _asked_next(config: Config, period: Mapping[str, Any], store: str) -> list[str]:
    values = config.values if isinstance(config.values, dict) else {}
    with_it = Config({**values, "schema_config": {"configs": [period]}}, config.table, config.today)
    home = data_directory(with_it)
    modern = config.release.major >= 3
    missing = [finding.path for finding in directories(with_it)] if modern else []
    blocks: dict[str, list[str]] = {}
    if missing and home is None:
        blocks["common"] = _PATH_PREFIX.splitlines()[1:]
    for path in dict.fromkeys(missing if home else ()):
        *above, name = path.split(".")
        block = blocks.setdefault(above[0], [])
        indent = "  " * len(above)
        if len(above) > 1 and f"  {above[1]}:" not in block:
            block.append(f"  {above[1]}:")
        block.append(f"{indent}{name}: {posixpath.join(home or '', NAMES[path])}")
    if any(finding.rule == "compactor.delete-store" for finding in compactor(with_it)):
        blocks.setdefault("compactor", []).append(f"  delete_request_store: {store}")
    return [line for block, inside in blocks.items() for line in (f"{block}:", *inside)]
