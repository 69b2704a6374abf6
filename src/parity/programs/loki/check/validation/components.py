"""What Loki checks about its parts: queries, ingester, limits, compactor, rings. Each stops at its first error.

Source: the Validate functions of the packages under pkg/ of Loki, releases 2.8 to 3.7.
"""

from __future__ import annotations

import re
from typing import Final

from parity.programs.loki.check.validation.finding import Findings, Violation, path_prefix_complaint
from parity.programs.loki.check.validation.storage import grpc, ruler_storage
from parity.programs.loki.go.durations import print_go, print_model
from parity.programs.loki.read.config import LokiConfig
from parity.programs.loki.read.decode import ZERO, Unknown

_MINUTE: Final = 60 * 10**9
_DAY: Final = 24 * 3600 * 10**9
_ENCODINGS: Final = ("none", "gzip", "lz4-64k", "snappy", "lz4-256k", "lz4-1M", "lz4", "flate", "zstd")
_DELETION_MODES: Final = ("disabled", "filter-only", "filter-and-delete")
_MATCHER: Final = r'\s*[A-Za-z_][A-Za-z0-9_]*\s*(=|!=|=~|!~)\s*("(?:[^"\\\n]|\\.)*"|`[^`]*`)\s*'
_SELECTOR: Final = re.compile(rf"\s*\{{(?:{_MATCHER}(?:,{_MATCHER})*,?\s*)?\}}\s*\Z")


def query_range(config: LokiConfig) -> Findings:
    """`query_range`: the split that moved, caches, sharded aggregations."""
    block = "query_range"
    if config.has(f"{block}.split_queries_by_interval") and config.get(f"{block}.split_queries_by_interval"):
        yield Violation("query.split", f"{block}.split_queries_by_interval")
    if config.get(f"{block}.cache_results"):
        yield from _cache(config, f"{block}.results_cache", "invalid results_cache config: ")
    aggregations = f"{block}.shard_aggregations"
    if (
        config.has(aggregations)
        and config.get(aggregations)
        and not config.get(f"{block}.parallelise_shardable_queries")
    ):
        yield Violation("query.aggregations", aggregations)
    if config.has(f"{block}.cache_index_stats_results") and config.get(f"{block}.cache_index_stats_results"):
        yield from _cache(config, f"{block}.index_stats_results_cache", "invalid index_stats_results_cache config: ")


def _cache(config: LokiConfig, block: str, where: str) -> Findings:
    compression = config.said(f"{block}.compression")
    if compression not in (None, ZERO, "", "snappy"):
        yield Violation("query.compression", f"{block}.compression", {"where": where, "compression": compression})
    if not _cached(config, block):
        yield Violation("query.cache", f"{block}.cache", {"where": where})


def _cached(config: LokiConfig, block: str) -> bool:
    """Loki switches its embedded cache on where no other is set; only the file can switch that off again."""
    said = [
        config.said(f"{block}.cache.{name}")
        for name in ("memcached_client.host", "memcached_client.addresses", "redis.endpoint")
    ]
    if any(value not in (None, "", ZERO) for value in said) or config.said(f"{block}.cache.enable_fifocache") is True:
        return True
    return config.said(f"{block}.cache.embedded_cache.enabled") in (None, True)


def querier(config: LokiConfig) -> Findings:
    """`querier`: what it may read from."""
    if config.get("querier.query_store_only") and config.get("querier.query_ingester_only"):
        yield Violation("querier.only", "querier.query_store_only")


def query_scheduler(config: LokiConfig) -> Findings:
    """The scheduler's ring, which must be left alone."""
    yield from _ring(config, "query_scheduler.scheduler_ring", 128, 2)


def index_gateway(config: LokiConfig) -> Findings:
    """The index gateway's ring."""
    yield from _ring(config, "index_gateway.ring", 128, None)


def _ring(config: LokiConfig, block: str, tokens: int, replication: int | None) -> Findings:
    if not config.has(f"{block}.num_tokens"):
        return
    if config.get(f"{block}.num_tokens") != tokens:
        yield Violation("ring.tokens", f"{block}.num_tokens")
    if replication is not None and config.get(f"{block}.replication_factor") != replication:
        yield Violation("ring.replication", f"{block}.replication_factor")


def ruler(config: LokiConfig) -> Findings:
    """The ruler's storage and remote write."""
    yield from ruler_storage(config)
    if config.get("ruler.remote_write.enabled"):
        client = config.said("ruler.remote_write.client")
        clients = config.said("ruler.remote_write.clients")
        if client in (None, ZERO) and not (isinstance(clients, dict) and clients):
            yield Violation("ruler.no-client", "ruler.remote_write.clients")


def ingester(config: LokiConfig) -> Findings:
    """`ingester`: encoding, write-ahead log, flushing, index shards."""
    encoding = config.get("ingester.chunk_encoding")
    if str(encoding).lower() not in tuple(known.lower() for known in _ENCODINGS):
        yield Violation("ingester.encoding", "ingester.chunk_encoding", {"encoding": encoding})
    wal = bool(config.get("ingester.wal.enabled"))
    checkpoint = int(config.get("ingester.wal.checkpoint_duration"))
    if wal and checkpoint < 1:
        yield Violation("ingester.checkpoint", "ingester.wal.checkpoint_duration", {"duration": print_go(checkpoint)})
    transfers = "ingester.max_transfer_retries"
    if wal and config.has(transfers) and int(config.get(transfers)) > 0:
        yield Violation("ingester.transfers", transfers)
    yield from _flushing(config)
    shards = int(config.get("ingester.index_shards"))
    if shards <= 0:
        yield Violation("ingester.shards", "ingester.index_shards", {"shards": shards})


def _flushing(config: LokiConfig) -> Findings:
    block = "ingester.flush_op_backoff"
    if not config.has(block):
        return
    if int(config.get(f"{block}.min_period")) > int(config.get(f"{block}.max_period")):
        yield Violation("ingester.backoff", block)
    retries = int(config.get(f"{block}.max_retries"))
    if retries <= 0:
        yield Violation("ingester.retries", f"{block}.max_retries", {"retries": retries})
    timeout = int(config.get("ingester.flush_op_timeout"))
    if timeout <= 0:
        yield Violation("ingester.timeout", "ingester.flush_op_timeout", {"timeout": print_go(timeout)})


def block_builder(config: LokiConfig) -> Findings:
    """`block_builder` of 3.4 and 3.5: encoding, intervals, workers."""
    encoding = config.get("block_builder.chunk_encoding")
    if str(encoding).lower() not in tuple(known.lower() for known in _ENCODINGS):
        yield Violation("ingester.encoding", "block_builder.chunk_encoding", {"encoding": encoding})
    for name, shown in (("sync_interval", "sync interval"), ("poll_interval", "poll interval")):
        if int(config.get(f"block_builder.{name}")) <= 0:
            yield Violation("builder.positive", f"block_builder.{name}", {"setting": shown})
    if int(config.get("block_builder.worker_parallelism")) < 1:
        yield Violation("builder.positive", "block_builder.worker_parallelism", {"setting": "worker parallelism"})


def limits(config: LokiConfig) -> Findings:
    """`limits_config`: retention by stream, deletion mode, sharding."""
    yield from _stream_retention(config)
    if config.get("limits_config.deletion_mode") not in _DELETION_MODES:
        yield Violation("limits.deletion-mode", "limits_config.deletion_mode")
    yield from _labels_of_attributes(config)
    path = "limits_config.tsdb_sharding_strategy"
    if config.has(path) and config.get(path) not in ("power_of_two", "bounded"):
        yield Violation("limits.sharding", path, {"strategy": config.get(path)})
    path = "limits_config.bloom_block_encoding"
    if config.has(path) and str(config.get(path)).lower() not in tuple(known.lower() for known in _ENCODINGS):
        yield Violation("ingester.encoding", path, {"encoding": config.get(path)})
    path = "limits_config.tsdb_max_bytes_per_shard"
    if config.has(path) and config.release.major >= 3 and int(config.get(path)) <= 0:
        yield Violation("limits.shard-bytes", path)
    path = "limits_config.engine_results_cache_time_bucket_interval"
    interval = config.said(path)
    if (config.release.major, config.release.minor) >= (3, 7) and isinstance(interval, int) and interval < _MINUTE:
        yield Violation("limits.bucket", path, {"interval": print_model(interval)})


def _labels_of_attributes(config: LokiConfig) -> Findings:
    """Only attributes of a resource can become labels."""
    kinds = ("scope_attributes",) if (config.release.major, config.release.minor) >= (3, 5) else (
        "scope_attributes", "log_attributes"
    )  # fmt: skip
    for kind in kinds:
        entries = config.said(f"limits_config.otlp_config.{kind}")
        for place, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict) and entry.get("action") == "index_label":
                yield Violation("limits.otlp", f"limits_config.otlp_config.{kind}.{place}.action")


def _stream_retention(config: LokiConfig) -> Findings:
    entries = config.said("limits_config.retention_stream")
    for place, entry in enumerate(entries if isinstance(entries, list) else ()):
        path = f"limits_config.retention_stream.{place}"
        if isinstance(entry, Unknown):
            continue
        values = {} if entry is ZERO else entry
        selector = values.get("selector", "")
        if selector is ZERO or not _SELECTOR.match(str(selector)):
            yield Violation("limits.selector", f"{path}.selector", {"complaint": "parse error"})
        period = values.get("period", 0)
        if not isinstance(period, Unknown) and (period is ZERO or int(period) < _DAY):
            shown = print_model(0 if period is ZERO else int(period))
            yield Violation("limits.retention", f"{path}.period", {"period": shown})


def worker(config: LokiConfig) -> Findings:
    """`frontend_worker`: whom to ask for work, and how."""
    block = "frontend_worker"
    if config.get(f"{block}.frontend_address") and config.get(f"{block}.scheduler_address"):
        yield Violation("worker.addresses", f"{block}.scheduler_address")
    for client in ("query_frontend_grpc_client", "grpc_client_config", "query_scheduler_grpc_client"):
        yield from grpc(config, f"{block}.{client}")


def compactor(config: LokiConfig) -> Findings:
    """`compactor`, whose rules changed with 3.0."""
    if int(config.get("compactor.max_compaction_parallelism")) < 1:
        yield Violation("compactor.parallelism", "compactor.max_compaction_parallelism")
    retention = bool(config.get("compactor.retention_enabled"))
    if config.release.major >= 3:
        yield from _ring(config, "compactor.compactor_ring", 1, 1)
        if retention and not config.get("compactor.delete_request_store"):
            yield Violation("compactor.delete-store", "compactor.delete_request_store")
        prefix = "compactor.delete_request_store_key_prefix"
        complaint = path_prefix_complaint(str(config.get(prefix))) if retention else None
        if complaint:
            yield Violation(
                "storage.prefix", prefix, {"where": "validate delete store path prefix: ", "complaint": complaint}
            )
        return
    applied = int(config.get("compactor.apply_retention_interval"))
    compaction = int(config.get("compactor.compaction_interval"))
    if retention and applied and (not compaction or applied % compaction):
        yield Violation("compactor.interval", "compactor.apply_retention_interval")
    prefix = "compactor.shared_store_key_prefix"
    complaint = path_prefix_complaint(str(config.get(prefix)), "shared store key prefix")
    if complaint:
        yield Violation("storage.prefix", prefix, {"where": "", "complaint": complaint})


def pattern_ingester(config: LokiConfig) -> Findings:
    """`pattern_ingester`: one replica, and durations that fit each other."""
    if config.get("pattern_ingester.lifecycler.ring.replication_factor") != 1:
        yield Violation("pattern.replication", "pattern_ingester.lifecycler.ring.replication_factor")
    if not config.has("pattern_ingester.retain_for"):
        return
    names = ("retain_for", "max_chunk_age", "pattern_sample_interval")
    retain, age, sample = (int(config.get(f"pattern_ingester.{name}")) for name in names)
    words = {"retain": print_go(retain), "age": print_go(age), "sample": print_go(sample)}
    if retain < age:
        yield Violation("pattern.retain", "pattern_ingester.retain_for", words)
    if age < sample:
        yield Violation("pattern.sample", "pattern_ingester.max_chunk_age", words)


def kafka(config: LokiConfig) -> Findings:
    """`kafka_config`, where the ingester reads from Kafka."""
    if config.get("ingester.kafka_ingestion.enabled"):
        if not config.get("kafka_config.address"):
            yield Violation("kafka.address", "kafka_config.address")
        if not config.get("kafka_config.topic"):
            yield Violation("kafka.topic", "kafka_config.topic")


def distributor(config: LokiConfig) -> Findings:
    """`distributor`: where it writes to."""
    if not config.has("distributor.kafka_writes_enabled"):
        return
    if not config.get("distributor.kafka_writes_enabled") and not config.get("distributor.ingester_writes_enabled"):
        yield Violation("distributor.nowhere", "distributor.ingester_writes_enabled")


def legacy_target(config: LokiConfig) -> Findings:
    """The legacy read target beside the backend target."""
    if config.get("legacy_read_target") and "backend" in config.get("target"):
        yield Violation("target.legacy", "legacy_read_target")
