"""A host may send anything: an audit of it ends with a report, and never with a program error."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parity.judge.audit import Settings, audit, completed
from parity.judge.knowledge import load
from parity.report import write
from parity.report.notification import notification

DEMO = Path(__file__).resolve().parents[4] / "inventory/demo/snapshots"
ODD: list[Any] = [
    *(None, [], {}, "", 0, -1, 10**40, True, 1.5, float("nan"), float("inf"), "a" * 5000, [None], {"a": None}, [[]]),
    *("\x1b[31m{{ x }}<script>`|", "\ud800", "\0", {"": ""}, {"k": [{}]}),
]
MUTANTS = 40


def snapshots() -> list[dict[str, Any]]:
    return [json.loads((DEMO / f"{name}.json").read_text()) for name in ("dev", "prod")]


def paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in pairs:
        yield (*path, key)
        yield from paths(value, (*path, key))


def put(data: Any, path: tuple[Any, ...], value: Any) -> None:
    for step in path[:-1]:
        data = data[step]
    data[path[-1]] = value


def reported(data: list[dict[str, Any]]) -> dict[str, str]:
    found = completed(audit(data, load(), Settings(), "2026-11-24T08:00:00Z", "0"))
    assert notification(found, "reports")["subject"]
    return write.render(found)


def test_any_value_at_any_place_ends_in_a_report():
    chance = random.Random(20261124)  # noqa: S311 - no secret
    whole = snapshots()
    # Of places of one shape one is as good as another: each shape is as likely.
    shapes: dict[tuple[Any, ...], list[tuple[int, tuple[Any, ...]]]] = {}
    for number, one in enumerate(whole):
        for path in paths(one["hosts"], ("hosts",)):
            shape = tuple("#" if isinstance(step, int) else step for step in path)
            shapes.setdefault(shape, []).append((number, path))
    for _ in range(MUTANTS):
        data = copy.deepcopy(whole)
        number, path = chance.choice(shapes[chance.choice(list(shapes))])
        put(data[number], path, copy.deepcopy(chance.choice(ODD)))
        files = reported(data)
        assert "\x1b" not in files["report.md"] + files["report.html"] + files["summary.txt"], path


@pytest.mark.parametrize("path", [("config", "found", 1, "main"), ("engine", "containers", 0, "name")])
def test_a_text_that_cannot_be_written_and_one_that_lies_too_deep_are_nothing_to_stop_at(path):
    for value in ("/etc/\ud800", json.loads("[" * 900 + "]" * 900)):
        data = snapshots()
        put(data[0]["hosts"]["lab-dev"], path, value)
        "".join(reported(data).values()).encode()
