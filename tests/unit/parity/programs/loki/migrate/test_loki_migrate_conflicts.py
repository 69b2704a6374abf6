"""Migration where a file says something twice, or in a way that only one of two readings fits: nothing is lost unsaid."""

from __future__ import annotations

import pytest
from loki_owner import followed
from loki_texts import HEAD, TODAY

from parity.programs.loki.check.check import check
from parity.programs.loki.migrate.meaning import meaning
from parity.programs.loki.migrate.migrate import migrate

CACHE = "chunk_store_config:\n  chunk_cache_config:\n"

REPAIRED = [  # added to a file that starts, what stands there afterwards
    (  # nanoseconds, as Go reads a bare number
        "querier:\n  query_timeout: 90000000000\n",
        "limits_config:\n  query_timeout: 1m30s\n",
    ),
    (  # what is set to nothing is not set
        "querier:\n  query_timeout: 9m\nlimits_config:\n  query_timeout:\n  volume_enabled: true\n",
        "limits_config:\n  query_timeout: 9m\n  volume_enabled: true\n",
    ),
    (  # a block under a name that no release knows, with settings that all belong to one
        "query_frontend:\n  # big\n  max_outstanding_per_tenant: 90\nlimit_config:\n  retention_period: 900h\n",
        "frontend:\n  # big\n  max_outstanding_per_tenant: 90\nlimits_config:\n  retention_period: 900h\n",
    ),
]


@pytest.mark.parametrize(("added", "after"), REPAIRED)
def test_what_the_file_itself_tells_is_done(added: str, after: str) -> None:
    plan = migrate(HEAD + added, "3.4.3", TODAY)
    assert plan.text == HEAD + after
    assert not plan.left
    assert not check(plan.text, "3.4.3", TODAY)


@pytest.mark.parametrize(
    ("added", "path", "kept"),
    [
        (
            "limits_config:\n  bloom_compactor_enable_compaction: true\n  bloom_creation_enabled: false\n",
            "limits_config.bloom_compactor_enable_compaction",
            "`bloom_creation_enabled` is already set to a different value: keep the intended one",
        ),
        (
            "memberlist:\n  joinMembers: [a]\n  join_members: [b]\n",
            "memberlist.joinMembers",
            "`join_members` is already set",
        ),
        (
            "limits_config:\n  max_query_lookback: 1h\n  max_query_loockback: 2h\n",
            "limits_config.max_query_loockback",
            "`max_query_lookback` is already set to a different value: keep the intended one",
        ),
        (
            CACHE
            + "    embedded_cache: {enabled: true, ttl: 3h}\n    enable_fifocache: true\n    fifocache: {ttl: 1h}\n",
            "chunk_store_config.chunk_cache_config.enable_fifocache",
            "existing settings of `embedded_cache` stay",
        ),
    ],
)
def test_which_of_two_stays_is_said(added: str, path: str, kept: str) -> None:
    plan = migrate(HEAD + added, "3.4.3", TODAY)
    (step,) = plan.steps
    assert step.path == path
    assert kept in step.why


@pytest.mark.parametrize(
    ("added", "why"),
    [
        (
            CACHE + "    embedded_cache:\n      enabled: false\n    enable_fifocache: true\n",
            "the embedded cache is disabled in the same block: keep the intended cache",
        ),
        ("querier:\n  query_timeout: 300\n", "set the intended duration"),
        ("querier:\n  query_timeout: soon\n", "Loki would reject its value in the new place too"),
    ],
)
def test_what_only_the_owner_knows_is_theirs(added: str, why: str) -> None:
    text = HEAD + added
    plan = migrate(text, "3.4.3", TODAY)
    assert {left.why for left in plan.left} == {why}
    done = migrate(followed(text, plan), "3.4.3", TODAY)
    assert not done.left
    assert not check(done.text, "3.4.3", TODAY)


def test_a_block_that_is_there_under_its_own_name_is_not_doubled() -> None:
    text = HEAD + "limit_config:\n  retention_period: 900h\nlimits_config:\n  volume_enabled: true\n"
    (step,) = migrate(text, "3.4.3", TODAY).steps
    assert (step.action, step.path, step.verify) == ("removed", "limit_config", True)


SHARED = [  # what anchors carry from one place to another
    "storage_config:\n  aws: &kept\n    region: x\n    sse_encryption: true\nruler:\n  storage:\n    s3:\n"
    "      <<: *kept\n      sse_encryption: false\n",
    "storage_config:\n  aws: &kept\n    sse_encryption: false\nruler:\n  storage:\n    s3:\n"
    "      <<: *kept\n      sse_encryption: true\n      bucketnames: y\n",
]


@pytest.mark.parametrize("added", SHARED)
def test_an_encryption_keeps_its_meaning_where_anchors_carry_it(added: str) -> None:
    plan = migrate(HEAD + added, "3.4.3", TODAY)
    assert not plan.left
    assert meaning(plan.text) == meaning(HEAD + added)
    assert not check(plan.text, "3.4.3", TODAY)


def test_a_prefix_that_a_merge_would_carry_to_another_index_is_the_owners() -> None:
    text = (
        HEAD.replace("    - from", "    - &first\n      from")
        .replace("v13", "v12")
        .replace("24h\n", "24h\n    - <<: *first\n")
    )
    text += "      from: 2025-04-01\n      store: boltdb-shipper\n      index:\n        prefix: two_\n"
    text += "storage_config:\n  tsdb_shipper:\n    shared_store_key_prefix: mine/\n"
    plan = migrate(text, "3.4.3", TODAY)
    assert plan.left
    done = migrate(followed(text, plan), "3.4.3", TODAY)
    assert not done.left
    assert meaning(done.text) == meaning(text)
    assert "path_prefix: mine/\n" in done.text
    assert "path_prefix: index/\n" in done.text


def test_an_emptied_block_whose_anchor_is_used_stays_as_an_empty_one() -> None:
    text = HEAD + "storage_config:\n  boltdb_shipper: &shipper # both\n    # ours\n    shared_store: filesystem\n"
    plan = migrate(text + "  tsdb_shipper: *shipper\n", "3.4.3", TODAY)
    assert (
        plan.text
        == HEAD + "storage_config:\n  boltdb_shipper: &shipper {} # both\n  # ours\n  tsdb_shipper: *shipper\n"
    )
    assert not plan.left
