"""What is handed to the owner: the lines given are right, and everything else is done all the same."""

from __future__ import annotations

from datetime import date

import pytest
from loki_owner import followed

from parity.programs.loki.check.check import check
from parity.programs.loki.migrate.migrate import migrate
from parity.programs.loki.read.expand import UNKNOWN

TODAY = date(2026, 1, 1)
PERIOD = """\
schema_config:
  configs:
    - from: {start}
      store: {store}
      object_store: {kept}
      schema: {schema}
      index:
        prefix: idx_
        period: {period}
"""
HERE = "common:\n  path_prefix: /srv/logs\n"


def period(store: str = "tsdb", kept: str = "filesystem", schema: str = "v13", length: str = "24h") -> str:
    """A `schema_config` of one period."""
    return PERIOD.format(start="2024-05-01", store=store, kept=kept, schema=schema, period=length)


OWNERS = [  # a file, the rule that is left
    ("limits_config:\n  max_line_size: 9KB\n", "schema.panic"),
    ("storage_config:\n  filesystem:\n    directory: /srv/logs/chunks\n", "schema.panic"),
    ("compactor:\n  retention_enabled: true\n", "schema.panic"),
    (period(), "directory.index"),
    (HERE + period(length="168h"), "schema.tsdb-period"),
    (HERE + period("boltdb-shipper", schema="v12", length="168h"), "schema.shipper-period"),
    (HERE + period("boltdb_shipper", schema="v12"), "schema.store"),
    (HERE + period("elastic", schema="v12"), "schema.store"),
    (HERE + period(kept="minio"), "schema.object-store"),
    (HERE + period(kept="filesytem"), "schema.object-store"),
    (HERE + period(schema="v14"), "schema.version"),
    (HERE + period() + "limits_config:\n  deletion_mode: never\n", "limits.deletion-mode"),
    (HERE + period() + "server:\n  http_listen_port: ${PORT}\n", "parser.mismatch"),
    (HERE + period() + "server:\n  log_level: loud\n", "parser.value"),
    (HERE + period() + "limits_config:\n  max_line_size: long\n", "parser.value"),
    (HERE + period() + "analytics:\n  reporting_enabled: perhaps\n", "parser.mismatch"),
    (HERE + period() + "ingester:\n  wal:\n    checkpoint_duration: often\n", "parser.mismatch"),
    (
        HERE + period() + "compactor:\n  delete_request_store: attic\n  retention_enabled: true\n",
        "start.delete-store",
    ),
    (
        "compactor:\n  working_directory: /srv/logs/c\nstorage_config:\n  boltdb_shipper:\n"
        "    active_index_directory: /srv/logs/a\n    cache_location: /srv/logs/b\n"
        + period("boltdb-shipper", schema="v12", length="168h"),
        "schema.shipper-period",
    ),
]


@pytest.mark.parametrize("version", ["3.0.0", "3.4.3", "3.7.6"])
@pytest.mark.parametrize(("text", "rule"), OWNERS)
def test_the_lines_for_the_owner_are_right(text: str, rule: str, version: str) -> None:
    plan = migrate(text, version, TODAY)
    assert rule in {left.problem.rule for left in plan.left}
    assert all(left.lines for left in plan.left)
    done = followed(plan.text, migrate(plan.text, version, TODAY))
    assert [str(problem) for problem in check(done, version, TODAY)] == []
    assert migrate(done, version, TODAY).text == done
    assert not migrate(followed(text, plan), version, TODAY).left  # in the file that the owner has


REPAIRED = [  # a file, version, what stands there afterwards
    (  # the one length that Loki takes, where none was said
        HERE + period().replace("        period: 24h\n", ""),
        "3.4.3",
        "        prefix: idx_\n        period: 24h\n",
    ),
    (  # Loki 2 kept chunks with the index where nothing else was said
        HERE
        + period("cassandra", schema="v11", length="168h").replace("      object_store: filesystem\n", "")
        + "      chunks:\n        prefix: kept_\n",
        "3.0.0",
        "      chunks:\n        prefix: kept_\n      object_store: cassandra\n",
    ),
    (  # schema v11 has no structured metadata with any store
        HERE + period("shipper", schema="v11"),
        "3.4.3",
        "limits_config:\n  allow_structured_metadata: false\n",
    ),
    (
        HERE + period("boltdb-shipper", schema="v12") + "ingester:\n  chunk_retain_period: 20s # short\n"
        "storage_config:\n  index_queries_cache_config:\n    embedded_cache:\n      enabled: true\n",
        "3.4.3",
        "ingester:\n  chunk_retain_period: 6m # short\n",
    ),
    (HERE + period() + "ingester:\n  max_transfer_retries: 3\n", "2.9.10", period()),
    (
        HERE + period() + "query_range:\n  split_queries_by_interval: 2h  # by half a morning\n  max_retries: 4\n",
        "2.9.10",
        "query_range:\n  max_retries: 4\nlimits_config:\n  split_queries_by_interval: 2h  # by half a morning\n",
    ),
    (  # a directory of the file that is not absolute tells as well
        period() + "storage_config:\n  filesystem:\n    directory: ${LOGS}/chunks\n",
        "3.4.3",
        'compactor:\n  working_directory: "${LOGS}/compactor"\n',
    ),
    (
        period() + "storage_config:\n  filesystem:\n    directory: data/chunks\n",
        "3.4.3",
        "compactor:\n  working_directory: data/compactor\n",
    ),
]


@pytest.mark.parametrize(("text", "version", "after"), REPAIRED)
def test_what_the_file_itself_tells_is_done(text: str, version: str, after: str) -> None:
    plan = migrate(text, version, TODAY)
    assert after in plan.text
    assert {left.problem.rule for left in plan.left} <= {"schema.store"}
    assert migrate(plan.text, version, TODAY).text == plan.text


def test_a_store_that_does_not_exist_keeps_no_delete_requests() -> None:
    text = HERE + period() + "compactor:\n  shared_store: attic\n  retention_enabled: true\n"
    plan = migrate(text, "3.4.3", TODAY)
    assert "  delete_request_store: filesystem\n" in plan.text
    assert not plan.left


def test_a_value_that_ends_the_reading_does_not_keep_the_rest_from_being_done() -> None:
    text = (
        HERE
        + period("boltdb-shipper", "s3", "v11").replace("2024-05-01", '"${SINCE}"')
        + "limits_config:\n  max_line_size: <ask Ann>  # todo\n  enforce_metric_name: false\n"
    )
    plan = migrate(text, "3.4.3", TODAY)
    assert "enforce_metric_name" not in plan.text
    assert "allow_structured_metadata: false" in plan.text
    assert '- from: "${SINCE}"\n' in plan.text
    assert "max_line_size: <ask Ann>  # todo\n" in plan.text
    assert UNKNOWN not in plan.text
    assert [str(left.problem) for left in plan.left] == [str(problem) for problem in check(plan.text, "3.4.3", TODAY)]
    done = plan.text.replace('"${SINCE}"', "2024-05-01").replace("<ask Ann>", "9KB")
    assert not check(done, "3.4.3", TODAY)
    assert migrate(plan.text, "3.4.3", TODAY).text == plan.text


@pytest.mark.parametrize("version", ["2.9.10", "3.4.3"])
def test_a_variable_is_taken_for_a_value_that_fits_where_only_some_do(version: str) -> None:
    text = HERE + period("boltdb-shipper", "${STORE}", "v12") + "ingester:\n  chunk_encoding: ${ENCODING}\n"
    text += "limits_config:\n  deletion_mode: ${MODE}\n  max_line_size: 9KB\n"
    text += "" if version < "3" else "  allow_structured_metadata: false\n"
    assert not check(text, version, TODAY, expand_env=True)
    assert check(text, version, TODAY)


def test_variables_that_loki_replaces_are_nobodys_fault() -> None:
    text = (
        HERE
        + period("boltdb-shipper", "s3", "v11").replace("2024-05-01", '"${SINCE}"')
        + "server:\n  http_listen_port: ${PORT:-3100}\n  log_level: ${LEVEL}\n"
        + "limits_config:\n  max_line_size: ${LINE}  # ${LINE} is in KB\n  enforce_metric_name: false\n"
        + "chunk_store_config:\n  max_look_back_period: ${LOOKBACK}\n"
        + "compactor:\n  retention_enabled: true\n  delete_request_store: ${STORE}\n"
    )
    plan = migrate(text, "3.4.3", TODAY, expand_env=True)
    assert not plan.left
    assert not check(plan.text, "3.4.3", TODAY, expand_env=True)
    assert "  max_line_size: ${LINE}  # ${LINE} is in KB\n  max_query_lookback: ${LOOKBACK}\n" in plan.text
    assert UNKNOWN not in plan.text
    assert migrate(plan.text, "3.4.3", TODAY, expand_env=True).text == plan.text
    assert {left.why for left in migrate(text, "3.4.3", TODAY).left} == {
        "set the intended value; Loki replaces ${…} only with -config.expand-env=true"
    }
