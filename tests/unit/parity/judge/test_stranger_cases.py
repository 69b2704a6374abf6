"""Small stacks made after what strangers' stacks showed: what an audit must say of them, and what it must not.

Each has an `expected.json`: patterns of findings' ids in `must` and `must_not`, and `why`. `quiet`: nothing else is at
medium or above. `environments` are the folders, dev and prod by default; `settings` are inventory variables of a side.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from files_only import Side, audited

CASES: Final = Path(__file__).parents[3] / "cases" / "compose"
LOUD: Final = ("critical", "high", "medium")
SAID: Final = (*LOUD, "low")


def side_of(case: Path, environment: str, settings: dict[str, Any]) -> Side:
    """Return a side of a case: its folder, unless the case's settings name one within it."""
    folder = case / settings.get("project_dir", environment)
    return Side(environment, folder, settings.get("compose_files", ()), profiles=settings.get("profiles", ()))


@cache
def findings_of(case: Path) -> Mapping[str, str]:
    """Return the severities of what an audit of a case says at low or above, by id."""
    expected = expected_of(case)
    settings = expected.get("settings", {})
    environments = expected.get("environments", ("dev", "prod"))
    data = audited([side_of(case, name, settings.get(name, {})) for name in environments])
    found = {
        one["id"]: one["severity"] for one in data["findings"] if one["status"] == "open" and one["severity"] in SAID
    }
    assert not [one for one in found if one.startswith("compose.refused")]  # Compose accepts every side of every case
    return found


def expected_of(case: Path) -> dict[str, Any]:
    """Return what is expected of a case."""
    expected: dict[str, Any] = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    return expected


def fits(finding: str, pattern: str) -> bool:
    """Return whether an id fits a pattern, which may have alternatives."""
    return any(fnmatchcase(finding, way) for way in pattern.split(" or "))


def cases() -> list[Path]:
    """Return the folders of all cases."""
    return sorted(path.parent for path in CASES.glob("*/expected.json"))


def asked(kind: str) -> list[Any]:
    """Return a parameter for each pattern of a kind: the case, and the pattern."""
    return [
        pytest.param(case, pattern, id=f"{case.name}: {pattern}")
        for case in cases()
        for pattern in expected_of(case)[kind]
    ]


@pytest.mark.parametrize(("case", "pattern"), asked("must"))
def test_is_said(case: Path, pattern: str) -> None:
    found = findings_of(case)
    assert any(fits(one, pattern) for one in found), found


@pytest.mark.parametrize(("case", "pattern"), asked("must_not"))
def test_is_not_said(case: Path, pattern: str) -> None:
    assert not [one for one in findings_of(case) if fits(one, pattern)]


@pytest.mark.parametrize("case", [one for one in cases() if expected_of(one).get("quiet")], ids=lambda one: one.name)
def test_a_healthy_stack_is_quiet(case: Path) -> None:
    loud = [one for one, severity in findings_of(case).items() if severity in LOUD]
    assert not [one for one in loud if not any(fits(one, pattern) for pattern in expected_of(case)["must"])]
