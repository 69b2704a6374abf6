"""What the owner is told to write where: exact lines at exact places of the file that they have."""

from __future__ import annotations

import pytest
from loki_owner import followed
from loki_texts import PERIOD, TODAY

from parity.programs.loki.check.check import check
from parity.programs.loki.migrate.migrate import migrate
from parity.programs.loki.migrate.owner_lines import Lines
from parity.remedy.loki import migrated

HERE = "common:\n  path_prefix: /srv/logs\n"
HOME = "path_prefix: <Loki's data directory, /loki in the official image>"
PLACES = [  # a file, what is to be done where, which lines are to be written
    (PERIOD, "add at the end of the file", f"common:\n  {HOME}"),
    (PERIOD + "---\nanother: document\n", "add below line 9", f"common:\n  {HOME}"),
    ("common:\n    # ours\n    replication_factor: 1\n" + PERIOD, "add below line 1", f"    {HOME}"),
    ("common:\n" + PERIOD, "add below line 1", f"  {HOME}"),
    ("common:\n  path_prefix: ''  # later\n" + PERIOD, "replace line 2 with", f"  {HOME}"),
    (
        PERIOD + "common: {\n  replication_factor: 1\n}\n",
        "add at the end of the braces of `common` on line 12",
        f", {HOME}",
    ),
    (
        HERE + PERIOD.replace("tsdb", "boltdb-shipper").replace("24h", "168h").replace("\n    ", "\n  "),
        "add below line 11",
        "  - from: 2026-01-02\n    store: tsdb\n    object_store: filesystem\n    schema: v13\n    index:\n"
        "      prefix: index_tsdb_\n      period: 24h",
    ),
    (
        HERE + "schema_config: {configs: [{from: 2024-03-01, store: boltdb-shipper, object_store: s3, schema: v13,\n"
        "  index: {prefix: i_, period: 168h}}]}\n",
        "add at the end of the brackets of `configs` on line 4",
        ", {from: 2026-01-02, store: tsdb, object_store: s3, schema: v13, index: {prefix: index_tsdb_, period: 24h}}",
    ),
    (
        HERE + PERIOD.replace("      object_store: filesystem\n", ""),
        "add below line 5",
        "      object_store: <where the data is: filesystem, s3, gcs, …>",
    ),
    (
        HERE + PERIOD.replace("2024-03-01", "once"),
        "replace line 5 with",
        "    - from: <a day, written YYYY-MM-DD>",
    ),
    (
        HERE + PERIOD + "server: {log_level: loud, http_listen_port: 3100}\n",
        "on line 12, replace `log_level` and its value with",
        "log_level: <debug, info, warn or error>",
    ),
    (
        HERE + PERIOD + "storage_config:\n    aws:\n        s3:\n            bucketnames: x\n        region: y\n",
        "replace lines 14 to 15 with",
        "        s3: <one text>",
    ),
    (
        HERE + PERIOD + "limits_config:\n  retention_period: 40d\n  volume_enabled: true\n  retention_period: 50d\n",
        "keep one and remove the rest: line 13 (`retention_period`), line 15 (`retention_period`)",
        "",
    ),
    (
        HERE + PERIOD + "frontend_worker:\n  frontend_address: a:1\n  scheduler_address: b:1\n",
        "keep one and remove the rest: line 13 (`frontend_address`), line 14 (`scheduler_address`)",
        "",
    ),
    (
        "common:\n  path_prefix: /l\n  storage:\n    gcs: {bucket_name: a}\n    s3:\n      region: b\n" + PERIOD,
        "keep one and remove the rest: line 4 (`gcs`), lines 5 to 6 (`s3`)",
        "",
    ),
    (  # one line with two of that name
        HERE
        + "schema_config: {configs: [{from: 2024-03-01, store: tsdb, object_store: s3, schema: v13, index: {prefix: a,\n"
        "  period: 24h}}, {from: 2024-04-05, store: tsdb, object_store: s3, schema: v13, index: {prefix: b, period: 24h},\n"
        "  chunks: {period: 24h}}, {schema: v13, chunks: {period: 24h, prefix: c}, object_store: s3, store: tsdb, index:"
        " {prefix: d, period: 12h}, from: 2025-01-01}]}\n",
        "on line 5, replace `period` (number 3 of that name) and its value with",
        "period: 24h",
    ),
    (
        HERE + PERIOD + "limits_config: {bloom_block_encoding: brotli}\n",
        "on line 12, replace `bloom_block_encoding` and its value with",
        "bloom_block_encoding: snappy",
    ),
    (
        '{"common": {"path_prefix": "/l"}}\n',
        "add at the end of the outermost braces on line 1",
        ", schema_config: {configs: [{from: <the day the oldest data was written>, store: tsdb, "
        "object_store: <filesystem, s3, gcs, azure, …>, schema: v13, index: {prefix: index_, period: 24h}}]}",
    ),
]


@pytest.mark.parametrize(("text", "place", "lines"), PLACES)
def test_the_place_and_the_lines(text: str, place: str, lines: str) -> None:
    plan = migrate(text, "3.4.3", TODAY)
    assert {one for left in plan.left for one in left.todo} == {Lines(place, lines)}
    done = migrate(followed(text, plan), "3.4.3", TODAY)
    assert not done.left
    assert not check(done.text, "3.4.3", TODAY)


def test_what_a_first_period_asks_for_goes_into_the_blocks_that_are_there() -> None:
    text = "storage_config:\n  filesystem:\n    directory: /srv/logs/chunks\ncompactor:\n  retention_enabled: true\n"
    (left,) = migrate(text, "3.4.3", TODAY).left
    assert [one.place for one in left.todo] == [
        "add at the end of the file",
        *["add below line 1"],
        *["add below line 4"] * 2,
    ]
    done = migrate(followed(text, migrate(text, "3.4.3", TODAY)), "3.4.3", TODAY)
    assert not done.left
    assert not done.steps


def test_all_values_that_end_the_reading_are_told_at_once() -> None:
    text = HERE + PERIOD + "limits_config:\n  max_line_size: long\n  per_stream_rate_limit: fast\n"
    plan = migrate(text, "3.4.3", TODAY)
    (left,) = plan.left
    assert [one.place for one in left.todo] == ["replace line 13 with", "replace line 14 with"]
    assert not migrate(followed(text, plan), "3.4.3", TODAY).left


def test_lines_that_cure_several_problems_are_said_once() -> None:
    said = migrated(PERIOD, "3.4.3", TODAY)["said"]
    assert len(said) == 3
    assert sum("path_prefix: <" in sentence for sentence in said) == 1
    assert said[1].endswith("; the lines above fix this too")


def test_what_would_be_asked_next_is_told_at_once() -> None:
    text = PERIOD.replace("tsdb", "boltdb_shipper").replace("24h", "168h")
    plan = migrate(text, "3.4.3", TODAY)
    assert {one.text.split(":")[0].strip() for left in plan.left for one in left.todo} == {
        "store",
        "- from",
        "common",
        "limits_config",
    }
    done = migrate(followed(text, plan), "3.4.3", TODAY)
    assert not done.left
    assert not check(done.text, "3.4.3", TODAY)


@pytest.mark.parametrize(
    ("added", "version"),
    [
        ("limits_config:\n  deletion_mode: never\ningester:\n  max_transfer_retries: 2\n", "2.8.11"),
        ("compactor:\n", "2.8.11"),
        ("frontend_worker:\n  frontend_address: a:1\n  scheduler_address: b:1\n", "2.9.10"),
        ("common_:\n  x: 1\n", "2.8.11"),
    ],
)
def test_what_an_old_loki_would_say_next_is_done_or_told_at_once(added: str, version: str) -> None:
    text = HERE + PERIOD + added
    plan = migrate(text, version, TODAY)
    assert [str(left.problem) for left in plan.left] == [str(problem) for problem in check(plan.text, version, TODAY)]
    assert not migrate(followed(text, plan), version, TODAY).left


def test_what_stands_behind_an_error_of_the_reading_is_done_and_told() -> None:
    text = (
        PERIOD.replace("v13", "v14") + "common:\n  persist_tokens: true\nlimits_config:\n  enforce_metric_name: false\n"
    )
    plan = migrate(text, "3.4.3", TODAY)
    assert [left.problem.rule for left in plan.left] == ["common.tokens"]
    assert not migrate(followed(text, plan), "3.4.3", TODAY).left
