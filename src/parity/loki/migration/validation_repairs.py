"""Repairs of what the validation refuses, where they are mechanical; advice with the exact lines where they are not."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from parity.loki.config import Config
from parity.loki.decode import ZERO
from parity.loki.migration import edit
from parity.loki.migration.edit import CannotEdit, Path
from parity.loki.migration.plan import Step
from parity.loki.migration.special import Memory
from parity.loki.problem import Problem
from parity.loki.validation.schema import INDEXES, newest_version

# Settings that hold a directory of Loki's own, from which its data directory can be told.
_DIRECTORIES: Final = (
    "storage_config.boltdb_shipper.active_index_directory",
    "storage_config.boltdb_shipper.cache_location",
    "storage_config.tsdb_shipper.active_index_directory",
    "storage_config.tsdb_shipper.cache_location",
    "compactor.working_directory",
    "ingester.wal.dir",
    "storage_config.boltdb.directory",
    "storage_config.filesystem.directory",
    "common.storage.filesystem.chunks_directory",
    "ruler.wal.dir",
    "ruler.rule_path",
)
_NAMES: Final = {
    "compactor.working_directory": "compactor",
    "storage_config.boltdb_shipper.active_index_directory": "boltdb-shipper-active",
    "storage_config.boltdb_shipper.cache_location": "boltdb-shipper-cache",
    "storage_config.tsdb_shipper.active_index_directory": "tsdb-shipper-active",
    "storage_config.tsdb_shipper.cache_location": "tsdb-shipper-cache",
}


def repair_problem(text: str, problem: Problem, config: Config, memory: Memory) -> tuple[str, Step]:
    """Return the text without `problem` and the step that did it; raises CannotEdit where it must not, with why."""
    find_empty = _EMPTY.get(problem.rule)
    empty = _empty_block(config, problem.path) or (find_empty(config) if find_empty else None)
    if empty:
        why = "an empty block sets everything in it to nothing; without it Loki's defaults hold again"
        return edit.remove(text, tuple(empty.split("."))), Step("removed", empty, why)
    repair = _REPAIRS.get(problem.rule)
    if repair is None:
        raise CannotEdit(_WHY_NOT.get(problem.rule, "only you know what was meant"))
    return repair(text, problem, config, memory)


def _empty_block(config: Config, path: str) -> str | None:
    """The outermost block above `path` that the file leaves empty."""
    names = path.split(".")
    for depth in range(1, len(names) + 1):
        block = ".".join(names[:depth])
        if block and config.said(block) is ZERO:
            return block
    return None


def _empty_common(config: Config) -> str | None:
    if config.said("common") is ZERO:
        return "common"
    blocks = (f"common.storage{suffix}" for suffix in ("", ".azure", ".gcs", ".s3", ".bos", ".swift"))
    return next((block for block in blocks if config.said(block) is ZERO), None)


def _empty_worker(config: Config) -> str | None:
    names = ("", ".grpc_client_config", ".query_frontend_grpc_client", ".query_scheduler_grpc_client")
    return next((f"frontend_worker{name}" for name in names if config.said(f"frontend_worker{name}") is ZERO), None)


def _empty_server(config: Config) -> str | None:
    return _empty_block(config, "server.log_level")


_EMPTY: Final[dict[str, Callable[[Config], str | None]]] = {
    "common.too-many-stores": _empty_common,
    "worker.clients": _empty_worker,
    "server.silent": _empty_server,
}


def _structured_metadata(text: str, problem: Problem, config: Config, memory: Memory) -> tuple[str, Step]:
    del memory
    period = config.periods[config.active()]
    if period.store not in INDEXES or not 9 <= period.version <= newest_version(config):
        raise CannotEdit("the period that is active is not one that Loki knows; see the problem with that first")
    why = (
        f"the period that is active is {period.store}/{period.schema}, which cannot hold structured metadata;"
        " turn it on again with a tsdb/v13 period"
    )
    path = "limits_config.allow_structured_metadata"
    return edit.put(text, tuple(path.split(".")), "false"), Step("set", path, why, to="false")


def _delete_store(text: str, problem: Problem, config: Config, memory: Memory) -> tuple[str, Step]:
    del problem
    period = config.periods[config.active()] if config.periods else None
    store = memory.delete_store or (period.object_store or period.store if period else "")
    if not store:
        raise CannotEdit("no period says which object store is in use")
    path = "compactor.delete_request_store"
    source = (
        "the compactor's `shared_store` said so" if memory.delete_store else "it is the active period's object store"
    )
    why = f"retention needs to know where delete requests are kept; {source}"
    return edit.put(text, tuple(path.split(".")), store), Step("set", path, why, to=store)


def _directory(text: str, problem: Problem, config: Config, memory: Memory) -> tuple[str, Step]:
    del memory
    home = data_directory(config)
    if home is None:
        raise CannotEdit("no setting of this file tells where Loki keeps its data")
    directory = posixpath.join(home, _NAMES[problem.path])
    why = "it is needed and was not set; the other directories of this file are there too"
    return edit.put(text, tuple(problem.path.split(".")), directory), Step("set", problem.path, why, to=directory)


def data_directory(config: Config) -> str | None:
    """Return the directory under which this file keeps Loki's data, None when nothing in it tells."""
    said = (config.said(path) for path in _DIRECTORIES)
    for directory in said:
        if isinstance(directory, str) and directory.startswith("/") and "$" not in directory:
            parent = posixpath.dirname(posixpath.normpath(directory))
            if parent != "/":
                return parent
            return posixpath.normpath(directory) if directory.rstrip("/") else None
    return None


def _drop(text: str, problem: Problem, config: Config, memory: Memory) -> tuple[str, Step]:
    del config, memory
    why = "Loki fixes this value itself and accepts no other"
    return edit.remove(text, tuple(problem.path.split("."))), Step("removed", problem.path, why)


_REPAIRS: Final[dict[str, Callable[[str, Problem, Config, Memory], tuple[str, Step]]]] = {
    "schema.metadata-version": _structured_metadata,
    "schema.metadata-store": _structured_metadata,
    "compactor.delete-store": _delete_store,
    "directory.index": _directory,
    "directory.cache": _directory,
    "directory.compactor": _directory,
    "ring.tokens": _drop,
    "ring.replication": _drop,
}
_WHY_NOT: Final = {
    "schema.shipper-period": "the data already written has tables of another length; only a new period can change that",
    "schema.none": "only you know in which schema the existing data was written",
    "schema.panic": "only you know in which schema the existing data was written",
    "schema.store": "only you know which index the existing data has",
    "schema.object-store": "only you know where the existing data is",
    "schema.version": "only you know in which schema the existing data was written",
    "schema.order": "only you know which date is wrong",
    "query.encoding": "either setting may be the one you meant",
    "limits.retention": "keeping logs longer than you said is for you to decide",
    "ingester.encoding": "any of the encodings will do; which one is for you to say",
    "common.too-many-stores": "only you know which store is the common one",
}


def lines_to_add(problem: Problem, config: Config, today: date) -> str:
    """Return the exact lines that would repair what is left to the owner, "" where none can be given."""
    if problem.rule in ("schema.shipper-period", "schema.tsdb-period") and config.periods:
        return _new_period(config, today)
    if problem.rule in ("schema.none", "schema.panic"):
        return (
            "schema_config:\n  configs:\n    - from: <the day the oldest data was written>\n      store: tsdb\n"
            "      object_store: <filesystem, s3, gcs, azure, …>\n      schema: v13\n"
            "      index:\n        prefix: index_\n        period: 24h"
        )
    if problem.rule.startswith("directory."):
        return "common:\n  path_prefix: <Loki's data directory, /loki in the official image>"
    return _LINES.get(problem.rule, "")


def _new_period(config: Config, today: date) -> str:
    last = config.periods[-1]
    first_free = max(today, last.start) + timedelta(days=1)
    return "\n".join(
        (
            f"    - from: {first_free.isoformat()}",
            "      store: tsdb",
            f"      object_store: {last.object_store or last.store}",
            "      schema: v13",
            "      index:",
            "        prefix: index_tsdb_",
            "        period: 24h",
        )
    )


_LINES: Final = {
    "query.encoding": "frontend:\n  encoding: protobuf",
    "ingester.encoding": "ingester:\n  chunk_encoding: snappy",
    "limits.retention": "        period: 24h",
    "limits.deletion-mode": "limits_config:\n  deletion_mode: filter-and-delete",
    "storage.signature": "      signature_version: v4",
}
__all__ = ["Path", "data_directory", "lines_to_add", "repair_problem"]
