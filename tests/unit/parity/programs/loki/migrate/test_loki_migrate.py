"""Migration: what it repairs, what it leaves to the owner, and that nothing else in the file moves."""

from __future__ import annotations

import difflib
from collections import Counter
from datetime import date

import pytest
from loki_verdicts import CASES, Verdict, by_case, verdicts

from parity.programs.loki.check.check import check
from parity.programs.loki.migrate.migrate import migrate

TODAY = date(2026, 1, 1)
FAILING = [verdict for verdict in verdicts() if verdict.exit and verdict.version in ("3.0.0", "3.4.3", "3.7.6")]
# What no file can tell by itself: only these cases may be handed to the owner.
OWNERS = {
    "bad-chunk-encoding",
    "bad-int",
    "empty-file",
    "env-unexpanded",
    "no-schema",
    "null-common",
    "schema-order",
    "schema-v14",
    "schema-v8",
    "shard-agg",
    "shipper-168h-nosm",
    "two-common-stores",
    "unknown-store",
    "w2-grpc-size-unit",
    "w2-index-168h",
    "w2-named-like-type",
    "w2-otlp-bad-action",
    "w2-periods-unsorted",
}
GOOD = (CASES / "base-tsdb-v13.yaml").read_text(encoding="utf-8")
OLD = """\
# Loki of the shop
auth_enabled: false
ingester:
  wal: {enabled: true, dir: /data/loki/wal}
  max_transfer_retries: 0     # chunk transfers disabled
  lifecycler:
    ring: {kvstore: {store: inmemory}, replication_factor: 1}
schema_config:
  configs:
    - from: 2020-10-24
      store: boltdb-shipper
      object_store: filesystem
      schema: v11
      index: {prefix: index_, period: 24h}
storage_config:
  boltdb_shipper:
    active_index_directory: /data/loki/index
    shared_store: filesystem
    shared_store_key_prefix: idx/
  filesystem: {directory: /data/loki/chunks}
limits_config:
  # ours
  enforce_metric_name: false
  reject_old_samples: true
chunk_store_config:
  max_look_back_period: 672h
querier:
  query_timeout: 5m
frontend_worker: {match_max_concurrent: true, parallelism: 6}
query_range:
  results_cache:
    cache:
      enable_fifocache: true
      fifocache: {max_size_bytes: 500MB, validity: 24h}
compactor:
  shared_store: filesystem
  retention_enabled: true
table_manager:
  retention_deletes_enabled: false
"""
NEW = """\
# Loki of the shop
auth_enabled: false
ingester:
  wal: {enabled: true, dir: /data/loki/wal}
  lifecycler:
    ring: {kvstore: {store: inmemory}, replication_factor: 1}
schema_config:
  configs:
    - from: 2020-10-24
      store: boltdb-shipper
      object_store: filesystem
      schema: v11
      index: {prefix: index_, period: 24h, path_prefix: idx/}
storage_config:
  boltdb_shipper:
    active_index_directory: /data/loki/index
    cache_location: /data/loki/boltdb-shipper-cache
  filesystem: {directory: /data/loki/chunks}
limits_config:
  # ours
  reject_old_samples: true
  max_query_lookback: 672h
  query_timeout: 5m
  allow_structured_metadata: false
querier:
  max_concurrent: 6
query_range:
  results_cache:
    cache:
      embedded_cache:
        enabled: true
        max_size_mb: 500
        ttl: 24h
compactor:
  retention_enabled: true
  delete_request_store: filesystem
  working_directory: /data/loki/compactor
table_manager:
  retention_deletes_enabled: false
"""


@pytest.mark.parametrize("verdict", FAILING, ids=lambda verdict: f"{verdict.name}-{verdict.version}")
def test_case_is_repaired_or_handed_over(verdict: Verdict) -> None:
    plan = migrate(verdict.text, verdict.version, TODAY)
    rest = check(plan.text, verdict.version, TODAY)
    assert Counter(str(left.problem) for left in plan.left) == Counter(map(str, rest))
    assert bool(plan.left) == (verdict.name in OWNERS)
    assert bool(plan.steps) == (plan.text != verdict.text)
    assert all(left.why for left in plan.left)


@pytest.mark.parametrize("name", by_case())
def test_a_file_that_starts_is_left_alone(name: str) -> None:
    for verdict in by_case()[name]:
        crashes = name == "null-frontend" and verdict.version >= "3"  # verifies, and crashes when it starts
        if not verdict.exit and not crashes:
            assert migrate(verdict.text, verdict.version, TODAY).text == verdict.text, verdict.version


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("version", ["3.0.0", "3.4.3"])
def test_an_old_file_becomes_a_new_one(version: str, newline: str) -> None:
    plan = migrate(OLD.replace("\n", newline), version, TODAY)
    assert plan.text == NEW.replace("\n", newline)
    assert not plan.left
    assert not check(plan.text, version, TODAY)
    assert migrate(plan.text, version, TODAY).text == plan.text


def test_steps_say_what_was_done_where() -> None:
    steps = {step.path: step for step in migrate(OLD, "3.4.3", TODAY).steps}
    moved = steps["chunk_store_config.max_look_back_period"]
    assert (moved.action, moved.to, moved.line) == ("moved", "limits_config.max_query_lookback", 26)
    assert str(moved).startswith("line 26: moved `chunk_store_config.max_look_back_period` to `limits_config.max_query")
    assert "it is the compactor's `shared_store`" in steps["compactor.delete_request_store"].why
    assert not any(step.verify for step in steps.values())


REPAIRED = [  # what is added to a good file, version, what stands there afterwards
    ("server: {http_server_read_timeout: 1d}", "3.4.3", "server: {http_server_read_timeout: 24h}"),
    ("ingester: {chunk_idle_period: 1w2d}", "3.4.3", "ingester: {chunk_idle_period: 216h}"),
    ("server: {http_listen_port: '3100'}", "3.4.3", "server: {http_listen_port: 3100}"),
    ('analytics: {reporting_enabled: "false"}', "3.4.3", "analytics: {reporting_enabled: false}"),
    ("memberlist: {join_members: loki:7946}", "3.4.3", 'memberlist: {join_members: ["loki:7946"]}'),
    ("limits_config: {max_line_size: 4MiB}", "3.4.3", "limits_config: {max_line_size: 4MB}"),
    ("server: {log_level: info, log_level: info}", "3.4.3", None),
    (
        "storage_config:\n  aws: {sse_encryption: true, region: x}",
        "3.4.3",
        "storage_config:\n  aws: {region: x, sse: {type: SSE-S3}}",
    ),
    (
        "compactor: {retention_enabled: true}",
        "3.4.3",
        "compactor: {retention_enabled: true, delete_request_store: filesystem}",
    ),
    (
        "storage_config: {use_thanos_objstore: false, filesystem: {directory: /x}}",
        "3.0.0",
        "storage_config: {filesystem: {directory: /x}}",
    ),
    (
        "limits_config: {deletion_mode: disabled}\ncompactor: {deletion_mode: disabled}",
        "3.4.3",
        "limits_config: {deletion_mode: disabled}",
    ),
]


@pytest.mark.parametrize(("added", "version", "after"), REPAIRED)
def test_single_repairs(added: str, version: str, after: str | None) -> None:
    plan = migrate(f"{GOOD}{added}\n", version, TODAY)
    if after is None:
        assert plan.left
        assert plan.text == f"{GOOD}{added}\n"
    else:
        assert plan.text == f"{GOOD}{after}\n"
        assert not plan.left


def test_a_slip_of_the_pen_is_written_right_and_marked_for_a_look() -> None:
    plan = migrate(GOOD + "limits_config:\n  retention_perod: 744h\n", "3.4.3", TODAY)
    (step,) = plan.steps
    assert (step.action, step.verify) == ("renamed", True)
    assert plan.text == GOOD + "limits_config:\n  retention_period: 744h\n"
    assert "744h" not in str(step)


@pytest.mark.parametrize("name", ["max_line_size_kb", "max_line_length", "max_entries_limit"])
def test_what_may_be_another_setting_is_removed_and_marked_for_a_look(name: str) -> None:
    plan = migrate(f"{GOOD}limits_config:\n  {name}: 1MB\n", "3.4.3", TODAY)
    (step,) = plan.steps
    assert (step.action, step.verify) == ("removed", True)
    assert "1MB" not in str(step)


def test_a_shipper_whose_store_is_not_the_periods_is_marked_for_a_look() -> None:
    plan = migrate(OLD.replace("    shared_store: filesystem", "    shared_store: gcs"), "3.4.3", TODAY)
    assert [step.path for step in plan.steps if step.verify] == ["storage_config.boltdb_shipper.shared_store"]


def test_the_owner_gets_the_exact_lines_of_a_new_period() -> None:
    text = OLD.replace("period: 24h}", "period: 168h}")
    plan = migrate(text, "3.4.3", TODAY)
    (left,) = plan.left
    assert left.problem.rule == "schema.shipper-period"
    assert plan.text.splitlines()[left.line - 1].strip().startswith("index: {") if left.line else False
    lines = plan.text.splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.startswith("storage_config"))
    with_lines = "".join([*lines[:at], left.lines, "\n", *lines[at:]])
    done = migrate(with_lines, "3.4.3", TODAY)
    assert not done.left
    assert not check(done.text, "3.4.3", TODAY)


def test_nothing_but_the_lines_of_the_steps_changes() -> None:
    plan = migrate(OLD, "3.7.6", TODAY)
    kept = [line for line in difflib.ndiff(OLD.splitlines(), plan.text.splitlines()) if line.startswith("  ")]
    assert "  # Loki of the shop" in kept
    assert "    # ours" in kept


@pytest.mark.parametrize(
    "text",
    [
        "common: &c {ring: {kvstore: {store: inmemory}}}\nserver: *c\n",
        "limits_config: &l {enforce_metric_name: false}\noverrides: *l\n",
        "a: [\n",
        "- x\n",
        "server:\n  <<: {zzz: 1}\n",
    ],
)
def test_what_cannot_be_edited_safely_is_handed_over(text: str) -> None:
    plan = migrate(text, "3.4.3", TODAY)
    assert plan.left
    assert {str(left.problem) for left in plan.left} == {str(problem) for problem in check(plan.text, "3.4.3", TODAY)}
