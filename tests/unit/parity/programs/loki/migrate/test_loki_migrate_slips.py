"""Migration of slips: settings in the wrong place, of other releases, empty ones, and faults that only words can mend."""

from __future__ import annotations

import pytest
from loki_owner import followed
from loki_texts import HEAD, TODAY

from parity.programs.loki.check.check import check
from parity.programs.loki.migrate.migrate import migrate

REPAIRED = [  # added to a file that starts, version, what stands there afterwards
    (  # settings below the empty block that they belong to
        "limits_config:\nretention_period: 700h # a month\n# sizes\nmax_line_size: 9KB\nserver:\n  log_level: warn\n",
        "3.4.3",
        "limits_config:\n  retention_period: 700h # a month\n# sizes\n  max_line_size: 9KB\nserver:\n  log_level: warn\n",
    ),
    (
        "querier:\n  max_concurrent: 3\nruler:\nstorage:\n  type: local\n  local:\n    directory: /rules\n",
        "3.4.3",
        "querier:\n  max_concurrent: 3\nruler:\n  storage:\n    type: local\n    local:\n      directory: /rules\n",
    ),
    (  # an empty setting of the block that Loki complains of
        "storage_config:\n  bloom_shipper:\n    working_directory:\n    max_query_page_size: 1MB\n",
        "3.4.3",
        "storage_config:\n  bloom_shipper:\n    max_query_page_size: 1MB\n",
    ),
    (
        "ingester:\n  flush_op_backoff:\n    max_period:\n    min_period: 3s\n",
        "3.4.3",
        "ingester:\n  flush_op_backoff:\n    min_period: 3s\n",
    ),
    (  # gone from later releases, and not there yet in this one
        "limits_config:\n  bloom_compactor_max_block_size: 1MB\n  max_line_size: 9KB\n",
        "2.9.10",
        "limits_config:\n  max_line_size: 9KB\n",
    ),
    (
        "bloom_build:\n  planner:\n    max_queued_tasks_per_tenant: 7\n",
        "3.4.3",
        "bloom_build:\n  planner:\n    queue:\n      max_queued_tasks_per_tenant: 7\n",
    ),
    (
        "ingest_limits:\n  window_size: 2h  # active\n  bucket_duration: 2m\n",
        "3.7.6",
        "ingest_limits:\n  active_window: 2h  # active\n  bucket_size: 2m\n",
    ),
]


@pytest.mark.parametrize(("added", "version", "after"), REPAIRED)
def test_what_the_file_itself_tells_is_done(added: str, version: str, after: str) -> None:
    plan = migrate(HEAD + added, version, TODAY)
    assert plan.text == HEAD + after
    assert not plan.left
    assert not check(plan.text, version, TODAY)


def test_a_setting_that_was_not_indented_is_marked_for_a_look() -> None:
    (step,) = migrate(HEAD + "limits_config:\nmax_line_size: 9KB\n", "3.4.3", TODAY).steps
    assert step.verify
    assert (step.action, step.path, step.to) == ("moved", "max_line_size", "limits_config.max_line_size")


def test_a_setting_below_a_block_with_settings_may_be_meant_for_any() -> None:
    plan = migrate(HEAD + "limits_config:\n  volume_enabled: true\nchunk_target_size: 9000\n", "3.4.3", TODAY)
    (step,) = plan.steps
    assert (step.action, step.verify) == ("removed", True)
    assert step.why.endswith("; it is a setting of `block_builder` and `ingester`")


def test_tabs_are_named() -> None:
    (left,) = migrate(HEAD + "limits_config:\n\tvolume_enabled: true\n\t# so\n", "3.4.3", TODAY).left
    assert left.why == "YAML does not allow tabs at the start of a line: replace them with spaces on line 13"


def test_a_field_that_cannot_be_taken_out_alone_is_named_with_its_lines() -> None:
    text = HEAD + "limits_config:\n  ? enforce_metric_name\n  : false\n  volume_enabled: true\n"
    plan = migrate(text, "3.4.3", TODAY)
    assert [one.place for left in plan.left for one in left.todo] == ["remove lines 13 to 14 (`enforce_metric_name`)"]
    assert not check(followed(text, plan), "3.4.3", TODAY)


def test_an_index_store_by_half_its_name() -> None:
    text = HEAD.replace("store: tsdb", "store: dynamo").replace("v13", "v11")
    assert "      store: aws-dynamo" in {left.lines for left in migrate(text, "3.4.3", TODAY).left}
