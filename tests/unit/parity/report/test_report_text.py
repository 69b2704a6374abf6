"""What the Markdown report says of an environment, where not all of it was seen."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import KNOWN, stack

from parity.judge.audit import Settings, audit, completed
from parity.report import write

BLIND = "It could not be seen what runs there."
FILES = "Audited from its files only"


def page(*snapshots: dict[str, Any]) -> str:
    return write.render(completed(audit(snapshots, KNOWN, Settings(), "2026-11-24T08:00:00Z", "0")))["report.md"]


@pytest.mark.parametrize(
    ("containers", "away", "said"),
    [
        ({"api": {}}, False, []),
        ({"api": {}}, True, []),  # what one host has is shown; the other is named above
        (None, False, [FILES]),
        (None, True, [BLIND]),
    ],
)
def test_what_is_shown_is_not_said_to_be_unseen(containers, away, said):
    prod = stack("prod", containers, declared={"api": {}})
    if away:
        prod["hosts"]["prod2"] = {"state": "unreachable", "reason": "no route"}
    text = page(stack("dev", {"api": {}}), prod)
    assert ("no route" in text) == away
    assert [sentence for sentence in (BLIND, FILES) if sentence in text] == said
