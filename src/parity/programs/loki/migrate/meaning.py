"""What settings that move mean in effect, so that an anchor or a merge that carries them elsewhere too is noticed.

go-yaml decodes a merged block and the settings beside it into one struct, so it is the decoder that is asked.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from parity.programs.loki.read.config import SHIPPER, TSDB, LokiConfig
from parity.programs.loki.read.decode import decode
from parity.programs.loki.read.releases import table

# The last release that knew the old settings, and the first that knows the new ones.
_OLD: Final = "2.9.10"
_NEW: Final = "3.0.0"
_USUAL_PREFIX: Final = "index/"
_SHIPPERS: Final = {SHIPPER: "boltdb_shipper", TSDB: "tsdb_shipper"}
_BUCKETS: Final = ("storage_config.aws", "ruler.storage.s3", "common.storage.s3")
_CACHES: Final = (
    "query_range.results_cache.cache",
    "query_range.index_stats_results_cache.cache",
    "chunk_store_config.chunk_cache_config",
    "chunk_store_config.chunk_cache_config_l2",
    "chunk_store_config.write_dedupe_cache_config",
    "storage_config.index_queries_cache_config",
)
# The fields whose move is held against this.
FIELDS: Final = frozenset({"shared_store_key_prefix", "sse_encryption", "enable_fifocache", "fifocache"})


def meaning(text: str) -> dict[str, Any] | None:
    """Return each period's index prefix, each bucket's encryption and which caches are on; None if unreadable."""
    decoded = [decode(text, table(version)) for version in (_OLD, _NEW)]
    if any(one.fatal for one in decoded):
        return None
    # The day only matters to the validation, which is not asked here.
    old, new = (
        LokiConfig(one.values, table(version), date.min) for one, version in zip(decoded, (_OLD, _NEW), strict=True)
    )
    found: dict[str, Any] = {}
    for place, period in enumerate(new.periods):
        path = f"schema_config.configs.{place}.index.path_prefix"
        shipper = f"storage_config.{_SHIPPERS.get(period.store)}.shared_store_key_prefix"
        found[path] = new.said(path) or old.said(shipper) or _USUAL_PREFIX
    for bucket in _BUCKETS:
        type_ = new.said(f"{bucket}.sse.type")
        switched = "SSE-S3" if old.said(f"{bucket}.sse_encryption") is True else ""
        found[bucket] = switched if type_ is None else type_
    for cache in _CACHES:
        switches = (old.said(f"{cache}.enable_fifocache"), new.said(f"{cache}.embedded_cache.enabled"))
        found[cache] = True in switches
    return found
