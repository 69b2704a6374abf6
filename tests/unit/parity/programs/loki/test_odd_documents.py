"""Documents that hold next to nothing, or something that nobody writes: checked, migrated and compared without an error."""

from __future__ import annotations

import datetime
import random
from pathlib import Path

import pytest

from parity.programs.loki.check.check import check, every_problem
from parity.programs.loki.read.differences import differences
from parity.programs.loki.read.releases import table
from parity.programs.loki.read.run import Run
from parity.remedy.loki import migrated

TODAY = datetime.date(2026, 11, 24)
CASES = Path(__file__).resolve().parents[4] / "cases/loki"
VERSIONS = ("2.9.0", "3.0.0", "3.4.3")
WHOLE = [
    *("", "null", "~", "---", "---\n...", "---\n---\n", "...\n", "--- null\n---\na: 1\n", "--- |\n  x\n", "--- >-\n"),
    *("\r", "\n\r\n", "a\rb: 1\r", "common:\rserver:\r", "common:\r\nserver:\r\n", "\t", "\ufeff", "\ufeffcommon:\n"),
    *("# only\n", "[]", "{}", "- a\n", "'x'", "5", "!!null x", "%YAML 1.1\n---\ncommon:\n", "%TAG ! x\n---\n"),
    *("---\ncommon:\n---\nserver: x\n", "a: &a\n  b: *a\n", "<<: null\n", "<<: {}\n", "? \n: \n", "? common\n: \n"),
    *("common:\nserver:\nschema_config:\n", "common: &x\nserver: *x\n", "auth_enabled: false\ncommon:\n"),
    "schema_config:\n  configs: [null]\n",
    "schema_config:\n  configs:\n  - from:\n    store:\n    index:\n",
    "schema_config:\n  configs: [{from: 2020-01-01, store: boltdb-shipper, index: null, chunks: ~, row_shards: null}]\n",
    "compactor:\n  shared_store:\nlimits_config:\n  retention_period:\n  enforce_metric_name:\n",
]
VALUES = [
    "",
    " null",
    " ~",
    " ''",
    " []",
    " {}",
    " [null]",
    " {a: }",
    " {null: null}",
    " !!str",
    " |\n  x",
    " &a",
    " 5",
    " {?}",
]
SIGNS = "\r\t{}[]&*!|>'\"%@`#:-?,\x85\u2028\ufeff\0"
MUTANTS = 400


def ends_well(text: str, version: str) -> None:
    """Do with a document all that an audit and a remedy do; what is wrong with it is said and never raised."""
    for expands in (False, True):
        check(text, version, TODAY, expand_env=expands)
        made = migrated(text, version, TODAY, Run(expands))
        assert made["accepted"] or made["why"]
    every_problem(text, version, TODAY)
    differences(text, "auth_enabled: false\n", version)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("text", WHOLE)
def test_a_document_that_holds_next_to_nothing(text: str, version: str) -> None:
    ends_well(text, version)


@pytest.mark.long_run
@pytest.mark.parametrize("version", VERSIONS)
def test_every_section_with_every_odd_value(version: str) -> None:
    fields = table(version)
    for section in sorted(fields.structs[fields.root]):
        for value in VALUES:
            ends_well(f"{section}:{value}\n", version)


def mutant(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(lines))
        key, colon, _ = lines[at].partition(":")
        if colon and chance.random() < 0.4:
            lines[at] = f"{key}:{chance.choice(VALUES)}"
            continue
        place = chance.randrange(len(lines[at]) + 1)
        lines[at] = chance.choice(
            (
                f"---\n{lines[at]}",
                f"{lines[at]}\r",
                lines[at].replace(" ", "\r", 1),
                lines[at][chance.randint(0, 3) :],
                lines[at][:place] + chance.choice(SIGNS) + lines[at][place:],
            )
        )
    return "\n".join(lines)


@pytest.mark.long_run
def test_mutated_files_end_well() -> None:
    chance = random.Random(20261130)  # noqa: S311 - no secret
    texts = [path.read_text() for path in sorted(CASES.rglob("*.yaml"))]
    assert len(texts) > 20
    for _ in range(MUTANTS):
        ends_well(mutant(chance.choice(texts), chance), chance.choice(VERSIONS))


def test_an_empty_block_that_hides_a_panic_is_taken_out_and_the_panic_told() -> None:
    made = migrated("auth_enabled: false\ncommon:\n", "3.4.3", TODAY)
    assert made["text"] == "auth_enabled: false\n"
    assert "schema_config" in made["why"][0]
