"""Whether two values are equal, where what hosts say of their secrets differs."""

from __future__ import annotations

import pytest

from parity.domain.values import Same, same
from parity_host.secrets import token

KEY = b"k" * 48
ONE, OTHER = token.make(KEY, "orchard"), token.make(KEY, "gatehouse")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (ONE, ONE, Same.YES),
        (ONE, token.guessable(ONE), Same.YES),
        (f"redis://:{ONE}@db", f"redis://:{token.guessable(ONE)}@db", Same.YES),
        (ONE, OTHER, Same.NO),
        (token.guessable(ONE), token.guessable(OTHER), Same.NO),
    ],
)
def test_secrets_are_the_same_by_their_fingerprints(one: str, other: str, expected: Same) -> None:
    assert same(one, other, same_run=True) is expected
