"""The patterns that hosts are given: every signature's, the user's first, and what shows that a fault is over."""

from __future__ import annotations

import re

import pytest

from parity.ansible.log_patterns import log_patterns
from parity.domain.findings import ParityError
from parity.judge.knowledge import load

OWN = {
    "id": "shop-card-refused",
    "pattern": r"card refused by (?P<bank>\w{1,40})",
    "cleared_by": "cards are taken again",
    "applies_to": ["python"],
    "severity": {"production": "high", "elsewhere": "low"},
    "title": "{service} cannot take money",
    "cause": "The bank {bank} refuses.",
    "impact": "Nobody can pay.",
    "action": "Ask {bank}.",
    "example": "ERROR card refused by acme",
}


def test_the_users_come_first_and_all_of_ours_follow():
    found = log_patterns([OWN])
    assert found[:2] == [OWN["pattern"], OWN["cleared_by"]]
    assert {signature.pattern.pattern for signature in load().signatures} <= set(found)
    assert all(map(re.compile, found))
    assert sum(map(len, found)) < 100_000  # each host is given them


def test_a_mistake_names_the_signature():
    with pytest.raises(ParityError, match="shop-card-refused"):
        log_patterns([{**OWN, "pattern": "card ("}])
