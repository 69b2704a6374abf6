"""Texts that nobody wrote: check, explain and migrate answer to each, and never raise."""

from __future__ import annotations

import re
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from parity.programs.loki.check.announced import announced
from parity.programs.loki.check.check import check, start_problems
from parity.programs.loki.check.explain import explain
from parity.programs.loki.migrate.migrate import migrate
from parity.programs.loki.read.differences import differences
from parity.programs.loki.read.run import Run

TODAY = date(2026, 1, 1)
PIECES = st.sampled_from(
    [
        *(
            "schema_config:",
            "configs:",
            "- from: 2024-01-01",
            "store: tsdb",
            "index:",
            "period: 24h",
            "common:",
            "server:",
        ),
        *("limits_config:", "retention_period: 1d", "compactor:", "shared_store: s3", "retention_enabled: true"),
        *(
            "path_prefix: /loki",
            "ingester:",
            "target: all",
            "memberlist:",
            "join_members: [a, ~]",
            "null",
            "~",
            "---",
            "...",
        ),
        *(
            "&a",
            "*a",
            "<<: *a",
            "<<: [{}, *a]",
            "!!str",
            "!!binary x",
            "? ",
            ": ",
            "- ",
            "[",
            "]",
            "{",
            "}",
            "|",
            ">-",
            "#",
        ),
        *(
            "${A}",
            "${A:-${B:-x}}",
            "${",
            "${A-x}",
            "$$",
            "SECRET",
            "\r",
            "\n",
            "\n  ",
            "\n    ",
            "\t",
            " ",
            "0x1",
            "1e9",
        ),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join), st.lists(PIECES, max_size=25).map("\n".join)
)
RUNS = st.builds(
    Run,
    expand_env=st.booleans(),
    environment=st.none() | st.dictionaries(st.sampled_from("AB"), st.text(max_size=8), max_size=2),
    arguments=st.lists(
        st.sampled_from(["sh", "-c", "-target=x", "-log.level", "loki", "-x", "--", "a'"]), max_size=4
    ).map(tuple),
    hidden=st.none() | st.just(re.compile("SECRET")),
)
VERSIONS = st.sampled_from(["2.9.10", "3.0.0", "3.7.6"])


@settings(max_examples=400, deadline=None, derandomize=True)
@given(text=TEXTS, version=VERSIONS, run=RUNS)
def test_every_text_has_an_answer(text: str, version: str, run: Run) -> None:
    found = check(text, version, TODAY, run=run)
    assert all(problem.cause and problem.action for problem in found)
    start_problems(text, version, TODAY, run)
    announced(text, version, run)
    differences(text, "common: {path_prefix: /loki}\n", version)
    plan = migrate(text, version, TODAY, run=run)
    assert plan.left or not check(plan.text, version, TODAY, run=run) or (run.expand_env and run.environment)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from(
            [
                '{"msg":"validating config",',
                '"err":"',
                "failed parsing config: ",
                "x: ",
                "unmarshal errors:",
                "line 1: ",
                "\n",
                '"}',
                'err="',
                'msg="validating config" ',
                "\\u00",
                "CONFIG ERROR: ",
            ]
        ),
        max_size=14,
    ).map("".join)
)
def test_every_log_has_an_answer(printed: str) -> None:
    explain(printed)
