"""What Loki checks about `schema_config`: the periods themselves, and what the active one demands of the rest.

Source: pkg/storage/config/schema_config.go, pkg/loki/validation.go and pkg/loki/config_compat.go of Loki.
"""

from __future__ import annotations

from typing import Final

from parity.programs.loki.check.validation.finding import Findings, Violation, path_prefix_complaint
from parity.programs.loki.go.durations import print_go
from parity.programs.loki.read.config import SHIPPER, TSDB, LokiConfig, Period
from parity.programs.loki.read.decode import ZERO

_DAY: Final = 24 * 3600 * 10**9
_KEPT_IN_TABLES: Final = (
    "cassandra",
    "aws-dynamo",
    "bigtable-hashed",
    "gcp",
    "gcp-columnkey",
    "bigtable",
    "grpc-store",
)
_OLD_INDEXES: Final = (
    "aws",
    "aws-dynamo",
    "bigtable",
    "bigtable-hashed",
    "boltdb",
    "cassandra",
    "gcp",
    "gcp-columnkey",
    "grpc-store",
)
INDEXES: Final = ("inmemory", SHIPPER, TSDB, *_OLD_INDEXES)
_STORES: Final = ("filesystem", "aws", "alibabacloud", "azure", "bos", "cos", "gcs", "s3", "swift")
_OLD_STORES: Final = ("aws-dynamo", "bigtable", "bigtable-hashed", "cassandra", "gcp", "gcp-columnkey", "grpc-store")
STORES: Final = (*_STORES, *_OLD_STORES)
_THANOS_STORES: Final = ("s3", "gcs", "azure", "swift", "filesystem")
_IN_MEMORY: Final = "inmemory"
_CONFIGS: Final = "schema_config.configs"


def periods(config: LokiConfig) -> Findings:
    """Each period by itself and their order; Loki stops at the first error."""
    if not config.periods:
        yield Violation("schema.none", _CONFIGS)
        return
    active = config.active()
    last = len(config.periods) - 1
    current = config.periods[active]
    if current.store == SHIPPER and current.index_period != _DAY and active == last:
        yield Violation("schema.shipper-period", f"{_CONFIGS}.{active}.index.period")
    if (
        active < last
        and config.periods[active + 1].store == SHIPPER
        and config.periods[active + 1].index_period != _DAY
    ):
        yield Violation("schema.shipper-next-period", f"{_CONFIGS}.{active + 1}.index.period")
    for place, period in enumerate(config.periods):
        yield from _period(config, period, f"{_CONFIGS}.{place}")
        if place < last and period.start >= config.periods[place + 1].start:
            yield Violation("schema.order", f"{_CONFIGS}.{place + 1}.from")


def newest_version(config: LokiConfig) -> int:
    """Return the newest schema version the release knows (2.8 stops at v12)."""
    release = config.release
    return 12 if (release.major, release.minor) < (2, 9) else 13


def _period(config: LokiConfig, period: Period, path: str) -> Findings:
    modern = config.release.major >= 3
    where = "validating period_config: " if modern else ""
    kept = period.object_store or period.store
    if kept in _KEPT_IN_TABLES and not period.chunk_prefix:
        yield Violation("schema.chunk-prefix", f"{path}.chunks.prefix", {"where": where})
    if period.store == TSDB and period.index_period != _DAY:
        yield Violation("schema.tsdb-period", f"{path}.index.period", {"where": where})
    for name, length in (("index", period.index_period), ("chunk", period.chunk_period)):
        inside = f"{where}validating {name} tables: " if modern else ""
        if length > 0 and length % _DAY:
            yield Violation(
                "schema.table-period", f"{path}.{'chunks' if name == 'chunk' else name}.period", {"where": inside}
            )
        complaint = path_prefix_complaint(period.path_prefix) if modern and name == "index" else None
        if complaint:
            yield Violation(
                "schema.path-prefix", f"{path}.index.path_prefix", {"where": inside, "complaint": complaint}
            )
    if not 9 <= period.version <= newest_version(config):
        words = {"where": where, "schema": period.schema, "newest": f"v{newest_version(config)}"}
        yield Violation("schema.version", f"{path}.schema", words)


def stores(config: LokiConfig) -> Findings:
    """Whether every period names stores that exist."""
    known = (*_STORES, "noop") if (config.release.major, config.release.minor) >= _NOOP_SINCE else _STORES
    thanos = bool(config.has("storage_config.use_thanos_objstore") and config.get("storage_config.use_thanos_objstore"))
    for place, period in enumerate(config.periods):
        if period.store not in INDEXES:
            yield Violation("schema.store", f"{_CONFIGS}.{place}.store", {"store": period.store})
        names = _named(config, "storage_config.object_store.named_stores" if thanos else "storage_config.named_stores")
        accepted = _THANOS_STORES if thanos else (_IN_MEMORY, *known, *_OLD_STORES)
        if period.object_store not in accepted and period.object_store not in names:
            words = {"store": period.object_store, "known": ", ".join(_THANOS_STORES if thanos else known)}
            yield Violation("schema.object-store", f"{_CONFIGS}.{place}.object_store", words)


_NOOP_SINCE: Final = (3, 6)


def _named(config: LokiConfig, path: str) -> set[str]:
    found = config.said(path)
    groups = [] if found is None or found is ZERO else found.values()
    return {name for group in groups if isinstance(group, dict) for name in group}


def compatibility(config: LokiConfig) -> Findings:
    """Whether the ingester's index shards suit every period."""
    shards = int(config.get("ingester.index_shards"))
    for place, period in enumerate(config.periods):
        if period.store == TSDB:
            unsigned = shards % 2**32  # zero passes: Go's shift wraps round
            if unsigned & (unsigned - 1):
                yield Violation("schema.bit-shards", "ingester.index_shards", {"shards": unsigned})
        elif any(config.unknown(f"{_CONFIGS}.{place}.{name}") for name in ("store", "schema", "row_shards")):
            continue
        elif period.row_shards > 0 and shards % period.row_shards > 0:
            words = {"shards": shards, "rows": period.row_shards, "place": place}
            yield Violation("schema.shards", "ingester.index_shards", words)


def aggregations(config: LokiConfig) -> Findings:
    """Whether sharded aggregations find the encoding they need."""
    path = "query_range.shard_aggregations"
    if config.has(path) and config.get(path) and config.get("frontend.encoding") != "protobuf":
        yield Violation("query.encoding", path)


def requirements(config: LokiConfig) -> Findings:
    """What the period that is active today demands."""
    place = config.active()
    period = config.periods[place]
    path = f"{_CONFIGS}.{place}"
    if period.store != TSDB and _index_cache(config):
        validity = int(config.get("storage_config.index_cache_validity"))
        retain = int(config.get("ingester.chunk_retain_period"))
        if retain < validity:
            words = {"store": period.store, "validity": print_go(validity), "retain": print_go(retain)}
            yield Violation("schema.index-cache", "ingester.chunk_retain_period", words)
    if not config.get("limits_config.allow_structured_metadata"):
        return
    if period.version < 13:
        yield Violation("schema.metadata-version", f"{path}.schema", {"schema": period.schema})
    if period.store != TSDB:
        yield Violation("schema.metadata-store", f"{path}.store", {"store": period.store})


def _index_cache(config: LokiConfig) -> bool:
    block = "storage_config.index_queries_cache_config"
    said = (
        config.said(f"{block}.{name}")
        for name in ("memcached_client.host", "memcached_client.addresses", "redis.endpoint")
    )
    return (
        any(value not in (None, "", ZERO) for value in said) or config.said(f"{block}.embedded_cache.enabled") is True
    )


def directories(config: LokiConfig) -> Findings:
    """Whether the index stores in use have directories."""
    for store, block in ((TSDB, "tsdb_shipper"), (SHIPPER, "boltdb_shipper")):
        for period in config.periods:
            if period.store == store:
                for rule, name in (
                    ("directory.index", "active_index_directory"),
                    ("directory.cache", "cache_location"),
                ):
                    path = f"storage_config.{block}.{name}"
                    if not config.get(path):
                        yield Violation(rule, path, {"store": store, "block": block})
    for period in config.periods:
        if period.store in (TSDB, SHIPPER) and not config.get("compactor.working_directory"):
            yield Violation("directory.compactor", "compactor.working_directory")
