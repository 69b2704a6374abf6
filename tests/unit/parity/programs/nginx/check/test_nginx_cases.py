"""check and explain on every case: nginx's message, level, file and line, and the class."""

from __future__ import annotations

import pytest
from nginx_cases import CASES, HOST, Case

from parity.programs.nginx.check.check import check
from parity.programs.nginx.syntax.explain import explain

RUNS = [(case, version) for case in CASES for version in ("1.22", "1.31") if case.said(version) is not None]


@pytest.mark.parametrize(("case", "version"), RUNS, ids=[f"{case.name}-{version}" for case, version in RUNS])
def test_check(case: Case, version: str) -> None:
    said = case.said(version)
    found = check(case.tree(), case.main, version)
    if case.expected["class"] in HOST:
        assert list(found) == []
        return
    first = found[0] if found else None
    assert (first.level, first.message) == said if first else said == (None, None)
    if first and version == "1.22":
        assert (first.file, first.line) == (case.expected["file"], case.expected["line"])
        assert first.message_class == case.expected["message_class"]
        assert first.rule == case.expected["class"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_explain(case: Case) -> None:
    expected = case.expected
    found = explain((case.folder / "nginx-t.txt").read_text(encoding="utf-8", errors="replace"))
    if expected["message"] is None:
        assert list(found) == []
        return
    first = found[0]
    for key in ("message", "level", "file", "line", "message_class"):
        assert getattr(first, key) == expected[key], key
    for key in ("directive", "argument"):
        assert expected[key] is None or getattr(first, key) == expected[key], key
    assert first.rule in (expected["class"], expected["message_class"])
    assert first.cause
    assert first.impact
    assert first.action


@pytest.mark.parametrize("case", [c for c in CASES if (c.folder / "fixed").is_dir()], ids=lambda case: case.name)
def test_the_stored_repair_passes(case: Case) -> None:
    repaired = {**case.tree(), **case.tree("fixed")}
    assert [problem for problem in check(repaired, case.main) if problem.level != "warn"] == []
