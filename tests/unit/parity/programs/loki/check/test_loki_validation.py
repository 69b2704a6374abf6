"""The second wave by rule: what makes it speak, on which releases, and which words it has."""

from __future__ import annotations

from datetime import date

import pytest
from loki_output import output
from loki_verdicts import CASES

from parity.programs.loki.check.check import check, rules, start_problems
from parity.programs.loki.read.releases import nearest

TODAY = date(2026, 1, 1)
GOOD = (CASES / "base-tsdb-v13.yaml").read_text(encoding="utf-8")
OLD = GOOD.replace("tsdb", "boltdb-shipper").replace("v13", "v11")
HOMELESS = GOOD.replace("  path_prefix: /tmp/loki\n", "")


def said(text: str, version: str = "3.4.3", today: date = TODAY) -> list[str]:
    return [str(problem) for problem in check(text, version, today)]


SECOND_WAVE = [  # text added to a good file, version, the rules that speak in their order
    ("compactor: {retention_enabled: true}", "3.0.0", ["compactor.delete-store"]),
    ("compactor: {retention_enabled: true}", "2.9.10", []),
    ("compactor: {max_compaction_parallelism: 0}", "2.9.10", ["compactor.parallelism"]),
    ("compactor: {retention_enabled: true, apply_retention_interval: 7m}", "2.9.10", ["compactor.interval"]),
    ("compactor: {shared_store_key_prefix: /x}", "2.9.10", ["storage.prefix"]),
    (
        "compactor: {retention_enabled: true, delete_request_store: s3, delete_request_store_key_prefix: x}",
        "3.4.3",
        ["storage.prefix"],
    ),
    ("compactor: {working_directory: ''}", "3.4.3", ["directory.compactor"]),
    ("compactor: {compactor_ring: {replication_factor: 3}}", "3.4.3", ["ring.replication"]),
    ("query_scheduler:", "3.4.3", ["ring.tokens"]),
    ("query_scheduler:", "2.9.10", []),
    ("index_gateway:", "3.4.3", ["ring.tokens"]),
    ("pattern_ingester:", "3.4.3", ["pattern.replication"]),
    ("pattern_ingester: {retain_for: 30m}", "3.7.6", ["pattern.retain"]),
    ("pattern_ingester: {max_chunk_age: 5s}", "3.7.6", ["pattern.sample"]),
    ("frontend_worker:", "3.4.3", ["worker.clients"]),
    ("frontend_worker:", "3.0.0", []),
    ("frontend_worker: {frontend_address: a, scheduler_address: b}", "3.4.3", ["worker.addresses"]),
    ("frontend_worker: {grpc_client_config: {grpc_compression: zip}}", "3.0.0", ["grpc.compression"]),
    ("querier: {query_store_only: true, query_ingester_only: true}", "3.4.3", ["querier.only"]),
    ("query_range: {split_queries_by_interval: 5m}", "2.9.10", ["query.split"]),
    (
        "query_range: {cache_results: true, results_cache: {compression: gzip}}",
        "3.4.3",
        ["query.compression", "query.compression"],
    ),
    (
        "query_range: {cache_results: true, results_cache: {cache: {embedded_cache: {enabled: false}}}}",
        "3.4.3",
        ["query.cache", "query.cache"],
    ),
    (
        "query_range: {shard_aggregations: a, parallelise_shardable_queries: false}\nfrontend: {encoding: protobuf}",
        "3.4.3",
        2,
    ),
    ("storage_config:", "3.4.3", ["storage.azure", "directory.index", "directory.cache"]),
    ("storage_config: {aws: }", "3.4.3", ["storage.signature"]),
    ("storage_config: {aws: {storage_class: COLD}}", "3.4.3", ["storage.class"]),
    ("storage_config: {azure: {environment: Moon}}", "2.9.10", ["storage.azure"]),
    ("storage_config: {bloom_shipper: }", "3.4.3", ["storage.bloom"]),
    ("storage_config: {named_stores: {aws: {s3: {region: x}}}}", "3.4.3", ["storage.named"]),
    (
        "storage_config: {named_stores: {aws: {a: {region: x}}, gcs: {a: {bucket_name: x}}}}",
        "3.4.3",
        ["storage.named-twice"],
    ),
    ("ingester: {index_shards: 0}", "3.4.3", ["ingester.shards"]),
    ("ingester: {index_shards: 24}", "3.4.3", ["schema.bit-shards"]),
    ("ingester: {wal: {checkpoint_duration: 0s}}", "3.4.3", ["ingester.checkpoint"]),
    ("ingester: {max_transfer_retries: 3}", "2.9.10", ["ingester.transfers"]),
    ("ingester: {flush_op_timeout: 0s}", "3.4.3", ["ingester.timeout"]),
    ("ingester: {flush_op_backoff: {max_retries: 0}}", "3.4.3", ["ingester.retries"]),
    ("ingester: {flush_op_backoff: {min_period: 5m}}", "3.4.3", ["ingester.backoff"]),
    ("ingester: {kafka_ingestion: {enabled: true}}", "3.4.3", ["kafka.topic"]),
    ("limits_config: {deletion_mode: all}", "3.4.3", ["limits.deletion-mode"]),
    ("limits_config: {tsdb_sharding_strategy: even}", "3.4.3", ["limits.sharding"]),
    ("limits_config: {tsdb_max_bytes_per_shard: 0}", "3.4.3", ["limits.shard-bytes"]),
    ("limits_config: {bloom_block_encoding: zip}", "3.4.3", ["ingester.encoding"]),
    (
        "limits_config: {retention_stream: [{selector: '{a=\"b\"}', priority: 1, period: 5h}]}",
        "3.4.3",
        ["limits.retention"],
    ),
    ("limits_config: {retention_stream: [{selector: 'a=b', priority: 1, period: 24h}]}", "3.4.3", ["limits.selector"]),
    ('limits_config: {retention_stream: [{selector: \'{a="b", c=~"d.*"}\', period: 1d}]}', "3.4.3", []),
    ("distributor: {ingester_writes_enabled: false}", "3.4.3", ["distributor.nowhere"]),
    ("ruler: {remote_write: {enabled: true}}", "3.4.3", ["ruler.no-client"]),
    ("ruler: {storage: {azure: {environment: Moon}}}", "3.4.3", ["storage.azure"]),
    ("server:", "3.4.3", ["server.silent"]),
    ("server: {log_level: }", "2.9.10", ["server.silent"]),
    ("target: backend\nlegacy_read_target: true", "3.4.3", ["target.legacy"]),
    ("ruler_storage:", "3.4.3", []),
    ("table_manager:", "3.4.3", []),
]


@pytest.mark.parametrize(("added", "version", "expected"), SECOND_WAVE)
def test_rule_speaks_where_it_should(added: str, version: str, expected: list[str] | int) -> None:
    found = [problem.rule for problem in check(f"{GOOD}{added}\n", version, TODAY)]
    assert found == (["query.aggregations"] * expected if isinstance(expected, int) else expected)


SCHEMA = [  # what is replaced in the good file, by what, version, rules
    ("period: 24h", "period: 168h", "3.4.3", ["schema.tsdb-period"]),
    ("period: 24h", "period: 36h", "3.4.3", ["schema.tsdb-period"]),
    ("store: tsdb", "store: boltdb", "3.4.3", ["schema.metadata-store"]),
    ("object_store: filesystem", "object_store: minio", "3.4.3", ["schema.object-store"]),
    ("object_store: filesystem", "object_store: cassandra", "3.4.3", ["schema.chunk-prefix"]),
    ("prefix: index_", "prefix: index_\n        path_prefix: /index/", "3.4.3", ["schema.path-prefix"]),
    ("prefix: index_", "prefix: index_\n        path_prefix: idx/", "3.4.3", []),
    ("schema: v13", "schema: v13\n      chunks: {period: 5h}", "3.4.3", ["schema.table-period"]),
    ("schema: v13", "schema: thirteen", "3.4.3", ["parser.value"]),
    ("  configs:\n", "  configs: []\nignored: {\n", "3.4.3", ["parser.syntax"]),
]


@pytest.mark.parametrize(("old", "new", "version", "expected"), SCHEMA)
def test_schema_rules(old: str, new: str, version: str, expected: list[str]) -> None:
    assert [problem.rule for problem in check(GOOD.replace(old, new, 1), version, TODAY)] == expected


def test_only_the_period_that_is_active_counts() -> None:
    later = OLD + GOOD[GOOD.index("    - from") :].replace("2020-10-24", "2026-06-01")
    assert len(check(later, "3.4.3", date(2026, 5, 31))) == 2
    assert not check(later, "3.4.3", date(2026, 6, 1))


def test_the_second_wave_is_told_behind_the_first() -> None:
    text = OLD + "compactor:\n  shared_store: filesystem\n  retention_enabled: true\n"
    problems = check(text, "3.4.3", TODAY)
    assert [(problem.wave, problem.hidden) for problem in problems] == [(1, False), (2, True), (2, True), (2, True)]
    assert str(problems[0]) == "line 23: field shared_store not found in type compactor.Config"
    assert output(problems, "loki.yaml", "3.4.3") == (
        "failed parsing config: loki.yaml: yaml: unmarshal errors:\n"
        "  line 23: field shared_store not found in type compactor.Config. Use `-config.expand-env=true` flag if you"
        " want to expand environment variables in your config file"
    )
    assert output(problems, "f", "3.4.3", expand_env=True).endswith("compactor.Config")
    assert output(problems, "f", "4.0.0").startswith("failed parsing config: f: yaml: construct errors: line 23: field")


def test_directories_come_from_the_common_prefix() -> None:
    assert [problem.rule for problem in check(HOMELESS, "3.4.3", TODAY)] == [
        "directory.index",
        "directory.cache",
        "directory.compactor",
    ]
    assert len(check(HOMELESS, "3.7.6", TODAY)) == 2  # the compactor has a directory of its own by then


def test_index_cache_must_not_outlive_chunks() -> None:
    cache = "storage_config: {index_queries_cache_config: {memcached_client: {host: m}}}\n"
    kept = "ingester: {chunk_retain_period: 1m}\n"
    metadata = "limits_config: {allow_structured_metadata: false}\n"
    assert not said(OLD + cache + metadata)
    assert [problem.rule for problem in check(OLD + cache + kept + metadata, "3.4.3", TODAY)] == ["schema.index-cache"]


def test_variables_are_not_read_as_values_where_loki_expands_them() -> None:
    text = GOOD + "server:\n  http_listen_port: ${PORT}\n  grpc_listen_port: ${GRPC:-9095}\n"
    assert len(check(text, "3.4.3", TODAY)) == 2
    assert not check(text, "3.4.3", TODAY, expand_env=True)
    assert check(text + "zzz: ${X}\n", "3.4.3", TODAY, expand_env=True)


START = [
    ("target: bogus", "start.target"),
    ("target: read,write", None),
    ("frontend:", "start.frontend"),
    ("compactor: {retention_enabled: true, delete_request_store: nowhere}", "start.delete-store"),
    ("compactor: {retention_enabled: true, delete_request_store: s3}", None),
]


@pytest.mark.parametrize(("added", "rule"), START)
def test_what_only_a_start_shows(added: str, rule: str | None) -> None:
    text = f"{GOOD}{added}\n"
    assert not check(text, "3.4.3", TODAY)
    assert [problem.rule for problem in start_problems(text, "3.4.3", TODAY)] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("3.4.3", "3.4.3"),
        ("3.4.9", "3.4.3"),
        ("v3.4", "3.4.3"),
        ("3", "3.7.6"),
        ("2.9.10", "2.9.10"),
        ("2.9.4", "2.9.10"),
        ("3.0.0-amd64", "3.0.0"),
        ("2.4.1", "2.8.11"),
        ("4.0.0", "3.7.6"),
    ],
)
def test_nearest_table(version: str, expected: str) -> None:
    assert nearest(version) == expected


@pytest.mark.parametrize("version", ["latest", "", "main-abc"])
def test_a_version_that_is_none_is_refused_with_a_sentence(version: str) -> None:
    with pytest.raises(ValueError, match="is not a Loki version"):
        check(GOOD, version, TODAY)


def test_every_rule_has_its_sentences() -> None:
    for name, entry in rules().items():
        assert {"cause", "action"} <= entry.keys(), name
        assert entry["cause"].endswith("."), name
        assert entry["action"].endswith("."), name
        assert name.startswith("parser.") or "words" in entry, name


def test_a_url_that_cannot_be_read_does_not_show_its_password() -> None:
    text = GOOD + "storage_config: {aws: {s3: 's3://key:top/secret@host:port/bucket'}}\n"
    (problem,) = check(text, "3.4.3", TODAY)
    assert problem.rule == "parser.value"
    assert "secret" not in problem.text
