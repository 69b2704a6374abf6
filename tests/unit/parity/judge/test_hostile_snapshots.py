"""A host may send anything: an audit of it ends with a report, and never with a program error."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parity.domain import plain_data
from parity.judge.audit import Settings, audit, completed
from parity.judge.knowledge import load
from parity.record.snapshot import SOURCES, host_facts, rendered
from parity.record.snapshot import load as load_snapshot
from parity.report import write
from parity.report.notification import notification

DEMO = Path(__file__).resolve().parents[4] / "inventory/demo/snapshots"
ODD: list[Any] = [
    *(None, [], {}, "", 0, -1, 10**40, True, 1.5, float("nan"), float("inf"), "a" * 5000, [None], {"a": None}, [[]]),
    *("\x1b[31m{{ x }}<script>`|", "\ud800", "\0", {"": ""}, {"k": [{}]}),
    *(
        "a\0b",
        "/a\0b/c",
        "caf\udce9",
        "\ufffd<e9>",
        " \n \n\n",
        "a" * 100_000,
        "\u2028::error::x\r\n# y",
        "-",
        "..",
        "%s{0}${A}",
    ),
    *(json.loads("[" * 300 + "]" * 300), json.loads('{"a":' * 300 + "1" + "}" * 300), {"\0": "\ud800"}, [True, 7, {}]),
    *(
        "9" * 5000,
        "2026-99-99T99:99:99Z",
        "0x",
        "1e999",
        "../../../etc/passwd",
        "*",
        "a: [",
        "!!python/object:x",
        "\ufeff",
    ),
]
# A mutant takes a quarter of a second; a longer run of them is a matter of these numbers.
MUTANTS = 10
BATCHES = [0, *(pytest.param(batch, marks=pytest.mark.long_run) for batch in range(1, 15))]


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


@pytest.mark.parametrize("batch", BATCHES)
def test_any_value_at_any_place_ends_in_a_report(batch: int) -> None:
    chance = random.Random(20261124 + batch)  # noqa: S311 - no secret
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


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (" \n \n\n", "no reason was given"),
        ("", "no reason was given"),
        (None, "no reason was given"),
        ("\n\n why \nmore", "why"),
        ([1], "[1]"),
        ("\x1c\x1d\u2028", "no reason was given"),
    ],
)
def test_whatever_a_host_says_of_its_failure_is_one_sentence(message: Any, expected: str) -> None:
    assert host_facts({"failed": True, "msg": message})["reason"] == expected


@pytest.mark.parametrize("odd", ODD)
def test_every_source_has_its_shape_whatever_a_host_sent(odd: Any) -> None:
    for source in SOURCES:
        facts = host_facts({source: odd})
        assert all(isinstance(facts[name], dict) or (name == "oauth" and facts[name]) for name in SOURCES)
        json.dumps(facts)


def test_what_nests_without_end_is_cut_before_ansible_hands_it_on() -> None:
    deep = json.loads("[" * 450 + "]" * 450)
    facts = host_facts(plain_data.data({"engine": {"containers": [{"labels": deep}]}}))
    assert json.dumps(facts).count("[") < 50


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), -float("inf"), [{"a": float("nan")}]])
def test_a_number_that_json_lacks_is_nothing(odd: Any, tmp_path: Path) -> None:
    facts = host_facts({"engine": {"state": "seen", "containers": [{"exit_code": odd}]}})
    json.dumps(facts, allow_nan=False)
    path = tmp_path / "dev.json"
    path.write_text(json.dumps({"schema": 1, "environment": "dev", "hosts": {"h": {"engine": {"a": odd}}}}))
    json.dumps(load_snapshot(path, "dev", ["dev"]), allow_nan=False)


def test_a_fault_over_one_host_is_a_failed_rendering_and_quotes_nothing() -> None:
    def fails() -> dict[str, Any]:
        raise ValueError("what the host sent")

    found = rendered(fails)
    assert found["state"] == "failed"
    assert "ValueError at test_hostile_snapshots.py" in found["problems"][0]["message"]
    assert "what the host sent" not in str(found)
