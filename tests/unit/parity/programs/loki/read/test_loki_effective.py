"""Two files that say the same in other words do not differ; secrets do, without being shown."""

from __future__ import annotations

import pytest

from parity.programs.loki.read.differences import differences, effective

SAME = [
    ("limits_config: {retention_period: 24h}", "limits_config:\n  retention_period: 1d # a day"),
    ("limits_config: {max_line_size: 4MB}", "limits_config: {max_line_size: 4194304}"),
    ("server: {http_server_read_timeout: 1m}", "server: {http_server_read_timeout: 60s}"),
    ("auth_enabled: no", "auth_enabled: false"),
    ("target: read,write", "target: 'read,write'"),
    ("a: &x {b: 1}\nserver: {http_listen_port: 1}", "server: {http_listen_port: 1}\na: {b: 1}"),
    ("server: {http_listen_port: 0x10}", "server: {http_listen_port: 16}"),
    ("server: {log_level: info}", "{}"),
    ("compactor: {retention_enabled: false}", ""),
    ("common: &c {path_prefix: /l}\n", "common: {path_prefix: /l}"),
    ("memberlist: {join_members: [a, b]}", "memberlist:\n  join_members:\n  - a\n  - 'b'"),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_the_same_in_other_words(first: str, second: str) -> None:
    assert differences(first, second, "3.4.3") == ()


DIFFERENT = [
    (
        "limits_config: {retention_period: 24h}",
        "limits_config: {retention_period: 48h}",
        "limits_config.retention_period",
    ),
    ("server: {log_level: debug}", "", "server.log_level"),
    ("memberlist: {join_members: [a, b]}", "memberlist: {join_members: [b, a]}", "memberlist.join_members"),
    ("storage_config:", "", "storage_config"),
    (
        "schema_config: {configs: [{from: 2020-01-01, schema: v11}]}",
        "schema_config: {configs: [{from: 2020-01-01, schema: v13}]}",
        "schema_config.configs.[2020-01-01].schema",
    ),
    ("zzz: 1", "zzz: 2", "zzz"),
]


@pytest.mark.parametrize(("first", "second", "path"), DIFFERENT)
def test_what_differs_is_named(first: str, second: str, path: str) -> None:
    assert [difference.path for difference in differences(first, second, "3.4.3")] == [path]


def test_a_default_stands_in_for_what_is_not_said() -> None:
    (difference,) = differences("server: {log_level: debug}", "", "3.4.3")
    assert difference.first is not None
    assert difference.second is not None
    assert (difference.first.shown, difference.first.line) == ("debug", 1)
    assert (difference.second.shown, difference.second.line) == ("info (Loki's default)", None)


def test_the_path_prefix_stands_in_for_a_directory() -> None:
    said = "common: {path_prefix: /loki}\ncompactor: {working_directory: /loki/compactor}"
    assert differences(said, "common: {path_prefix: /loki}", "3.4.3") == ()


def test_secrets_differ_and_are_not_shown() -> None:
    texts = [
        f"common: {{storage: {{s3: {{secret_access_key: {key}, s3: 's3://u:{key}@h/b'}}}}}}" for key in ("one1", "two2")
    ]
    found = differences(texts[0], texts[1], "3.4.3")
    assert [difference.path for difference in found] == ["common.storage.s3.s3", "common.storage.s3.secret_access_key"]
    assert not any(key in repr(found) for key in ("one1", "two2"))


@pytest.mark.parametrize("text", ["a: [", "word", "- x"])
def test_a_file_without_settings_gives_none(text: str) -> None:
    assert not effective(text, "3.4.3")
