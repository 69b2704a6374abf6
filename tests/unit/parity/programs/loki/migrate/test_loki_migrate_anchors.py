"""Migration where a value has another name: anchors, merges and variables keep what they stand for."""

from __future__ import annotations

from datetime import date

import pytest

from parity.programs.loki.check.check import check
from parity.programs.loki.migrate.migrate import migrate
from parity.programs.loki.migrate.plan import Plan
from parity.programs.loki.read.expand import UNKNOWN

TODAY = date(2026, 1, 1)
HERE = "common:\n  path_prefix: /srv/logs\n"
TWO = """\
schema_config:
  configs:
    - &first
      from: 2021-02-03
      store: boltdb-shipper
      object_store: s3
      schema: v12
      index: {prefix: one_, period: 24h}
    - <<: *first
      from: 2023-04-05
"""
PERIOD = """\
schema_config:
  configs:
    - from: 2023-04-05
      store: tsdb
      object_store: %s
      schema: v13
      index:
        prefix: idx_
        period: 24h
"""


def migrated(text: str, *, expand_env: bool = False) -> Plan:
    """The plan for a text of which all can be done."""
    plan = migrate(text, "3.4.3", TODAY, expand_env=expand_env)
    assert not plan.left, [(str(left.problem), left.why) for left in plan.left]
    assert not check(plan.text, "3.4.3", TODAY, expand_env=expand_env)
    assert migrate(plan.text, "3.4.3", TODAY, expand_env=expand_env).text == plan.text
    return plan


def test_a_prefix_goes_to_a_period_that_has_its_store_from_an_anchor() -> None:
    text = HERE + TWO + "      index: {prefix: two_, period: 24h}\nstorage_config:\n"
    text += "  boltdb_shipper:\n    shared_store_key_prefix: mine/\n    cache_ttl: 24h\n"
    plan = migrated(text)
    assert "index: {prefix: one_, period: 24h, path_prefix: mine/}" in plan.text
    assert "index: {prefix: two_, period: 24h, path_prefix: mine/}" in plan.text


def test_a_period_that_is_a_copy_of_another_has_the_prefix_already() -> None:
    text = HERE + TWO + "storage_config:\n  boltdb_shipper:\n    shared_store_key_prefix: mine/\n    cache_ttl: 24h\n"
    assert migrated(text).text.count("mine/") == 1


def test_two_shippers_with_one_set_of_settings() -> None:
    text = HERE + PERIOD % "gcs" + "storage_config:\n  boltdb_shipper: &shipper\n    cache_ttl: 24h\n"
    text += "    shared_store_key_prefix: mine/\n  tsdb_shipper: *shipper\n"
    plan = migrated(text)
    assert "        period: 24h\n        path_prefix: mine/\n" in plan.text
    assert "  tsdb_shipper: *shipper\n" in plan.text


def test_what_an_alias_stands_for_is_not_lost() -> None:
    text = HERE + PERIOD % "gcs" + "storage_config:\n  tsdb_shipper:\n    cache_ttl: &day 24h\n"
    text += "    shared_store: &store s3\n    shared_store_key_prefix: &prefix mine/\n"
    text += "compactor:\n  shared_store: *store\n  shared_store_key_prefix: *prefix\n  retention_enabled: true\n"
    text += "chunk_store_config:\n  max_look_back_period: *day\n"
    plan = migrated(text)
    assert "        path_prefix: mine/\n" in plan.text
    assert "  delete_request_store_key_prefix: mine/\n  delete_request_store: s3\n" in plan.text
    assert "  max_query_lookback: 24h\n" in plan.text


def test_a_value_with_a_tag_moves_with_it() -> None:
    text = HERE + PERIOD % "gcs" + "querier:\n  query_timeout: !!str 7m\n"
    assert migrated(text).text.endswith("limits_config:\n  query_timeout: !!str 7m\n")


def test_an_anchor_that_is_used_stays() -> None:
    text = HERE + PERIOD % "gcs" + "chunk_store_config:\n  max_look_back_period: &long 700h\n"
    text += "limits_config:\n  retention_period: *long\n"
    plan = migrate(text, "3.4.3", TODAY)
    assert plan.text == text
    assert [left.why for left in plan.left] == ["it defines an anchor that is used elsewhere"]


def test_a_variable_that_only_loki_knows_is_kept() -> None:
    text = HERE + PERIOD % '"${STORE}"' + "compactor:\n  retention_enabled: true\n"
    assert '  delete_request_store: "${STORE}"\n' in migrated(text, expand_env=True).text
    text += "  shared_store: ${KEPT:-s3}\n"
    plan = migrated(text, expand_env=True)
    assert '  delete_request_store: "${KEPT:-s3}"\n' in plan.text
    assert not any(UNKNOWN in step.why + step.to for step in plan.steps)


@pytest.mark.parametrize(
    "added",
    [
        "storage_config:\n  aws:\n    region: x\n    sse_encryption: ${SSE:-true}\n",
        "chunk_store_config:\n  chunk_cache_config:\n    enable_fifocache: ${CACHE:-true}\n",
    ],
)
def test_a_switch_in_a_variable_is_handed_over(added: str) -> None:
    text = HERE + PERIOD % "s3" + added
    plan = migrate(text, "3.4.3", TODAY, expand_env=True)
    assert plan.text == text
    assert [left.why for left in plan.left] == ["check the value of the variable"]


def test_a_period_whose_index_is_elsewhere_is_named() -> None:
    """Loki's upgrade guide for 3.0: such an index is not found until its tables are moved."""
    text = HERE + (TWO + "      object_store: gcs\n") + "storage_config:\n  boltdb_shipper:\n    shared_store: gcs\n"
    (step,) = (step for step in migrated(text).steps if step.verify)
    assert "it was `gcs`, but some periods use s3: check that the index files are there" in step.why


def test_settings_of_the_old_cache_that_the_new_one_lacks_are_named() -> None:
    text = HERE + PERIOD % "s3" + "chunk_store_config:\n  chunk_cache_config:\n    enable_fifocache: true\n"
    text += "    fifocache:\n      purgeinterval: 1m\n      ttl: 2h\n"
    (step,) = migrated(text).steps
    assert step.why.endswith("but for `purgeinterval`, which the embedded cache does not support")


def test_structured_metadata_that_the_owner_switched_on_is_said() -> None:
    text = HERE + (PERIOD % "s3").replace("v13", "v12") + "limits_config:\n  allow_structured_metadata: true\n"
    (step,) = migrated(text).steps
    assert step.why.endswith("; the file enables it")


def test_a_name_of_the_rulers_log_cleaner() -> None:
    plan = migrated(HERE + PERIOD % "s3" + "ruler:\n  wal_cleaner:\n    deprecatedperiod: 9m\n")
    assert plan.text.endswith("ruler:\n  wal_cleaner:\n    period: 9m\n")


def test_a_block_whose_first_setting_has_a_question_mark_is_added_to() -> None:
    text = (
        HERE
        + (PERIOD % "s3").replace("v13", "v12")
        + "limits_config:\n  ? max_line_size\n  : 1MB\n  volume_enabled: true\n"
    )
    assert migrated(text).text == text + "  allow_structured_metadata: false\n"
