"""References in values: what stands outside them, and in their defaults, is the value's own."""

from __future__ import annotations

import pytest

from parity_host.secrets.references import is_reference, literal_parts


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", []),
        ("plain", ["plain"]),
        ("${A}", []),
        ("$A", ["$A"]),
        ("$DB_PASSWORD", []),
        ("$$DB_PASSWORD", []),
        ("${A}${B}", []),
        ("a${A}b", ["a", "b"]),
        ("${A:-x}", ["x"]),
        ("${A-x}", ["x"]),
        ("${A:+x}", ["x"]),
        ("${A:?say so}", []),
        ("${A?say so}b", ["b"]),
        ("${A:-${B:-x}y}z", ["x", "y", "z"]),
        ("${A:-${B:?no}}", []),
        ("${A", ["${A"]),
        ("${A:-x", ["${A:-x"]),
        ("a${A:-${B}", ["a${A:-${B}"]),
        ("$(cat /run/secrets/x)", []),
        ("pa$word", ["pa$word"]),
        ("${9}", ["${9}"]),
        ("a}b", ["a}b"]),
        ("$", ["$"]),
        ("$1", []),
        ("${A:-$DB_PASSWORD}", []),
    ],
)
def test_the_literal_parts(value: str, expected: list[str]) -> None:
    assert [value[start:end] for start, end in literal_parts(value)] == expected
    assert is_reference(value) is (not expected)


def test_many_open_references_take_no_time() -> None:
    value = "${A:-" * 50_000
    assert literal_parts(value) == [(0, len(value))]
    assert literal_parts(value + "x" + "}" * 50_000) == [(len(value), len(value) + 1)]
