"""What Ansible registered of a host becomes facts, whatever a host sent."""

from __future__ import annotations

from typing import Any

import pytest

from parity.domain import plain_data
from parity.record.snapshot import host_facts


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("first\nsecond", "first"),
        (None, "no reason was given"),
        ("", "no reason was given"),
        (" \n\n \n", "no reason was given"),
    ],
)
def test_why_a_host_failed_is_one_line(message: Any, reason: str):
    assert host_facts({"failed": True, "msg": message})["reason"] == reason


def test_a_host_that_met_its_time_limit_is_reported_with_it():
    registered = {"failed": True, "msg": "Task failed: Timed out after 7 second(s).", "timedout": {"period": 7}}
    assert host_facts(registered)["reason"] == "took more than 7 seconds (parity_host_timeout)"


def test_what_is_nested_without_end_is_cut():
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    assert str(plain_data.data({"a": deep, "b": 1})).endswith("'b': 1}")
