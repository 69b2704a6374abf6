"""Names and values of public env examples: which of them only stand where a real one should.

`tests/cases/placeholders.csv` holds what a person said of each. Values that look real were replaced by others of the
same form, and those that are their own project's name are left out: a host knows them by the name (test_token.py).
"""

from __future__ import annotations

import csv
from pathlib import Path

from parity.domain.fill_in import placeholder_kind
from parity_host.secrets.redact import Redactor

TABLE = Path(__file__).parents[3] / "cases" / "placeholders.csv"
WRONG_AT_MOST = 0.01


def test_what_stands_in_for_a_value_is_told_from_real_ones() -> None:
    with TABLE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) >= 600
    assert sum(row["stands_in"] == "yes" for row in rows) >= 200
    wrong = [
        row
        for row in rows
        if bool(placeholder_kind(Redactor(b"k" * 48).value(row["name"], row["value"]))) != (row["stands_in"] == "yes")
    ]
    assert len(wrong) <= WRONG_AT_MOST * len(rows), wrong
