"""Commits that follow one another, and what is said of them: what is not known is not said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from stacks import KNOWN, stack

from parity.areas.code.histories import relation
from parity.domain.checkout import Checkout, Commit
from parity.judge.audit import Settings, audit

SCHEMA = json.loads((Path(__file__).resolve().parents[5] / "schemas/findings.schema.json").read_text())
# A commit by its letter: those that it follows. m merges f into c; p is a copy of b on another branch.
PARENTS = {"a": "", "b": "a", "c": "b", "d": "c", "e": "a", "f": "b", "m": "cf", "p": "a", "z": ""}
COPIES = {"p": "b"}
NEWEST_FIRST = "zmpfedcba"


def history(head: str, least: str = "") -> tuple[Commit, ...]:
    """Return a commit and all that it follows, those older than `least` left out."""
    found, waiting = {head}, [head]
    while waiting:
        new = set(PARENTS[waiting.pop()]) - found
        found |= new
        waiting += new
    order = [head, *(name for name in NEWEST_FIRST if name in found - {head})]
    kept = [name for name in order if name >= least]
    return tuple(Commit(name * 16, tuple(one * 16 for one in PARENTS[name]), COPIES.get(name, name)) for name in kept)


def checkout(head: str, least: str = "") -> Checkout:
    return Checkout("h", "/srv/app", head * 40, "main", (), True, {}, history(head, least), (), (), ())


def related(first: str, second: str, comparable: bool = True, least: tuple[str, str] = ("", "")) -> Any:
    found = relation(checkout(first, least[0]), checkout(second, least[1]), comparable)
    return found and tuple("".join(one.id[0] for one in side) for side in (found.only_first, found.only_second))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("c", "c", ("", "")),
        ("c", "b", ("c", "")),
        ("b", "d", ("", "dc")),
        ("d", "e", ("dcb", "e")),
        ("m", "d", ("f", "d")),
        ("m", "c", ("f", "")),
        # A merge is no change, and the copy of a commit is the same one.
        ("c", "m", ("", "f")),
        ("b", "p", ("", "")),
        ("c", "p", ("c", "")),
        ("z", "d", None),
    ],
)
def test_two_commits_are_related(first: str, second: str, expected: tuple[str, str] | None) -> None:
    assert related(first, second) == expected
    assert related(second, first) == (expected and expected[::-1])


def test_copies_of_another_run_are_not_known_to_be_copies() -> None:
    assert related("b", "p", comparable=False) == ("b", "p")


@pytest.mark.parametrize(
    ("first", "second", "least", "expected"),
    [
        ("c", "d", ("c", "d"), ("", "d")),  # the parent of d is the other's commit
        ("c", "d", ("c", "c"), ("", "d")),
        ("b", "d", ("b", "d"), None),  # between them, nobody knows
        ("b", "d", ("", "d"), None),
        ("d", "e", ("c", "e"), None),
        ("d", "e", ("b", "e"), ("dcb", "e")),
        ("m", "c", ("g", ""), None),  # whether c follows what m merges is not known
    ],
)
def test_a_history_that_ends_early_says_nothing_of_what_it_lacks(
    first: str, second: str, least: tuple[str, str], expected: tuple[str, str] | None
) -> None:
    assert related(first, second, least=least) == expected


def seen(head: str, **more: Any) -> dict[str, Any]:
    commits = [{"id": one.id, "parents": list(one.parents), "change": one.change} for one in history(head)]
    told = {"state": "seen", "root": "/srv/app", "commit": head * 40, "branch": "main", "on_remote": True}
    return {**told, "commits": commits, **more}


def audited(runs: bool = True, **checkouts: Any) -> dict[str, Any]:
    """Return an audit of environments that are equal but for their checkouts; None has none."""
    made = []
    for environment, told in checkouts.items():
        one = stack(environment, {"api": {}} if runs else None, declared=None if runs else {"api": {"image": "a:1.2"}})
        (host,) = one["hosts"].values()
        host["code"] = told or {"state": "absent", "reason": "none"}
        made.append(one)
    data = audit(made, KNOWN, Settings(), "2026-11-24T08:00:00Z", "0")
    jsonschema.validate(data, SCHEMA)
    return data


def code(data: dict[str, Any], status: str = "open") -> dict[str, str]:
    return {one["id"]: one["severity"] for one in data["findings"] if one["area"] == "code" and one["status"] == status}


def test_production_ahead_of_several_is_one_finding_that_names_who_lacks_it() -> None:
    data = audited(dev=seen("b"), staging=seen("c"), test=seen("b"), prod=seen("c"))
    assert code(data) == {"code.production-ahead/prod@dev+test": "medium"}


def test_what_has_diverged_on_another_branch_weighs_less() -> None:
    assert code(audited(dev=seen("e"), prod=seen("b"))) == {"code.production-ahead/prod@dev": "medium"}
    assert code(audited(dev=seen("e", branch="feature"), prod=seen("b"))) == {"code.production-ahead/prod@dev": "low"}
    assert code(audited(dev=seen("a", branch="feature"), prod=seen("b"))) == {
        "code.production-ahead/prod@dev": "medium"
    }


def test_production_behind_is_expected_and_says_how_far() -> None:
    data = audited(dev=seen("d"), staging=seen("c"), prod=seen("b"))
    assert code(data) == {}
    assert code(data, "expected") == {"code.behind@prod": "info"}
    (found,) = (one for one in data["findings"] if one["rule"] == "code.behind")
    assert found["title"] == "prod: 2 commits behind dev, 1 commit behind staging"
    rows = {row["name"]: row["verdict"] for row in data["side_by_side"]["checkout"]}
    assert rows == {"commit": "expected", "branch": "same", "changed files": "same"}


def test_the_production_that_is_unlike_the_others_is_named() -> None:
    data = audited(**{"prod-a": seen("b"), "prod-b": seen("c"), "prod-c": seen("b")})
    assert code(data) == {"code.commit-differs@prod-b": "low"}


@pytest.mark.parametrize(
    "other", [None, seen("z"), seen("d", commits=[]), {"state": "unseen", "reason": "damaged"}, "x"]
)
def test_of_what_is_not_known_nothing_is_said(other: Any) -> None:
    data = audited(dev=other, prod=seen("b"))
    assert code(data) == code(data, "expected") == {}


def test_what_was_not_seen_is_said_to_be_unseen() -> None:
    data = audited(dev={"state": "unseen", "reason": "/srv/app/.git cannot be read"}, prod=seen("b"))
    assert [(piece["part"], piece["environment"]) for piece in data["unseen"]] == [("checkout", "dev")]
    commit = data["side_by_side"]["checkout"][0]
    assert [cell["shown"] for cell in commit["cells"]] == ["not seen", "bbbbbbbbbb"]


CHANGED = {
    "changed": [{"path": "compose.yml", "how": "modified", "role": "compose-file"}],
    "others": ["app/main.py"],
    "on_remote": False,
    "submodules": [{"path": "lib", "commit": "e" * 40, "recorded": "f" * 40}],
}


def test_a_checkout_from_which_nothing_runs_is_a_working_copy() -> None:
    assert code(audited(runs=False, dev=seen("b"), prod=seen("b", **CHANGED))) == {}


def test_what_only_the_host_has_is_one_problem() -> None:
    data = audited(dev=seen("a"), prod=seen("b", **CHANGED))
    assert {name: severity for name, severity in code(data).items() if name.endswith("@prod")} == {
        "code.changed-file/compose.yml@prod": "medium",
        "code.uncommitted@prod": "low",
        "code.on-no-remote@prod": "medium",
        "code.submodule-differs/lib@prod": "medium",
    }
    (problem,) = (one for one in data["problems"] if one["kind"] == "checkout-alike")
    assert problem["environments"] == ["prod"]


def test_many_changed_files_are_one_finding() -> None:
    files = [{"path": f"conf/{number}.conf", "how": "deleted", "role": "mounted-file"} for number in range(9)]
    data = audited(dev=seen("b"), prod=seen("b", changed=files))
    assert code(data) == {"code.changed-file@prod": "medium"}


def test_development_that_is_changed_is_expected() -> None:
    data = audited(dev=seen("b", **CHANGED), prod=seen("b"))
    assert code(data) == {}
    assert code(data, "expected") == {"code.uncommitted@dev": "info"}


@pytest.mark.parametrize(
    "shape", [[], "x", 3, {"commits": 7}, {"commits": [{"parents": "x", "id": None}]}, {"changed": [None]}]
)
def test_a_host_may_send_anything(shape: Any) -> None:
    told = {**seen("b"), **shape} if isinstance(shape, dict) else shape
    audited(dev=told, prod={**seen("b"), "remotes": [1], "tags": {"a": 1}, "branch": None, "on_remote": "yes"})
