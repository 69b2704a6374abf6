"""Small pairs made after what strangers' stacks showed: what an audit must say of them, and what it must not."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

import pytest
from files_only import Side, audited

CASES: Final = Path(__file__).parents[3] / "cases" / "compose"
SAID: Final = ("critical", "high", "medium", "low")


def side_of(case: Path, environment: str, settings: dict[str, Any]) -> Side:
    """Return a side of a case: its folder, unless the case's settings name one within it."""
    return Side(environment, case / settings.get("project_dir", environment))


@pytest.fixture(name="said", scope="module")
def said_of_a_case(request: pytest.FixtureRequest) -> list[str]:
    """Return the ids of what an audit of a case says at low or above."""
    expected = json.loads((request.param / "expected.json").read_text(encoding="utf-8"))
    settings = expected.get("settings", {})
    data = audited([side_of(request.param, name, settings.get(name, {})) for name in ("dev", "prod")])
    ids = [one["id"] for one in data["findings"] if one["status"] == "open" and one["severity"] in SAID]
    assert not [one for one in ids if one.startswith("compose.refused")]  # Compose accepts every side of every case
    return ids


def asked(kind: str) -> list[Any]:
    """Return a parameter for each pattern of a kind: the case, and the pattern."""
    return [
        pytest.param(path.parent, pattern, id=f"{path.parent.name}: {pattern}")
        for path in sorted(CASES.glob("*/expected.json"))
        for pattern in json.loads(path.read_text(encoding="utf-8"))[kind]
    ]


@pytest.mark.parametrize(("said", "pattern"), asked("must"), indirect=["said"])
def test_is_said(said: list[str], pattern: str) -> None:
    assert any(fnmatchcase(one, way) for one in said for way in pattern.split(" or ")), said


@pytest.mark.parametrize(("said", "pattern"), asked("must_not"), indirect=["said"])
def test_is_not_said(said: list[str], pattern: str) -> None:
    assert not [one for one in said if fnmatchcase(one, pattern)]
