"""Where a file keeps Loki's data, told from the directories it names."""

from __future__ import annotations

import posixpath
from typing import Final

from parity.programs.loki.read.config import LokiConfig

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
# What Loki itself calls a directory that it makes from `common.path_prefix`.
NAMES: Final = {
    "compactor.working_directory": "compactor",
    "storage_config.boltdb_shipper.active_index_directory": "boltdb-shipper-active",
    "storage_config.boltdb_shipper.cache_location": "boltdb-shipper-cache",
    "storage_config.tsdb_shipper.active_index_directory": "tsdb-shipper-active",
    "storage_config.tsdb_shipper.cache_location": "tsdb-shipper-cache",
}


def data_directory(config: LokiConfig) -> str | None:
    """Return the directory under which this file keeps Loki's data, None when nothing in it tells."""
    said = (config.said(path) for path in _DIRECTORIES)
    for directory in said:
        if not isinstance(directory, str) or not directory.strip("/.") or "\\" in directory:
            continue
        parent = posixpath.dirname(posixpath.normpath(directory))
        # A directory straight below the root is Loki's own; a name alone or one above tells nothing.
        home = posixpath.normpath(directory) if parent == "/" else parent
        if home.strip("/.") and not home.startswith(".."):
            return home
    return None
