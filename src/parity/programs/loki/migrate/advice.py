"""What the owner writes where, for what only they can decide; what only they know stands in angle brackets."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from difflib import get_close_matches
from math import lcm
from typing import Any, Final

from parity.programs.loki.check.check import rules
from parity.programs.loki.check.problem import LokiProblem
from parity.programs.loki.check.validation.components import compactor
from parity.programs.loki.check.validation.schema import INDEXES, STORES, directories, newest_version
from parity.programs.loki.go.scalars import whole
from parity.programs.loki.migrate import edit, owner_lines
from parity.programs.loki.migrate.directories import NAMES, data_directory
from parity.programs.loki.migrate.edit import CannotEdit, Path, written
from parity.programs.loki.migrate.meaning import FIELDS, meaning
from parity.programs.loki.migrate.owner_lines import Lines
from parity.programs.loki.migrate.parser_repairs import removed
from parity.programs.loki.read.config import SHIPPER, TSDB, LokiConfig
from parity.programs.loki.read.decode import OTLP_ACTIONS, ZERO

_DAY: Final = 24 * 3600 * 10**9
_OLDEST: Final = 9
_CONFIGS: Final = ("schema_config", "configs")
_KINDS: Final = {
    "bool": "true or false",
    "int": "a whole number",
    "int64": "a whole number",
    "uint": "a whole number",
    "uint32": "a whole number",
    "float64": "a number",
    "string": "one text",
    "time.Duration": "a duration such as 5m",
    "model.Duration": "a duration such as 5m",
    "[]string": "a list such as [one, two]",
    "flagext.StringSlice": "a list such as [one, two]",
}
_READ: Final = {"log_level": "debug, info, warn or error", "from": "a day, written YYYY-MM-DD"}
# Where the owner takes one of several settings out, and which they are.
_EITHER: Final = {
    "worker.addresses": ("frontend_worker.frontend_address", "frontend_worker.scheduler_address"),
    "worker.clients": (
        "frontend_worker.grpc_client_config",
        "frontend_worker.query_frontend_grpc_client",
        "frontend_worker.query_scheduler_grpc_client",
    ),
    "querier.only": ("querier.query_store_only", "querier.query_ingester_only"),
}


def todo(problem: LokiProblem, config: LokiConfig, text: str, today: date) -> tuple[Lines, ...]:
    """Return what the owner writes where in `text`, their file as it is, to repair what is left to them."""
    try:
        return tuple(_todo(problem, config, text, today))
    except CannotEdit:
        return ()


def _todo(problem: LokiProblem, config: LokiConfig, text: str, today: date) -> Iterator[Lines]:
    if problem.rule == "schema.shipper-period" and config.periods:
        yield owner_lines.append(text, _CONFIGS, _new_period(config, today))
    elif problem.rule in ("schema.none", "schema.panic"):
        yield from _first_period(config, text)
    elif problem.rule in _EITHER or problem.rule == "common.too-many-stores":
        yield from _either(problem, config, text)
    elif problem.rule == "parser.unknown":
        yield from _moved(problem, config, text)
    elif problem.rule == "parser.repeated":
        yield from owner_lines.keep_one(text, [_path(problem.path)])
    elif said := wanted(problem, config):
        yield owner_lines.write(text, *said)


def wanted(problem: LokiProblem, config: LokiConfig) -> tuple[Path, str] | None:
    """Return the setting that the owner writes and its value, None where it is not one setting."""
    value = _value(problem, config)
    return (_path(rules()[problem.rule].get("at", problem.path)), value) if value else None


def _value(problem: LokiProblem, config: LokiConfig) -> str:
    """What stands at the problem's place afterwards, "" where nobody could say."""
    name = problem.path.rpartition(".")[2]
    if problem.rule == "schema.version":
        return f"<v{_OLDEST} to v{newest_version(config)}, the one the data was written in>"
    if problem.rule in ("schema.store", "schema.object-store", "start.delete-store"):
        return _store(problem, config)
    if problem.rule == "schema.shards":
        return _index_shards(config)
    if problem.rule == "parser.mismatch":
        return f"<{_KINDS[problem.type]}>" if problem.type in _KINDS else ""
    if problem.rule == "parser.value" and name == "action" and ".otlp_config." in problem.path:
        return f"<{', '.join(OTLP_ACTIONS[:-1])} or {OTLP_ACTIONS[-1]}>"
    if problem.rule == "parser.value":
        return f"<{_READ.get(name, 'a value that Loki can read')}>" if name and not name.isdigit() else ""
    return str(rules()[problem.rule].get("value", ""))


def _path(dotted: str) -> Path:
    return tuple(whole(name) if name.isdigit() else name for name in dotted.split("."))


def _moved(problem: LokiProblem, config: LokiConfig, text: str) -> Iterator[Lines]:
    """The field goes, and what takes its place comes, with its previous value or that only the owner knows."""
    gone = list(owner_lines.take_out(text, _path(problem.path)))
    entry = removed().get((problem.type, problem.field), {})
    if gone and entry.get("do") == "move":
        kind = config.table.type(entry["to"])
        yield owner_lines.write(text, _path(entry["to"]), f"<{_KINDS.get(kind, 'its previous value')}>")
    if gone and problem.field in FIELDS:
        yield from _meant(problem, text)
    yield from gone


def _meant(problem: LokiProblem, text: str) -> Iterator[Lines]:
    """Said at each place by itself, what an anchor said for several keeps its meaning."""
    block = _path(problem.path)[:-1]
    if problem.field in ("enable_fifocache", "fifocache"):
        names = {"enable_fifocache": ("enabled", "<true or false>"), "fifocache": ("max_size_mb", "<a whole number>")}
        there = [name for name in names if edit.find(text, (*block, name)) is not None]
        if there[:1] == [problem.field]:  # both are told with the first
            yield from owner_lines.write_all(text, (*block, "embedded_cache"), dict(names[name] for name in there))
        return
    for path, value in (meaning(text) or {}).items():
        if path.startswith("schema_config") and problem.field == "shared_store_key_prefix":
            yield owner_lines.write(text, _path(path), written(value))


def _either(problem: LokiProblem, config: LokiConfig, text: str) -> Iterator[Lines]:
    paths = _EITHER.get(problem.rule)
    if paths is None:
        storage = config.said("common.storage")
        blocks = storage.items() if isinstance(storage, Mapping) else ()
        paths = tuple(f"common.storage.{name}" for name, value in blocks if value is ZERO or isinstance(value, Mapping))
    yield from owner_lines.keep_one(text, [_path(path) for path in paths])


def _store(problem: LokiProblem, config: LokiConfig) -> str:
    if problem.rule == "start.delete-store":
        period = config.periods[config.active()] if config.periods else None
        return period.object_store if period and period.object_store else "<the object store of the active period>"
    period = config.periods[int(problem.path.split(".")[2])]
    if problem.rule == "schema.store":
        near = get_close_matches(period.store.replace("_", "-"), INDEXES, 1, 0.8)
        near = near or [name for name in INDEXES if period.store and period.store in name.split("-")]
        return near[0] if len(near) == 1 else f"<{SHIPPER} or {TSDB}, the one the data was written with>"
    near = get_close_matches(period.object_store.replace("_", "-"), STORES, 1, 0.8)
    likely = near or _configured(config)
    return likely[0] if len(likely) == 1 else "<where the data is: filesystem, s3, gcs, …>"


def _configured(config: LokiConfig) -> list[str]:
    """The object stores that the file has settings for."""
    found: set[str] = set()
    for block in ("storage_config", "common.storage"):
        values = config.said(block)
        found |= {str(name) for name in values if name in STORES} if isinstance(values, Mapping) else set()
    return sorted({"s3" if name == "aws" else name for name in found})


def _index_shards(config: LokiConfig) -> str:
    """The usual number, or the next that every period can divide."""
    return str(lcm(32, *(period.row_shards for period in config.periods if period.store != TSDB and period.row_shards)))


def _new_period(config: LokiConfig, today: date) -> dict[str, Any]:
    """A period that begins tomorrow: tsdb/v13 where its directories are known, else as the last with daily tables."""
    last = config.periods[-1]
    first_free = max(today, last.start) + timedelta(days=1)
    names = ("active_index_directory", "cache_location")
    ready = config.get("common.path_prefix") or all(config.get(f"storage_config.tsdb_shipper.{name}") for name in names)
    store, schema, prefix = (TSDB, f"v{newest_version(config)}", "index_tsdb_") if ready else (
        last.store, last.schema, "index_daily_"
    )  # fmt: skip
    return _period(first_free.isoformat(), store, last.object_store or last.store, schema, prefix)


def _period(start: str, store: str, object_store: str, schema: str, prefix: str) -> dict[str, Any]:
    index = {"prefix": prefix, "period": "24h"}
    return {"from": start, "store": store, "object_store": object_store, "schema": schema, "index": index}


def _first_period(config: LokiConfig, text: str) -> Iterator[Lines]:
    """The first period of a file that has none, with what Loki will ask for as soon as it is there."""
    stores = _configured(config)
    store = stores[0] if len(stores) == 1 else "<filesystem, s3, gcs, azure, …>"
    schema = f"v{newest_version(config)}"
    start = "<the day the oldest data was written>"
    yield owner_lines.write(text, _CONFIGS, [_period(start, TSDB, store, schema, "index_")])
    period = {"schema": schema, "store": TSDB, "index": {"period": _DAY}}
    for block, inside in _asked_next(config, period, store).items():
        yield from owner_lines.write_all(text, (block,), inside)


def _asked_next(config: LokiConfig, period: Mapping[str, Any], store: str) -> dict[str, Any]:
    values = config.values if isinstance(config.values, dict) else {}
    with_it = LokiConfig({**values, "schema_config": {"configs": [period]}}, config.table, config.today, config.flags)
    home = data_directory(with_it)
    modern = config.release.major >= 3
    missing = dict.fromkeys(finding.path for finding in directories(with_it)) if modern else {}
    blocks: dict[str, Any] = {}
    if missing and home is None:
        blocks["common"] = {"path_prefix": rules()["directory.index"]["value"]}
    for path in missing if home else ():
        *above, name = path.split(".")
        block = blocks
        for outer in above:
            block = block.setdefault(outer, {})
        block[name] = written(posixpath.join(home or "", NAMES[path]))
    if any(finding.rule == "compactor.delete-store" for finding in compactor(with_it)):
        blocks.setdefault("compactor", {})["delete_request_store"] = store
    return blocks
