"""A pattern's literals are in whatever it matches: what lacks them need not be searched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from parity_host.secrets.literals import literals
from parity_host.secrets.messages import Messages

ROOT = Path(__file__).parents[4]
SIGNATURES = [
    document
    for path in sorted((ROOT / "knowledge" / "signatures").glob("*.yml"))
    for document in yaml.safe_load_all(path.read_text())
]


def texts(data: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text below a value with the key that it stands under."""
    if isinstance(data, str):
        yield key, data
    elif isinstance(data, dict):
        for name, value in data.items():
            yield from texts(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from texts(value, key)


PATTERNS = sorted({text for key, text in texts(SIGNATURES) if key == "pattern"})
# Examples of signatures, and logs.
LINES = [line for key, text in texts(SIGNATURES) if key != "pattern" for line in text.splitlines()] + [
    line
    for path in sorted((ROOT / "tests" / "cases" / "logs").rglob("*.txt"))
    for line in path.read_text().splitlines()
]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("no such host", ("no such host",)),
        (r"lookup (?P<host>\S+) on|no \w+ here", ("lookup ", " here")),
        ("colou?r", ("colo",)),
        ("ab+c*d", ("ab",)),
        (r"a\.b\(c\)", ("a.b(c)",)),
        ("[ab]c|(?:d|e)", ()),
        ("(?i)some text", ()),
        (r"\x41 text", ()),
        ("x{2,3}yz", ("yz",)),
        ("", ()),
    ],
)
def test_a_pattern_has_its_literals(pattern: str, expected: tuple[str, ...]) -> None:
    assert literals(pattern) == expected


def test_no_signature_is_found_without_its_literals() -> None:
    found = [(pattern, line) for pattern in PATTERNS for line in LINES if re.search(pattern, line)]
    assert len(PATTERNS) > 150
    assert len(found) > 200
    for pattern, line in found:
        assert not literals(pattern) or any(one in line for one in literals(pattern)), (pattern, line)
        assert any(one.pattern.pattern == pattern for one in Messages([pattern])._possible(line)), (pattern, line)
