"""Which of several environments is the odd one, and which of them production follows."""

from __future__ import annotations

import pytest
from stacks import KNOWN, stack

from parity.compare.odd_one import breaks_rehearsal, odd_ones
from parity.judge.audit import differences


@pytest.mark.parametrize(
    ("values", "odd"),
    [
        ("ab", "01"),
        ("aab", "2"),
        ("baa", "0"),
        ("abc", "012"),
        ("aabb", "0123"),
        ("aaab", "3"),
        ("aaabb", "34"),
        ("aabbc", "01234"),
        ("aa", "01"),
    ],
)
def test_the_odd_ones_are_those_that_are_not_like_most(values: str, odd: str) -> None:
    assert "".join(odd_ones({str(number): value for number, value in enumerate(values)})) == odd


@pytest.mark.parametrize(
    ("values", "breaks"),
    [
        ({"dev": 1, "prod": 2}, False),
        ({"dev": 1, "staging": 2, "prod": 2}, False),
        ({"dev": 2, "staging": 1, "prod": 2}, True),
        ({"prod": 2, "staging": 1, "dev": 2}, True),  # in the other order
        ({"dev": 1, "qa": 1, "staging": 2, "prod": 2}, False),
        ({"dev": 1, "staging": None, "prod": 2}, False),  # staging was not seen
    ],
)
def test_production_follows_the_environment_next_to_it(values: dict[str, int | None], breaks: bool) -> None:
    comparison, _ = differences([stack(name, {"api": {}}) for name in values], KNOWN, {})
    seen = {name: value for name, value in values.items() if value is not None}
    assert breaks_rehearsal(comparison, seen) is breaks
