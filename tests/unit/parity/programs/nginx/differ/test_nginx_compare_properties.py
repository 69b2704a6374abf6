"""What means the same gives no difference, and what is taken away is found at its true place."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nginx_cases import CASES
from rewriting import MAIN, Writer, every, tree, without

from parity.programs.nginx.differ.differences import differences
from parity.programs.nginx.differ.record import Record
from parity.programs.nginx.model.read import read_model

TESTS = Path(__file__).parents[5]
RICH = {MAIN: (TESTS / "cases/nginx_trees/rich.conf").read_bytes()}
BASES = TESTS / "nginx_mutation" / "bases"
VERSIONS = ("1.22.1", "1.31.3")


def _base(name: str) -> dict[str, bytes]:
    if name == "rich":
        return RICH
    folder = BASES / name
    return {f"/etc/nginx/{path.relative_to(folder)}": path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _compare(left: dict[str, bytes], right: dict[str, bytes], version: str = "1.22.1") -> list[Record]:
    return list(differences(read_model(left, version=version), read_model(right, version=version)))


@pytest.mark.parametrize("base", ["rich", "web", "backends"])
def test_the_writer_alone_changes_nothing_and_nothing_is_unread(base: str) -> None:
    nodes = tree(_base(base))
    written = Writer(random.Random(0)).write(nodes)  # noqa: S311 - a shuffle
    assert [(node.name, node.args) for node in every(tree(written))] == [
        (node.name, node.args) for node in every(nodes)
    ]
    assert read_model(RICH, version="1.22.1").unread == ()


@pytest.mark.long_run
@given(st.integers(0, 2**32), st.booleans(), st.booleans(), st.booleans(), st.sampled_from(VERSIONS))
@settings(max_examples=80, deadline=None)
def test_order_spelling_and_files_make_no_difference(
    seed: int, order: bool, spelling: bool, split: bool, version: str
) -> None:
    written = Writer(random.Random(seed), order, spelling, split).write(tree(RICH))  # noqa: S311 - a shuffle
    assert _compare(RICH, written, version) == []
    assert _compare(written, RICH, version) == []


@pytest.mark.parametrize("base", ["web", "backends"])
@given(st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_spelling_and_files_of_other_configurations(base: str, seed: int) -> None:
    files = _base(base)
    written = Writer(random.Random(seed), spelling=True, split=True).write(tree(files))  # noqa: S311 - a shuffle
    assert _compare(files, written, "1.31.3") == []


TAKEN = {
    "proxy_set_header": {"header"},
    "add_header": {"header"},
    "location": {"location"},
    "limit_req": {"limit"},
    "limit_conn": {"limit"},
    "client_max_body_size": {"size"},
    "proxy_read_timeout": {"timeout"},
    "proxy_connect_timeout": {"timeout"},
    "proxy_pass": {"handler"},
    "auth_basic": {"access"},
    "allow": {"access"},
    "deny": {"access"},
    "limit_except": {"access"},
    "try_files": {"rewrite"},
    "rewrite": {"rewrite"},
    "error_page": {"setting"},
    "ssl_protocols": {"tls"},
    "expires": {"setting"},
    "proxy_http_version": {"setting"},
    "proxy_cache": {"setting"},
    "root": {"setting"},
    "return": {"handler"},
    "server": {"server", "upstream"},
}


def _count() -> int:
    return len([node for node in every(tree(RICH)) if node.name in TAKEN])


@pytest.mark.parametrize("number", range(_count()))
@pytest.mark.parametrize("seed", [None, 1, pytest.param(2, marks=pytest.mark.long_run)])
def test_what_is_taken_away_is_found_where_it_stood(number: int, seed: int | None) -> None:
    """Whatever the order and the files: the first place of the difference is the line that is gone."""
    if seed is None:
        files = RICH
    else:
        files = Writer(random.Random(seed), order=True, spelling=True, split=True).write(tree(RICH))  # noqa: S311 - a shuffle
    nodes = tree(files)
    gone = [node for node in every(nodes) if node.name in TAKEN][number]
    left = read_model(files)
    right = read_model(Writer(random.Random(0)).write(without(nodes, gone)))  # noqa: S311 - a shuffle
    found = list(differences(left, right))
    at_its_place = [one for one in found if one.left_place == gone.place]
    assert {one.kind for one in at_its_place} & TAKEN[gone.name], (gone.name, gone.args, found)
    mirrored = [one for one in differences(right, left) if one.right_place == gone.place]
    assert {one.kind for one in mirrored} & TAKEN[gone.name]
    for one in at_its_place:
        assert one.gravity in ("high", "medium", "low")


MODELS = {case.name: read_model(case.tree(), case.main) for case in CASES}


@pytest.mark.parametrize("name", MODELS)
def test_every_case_equals_itself(name: str) -> None:
    assert list(differences(MODELS[name], MODELS[name])) == []


# As the right side each is compared in each run, as the left one a few are, and the rest in the long tier.
LEFT = [pytest.param(name, marks=[] if at % 8 == 0 else [pytest.mark.long_run]) for at, name in enumerate(MODELS)]


@pytest.mark.parametrize("name", LEFT)
def test_a_case_can_be_compared_with_any_other(name: str) -> None:
    for other in MODELS.values():
        for record in differences(MODELS[name], other):
            assert record.left is not None or record.right is not None
            assert record.gravity in ("high", "medium", "low", "info")


@given(st.integers(0, 2**32), st.sampled_from([case.name for case in CASES] + ["rich"]))
@settings(max_examples=100, deadline=None)
def test_damaged_files_are_read_as_far_as_they_can_be(seed: int, name: str) -> None:
    """Cut, doubled and garbled anywhere: no crash, and what the model holds can be compared."""
    dice = random.Random(seed)  # noqa: S311 - damage
    files = RICH if name == "rich" else next(case for case in CASES if case.name == name).tree()
    damaged = {}
    for path, data in files.items():
        at, end = sorted((dice.randrange(len(data) + 1), dice.randrange(len(data) + 1)))
        piece = dice.choice(
            [b"", b"{", b"}", b";", b'"', b"\\", b"\xff\xfe", b"\0", b"$", data[at:end] * 2, b" include *; "]
        )
        damaged[path] = data[:at] + piece + data[at if dice.random() < 0.5 else end :]
    model = read_model(damaged)
    list(differences(model, read_model(files)))
    list(differences(read_model(files), model))
