"""Repairs of what the validation refuses, where they are mechanical; advice.py has the lines for where they are not."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import Final

from parity.programs.loki.check.problem import LokiProblem
from parity.programs.loki.check.validation.schema import INDEXES, STORES, newest_version
from parity.programs.loki.go.durations import print_go
from parity.programs.loki.migrate import edit
from parity.programs.loki.migrate.carried_values import Memory
from parity.programs.loki.migrate.directories import NAMES, data_directory
from parity.programs.loki.migrate.edit import CannotEdit, Path
from parity.programs.loki.migrate.moves import move
from parity.programs.loki.migrate.plan import MigrationStep
from parity.programs.loki.read.config import SHIPPER, TSDB, LokiConfig
from parity.programs.loki.read.decode import ZERO
from parity.programs.loki.read.expand import UNKNOWN
from parity.programs.loki.read.releases import read_yaml

_METADATA_SINCE: Final = 13


def repair_problem(text: str, problem: LokiProblem, config: LokiConfig, memory: Memory) -> tuple[str, MigrationStep]:
    """Return the text without `problem` and the step that did it; raises CannotEdit where it must not, with why."""
    find_empty = _EMPTY.get(problem.rule)
    empty = _empty_block(config, problem.path) or (find_empty(config) if find_empty else _empty_inside(config, problem))
    if empty:
        why = "an empty block unsets everything in it; without it, Loki's defaults apply"
        return edit.remove(text, tuple(empty.split("."))), MigrationStep("removed", empty, why)
    repair = _REPAIRS.get(problem.rule)
    if repair is None:
        raise CannotEdit(_WHY_NOT.get(problem.rule, "set the intended value"))
    return repair(text, problem, config, memory)


def _empty_block(config: LokiConfig, path: str) -> str | None:
    """The outermost block above `path` that the file leaves empty."""
    names = path.split(".")
    for depth in range(1, len(names) + 1):
        block = ".".join(names[:depth])
        if block and config.said(block) is ZERO:
            return block
    return None


def _empty_inside(config: LokiConfig, problem: LokiProblem) -> str | None:
    """A setting of the block itself that the file leaves empty."""
    values = config.said(problem.path) if problem.path else None
    empty = [name for name, value in values.items() if value is ZERO] if isinstance(values, dict) else []
    return f"{problem.path}.{empty[0]}" if empty else None


def _empty_common(config: LokiConfig) -> str | None:
    if config.said("common") is ZERO:
        return "common"
    blocks = (f"common.storage{suffix}" for suffix in ("", ".azure", ".gcs", ".s3", ".bos", ".swift"))
    return next((block for block in blocks if config.said(block) is ZERO), None)


def _empty_worker(config: LokiConfig) -> str | None:
    names = ("", ".grpc_client_config", ".query_frontend_grpc_client", ".query_scheduler_grpc_client")
    return next((f"frontend_worker{name}" for name in names if config.said(f"frontend_worker{name}") is ZERO), None)


def _empty_server(config: LokiConfig) -> str | None:
    return _empty_block(config, "server.log_level")


_EMPTY: Final[dict[str, Callable[[LokiConfig], str | None]]] = {
    "common.too-many-stores": _empty_common,
    "worker.clients": _empty_worker,
    "server.silent": _empty_server,
}


def _structured_metadata(
    text: str, problem: LokiProblem, config: LokiConfig, memory: Memory
) -> tuple[str, MigrationStep]:
    del memory
    period = config.periods[config.active()]
    known = 9 <= period.version <= newest_version(config)
    # A schema below v13 decides it, whatever the store; of v13 it is the store that does.
    if not known or (period.version >= _METADATA_SINCE and period.store not in INDEXES):
        raise CannotEdit("the active period is invalid; not needed if it becomes tsdb/v13")
    why = (
        f"the active period is {period.store}/{period.schema}, which does not support structured metadata;"
        " enable it again with a tsdb/v13 period"
    )
    path = "limits_config.allow_structured_metadata"
    why += "; the file enables it" if config.said(path) is True else ""
    return edit.put(text, tuple(path.split(".")), "false"), MigrationStep("set", path, why, to="false")


def _delete_store(text: str, problem: LokiProblem, config: LokiConfig, memory: Memory) -> tuple[str, MigrationStep]:
    del problem
    period = config.periods[config.active()] if config.periods else None
    remembered = memory.delete_store
    said = remembered if UNKNOWN in remembered or remembered in read_yaml("names.yml")["stores"] else ""
    found = edit.reached(text, ("schema_config", "configs", config.active(), "object_store"))
    variable = found.value if found is not None and UNKNOWN in found.value else ""
    store = said or variable or (period.object_store or period.store if period else "")
    if not store:
        raise CannotEdit("no period has an object store")
    path = "compactor.delete_request_store"
    source = "it is the compactor's `shared_store`" if said else "it is the active period's object store"
    why = f"retention needs a store for delete requests; {source}"
    return edit.put(text, tuple(path.split(".")), edit.written(store)), MigrationStep("set", path, why, to=store)


def _directory(text: str, problem: LokiProblem, config: LokiConfig, memory: Memory) -> tuple[str, MigrationStep]:
    del memory
    home = data_directory(config)
    if home is None:
        raise CannotEdit("no setting in this file names Loki's data directory: set it")
    directory = posixpath.join(home, NAMES[problem.path])
    why = "it is required and was not set; the other directories in this file have the same parent"
    changed = edit.put(text, tuple(problem.path.split(".")), edit.written(directory))
    return changed, MigrationStep("set", problem.path, why, to=directory)


def _drop(text: str, problem: LokiProblem, config: LokiConfig, memory: Memory) -> tuple[str, MigrationStep]:
    del config, memory
    why = "Loki fixes this value itself and accepts no other"
    return edit.remove(text, tuple(problem.path.split("."))), MigrationStep("removed", problem.path, why)


def _transfers(text: str, problem: LokiProblem, config: LokiConfig, memory: Memory) -> tuple[str, MigrationStep]:
    del config, memory
    why = "the write-ahead log replaced chunk transfers, and Loki rejects both together"
    return edit.remove(text, tuple(problem.path.split("."))), MigrationStep("removed", problem.path, why)


def _split(text: str, problem: LokiProblem, config: LokiConfig, memory: Memory) -> tuple[str, MigrationStep]:
    del memory
    target = ("limits_config", "split_queries_by_interval")
    return move(text, tuple(problem.path.split(".")), target, "the split is a limit since Loki 2.5", config.table)


def _retain_period(text: str, problem: LokiProblem, config: LokiConfig, memory: Memory) -> tuple[str, MigrationStep]:
    """What Loki itself takes where the file says nothing: a minute more than index entries are cached."""
    del memory
    retain = print_go(int(config.get("storage_config.index_cache_validity")) + 60 * 10**9).replace("m0s", "m")
    why = "flushed chunks must be kept longer than cached index entries; this adds one minute, as Loki's default does"
    changed = edit.put(text, tuple(problem.path.split(".")), retain)
    return changed, MigrationStep("set", problem.path, why, to=retain, verify=True)


def _object_store(text: str, problem: LokiProblem, config: LokiConfig, memory: Memory) -> tuple[str, MigrationStep]:
    del memory
    path = _path(problem.path)
    period = config.periods[int(path[2])]
    if period.object_store or period.store in ("", TSDB, SHIPPER) or period.store not in STORES:
        raise CannotEdit(_WHY_NOT[problem.rule])
    why = "Loki 2 used the index store if a period had no object store; Loki 3 requires it"
    return edit.put(text, path, edit.written(period.store)), MigrationStep("set", problem.path, why, to=period.store)


def _index_period(text: str, problem: LokiProblem, config: LokiConfig, memory: Memory) -> tuple[str, MigrationStep]:
    del memory
    path = _path(problem.path)
    if config.periods[int(path[2])].index_period:
        raise CannotEdit(_WHY_NOT[problem.rule])
    why = "it was not set, and this index allows no other value"
    return edit.put(text, path, "24h"), MigrationStep("set", problem.path, why, to="24h")


def _path(dotted: str) -> Path:
    return tuple(int(name) if name.isdigit() else name for name in dotted.split("."))


_REPAIRS: Final[dict[str, Callable[[str, LokiProblem, LokiConfig, Memory], tuple[str, MigrationStep]]]] = {
    "schema.metadata-version": _structured_metadata,
    "schema.metadata-store": _structured_metadata,
    "compactor.delete-store": _delete_store,
    "directory.index": _directory,
    "directory.cache": _directory,
    "directory.compactor": _directory,
    "ring.tokens": _drop,
    "ring.replication": _drop,
    "ingester.transfers": _transfers,
    "query.split": _split,
    "schema.index-cache": _retain_period,
    "schema.object-store": _object_store,
    "schema.tsdb-period": _index_period,
    "schema.shipper-period": _index_period,
    "schema.shipper-next-period": _index_period,
}
_FIRST: Final = "set the schema that existing data was written with; without data, use any past date"
_WHY_NOT: Final = {
    "schema.shipper-period": (
        "existing data has tables of another length; only a new period can change it, and Loki must be running"
        " with it before its start date (UTC)"
    ),
    "schema.shipper-next-period": "check whether Loki has already written data of that period",
    "schema.tsdb-period": "check whether data was written with tables of that length",
    "schema.none": _FIRST,
    "schema.panic": _FIRST,
    "schema.store": "set the index of the existing data",
    "schema.object-store": "set the store of the existing data",
    "schema.version": "set the schema of the existing data",
    "schema.order": "correct the wrong date",
    "query.encoding": "keep the intended one of the two settings",
    "limits.retention": "decide whether to keep logs longer than configured",
    "ingester.encoding": "all of these encodings are valid: choose one",
    "common.too-many-stores": "choose the common store",
}
