"""Flags of the command line count as settings do, and win over the file."""

from __future__ import annotations

import re

import pytest
from loki_texts import HEAD, TODAY

from parity.programs.loki.check.check import check, start_problems
from parity.programs.loki.read.flags import read_flags
from parity.programs.loki.read.releases import table
from parity.programs.loki.read.run import Run

OLD = HEAD.replace("tsdb", "boltdb-shipper").replace("v13", "v11")
RETENTION = HEAD + "compactor: {retention_enabled: true}\n"
HOMELESS = HEAD.replace("common:\n  path_prefix: /srv/logs\n", "")


def rules(text: str, *words: str, version: str = "3.4.3", hidden: re.Pattern[str] | None = None) -> list[str]:
    return [problem.rule for problem in check(text, version, TODAY, run=Run(arguments=words, hidden=hidden))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (OLD, ["-validation.allow-structured-metadata=false"]),
        (OLD, ["--config.file=/a.yaml", "--validation.allow-structured-metadata=f", "-log.level", "warn"]),
        (OLD, ["/usr/bin/loki", "-config.file", "/a.yaml", "-validation.allow-structured-metadata=0"]),
        (OLD, ["sh", "-c", "exec /usr/bin/loki -config.file=/a.yaml -validation.allow-structured-metadata=false"]),
        (RETENTION, ["-compactor.delete-request-store=filesystem"]),
        (RETENTION, ["-compactor.retention-enabled=false"]),
        (HOMELESS, ["-common.path-prefix=/loki"]),
    ],
)
def test_a_flag_cures(text: str, words: list[str]) -> None:
    assert rules(text)
    assert rules(text, *words) == []


def test_a_flag_breaks() -> None:
    assert rules(HEAD, "-ingester.chunk-encoding=zip") == ["ingester.encoding"]
    assert rules(HEAD, "-compactor.retention-enabled") == ["compactor.delete-store"]
    run = Run(arguments=("-target=read,bogus",))
    assert [problem.rule for problem in start_problems(HEAD, "3.4.3", TODAY, run)] == ["start.target"]


@pytest.mark.parametrize(
    "word",
    [
        "-no.such-flag=1",
        "-validation.allow-structured-metadata=SECRET",
        "-validation.allow-structured-metadata=perhaps",
    ],
)
def test_what_a_flag_says_and_nobody_knows_is_not_judged(word: str) -> None:
    hidden = re.compile("SECRET")
    assert rules(OLD, word, hidden=hidden) == []
    assert rules(OLD + "nonsense: 1\n", word, hidden=hidden)[0] == "parser.unknown"


def test_where_the_words_of_loki_end() -> None:
    fields = table("3.4.3")
    assert read_flags(("-log.level=warn", "rest", "-target=read"), fields).settings == {"server.log_level": "warn"}
    assert read_flags(("-config.expand-env", "-target", "read"), fields).settings == {"target": ["read"]}
    shell = read_flags(("/bin/sh", "-c", "loki -common.path-prefix=$HOME"), fields)
    assert shell.settings == {"common.path_prefix": "unknown"}


def test_a_flag_of_another_release_is_not_known() -> None:
    word = "-compactor.delete-request-store=filesystem"
    assert read_flags((word,), table("2.9.10")).settings == {"compactor.delete_request_store": "filesystem"}
    assert read_flags((word,), table("2.8.11")).unknown == ("compactor.delete-request-store",)
