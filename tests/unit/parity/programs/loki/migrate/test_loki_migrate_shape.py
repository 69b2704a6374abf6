"""Migration keeps a file's shape: comments, order, quoting, and everything that no step names."""

from __future__ import annotations

import pytest
from loki_texts import PERIOD, TODAY

from parity.programs.loki.check.check import check
from parity.programs.loki.migrate.migrate import migrate

HEAD = f"""\
auth_enabled: false
common:
  path_prefix: /srv/logs
  ring:
    kvstore:
      store: inmemory
{PERIOD}"""


def migrated(added: str, version: str = "3.4.3") -> str:
    """What becomes of a file that starts when `added` is added to it."""
    plan = migrate(HEAD + added, version, TODAY)
    assert not plan.left, [str(left.problem) for left in plan.left]
    assert not check(plan.text, version, TODAY)
    assert plan.text.startswith(HEAD)
    assert migrate(plan.text, version, TODAY).text == plan.text
    return plan.text.removeprefix(HEAD)


SHAPES = [  # added to the file, what stands there afterwards
    (  # the comment behind a value moves with it
        "querier:\n  max_concurrent: 3\n  query_timeout: 7m   # as long as the proxy waits\n",
        "querier:\n  max_concurrent: 3\nlimits_config:\n  query_timeout: 7m  # as long as the proxy waits\n",
    ),
    (  # a comment in a block that is emptied stays, further out
        "chunk_store_config:\n  # two weeks\n  max_look_back_period: 336h\nlimits_config:\n  max_line_size: 64KB\n",
        "# two weeks\nlimits_config:\n  max_line_size: 64KB\n  max_query_lookback: 336h\n",
    ),
    (  # a block that is emptied and filled again keeps its place
        "querier:\n  query_timeout: 7m\n\nfrontend:\n  compress_responses: true\nfrontend_worker:\n  parallelism: 3\n",
        "querier:\n  max_concurrent: 3\n\nfrontend:\n  compress_responses: true\nlimits_config:\n  query_timeout: 7m\n",
    ),
    (  # below the comment that stood above it
        "server:\n  log_level: warn\n\n# answers\nquerier:\n  query_timeout: 7m\nfrontend_worker:\n  parallelism: 3\n",
        "server:\n  log_level: warn\n\n# answers\nquerier:\n  max_concurrent: 3\nlimits_config:\n  query_timeout: 7m\n",
    ),
    (  # the old cache in place, with its comments, order and quotes
        "chunk_store_config:\n  chunk_cache_config:\n    enable_fifocache: true\n    fifocache:\n"
        "      # a day\n      validity: '24h'\n      size: 2048  # entries\n      max_size_bytes: 1.5GB  # memory\n"
        "    default_validity: 1h\n",
        "chunk_store_config:\n  chunk_cache_config:\n    embedded_cache:\n      enabled: true\n"
        "      # a day\n      ttl: '24h'\n      max_size_items: 2048  # entries\n      max_size_mb: 1536  # memory\n"
        "    default_validity: 1h\n",
    ),
    (  # of two names for one setting the newer counts; no limit stays no limit
        "chunk_store_config:\n  chunk_cache_config:\n    fifocache:\n      size: 5\n      max_size_items: 7\n"
        "      max_size_bytes: 0\n      ttl: 1h\n      validity: 2h\n      purgeinterval: 1m\n    enable_fifocache: true\n",
        "chunk_store_config:\n  chunk_cache_config:\n    embedded_cache:\n      enabled: true\n"
        "      max_size_items: 7\n      max_size_mb: 0\n      ttl: 1h\n",
    ),
    (  # both caches are set: only what the new one does not say
        "chunk_store_config:\n  chunk_cache_config:\n    embedded_cache:\n      ttl: 3h\n    enable_fifocache: true\n"
        "    fifocache:\n      ttl: 1h\n      max_size_items: 9\n",
        "chunk_store_config:\n  chunk_cache_config:\n    embedded_cache:\n      enabled: true\n      ttl: 3h\n"
        "      max_size_items: 9\n",
    ),
    (  # switched off, and nothing else set
        "chunk_store_config:\n  chunk_cache_config:\n    enable_fifocache: false\n    fifocache:\n      purgeinterval: 1m\n"
        "    default_validity: 1h\n",
        "chunk_store_config:\n  chunk_cache_config:\n    default_validity: 1h\n",
    ),
    (  # a duration that its new place could not read
        "querier:\n  query_timeout: 1.5m\n",
        "limits_config:\n  query_timeout: 1m30s\n",
    ),
    (  # two caches with one set of settings
        "query_range:\n  results_cache:\n    cache:\n      enable_fifocache: true\n      fifocache: &sizes\n"
        "        max_size_bytes: 3MB  # each\nchunk_store_config:\n  chunk_cache_config:\n    enable_fifocache: true\n"
        "    fifocache: *sizes\n",
        "query_range:\n  results_cache:\n    cache:\n      embedded_cache: &sizes\n        enabled: true\n"
        "        max_size_mb: 3  # each\nchunk_store_config:\n  chunk_cache_config:\n    embedded_cache: *sizes\n",
    ),
    (  # in flow style it stays in flow style
        "storage_config: {index_queries_cache_config: {async_cache_write_back_concurrency: 4}}\n"
        "ruler: {storage: {s3: {sse_encryption: true}}}\n",
        "storage_config: {index_queries_cache_config: {background: {writeback_goroutines: 4}}}\n"
        "ruler: {storage: {s3: {sse: {type: SSE-S3}}}}\n",
    ),
    (  # delete requests had the compactor's prefix
        "compactor:\n  shared_store_key_prefix: 'removals/'\n  retention_enabled: true\n  shared_store: filesystem\n",
        "compactor:\n  retention_enabled: true\n  delete_request_store_key_prefix: 'removals/'\n"
        "  delete_request_store: filesystem\n",
    ),
    (  # a name without its underscores is the name with them
        "distributor:\n  ring:\n    kvstore:\n      store: consul\n      consul:\n        httpClientTimeout: 9s  # slow\n",
        "distributor:\n  ring:\n    kvstore:\n      store: consul\n      consul:\n        http_client_timeout: 9s  # slow\n",
    ),
    (
        "query_range:\n  required_query_response_format: protobuf\n",
        "frontend:\n  encoding: protobuf\n",
    ),
    (
        "limits_config:\n  bloom_compactor_max_block_size: 100MB\n  bloom_compactor_enable_compaction: false\n",
        "limits_config:\n  bloom_max_block_size: 100MB\n  bloom_creation_enabled: false\n",
    ),
    (
        "pattern_ingester:\n  enabled: true\n  metric_aggregation:\n    enabled: true\n    push_period: 1m\n",
        "pattern_ingester:\n  enabled: true\n  metric_aggregation:\n    push_period: 1m\n"
        "limits_config:\n  metric_aggregation_enabled: true\n",
    ),
    (
        "chunk_store_config:\n  chunk_cache_config:\n    defaul_validity: 2h\n"
        "table_manager:\n  dynamodb_poll_interval: 3m\n  index_tables_provisioning:\n"
        "    provisioned_throughput_on_demand_mode: true\n    inactive_throughput_on_demand_mode: true\n",
        "chunk_store_config:\n  chunk_cache_config:\n    default_validity: 2h\n"
        "table_manager:\n  poll_interval: 3m\n  index_tables_provisioning:\n"
        "    enable_ondemand_throughput_mode: true\n    enable_inactive_throughput_on_demand_mode: true\n",
    ),
]


COMMENTS = [  # what a comment's own line does not take with it stays
    (  # in a block that goes whole
        "chunk_store_config:\n  chunk_cache_config:\n    fifocache:\n      # a minute\n      purgeinterval: 1m\n"
        "    default_validity: 1h\n",
        "chunk_store_config:\n  chunk_cache_config:\n    # a minute\n    default_validity: 1h\n",
    ),
    (  # of one that no release knows, but not what only looks like one
        "shop:\n  # ours\n  words: |\n    # no comment\n  more:\n    # and this\n    one: 1\nserver:\n  log_level: warn\n",
        "# ours\n# and this\nserver:\n  log_level: warn\n",
    ),
    (  # in braces: above the next setting, and behind the one before
        "ingester: {\n  max_transfer_retries: 0, # gone\n  # idle\n  chunk_idle_period: 9m, # as ever\n"
        "  max_chunk_age: 2h # long\n}\n",
        "ingester: {\n  # idle\n  chunk_idle_period: 9m, # as ever\n  max_chunk_age: 2h # long\n}\n",
    ),
    (
        "ingester: {\n  chunk_idle_period: 9m, # as ever\n  # retries\n  max_transfer_retries: 0\n}\n",
        "ingester: {\n  chunk_idle_period: 9m, # as ever\n  # retries\n}\n",
    ),
    (
        "ingester: {\n  chunk_idle_period: 9m, # as ever\n  max_transfer_retries: 0}\n",
        "ingester: {\n  chunk_idle_period: 9m, # as ever\n  }\n",
    ),
]


@pytest.mark.parametrize(("added", "after"), COMMENTS)
def test_comments_stay(added: str, after: str) -> None:
    assert migrated(added) == after


@pytest.mark.parametrize(("added", "after"), SHAPES)
def test_shape(added: str, after: str) -> None:
    assert migrated(added) == after


def test_a_comment_never_becomes_part_of_a_text_above_it() -> None:
    added = "server:\n  http_path_prefix: |-\n    /logs\nchunk_store_config:\n    # two weeks\n    max_look_back_period: 0s\n"
    assert migrated(added) == "server:\n  http_path_prefix: |-\n    /logs\n# two weeks\n"


def test_what_was_refused_is_tried_again_once_the_rest_is_done() -> None:
    assert migrated("limits_config: ~\nchunk_store_config:\n  max_look_back_period: 96h\n") == (
        "limits_config:\n  max_query_lookback: 96h\n"
    )


def test_a_byte_order_mark_moves_nothing() -> None:
    text = "\ufeff" + HEAD + "querier: {query_timeout: 7m, max_concurrent: 3}\n"
    plan = migrate(text, "3.4.3", TODAY)
    assert plan.text == f"\ufeff{HEAD}querier: {{max_concurrent: 3}}\nlimits_config:\n  query_timeout: 7m\n"


def test_delete_requests_stay_where_the_compactor_kept_them() -> None:
    text = HEAD.replace("object_store: filesystem", "object_store: s3") + (
        "storage_config:\n  tsdb_shipper:\n    shared_store: s3\n"
        "compactor:\n  retention_enabled: true\n  shared_store: filesystem\n"
    )
    plan = migrate(text, "3.4.3", TODAY)
    assert "  delete_request_store: filesystem\n" in plan.text
    said = next(step.why for step in plan.steps if step.path == "compactor.delete_request_store")
    assert said.endswith("it is the compactor's `shared_store`")


def test_a_size_that_cannot_be_read_is_handed_over() -> None:
    added = (
        "chunk_store_config:\n  chunk_cache_config:\n    enable_fifocache: true\n"
        "    fifocache:\n      max_size_bytes: ${CACHE}\n"
    )
    plan = migrate(HEAD + added, "3.4.3", TODAY)
    assert plan.text == HEAD + added
    assert {left.why for left in plan.left} == {"set the intended number of megabytes for `max_size_bytes`"}


def test_two_settings_that_become_one_are_marked_for_a_look_when_they_differ() -> None:
    text = HEAD + "querier:\n  query_timeout: 1m\n  engine:\n    timeout: 3m\n"
    marked = [step.path for step in migrate(text, "3.4.3", TODAY).steps if step.verify]
    assert marked == ["querier.engine.timeout"]
    same = [step.path for step in migrate(text.replace("3m", "1m"), "3.4.3", TODAY).steps if step.verify]
    assert not same


@pytest.mark.parametrize("version", ["2.9.10", "3.4.3"])
@pytest.mark.parametrize(
    "added",
    [
        "server: {{http_listen_port: {0}}}\n",
        "server: {{http_listen_port: '{0}'}}\n",
        "querier: {{query_timeout: {0}m}}\n",
        "querier: {{query_timeout: 1.{0}m}}\n",
        "ingester: {{chunk_idle_period: {0}w}}\n",
        "limits_config: {{max_line_size: {0}KB}}\n",
        "chunk_store_config: {{chunk_cache_config: {{enable_fifocache: true, fifocache: {{max_size_bytes: {0}}}}}}}\n",
        "{0}: 1\n",
    ],
)
def test_numbers_of_any_length_are_read(added: str, version: str) -> None:
    text = HEAD + added.format("9" * 5000)
    assert migrate(migrate(text, version, TODAY).text, version, TODAY).text == migrate(text, version, TODAY).text


def test_a_schema_that_is_no_number_beside_another_fault_of_its_period() -> None:
    text = HEAD.replace("schema: v13", "schema: newest").replace("store: tsdb", "store: [tsdb]")
    assert {left.problem.rule for left in migrate(text, "3.4.3", TODAY).left} >= {"parser.mismatch"}
